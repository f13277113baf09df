"""URLs that lead a crawler nowhere: made without end by a machine, or doing something instead of telling it."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

MOST_SEGMENTS: Final = 20
MOST_SEGMENT_CHARS: Final = 1000  # a Khmer name of 100 letters is 900 characters long, escaped
MOST_PARAMETERS: Final = 8
MOST_REPEATS: Final = 3  # of a segment, anywhere in the path
FIRST_YEAR: Final = 1990
ACTION: Final = re.compile(
    r"[?&](?:replytocom|add[-_]to[-_](?:cart|wishlist)|share|redirect_to|unapproved|moderation-hash|oldid|diff|veaction|"
    r"do=(?:login|register|edit|export_\w+|diff|revisions|backlink|index)|printable|"
    r"action=(?:edit|submit|login|register|history|raw|info|logout|lostpassword|print|delete))(?=[=&]|$)|"
    r"/(?:wp-login\.php|wp-admin|wp-signup\.php|xmlrpc\.php|log-?in|sign-?in|log-?out|register|sign-?up|cart|checkout|"
    r"wishlist|my-account|user/(?:login|register|password)|sharer?(?:\.php)?|cdn-cgi|trackback|comment/reply)(?=[/?]|$)",
    re.I,
)
SEARCH: Final = re.compile(
    r"[?&](?:s|q|query|search|keywords?|search_?query|searchword|search_block_form)=|/search/[^/]|Special:Search",
    re.I,
)
CALENDAR: Final = re.compile(
    r"[?&](?:year|yr|month|date|day|tribe-bar-date|ical|outlook-ical|calendar|cal|event_?-?date)(?==)|"
    r"/(?:calendar|events?|day|month|week|archives?|schedule|agenda)/",
    re.I,
)
YEAR: Final = re.compile(r"(?<!\d)([12]\d{3})(?=[-/](?:0?[1-9]|1[0-2])(?!\d)|[&/]|$)")


def trap(url: str) -> str:
    """Why a clean URL is better not followed; empty for one that may be.

    Reasons: `deep_path`, `repeating_path`, `action`, `many_parameters`, `search`, `calendar`.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MOST_SEGMENTS or max(map(len, segments), default=0) > MOST_SEGMENT_CHARS:
        return "deep_path"
    if len(segments) > MOST_REPEATS and _repeats(segments):
        return "repeating_path"
    target = url[url.find("/", 8) :]
    if ACTION.search(target):
        return "action"
    if "&" in parts.query and _is_faceted(parts.query):
        return "many_parameters"
    if SEARCH.search(target):
        return "search"
    return "calendar" if CALENDAR.search(target) and _is_far_off(target) else ""


def _repeats(segments: list[str]) -> bool:
    """Whether a segment stands there more than three times, or a sequence of several twice in a row."""
    if max(Counter(segments).values()) > MOST_REPEATS:
        return True
    return any(
        segments[at : at + n] == segments[at + n : at + 2 * n]
        for n in range(2, len(segments) // 2 + 1)
        for at in range(len(segments) - 2 * n + 1)
    )


def _is_faceted(query: str) -> bool:
    """Whether a query chooses by so many parameters, or so often by one, that their combinations never end."""
    names = Counter(pair.partition("=")[0] for pair in query.split("&"))
    return names.total() > MOST_PARAMETERS or max(names.values()) > 2


def _is_far_off(target: str) -> bool:
    """Whether it names a year before the web or after the next."""
    latest = time.gmtime().tm_year + 1
    return any(not FIRST_YEAR <= int(year) <= latest for year in YEAR.findall(target))
