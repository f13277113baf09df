"""Telephone, identity, passport, account, card and plate numbers, and dates of birth, in folded text.

A telephone number is known by its shape (numbering plan of the Telecommunication Regulator of Cambodia); so is a
payment card, with its check digit. Every other number needs the word that announces it, and the nearest such word
before a number says what it is. Numbers of institutions look like those of people and are masked as well; short
codes such as 117 are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from clean.personal.kinds import Kind, Span
from clean.personal.places import PROVINCES

# Nothing before that makes the digits a part of something else; nothing behind.
_OPEN: Final = r"(?=\d)(?<![a-z0-9_+=#&%])(?<!\d[.,\-])"
_CLOSE: Final = r"(?![a-z0-9_])(?![.,\-]\d)"

# --- telephone numbers -----------------------------------------------------------------------------------------

_AREA: Final = "(?:1[0-9]|2[3-6]|3[1-68]|4[2-4]|5[2-5]|6[0-9]|7[0-9]|8[013-9]|9[0235-9])"
_GAP: Final = r"(?:[ .\-\n]| - |  |\. )"
# The six or seven digits of a subscriber, in the groups that people write; longer shapes first.
_SHAPES: Final = ("7", "34", "43", "16", "61", "25", "52", "322", "232", "223", "133", "331", "313", "321", "1222",
                  "2221", "6", "33", "42", "24", "222", "1111111", "111111")  # fmt: skip
_SUBSCRIBER: Final = (
    "(?:" + "|".join(_GAP.join(rf"\d{{{n}}}" for n in shape) for shape in _SHAPES) + ")"
    r"(?!(?<= \d)\.)"  # of a list's next entry, 2., is the last digit that stands alone
)
_COUNTRY: Final = r"(?:\(?(?:\+ ?\(?|00) ?855\)?|\( ?855 ?\)|\(?\+?855(?= ?- ?\d\d\)))"
_TRUNK: Final = (
    rf"(?:{_COUNTRY}{_GAP}{{0,2}}\(?0?\)?{_GAP}?|\(?0 ?"
    r"|855(?=[ \-]?\d{2}[ \-]?\d{3}[ \-]?\d{3,4}(?!\d))[ \-]?)"
)
_PREFIXES: Final = rf"(?:\(?0{_AREA}\)? ?/ ?){{0,3}}"  # 012 / 092 345 678
_PHONE: Final = re.compile(
    rf"{_PREFIXES}{_TRUNK}{_AREA}\)?{_GAP}{{0,2}}{_SUBSCRIBER}(?:/\d{{1,3}}(?!\d|[ .\-]\d)){{0,3}}(?!\d)"
)
# Tel, phone, HP, fax, mobile, cell, call, WhatsApp, Viber, Smart, Cellcard, line, Telegram.
_WORD_ENDS: Final = ("tel", "one", "hp", "fax", "ile", "ell", "all", "app", "ber", "art", "ard", "ine", "ram")
_AFTER_WORD: Final = "|".join(["(?<![a-z])", *(f"(?<={end})" for end in _WORD_ENDS)])
_PHONES: Final = re.compile(
    rf"(?=[0-9(+])(?:{_AFTER_WORD})(?:(?<![0-9_+=&%])(?<!&#)|(?=\(?\+))(?<!\d[.,\-])(?<!\d/)(?<!isbn )(?<!isbn: )"
    rf"{_PHONE.pattern}(?: ?[,/;|\-] ?{_PHONE.pattern})*(?!_|%[0-9a-f]{{2}})(?![.,\-]\d)"
    r"(?![a-f]{1,20}(?![a-z]))(?![a-z]{1,20}\d)",
)
# Country codes of the ITU (E.164), but for Cambodia's own.
_COUNTRIES: Final = (
    "1|7|2[07]|3[0123469]|4[013456789]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\\d|3[578]\\d|42\\d|50\\d|59\\d|67\\d|68\\d|69\\d|"
    "80\\d|85[0-46-9]|87\\d|88\\d|96\\d|97\\d|99\\d"
)
_FOREIGN: Final = re.compile(
    rf"(?=[(+])(?<![a-z0-9_+=#&%.\-])\(?\+ ?(?:{_COUNTRIES})\)?(?!\.\d+(?![\d .\-]))"
    rf"(?:[ .\-]?\(?\d{{1,5}}\)?){{2,6}}{_CLOSE}"
)
_FEWEST_FOREIGN: Final = 9
_MOST_FOREIGN: Final = 15
_ANNOUNCED: Final = re.compile(
    r"(?=[លទtphmfwv])(?:លេខទូរស[័ាំ]?ព្ទ|ទូរស[័ា]?ព្ទ(?:លេខ|ដៃ)?|លេខទំនាក់ទំនង|(?<![a-z⟨])(?:tel|phone|h/?p|mobile|fax|whatsapp|viber|telegram|tty|tdd))"
    rf"[ .:(]{{0,4}}(\(?\+?\d(?:[ .\-()]{{0,2}}\d){{7,13}}){_CLOSE}",
)
_DIGITS: Final = re.compile(r"\d+")
_PARAMETER: Final = re.compile(r"(?<![a-z])(?:phone|tel|number|mobile)(?:=|%3d)((?:\+|%2b)?\d{8,15})(?!\d)")
_AMERICAN: Final = re.compile(
    rf"{_OPEN}(?:1[ .\-])?(?:\(\d{{3}}\) ?|\d{{3}}[.\-])\d{{3}}[.\-]\d{{4}}{_CLOSE}"
)
_DECIMAL: Final = re.compile(r"\+?\d+\.\d+$|\d{1,3}(?:\.\d{3})+$")

# --- numbers that a word announces -----------------------------------------------------------------------------

_CONTEXT: Final = re.compile(
    r"(?P<id>អត្តសញ្ញាណ|(?:national|identity|khmer) (?:id|card)"
    r"|(?<![a-z])(?<![a-z] )(?:id card|nid|id ?:|id no)(?![a-z]))"
    r"|(?P<passport>លិខិតឆ្លង|ប៉ាស្ព|ប៉ាសស្ព|(?<!⟨)passport)"
    r"|(?P<account>គណនី|(?<![a-z⟨])(?:aba|acleda|wing|canadia|truemoney|sathapana|prasac|account|a/c|acc)(?![a-z])"
    r"|អេស៊ីលីដា|វីង|លេខកុង|ធនាគារ)"
    r"|(?P<phone>ទូរស|ទំនាក់ទំនង|ទាក់ទង|(?<![a-z⟨])(?:tel|phone|h/?p|mobile|call|fax|whatsapp|viber|telegram|line)(?![a-z]))"
    r"|(?P<other>ហ្វេ?សប៊ុ?ក|facebook|youtube|isbn|ច្បាប់|ក្រឹត្យ|ប្រកាស|វិក្កយបត្រ|តម្លៃ|ទឹកប្រាក់)",
)
_REACH: Final = 60
_AFTER_REACH: Final = 24
_AFTER: Final = re.compile(r"[ (]{0,3}(?:aba|acleda|wing|វីង|អេស៊ីលីដា)(?![a-z])")
_MONEY: Final = re.compile(r" ?(?:រៀល|៛|ដុល្លារ|\$|usd|khr|លាន|ពាន់|បាត|%|នាក់|ឆ្នាំ|គីឡូ|ម៉ែត្រ|ហិកតា)")
_GROUPINGS: Final = (
    r"\d{8,19}",
    r"\d{3}([ .\-])\d{3}\1\d{3}(?:\1\d{3})?",  # ABA
    r"\d{4}([ \-])\d{4}\2\d{4}(?:\2\d{1,7})?",
    r"\d{4}([ \-])\d\d\3\d{6}\3?\d{1,2}(?:\3\d)?",  # ACLEDA
    r"\d{3}[ \-]\d{6,13}",
    r"\d{2,6}(?:-\d{1,8}){1,4}",
)
_NUMBER: Final = re.compile(rf"{_OPEN}(?:{'|'.join(_GROUPINGS)}){_CLOSE}(?:\(0\d\))?")
_N_ID: Final = (9, 11)  # digits, without and with the two in brackets
_FEWEST_ACCOUNT: Final = 8
_MOST_ACCOUNT: Final = 16
_DAY: Final = re.compile(
    r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$|\d{1,2}-\d{1,2}-\d{4}$"
    r"|(?:19|20)\d\d-(?:19|20)\d\d$"
)
_PASSPORT: Final = re.compile(r"(?=[a-z])(?<![a-z0-9])[a-z]{1,2}[ \-]?\d{6,9}(?![a-z0-9])")
_CARDS: Final = (
    r"(?:4|5[1-5]|2[2-7]|62|35|6011|65)\d{11,17}",
    r"3[47]\d{13}",
    r"[2-6]\d{3}([ \-])\d{4}\2\d{4}\2\d{1,7}",
    r"3[47]\d\d([ \-])\d{6}\3\d{5}",
)
# At every group of digits anew: the groups before may belong to another number.
_CARD: Final = re.compile(rf"{_OPEN}(?=((?:{'|'.join(_CARDS)}){_CLOSE}))")
_CARD_LENGTHS: Final = frozenset({13, 15, 16, 19})

_PLATE: Final = re.compile(r"(?=\d)(?<![a-z0-9.,])\d[a-z]{1,2}[ .\-]{0,3}\d{4}(?![a-z0-9])(?![.,]\d)")
_PLATE_WORD: Final = re.compile(r"លាកលេខ|ស្លាក|(?<!⟨)plate")
_PLATE_BEFORE: Final = re.compile(rf"រថយន្[តដ]|ម៉ូតូ|(?:{PROVINCES})[ :,(\-]{{0,3}}$")
_MODEL: Final = re.compile(r"\d[a-z][ .\-]{0,3}(?:19|20)\d\d$")
_PLATE_REACH: Final = 48
# What stands on plates otherwise, of older series, of the state and of neighbours: only straight behind the label.
_LABELLED: Final = re.compile(
    r"លាកលេខ[ :]{0,2}(?:[\u1780-\u17b3][\u1780-\u17ff]{1,20}|phnom ?penh)?[ :\-]{0,2}"
    r"((?:\d{1,2}[ .\-:]{0,2})?[a-z]{1,4}[ .\-:]{0,2}\d{4,5}|\d{1,2}(?:-\d)?-\d{4,6}|\d{1,2} \d-\d{4}|\d[:.]\d{4})"
    r"(?![a-z0-9])"
)

_MONTHS: Final = "មករា|កុម្ភៈ|កុម្ភះ|មីនា|មេសា|ឧសភា|មិថុនា|មិនា|កក្កដា|សីហា|កញ្ញា|តុលា|វិច្ឆិកា|ធ្នូ"
_BIRTH: Final = re.compile(
    r"ថ្ងៃ ?(?:ទី ?)?(?:ខែ ?)?ឆ្នាំ ?កំណើត ?:? ?(?:ថ្ងៃ ?ទី ?)?"
    rf"(\d{{1,2}} ?(?:[/.\- ] ?\d{{1,2}} ?[/.\- ]|(?:ខែ ?)?(?:{_MONTHS})) ?(?:ឆ្នាំ ?)?\d{{2,4}})(?!\d)"
)


def births(text: str) -> Iterator[Span]:
    """Dates after the label of a form, ថ្ងៃខែឆ្នាំកំណើត; a birthday told in a sentence stays, as it does in history."""
    yield from (Span(*found.span(1), Kind.BIRTH) for found in _BIRTH.finditer(text))


def announced(text: str) -> Iterator[Span]:
    """Identity cards, passports and accounts: the nearest word before the number decides, or a bank's name after it."""
    for found in _PASSPORT.finditer(text):
        if _context(text, found.start()) == Kind.PASSPORT:
            yield Span(*found.span(), Kind.PASSPORT)
    for found in _NUMBER.finditer(text):
        n_digits = sum(map(str.isdigit, found[0]))
        kind = _context(text, found.start())
        if _DAY.match(found[0]) or (found[0][0] != "0" and _MONEY.match(text, found.end())):
            continue
        if kind == Kind.ID and n_digits in _N_ID:
            yield Span(*found.span(), Kind.ID)
        elif kind == Kind.PASSPORT and n_digits == _N_ID[0]:
            yield Span(*found.span(), Kind.PASSPORT)
        elif _is_account(text, found, kind) and _FEWEST_ACCOUNT <= n_digits <= _MOST_ACCOUNT:
            yield Span(*found.span(), Kind.ACCOUNT)


