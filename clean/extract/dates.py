"""Dates as Khmer pages write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

KHMER_MONTHS: Final = {
    "មករា": 1, "កុម្ភៈ": 2, "កុម្ភះ": 2, "កុម្ភ:": 2, "កុម្ភ": 2, "មីនា": 3, "មិនា": 3, "មេសា": 4, "ឧសភា": 5,
    "ឩសភា": 5, "មិថុនា": 6, "កក្កដា": 7, "សីហា": 8, "កញ្ញា": 9, "តុលា": 10, "វិច្ឆិកា": 11, "វិច្ឆកា": 11,
    "ធ្នូ": 12, "ធ្នូរ": 12,
}  # fmt: skip
LATIN_MONTHS: Final = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
MONTHS: Final = {**KHMER_MONTHS, **LATIN_MONTHS}
DIGITS: Final = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
INVISIBLE: Final = re.compile("[\u200b-\u200d\u2060\ufeff]")
BLANKS: Final = re.compile(r"\s+")
BUDDHIST_BEFORE_VISAK: Final = 543
BUDDHIST_AFTER_VISAK: Final = 544
VISAK: Final = (
    (4, 25),
    (5, 25),
)  # the full moon of Pisakh, when the Buddhist year changes, lies between these

_KHMER_NAMES: Final = "|".join(sorted(KHMER_MONTHS, key=len, reverse=True))
_LATIN_NAMES: Final = "|".join(sorted(LATIN_MONTHS, key=len, reverse=True))
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY: Final = r"(?<!\d)(?P<day>\d\d?)(?!\d)"
_KHMER_MONTH: Final = rf"(?:ខែ)?\s*(?P<month>{_KHMER_NAMES})"
_YEAR_WORD: Final = r"\s*,?\s*(?:ឆ្នាំ|គ\.?\s?ស\.?)?\s*"
ISO: Final = re.compile(rf"(?<!\d){_YEAR}-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)")
YEAR_FIRST: Final = re.compile(rf"(?<!\d){_YEAR}[/.](?P<month>\d\d?)[/.](?P<day>\d\d?)(?!\d)")
DAY_FIRST: Final = re.compile(rf"(?<![\d/.-])(?P<day>\d\d?)([/.-])(?P<month>\d\d?)\2{_YEAR}")
KHMER: Final = (
    re.compile(rf"{_DAY}\s*,?\s*{_KHMER_MONTH}{_YEAR_WORD}{_YEAR}"),
    re.compile(rf"{_KHMER_MONTH}\s*{_DAY}\s*,{_YEAR_WORD}{_YEAR}"),
    re.compile(rf"{_DAY}\s*,?\s*ខែ(?:ទី)?\s*(?P<month>\d\d?){_YEAR_WORD}{_YEAR}"),
)
BUDDHIST: Final = re.compile(
    rf"{_DAY}\s*,?\s*{_KHMER_MONTH}\s*,?\s*(?:ឆ្នាំ)?\s*(?:ពុទ្ធសករាជ|ព\.?\s?ស\.?)\s*(?P<year>25\d\d)(?!\d)"
)
LATIN: Final = (
    re.compile(
        rf"{_DAY}(?:st|nd|rd|th)?[\s.-]+(?P<month>{_LATIN_NAMES})\b[\s.,-]+{_YEAR}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<month>{_LATIN_NAMES})\b\.?\s*{_DAY}(?:st|nd|rd|th)?\s*,?\s*{_YEAR}",
        re.IGNORECASE,
    ),
)
URL_DATE: Final = re.compile(rf"/{_YEAR}([/-])(?P<month>\d\d?)\2(?P<day>\d\d?)(?:[/-]|$)")
EARLIEST_YEAR: Final = 1991  # of the first web page


def plain(text: str) -> str:
    """The text with ASCII digits and no zero-width characters; runs of blanks, cubic for the patterns, as one."""
    return BLANKS.sub(" ", INVISIBLE.sub("", text)).translate(DIGITS)


def parse_date(text: str) -> datetime | None:
    """The date in a short text: 2019-07-26, 26/07/2019 (day first, as Cambodia writes), ថ្ងៃទី២៦ ខែកក្កដា ឆ្នាំ២០១៩.

    The clock and its zone are left out: the day is what readers see on the page. A day that no page can be of, in
    no calendar or before there was a web, is none.
    """
    folded = plain(text)
    return _first((ISO, YEAR_FIRST, DAY_FIRST, *LATIN), folded) or khmer_date(folded)


def day_first_date(text: str) -> datetime | None:
    """The date in figures of either kind as Cambodia writes it: 26/07/2019, ២៦-៧-២០១៩."""
    return _first((DAY_FIRST,), plain(text))


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> datetime | None:
    for pattern in patterns:
        if found := pattern.search(text):
            return _day(found)
    return None


def khmer_date(text: str) -> datetime | None:
    """The date with a Khmer month, digits of either kind, of the Christian era if it is told in two."""
    return next(khmer_dates(text), None)


def khmer_dates(text: str) -> Iterator[datetime]:
    """The dates with Khmer months, those of the Christian era first.

    A lunar day alone (១៣រោច ខែផល្គុន) is none: no day follows from it without the calendar of its year.
    """
    folded = plain(text)
    for pattern in (*KHMER, BUDDHIST):
        for found in pattern.finditer(folded):
            if day := _day(found):
                yield day


def url_date(url: str) -> datetime | None:
    """The date in a path such as /2019/07/26/."""
    found = URL_DATE.search(url)
    return _day(found) if found else None


def _day(found: re.Match[str]) -> datetime | None:
    year, day = int(found["year"]), int(found["day"])
    name = found["month"].lower()
    month = MONTHS[name] if name in MONTHS else int(name)
    if found.re is BUDDHIST:
        if VISAK[0] <= (month, day) <= VISAK[1]:
            return None
        year -= BUDDHIST_BEFORE_VISAK if (month, day) < VISAK[0] else BUDDHIST_AFTER_VISAK
    try:
        return datetime(year, month, day, tzinfo=UTC) if year >= EARLIEST_YEAR else None
    except ValueError:
        return None
