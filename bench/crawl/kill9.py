"""A crawl killed with `kill -9` again and again, judged by the log of the server and by what other tools read of it.

Twenty kills come after a random number of requests, eight more at the dangerous places (see `bench.killedcrawl`), twice
each; WARC files of 4 MB, so that some kills meet the change from one to the next.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from bench.crawls import crawl_command, watch
from bench.killedcrawl import PLACES
from bench.linkedweb import LinkedWeb, Served, serve
from bench.rows import Row, measured
from demo.replay import Replay, StoredReply

WEB: Final = LinkedWeb(n_hosts=8, n_pages=600)
KILLS: Final = 20
MOST_REQUESTS: Final = 300  # between two kills
NTH: Final = (2, 5)  # commit at which a dangerous place is hit
WARC_BYTES: Final = 4_000_000


class Judged(NamedTuple):
    """What the crawl left: response records by URL, records whose digest is wrong, kept by the ledger, pending.

    And the pages that a replay of its WARC files cannot show.
    """

    responses: Counter[str]
    n_bad: int
    n_kept: int
    n_pending: int
    n_unreplayed: int


def rows() -> Iterator[Row]:
    """Pages lost, stored twice and fetched again, records that warcio or FastWARC find damaged."""
    with tempfile.TemporaryDirectory(prefix="bench-crawl-") as folder, serve(WEB, Path(folder)) as served:
        n_kills = _crawl_under_kills(Path(folder), served)
        judged = _judge(Path(folder) / "kill9" / "crawl")
        asked = Counter(line for line in served.requests() if line.rpartition("/")[2].isdecimal())
    stored = {url: n for url, n in judged.responses.items() if url.rpartition("/")[2].isdecimal()}
    as_stored = {f"http://{line.replace(' ', f':{served.port}')}" for line in WEB.urls}
    lost = (set(WEB.urls) - asked.keys()) | (as_stored - stored.keys())
    yield measured("crawl.kill9_pages", len(stored), f"pages, under {n_kills} kills")
    yield measured("crawl.kill9_lost", len(lost), "pages never fetched or not stored")
    yield measured("crawl.kill9_doubled", sum(n - 1 for n in judged.responses.values()), "responses too many")
    refetched = sum(asked.values()) - len(asked)
    yield measured("crawl.kill9_refetched", refetched / n_kills, "pages fetched again a kill")
    yield measured("crawl.kill9_damaged", judged.n_bad, "records with a wrong digest or unreadable")
    yield measured("crawl.kill9_unreplayed", judged.n_unreplayed, "pages that the replay does not show")
    disagreeing = abs(judged.n_kept - judged.responses.total()) + judged.n_pending
    yield measured("crawl.kill9_disagreeing", disagreeing, "between ledger, frontier and WARC")


def _crawl_under_kills(folder: Path, served: Served) -> int:
    """Crawl, killed all the way, then to the end; returns how many kills hit it at work."""
    words = ["hosts=['*.test']", "delay=0", f"seeds={served.web.seeds(served.port)}", served.resolve]
    words += [f"warc_bytes={WARC_BYTES}"]
    chance, n_hit = random.Random(9), 0
    for number in range(KILLS):
        n_hit += watch(crawl_command(folder, "kill9", *words), _After(served, chance)).code == -9
        place, nth = PLACES[number % len(PLACES)], NTH[number // len(PLACES) % len(NTH)]
        if number < len(PLACES) * len(NTH):
            n_hit += watch(_trapped(folder, place, nth, words)).code == -9
    ended = watch(crawl_command(folder, "kill9", *words))
    if ended.code:
        raise RuntimeError(ended.said[-2000:])
    return n_hit


def _trapped(folder: Path, place: str, nth: int, words: list[str]) -> list[str]:
    return crawl_command(folder, "kill9", *words, module=("bench.killedcrawl", place, str(nth)))


class _After:
    """Says when the server has had a random number of requests since."""

    def __init__(self, served: Served, chance: random.Random) -> None:
        self._file = served.log.open()
        self._file.seek(0, 2)
        self._left = chance.randrange(MOST_REQUESTS)

    def __call__(self, _seconds: float) -> bool:
        self._left -= sum(1 for _ in self._file)
        return self._left < 0


def _judge(stage: Path) -> Judged:
    """What warcio and FastWARC read, and what the manifest says."""
    responses, n_bad = Counter[str](), 0
    n_fast, paths = 0, sorted((stage / "warc").glob("*.warc.gz"))
    for path in paths:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests=True):
                if record.rec_type == "response":
                    responses[record.rec_headers.get_header("WARC-Target-URI")] += 1
                record.content_stream().read()
                n_bad += record.digest_checker.passed is False
        with path.open("rb") as file:
            for fast in FastIterator(file, record_types=WarcRecordType.response, parse_http=False):
                n_fast += 1
                n_bad += not fast.verify_block_digest()
    manifest = json.loads((stage / "manifest.json").read_text())
    kept = sum(row["documents"] for row in manifest["ledger"] if row["fate"] == "kept")
    replay = Replay(paths)
    n_unreplayed = sum(not isinstance(replay.reply(*line.split(" ")), StoredReply) for line in WEB.urls)
    n_bad += abs(n_fast - responses.total())
    return Judged(responses, n_bad, kept, manifest["facts"]["pending"], n_unreplayed)