def _context(text: str, end: int) -> str | None:
    """What the nearest word before announces."""
    kinds = [found.lastgroup for found in _CONTEXT.finditer(text, max(end - _REACH, 0), end)]
    return kinds[-1] if kinds else None


def _is_account(text: str, found: re.Match[str], context: str | None) -> bool:
    if context is None:
        return bool(_AFTER.match(text, found.end(), found.end() + _AFTER_REACH))
    return context == Kind.ACCOUNT


def cards(text: str) -> Iterator[Span]:
    """Payment cards: the prefixes and lengths of the networks in Cambodia, with a right check digit (Luhn)."""
    for found in _CARD.finditer(text):
        digits = [int(digit) for digit in found[1] if digit.isdigit()]
        if len(digits) in _CARD_LENGTHS and _check_sum(digits) % 10 == 0:
            yield Span(*found.span(1), Kind.CARD)


def _check_sum(digits: list[int]) -> int:
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits)))


def phones(text: str) -> Iterator[Span]:
    """Telephone numbers: of Cambodia in every grouping, each of a list; foreign ones with + and the country's code.

    American ones near a word for telephone, and whatever is as long as a number straight behind such a word.
    """
    for run in _PHONES.finditer(text):
        for found in _PHONE.finditer(text, *run.span()):
            if not _is_series(found[0]):
                yield _bracketed(text, *found.span())
    for found in _FOREIGN.finditer(text):
        n_digits = sum(map(str.isdigit, found[0]))
        if _FEWEST_FOREIGN <= n_digits <= _MOST_FOREIGN and not (
            _DECIMAL.match(found[0]) or _MONEY.match(text, found.end())
        ):
            yield _bracketed(text, *found.span())
    for found in _AMERICAN.finditer(text):
        if _context(text, found.start()) == Kind.PHONE:
            yield _bracketed(text, *found.span())
    for found in _ANNOUNCED.finditer(text):
        if not (_DAY.match(found[1]) or _DECIMAL.match(found[1]) or _MONEY.match(text, found.end())):
            yield _bracketed(text, *found.span(1))


