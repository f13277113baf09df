"""How much Khmer text a place on the web gives for what is fetched from it, and what that says about the next fetch.

After SpiderLing (Suchomel and Pomikálek 2012), whose yield rate is bytes of clean text per byte downloaded. Only text
that has not been seen before counts: the menu of a site counts once, and a trap that shows one page under a million
names is worth one page.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import xxhash

from crawl.sources.http import is_pdf

LISTING_LEVEL = 3  # sitemaps, feeds and APIs; below it are pages, by what their links promise
LIFTS = (0.5, 1.0, 2.0)  # what a page of each level is expected to yield, to that of its host
REQUEST_BYTES = 100_000  # what a request costs besides its bytes: a host's time is what there is least of
EXPECTED = 0.03  # yield, that cost counted, of a host of which nothing is known
DECAY = 0.98  # of what was measured, per page: the last 50 pages count
TRIAL_PAGES = 3.0  # how many pages' worth an expectation weighs
PAGE_BYTES = 30_000  # of a page, where none was fetched
N_REMEMBERED = 1 << 18
MAX_PIECES = 20_000  # of a page, parted at its tags
LEAST_BYTES = 120  # of a piece of text that counts as new: 40 letters, more than a date has
HEAD_BYTES = 1 << 16  # in which a page names its fonts
LEGACY_FONTS = (b"limon", b"abc-text", b"baidok", b"khek")  # khmer.legacy tells what became of them
KHMER, LEAD = b"\xe1\x9e", b"\xe1"  # how the letters U+1780–17BF begin in UTF-8, and all of U+1000–1FFF


@dataclass(slots=True)
class Yield:
    """Bytes fetched and bytes of new Khmer text among them, the latest pages weighing most."""

    bytes: float = 0.0
    khmer: float = 0.0
    pages: float = 0.0

    @classmethod
    def kept(cls, n_bytes: float, n_khmer: float, n_pages: int) -> Yield:
        """The yield of so many pages, of which bytes and Khmer text were kept."""
        return cls(n_bytes, n_khmer, (1.0 - DECAY**n_pages) / (1.0 - DECAY))

    def add(self, n_bytes: int, n_khmer: int) -> None:
        """Count a page."""
        self.bytes = self.bytes * DECAY + n_bytes
        self.khmer = self.khmer * DECAY + n_khmer
        self.pages = self.pages * DECAY + 1.0

    def rate(self, expected: float) -> float:
        """The yield, with what requests cost, smoothed by what was expected."""
        trial = TRIAL_PAGES * (PAGE_BYTES + REQUEST_BYTES)
        return (self.khmer + expected * trial) / (self.bytes + self.pages * REQUEST_BYTES + trial)

    @property
    def measured(self) -> float:
        """The yield as it was found; 1 where nothing was fetched."""
        return self.khmer / self.bytes if self.bytes else 1.0


def lane_score(lane: Yield, level: int, n_fetched: int, host_rate: float) -> float:
    """What a page of a lane is hoped to yield: what was found, and more where little was tried."""
    rate = lane.rate(host_rate * LIFTS[level])
    return rate * (1.0 + 1.0 / (1.0 + n_fetched))


DIGITS = b"0123456789\xe1\x9f" + bytes(range(0xA0, 0xAA))  # all bytes of Khmer ones; some of letters, too


def hides_text(body: bytes) -> bool:
    """Whether a body may hold Khmer text that its bytes do not show: a PDF, or a page in a legacy font.

    Of such nobody knows the yield before it is read, so that neither its host nor its lane is parked for it.
    """
    if is_pdf(body):
        return True
    if KHMER in body:
        return False
    head = body[:HEAD_BYTES].lower()
    return any(font in head for font in LEGACY_FONTS)


class NewText:
    """Which pieces of Khmer text have been seen before, as far as 2 MB remember; it forgets, and invents nothing."""

    def __init__(self) -> None:
        self._seen = array("Q", bytes(8 * N_REMEMBERED))

    def count(self, body: bytes) -> tuple[int, int]:
        """Bytes of Khmer text in a UTF-8 body, and those in text between two tags that was new.

        Texts that differ in numbers alone, such as the days of a calendar, are one. In what has Khmer letters every
        U+1000–1FFF counts as one: a tenth of the time, and hardly another alphabet.
        """
        if KHMER not in body:
            return 0, 0
        n_new = 0
        for piece in body.split(b"<", MAX_PIECES):
            if len(piece) > LEAST_BYTES:
                text = piece[piece.rfind(b">") + 1 :]
                if len(text) > LEAST_BYTES and (n_letters := text.count(LEAD)) and self._is_new(text):
                    n_new += n_letters
        return 3 * body.count(LEAD), 3 * n_new

    def _is_new(self, text: bytes) -> bool:
        key = xxhash.xxh3_64_intdigest(text.translate(None, DIGITS)) or 1
        place = key & (N_REMEMBERED - 1)
        was_seen = self._seen[place] == key
        self._seen[place] = key
        return not was_seen


def level_of(prior: float) -> int:
    """The level of a page whose link has that prior in [0, 1]."""
    return min(int(prior * 3), 2)
