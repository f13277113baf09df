"""Fetches until nine tenths of a web's Khmer text are in: in the order of yield, and breadth-first.

Text is counted apart from the crawl: the Khmer letters of each piece of text between two tags, the first time that
it comes in any page. The whole is what the two crawls together found. Fetches are requests as the server logs them,
but for robots.txt, tdmrep.json and ai.txt, which come first in any order. Hosts answer at once and one is
asked at a time, so that the order alone decides; with as many connections as hosts, politeness would.

`crawl.focus` is about the grown web (`bench.webs`), where a fifth of the pages are Khmer. The others leave little to
choose: of the demo's pages four in five bring Khmer, of the replayed real web's seven in ten, of the help site's six,
under the same shapes of URL as those in English. How little, tell the rows of what was known before.
"""

from __future__ import annotations

import gzip
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Final

import xxhash

from bench.crawls import crawl_command, watch
from bench.realdata import real_data
from bench.rows import Row, measured
from bench.webs import GrownWeb, StoredWeb, unpacked
from crawl.discovery.shapes import shape_of
from crawl.policy.site import PATHS
from demo.replay import Replay
from demo.server import Answer, Hosts, serving
from demo.web import SEEDS, build_web

SHARE: Final = 0.9
CONCURRENCY: Final = 1
ORDERS: Final = ("yield", "breadth")
TAGS: Final = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>|\n", re.S | re.I)
LETTERS: Final = re.compile("[\u1780-\u17dd]+")
HELP_SEEDS: Final = (
    "swriter/main0000.html",
    "scalc/main0000.html",
    "shared/main0400.html",
    "simpress/main0000.html",
)
BARS: Final = 10
BAR_CHARS: Final = 40


@dataclass
class Texts:
    """The Khmer text of pages, each piece known by its hash with its number of letters."""

    pieces: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)

    def of(self, web: Hosts, page: tuple[str, str]) -> dict[int, int]:
        """A page's pieces."""
        if page not in self.pieces:
            self.pieces[page] = dict(_pieces(web.reply(*page)))
        return self.pieces[page]


@dataclass
class Logged:
    """A web that remembers what it was asked for, in order."""

    web: Hosts
    asked: list[tuple[str, str]] = field(default_factory=list)

    def reply(self, host: str, target: str) -> Answer:
        """The web's answer."""
        if target not in PATHS.values():
            self.asked.append((host, target))
        return self.web.reply(host, target)


@dataclass(frozen=True)
class Curve:
    """The lane of each fetch and the letters of Khmer that it brought, in order; the pieces that all brought."""

    lanes: list[str]
    gains: list[float]
    pieces: dict[int, int]

    def needed(self, letters: float) -> float:
        """Fetches until so many letters are in; without end where they never are."""
        return next((n for n, sum_ in enumerate(accumulate(self.gains), 1) if sum_ >= letters), float("inf"))


def rows() -> Iterator[Row]:
    """For each web the ratio of fetches, and the least that any order could need."""
    for name, web, seeds, words in _webs():
        texts = Texts()
        curves = {
            order: _crawled(web, texts, [*words, f"seeds={seeds}", f"order={order}"]) for order in ORDERS
        }
        whole = {piece: n for curve in curves.values() for piece, n in curve.pieces.items()}
        enough = SHARE * sum(whole.values())
        print(_told(name or "grown", curves, sum(whole.values())), file=sys.stderr)
        focused, breadth = (curves[order].needed(enough) for order in ORDERS)
        row = f"crawl.focus_{name}" if name else "crawl.focus"
        yield measured(
            row, focused / breadth, f"of breadth-first's {breadth:,} fetches for 90 % of the Khmer text"
        )
        lanes = _by_lane(curves["breadth"]).needed(enough)
        yield measured(f"{row}.lanes_known", lanes / breadth, "of them, were each shape's yield known before")
        pages = replace(curves["breadth"], gains=sorted(curves["breadth"].gains, reverse=True)).needed(enough)
        yield measured(f"{row}.pages_known", pages / breadth, "of them, were each page's text known before")


