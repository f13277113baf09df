"""The date of publication that a page shows its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from clean.extract.blocks import INLINE
from clean.extract.dates import KHMER_MONTHS, day_first_date, khmer_date, parse_date, plain
from clean.extract.statements import SPACE

LABEL: Final = re.compile(
    r"ផ្សាយ|បោះពុម្ព|កាលបរិច្ឆេទ|ថ្ងៃចេញ|published|posted", re.IGNORECASE
)  # ចុះផ្សាយ, បានផ្សាយ, ថ្ងៃផ្សាយ …
CHANGED: Final = re.compile(r"កែប្រែ|កែសម្រួល|ធ្វើបច្ចុប្បន្នភាព|updated|modified", re.IGNORECASE)
NAMING: Final = re.compile(r"date|time|publish|posted|meta|byline|info", re.IGNORECASE)
WORDS_OF_DATES: Final = re.compile(
    rf"{LABEL.pattern}|{'|'.join(sorted(KHMER_MONTHS, key=len, reverse=True))}|ចុះ|បាន|ថ្ងៃទី|ថ្ងៃ|ទី|ខែ|ឆ្នាំ|ម៉ោង"
    r"|នាទី|វេលា|ព្រឹក|រសៀល|ល្ងាច|យប់|អាទិត្យ|ច័ន្ទ|ចន្ទ|អង្គារ|ពុធ|ព្រហស្បតិ៍|សុក្រ|សៅរ៍|[\W\d_]|am\b|pm\b",
    re.IGNORECASE,
)
MAX_DATELINE: Final = 80
MAX_OTHER_LETTERS: Final = 9  # the name of a town, vowels not counted
YEAR: Final = re.compile("(?:19|20|25|១៩|២០|២៥)[\\d០-៩]{2}")
OTHERS_WORDS: Final = frozenset(["blockquote", "cite", "q"])
TEASERS: Final = frozenset(["a", "h1", "h2", "h3", "h4", "h5", "h6"])  # may tell of an event and its day
MAX_DATES: Final = 100
MAX_TIME_TEXT: Final = 10_000
MAX_AROUND: Final = 1000
IN_PROSE: Final = -1  # the rank of a date in a sentence: it tells only what the place is used for
ONE_DAY: Final = timedelta(days=1)  # between a clock in UTC and one in Cambodia


class Shown(NamedTuple):
    """A date on the page, and what speaks for it."""

    day: datetime
    rank: int
    place: str  # elements of one kind have one


def shown_date(tree: LexborHTMLParser, times: list[LexborNode], latest: datetime | None) -> datetime | None:
    """The date in a dateline in Khmer, or in a time element that shows the date it states.

    Where several dates stand in places of one kind, it is a list of other pages and none is this page's. What
    speaks for a date is, in this order: a label (ចុះផ្សាយ), elements named after dates, standing outside of links.
    """
    found = [*_stated_times(times[:MAX_DATES]), *islice(_datelines(tree), MAX_DATES)]
    found = [shown for shown in found if latest is None or shown.day <= latest]
    days: dict[str, set[datetime]] = {}
    for shown in found:
        days.setdefault(shown.place, set()).add(shown.day)
    single = [shown for shown in found if shown.rank > IN_PROSE and len(days[shown.place]) == 1]
    return max(single, key=lambda shown: shown.rank).day if single else None


def _stated_times(times: list[LexborNode]) -> Iterator[Shown]:
    """The time elements that readers see the stated date in: one without may be of any age."""
    for node in times:
        attributes, visible = node.attributes, node.text()
        if len(visible) > MAX_TIME_TEXT:
            return  # times nested in each other: reading them all is quadratic
        stated = parse_date(attributes.get("datetime") or "")
        seen = parse_date(visible) if stated and len(visible) <= MAX_DATELINE else None
        around = _around(node, visible)
        is_of_change = attributes.get("itemprop") == "dateModified" or CHANGED.search(around)
        if stated and seen and abs(seen - stated) <= ONE_DAY and not is_of_change:
            yield Shown(seen, _rank(node, around) + 1, _place(node))


def _datelines(tree: LexborHTMLParser) -> Iterator[Shown]:
    for node, text, day in islice(_dated(tree), MAX_DATES):
        around = _around(node, text)
        is_of_prose = node.tag in INLINE and len(around) - len(text) > MAX_DATELINE
        if not CHANGED.search(around):
            yield Shown(day, IN_PROSE if is_of_prose else _rank(node, around), _place(node))


def _dated(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, str, datetime]]:
    """The elements whose own text is a dateline."""
    body = tree.body
    if body is None or YEAR.search(body.text(separator="\0")) is None:
        return
    for node in body.css("*"):
        text = node.text(deep=False)
        if len(text) > 4 * MAX_DATELINE or YEAR.search(text) is None or node.tag in OTHERS_WORDS:
            continue
        if day := _dateline(text, 0 if node.tag in TEASERS else MAX_OTHER_LETTERS):
            yield node, text, day


def _dateline(text: str, n_other_letters: int) -> datetime | None:
    """The date of a text that has at most so many letters beside it, or a label."""
    short = text.strip()
    if not 6 <= len(short) <= MAX_DATELINE:
        return None
    day = khmer_date(short) or day_first_date(short)
    if day is None or (LABEL.search(short) is None and _other_letters(short) > n_other_letters):
        return None
    return day


def _other_letters(text: str) -> int:
    return len(WORDS_OF_DATES.sub("", plain(text)))


def _around(node: LexborNode, text: str) -> str:
    """The text of an element and the beginning of the own text of the one that it stands in."""
    parent = node.parent
    outer = SPACE.sub(" ", parent.text(deep=False)[:MAX_AROUND]) if parent is not None else ""
    return f"{text}\n{outer}"  # a label may be in either


def _rank(node: LexborNode, around: str) -> int:
    labelled = LABEL.search(around) is not None
    named = NAMING.search(_place(node)) is not None
    return 8 * labelled + 4 * named + 2 * (not _is_linked(node))


def _is_linked(node: LexborNode) -> bool:
    parent = node.parent
    return node.tag == "a" or (parent is not None and parent.tag == "a")


def _place(node: LexborNode) -> str:
    parent = node.parent
    return f"{_signature(parent)} > {_signature(node)}" if parent is not None else _signature(node)


def _signature(node: LexborNode) -> str:
    return f"{node.tag}.{node.attributes.get('class') or ''}"
