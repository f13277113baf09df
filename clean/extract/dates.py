"""Dates as Khmer pages write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

MONTHS: Final = {
    "មករា": 1, "កុម្ភៈ": 2, "កុម្ភះ": 2, "កុម្ភ": 2, "មីនា": 3, "មិនា": 3, "មេសា": 4, "ឧសភា": 5, "មិថុនា": 6,
    "កក្កដា": 7, "សីហា": 8, "កញ្ញា": 9, "តុលា": 10, "វិច្ឆិកា": 11, "ធ្នូ": 12,
}  # fmt: skip
KHMER_DIGITS: Final = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
INVISIBLE: Final = re.compile("[\u200b-\u200d\u2060\ufeff]")
ISO: Final = re.compile(r"\b((?:19|20)\d\d)-(\d\d?)-(\d\d?)")
YEAR_FIRST: Final = re.compile(r"\b((?:19|20)\d\d)[/.](\d\d?)[/.](\d\d?)\b")
DAY_FIRST: Final = re.compile(r"\b(\d\d?)[/.-](\d\d?)[/.-]((?:19|20)\d\d)\b")
URL_DATE: Final = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?:[/-]|$)")
KHMER: Final = re.compile(
    rf"(\d\d?)\s*,?\s*(?:ខែ)?\s*({'|'.join(sorted(MONTHS, key=len, reverse=True))})\s*,?\s*(?:ឆ្នាំ)?\s*((?:19|20)\d\d)"
)


def plain(text: str) -> str:
    """The text with ASCII digits and without zero-width characters."""
    return INVISIBLE.sub("", text).translate(KHMER_DIGITS)


def parse_date(text: str) -> datetime | None:
    """The first date in a short text: 2019-07-26, 26/07/2019 (day first, as Cambodia writes), ថ្ងៃទី២៦ ខែកក្កដា ឆ្នាំ២០១៩.

    The clock and its zone are left out: the day is what readers see on the page.
    """
    folded = plain(text)
    if found := ISO.search(folded):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR_FIRST.search(folded):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_FIRST.search(folded):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    return khmer_date(folded)


def khmer_date(text: str) -> datetime | None:
    """The first date with a Khmer month name, digits of either kind."""
    found = KHMER.search(plain(text))
    return _day(int(found[3]), MONTHS[found[2]], int(found[1])) if found else None


def url_date(url: str) -> datetime | None:
    """The date in a path such as /2019/07/26/."""
    found = URL_DATE.search(url)
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