def _is_series(number: str) -> bool:
    """Whether three groups of three digits count on, as articles of a law do: 011 012 013."""
    groups = _DIGITS.findall(number)
    if list(map(len, groups)) != [3, 3, 3]:
        return False
    first, second, third = map(int, groups)
    return second - first == third - second == 1


def _bracketed(text: str, start: int, end: int) -> Span:
    """A telephone number with both brackets of its area code, and without those that stand around it."""
    n_open, n_closed = text.count("(", start, end), text.count(")", start, end)
    if text[start] == "(" and (n_open > n_closed or (text[end - 1] == ")" and n_open == 1)):
        start += 1
        end -= text[end - 1] == ")" and n_open == n_closed
    elif n_closed > n_open and text[max(start - 1, 0)] == "(":
        start -= 1
    return Span(start, end, Kind.PHONE)


def parameters(text: str) -> Iterator[Span]:
    """Telephone numbers in links that dial or write to them."""
    yield from (Span(*found.span(1), Kind.PHONE) for found in _PARAMETER.finditer(text))


def plates(text: str) -> Iterator[Span]:
    """Plates: a digit, one or two letters, four digits; near a word for them or for vehicles, or behind a province.

    Where only the latter announce it, one letter and a year are taken for a model: 5G 2018.
    """
    for found in _PLATE.finditer(text):
        before = text[max(found.start() - _PLATE_REACH, 0) : found.start()]
        if _PLATE_WORD.search(before) or (_PLATE_BEFORE.search(before) and not _MODEL.match(found[0])):
            yield Span(*found.span(), Kind.PLATE)
    yield from (Span(*found.span(1), Kind.PLATE) for found in _LABELLED.finditer(text))