def _webs() -> Iterator[tuple[str, Hosts, list[str], list[str]]]:
    """Name, hosts, seeds and further options of each web."""
    grown = GrownWeb()
    yield "", grown, list(grown.seeds), ["hosts=['*.test']"]
    yield "demo", build_web(), list(SEEDS), ["hosts=['*.khmer.test']"]
    data = real_data()
    if data is not None and (path := data / "html" / "libreoffice_help_km.tar.zst").exists():
        help_pages = StoredWeb("help.test", unpacked(path, "/km"))
        yield (
            "help",
            help_pages,
            [f"http://help.test/km/text/{page}" for page in HELP_SEEDS],
            ["hosts=[help.test]"],
        )
    if data is not None and (path := data / "web" / "dev_web.warc.gz").exists():
        replay = Replay([path])
        yield "real", replay, replay.seeds, ["max_depth=1"]


def _crawled(web: Hosts, texts: Texts, words: Sequence[str]) -> Curve:
    """Crawl a web from nothing."""
    logged = Logged(web)
    with tempfile.TemporaryDirectory() as folder, serving(logged) as address:
        near = [f"resolve=['*={address}']", "delay=0", "max_crawl_delay=0", "retry_wait=0.1", "patience=1"]
        ended = watch(crawl_command(Path(folder), "focus", *near, f"concurrency={CONCURRENCY}", *words))
    if ended.code:
        raise RuntimeError(ended.said[-2000:])
    pieces: dict[int, int] = {}
    lanes, gains = [], []
    for page in logged.asked:
        new = {piece: n for piece, n in texts.of(web, page).items() if piece not in pieces}
        pieces |= new
        lanes.append(page[0] + shape_of(f"http://{page[0]}{page[1]}"))
        gains.append(float(sum(new.values())))
    return Curve(lanes, gains, pieces)


def _by_lane(curve: Curve) -> Curve:
    """The same fetches in the order of the mean of their host and shape: the best that an order of lanes can do."""
    sums: defaultdict[str, float] = defaultdict(float)
    for lane, gain in zip(curve.lanes, curve.gains, strict=True):
        sums[lane] += gain
    times = Counter(curve.lanes)
    means = {lane: sums[lane] / n for lane, n in times.items()}
    lanes = sorted(curve.lanes, key=means.__getitem__, reverse=True)
    return Curve(lanes, [means[lane] for lane in lanes], curve.pieces)


def _pieces(answer: Answer) -> Iterator[tuple[int, int]]:
    """Hash and number of letters of each piece of Khmer text in an answer."""
    for piece in TAGS.split(_text(answer)):
        if n_letters := sum(map(len, LETTERS.findall(piece))):
            yield xxhash.xxh3_64_intdigest(piece.strip().encode()), n_letters


def _text(answer: Answer) -> str:
    """A body as a reader sees it: chunks joined, unpacked, decoded."""
    head, content = answer.head.lower(), answer.content
    if b"\ntransfer-encoding: chunked" in head:
        content = b"".join(_chunks(content))
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")


def _chunks(content: bytes) -> Iterator[bytes]:
    at = 0
    while (end := content.find(b"\r\n", at)) >= 0 and (size := int(content[at:end].partition(b";")[0], 16)):
        yield content[end + 2 : end + 2 + size]
        at = end + 4 + size


def _told(name: str, curves: dict[str, Curve], total: int) -> str:
    """The curves as text: the share of the Khmer text in after each tenth of the longer crawl's fetches."""
    n_fetches = max(len(curve.gains) for curve in curves.values())
    lines = [f"{name}: {total:,} letters of Khmer, {n_fetches:,} fetches"]
    for tenth in range(1, BARS + 1):
        fetched = n_fetches * tenth // BARS
        for order, curve in curves.items():
            share = sum(curve.gains[:fetched]) / total
            lines.append(f"{fetched:>8,} {order:>8} {share:5.3f} {'█' * round(BAR_CHARS * share)}")
    return "\n".join(lines)
