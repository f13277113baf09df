"""How long a host is left alone: between two requests, and when it asks for more.

All in seconds, without chance: the same answers give the same pauses.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_PAUSE_SECONDS = 24 * 3600.0
FIRST_PAUSE_SECONDS = 60.0
LATENCIES = 5  # a host that answers slowly is asked in that measure less often
OVERLOADED = (429, 503)  # RFC 6585, 4; RFC 9110, 15.6.4


def pause_seconds(status: int, retry_after: str, n_before: int, first: float = FIRST_PAUSE_SECONDS) -> float:
    """How long an answer asks for its whole host to be left alone; 0 where it does not.

    429 and 503 do: for `first` seconds, doubled for each of the `n_before` such answers before it without another
    between them, and at least for what `Retry-After` says. Any other answer does by that header alone
    (RFC 9110, 10.2.3: with a redirect it means the same). None lasts longer than a day.
    """
    asked = retry_after_seconds(retry_after)
    if status in OVERLOADED:
        asked = max(asked, first * 2.0 ** min(max(n_before, 0), 64))
    elif not (300 <= status < 400 or status >= 500):
        return 0.0
    return min(asked, MAX_PAUSE_SECONDS)


def retry_after_seconds(value: str) -> float:
    """Seconds from now that a Retry-After states, as a number or as a date; 0 where it states none.

    Of several, joined by commas, the longest counts. Raises nothing, whatever stands there.
    """
    value = value.strip()
    if (moment := _moment(value)) is not None:
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    return max((_delta(part.strip()) for part in value.split(",")), default=0.0)


def _delta(value: str) -> float:
    """RFC 9110's delay-seconds; ASCII digits alone, and of many no more than are needed for a day."""
    if not (value.isascii() and value.isdigit()):
        return 0.0
    return min(float(value[:20]), MAX_PAUSE_SECONDS) if len(value) < 20 else MAX_PAUSE_SECONDS


def _moment(value: str) -> datetime | None:
    """An HTTP-date in any of its three forms (RFC 9110, 5.6.7), all in UTC."""
    try:
        moment = parsedate_to_datetime(value[:64])
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def least_delay(config_delay: float, crawl_delay: float, max_crawl_delay: float, latency: float) -> float:
    """Seconds between the end of an answer and the next request to its host.

    The longest of the crawl's own delay, the site's Crawl-delay as far as it is granted, and five times the
    latency of the last answer as far as that.
    """
    return max(config_delay, min(crawl_delay, max_crawl_delay), min(LATENCIES * latency, max_crawl_delay))
