"""URLs that lead a crawler nowhere: made without end by a machine, or doing something instead of telling it."""

from __future__ import annotations

import re
import time
from collections import Counter
from urllib.parse import urlsplit

MOST_SEGMENTS = 20
MOST_SEGMENT_CHARS = 1000  # a Khmer slug of 100 letters is 900 characters long, escaped
MOST_KEYS = 8
MOST_REPEATS = 3
FIRST_YEAR = 1990
ACTION = re.compile(
    r"[?&](?:replytocom|add-to-cart|add_to_wishlist|share|redirect_to|do=(?:login|register|edit)|"
    r"action=(?:edit|login|register|history|raw|info|logout|lostpassword)|oldid|diff|printable|veaction)\b|"
    r"/(?:wp-login\.php|wp-admin|wp-signup\.php|login|log-in|signin|sign-in|logout|register|sign-?up|cart|checkout|"
    r"wishlist|my-account|user/login|user/register|sharer?(?:\.php)?)(?:[/?]|$)|/cdn-cgi/",
    re.I,
)
SEARCH = re.compile(r"[?&](?:s|q|query|search|keyword|keywords|search_query|searchword)=|/search/[^/]", re.I)
CALENDAR = re.compile(
    r"[?&](?:year|yr|y|month|date|day|tribe-bar-date|ical|calendar|cal|event-date|eventdate|yearid)=|"
    r"/(?:calendar|events?|day|month|week|archive|schedule)/",
    re.I,
)
YEARS = re.compile(r"(?<!\d)([12]\d{3})(?=[-/]?(?:0?[1-9]|1[0-2])(?!\d)|[&/]|$)")


def trap(url: str) -> str:
    """Why a clean URL is better not followed; empty for one that may be.

    Reasons: `repeating_path`, `deep_path`, `many_parameters`, `calendar`, `action`, `search`.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MOST_SEGMENTS or max(map(len, segments), default=0) > MOST_SEGMENT_CHARS:
        return "deep_path"
    if _repeats(segments):
        return "repeating_path"
    target = f"{parts.path}?{parts.query}"
    if ACTION.search(target):
        return "action"
    if parts.query:
        keys = [pair.partition("=")[0] for pair in parts.query.split("&")]
        if len(keys) > MOST_KEYS or max(Counter(keys).values()) > 2:
            return "many_parameters"
    if SEARCH.search(target):
        return "search"
    return "calendar" if CALENDAR.search(target) and _is_far_off(target) else ""


def _repeats(segments: list[str]) -> bool:
    """Whether a segment stands there more than three times, or a sequence of segments twice in a row or more."""
    if len(segments) < 4:
        return False
    if max(Counter(segments).values()) > MOST_REPEATS:
        return True
    return any(
        segments[at : at + n] == segments[at + n : at + 2 * n]
        for n in range(2, len(segments) // 2 + 1)
        for at in range(len(segments) - 2 * n + 1)
    )


def _is_far_off(target: str) -> bool:
    latest = time.gmtime().tm_year + 1
    return any(not FIRST_YEAR <= int(year) <= latest for year in YEARS.findall(target))
