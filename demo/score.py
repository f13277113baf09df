"""A finished run held against the truth of the embedded web."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from fastwarc.warc import ArchiveIterator, WarcRecordType

from clean.personal import PLACEHOLDERS, Kind
from corpus.errors import StageError
from demo.pages import Truth
from demo.plan import SHARED
from demo.web import Web

STAGES = ("ingest", "clean", "dedup")
KEPT = "kept"
UNSEEN = "unseen"
LEAST_RIGHT = 0.97
DUPLICATES = {"exact_duplicate", "near_duplicate"}
# What the crawl says of media that it does not take in, cleaning of pages in which nothing looks like an article, and
# of the few words of Khmer that stand around a page in another language.
NAMED_ALSO = {
    "not_html": {"not_text", "pdf_damaged"},
    "listing": {"no_article"},
    "soft_404": {"no_article"},
    "not_khmer": {"no_article", "too_short"},
}
REFUSED = {"robots_excluded", "robots_unreachable", "opt_out"}
POLICY_FILES = {"robots", "sitemap", "tdmrep", "interface"}  # no documents, whatever a crawl does with them
ASCII_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
EXAMPLES = 5


@dataclass(frozen=True)
class Outcome:
    """What a run made of every URL: `kept`, or the reason why not; whose answers it stored; what it kept as text."""

    fates: Mapping[str, str]
    stored: frozenset[str]
    texts: Mapping[str, str]

    def fate(self, url: str) -> str:
        """`kept`, the reason it was dropped for, or `unseen`."""
        return self.fates.get(url, UNSEEN)


def read_outcome(run: Path) -> Outcome:
    """The outcome of a run's crawl, ingest, clean and dedup; raises StageError where one is missing."""
    for stage in ("crawl", *STAGES):
        if not (run / stage / "manifest.json").is_file():
            msg = f"{run / stage}: no manifest.json; expected a finished stage. Try: make demo"
            raise StageError(msg)
    stored, fates = _crawled(sorted((run / "crawl").rglob("*.warc.gz")))
    for stage in STAGES:
        for path in _shards(run, stage, "dropped"):
            table = pq.read_table(path, columns=["url", "reason"])
            fates.update(zip(table["url"].to_pylist(), table["reason"].to_pylist(), strict=True))
    texts: dict[str, str] = {}
    for path in _shards(run, STAGES[-1], "documents"):
        for row in pq.read_table(path, columns=["url", "title", "text"]).to_pylist():
            texts[row["url"]] = f"{row['title'] or ''}\n{row['text']}"
    return Outcome(fates | dict.fromkeys(texts, KEPT), frozenset(stored), texts)


def _shards(run: Path, stage: str, kind: str) -> list[Path]:
    return sorted((run / stage / kind).rglob("*.parquet"))


def _crawled(paths: Sequence[Path]) -> tuple[set[str], dict[str, str]]:
    """The URLs whose answers were stored, and the reason of each refusal."""
    stored: set[str] = set()
    refused: dict[str, str] = {}
    for path in paths:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                url = record.headers.get("WARC-Target-URI") or ""
                if record.record_type == WarcRecordType.response:
                    stored.add(url)
                elif record.record_type == WarcRecordType.metadata and url:
                    noted = json.loads(record.reader.read())
                    if noted.get("decision") == "dropped":
                        refused[url] = noted["reason"]
    return stored, refused


@dataclass(frozen=True)
class Judgement:
    """A URL's truth, its fate, and whether it is right; None where either is allowed."""

    truth: Truth
    fate: str
    is_right: bool | None


def judge(truths: Iterable[Truth], outcome: Outcome) -> list[Judgement]:
    """Every page judged; of a text and its copies exactly one is to be kept, whichever it is."""
    truths = list(truths)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for truth in truths:
        if truth.duplicate_of:
            groups[truth.duplicate_of].append(truth.url)
    judged = []
    for truth in truths:
        fate = outcome.fate(truth.url)
        leader = truth.duplicate_of or truth.url
        group = [leader, *groups[leader]] if leader in groups else []
        is_right = _is_right_copy(fate, group, outcome) if group else _is_right(truth, fate, outcome)
        if truth.variant == SHARED and fate == UNSEEN:
            is_right = True
        judged.append(Judgement(truth, fate, is_right))
    return judged


def _is_right_copy(fate: str, group: list[str], outcome: Outcome) -> bool:
    n_kept = sum(outcome.fate(url) == KEPT for url in group)
    return n_kept == 1 and (fate == KEPT or fate in DUPLICATES)


def _is_right(truth: Truth, fate: str, outcome: Outcome) -> bool | None:
    verdict, _, reason = truth.expected.partition(":")
    if verdict == "either":
        return None
    if truth.kind in REFUSED and (fate == KEPT or truth.url in outcome.stored):
        return False
    if verdict == "keep":
        return fate == KEPT
    if verdict == UNSEEN:
        return True
    if truth.kind in POLICY_FILES:
        return fate != KEPT
    return fate in {reason, *NAMED_ALSO.get(reason, ())}


def leaks(truths: Iterable[Truth], outcome: Outcome) -> list[tuple[str, str]]:
    """URL and value of every piece of planted personal data that stands in a kept text, in any digits."""
    planted = sorted({value.translate(ASCII_DIGITS) for truth in truths for _, value in truth.planted})
    folded = {url: text.translate(ASCII_DIGITS) for url, text in outcome.texts.items()}
    return [(url, value) for url, text in folded.items() for value in planted if value in text]


def n_masked(truths: Iterable[Truth], outcome: Outcome) -> int:
    """Placeholders, of the kinds that are planted there, in the kept texts of pages with planted personal data."""
    n = 0
    for truth in truths:
        kinds = Counter(PLACEHOLDERS[Kind(kind)] for kind, _ in truth.planted)
        text = outcome.texts.get(truth.url, "")
        n += sum(min(text.count(placeholder), planted) for placeholder, planted in kinds.items())
    return n


def repeated(notices: Mapping[str, str], outcome: Outcome) -> list[str]:
    """Kept pages that hold the notice under every article of their host; `notices` are by the host's first page."""
    return [
        url
        for url, text in outcome.texts.items()
        for home, notice in notices.items()
        if url.startswith(home) and notice in text
    ]


def trespasses(judged: Iterable[Judgement], outcome: Outcome) -> list[str]:
    """Pages that are not ours to take, and yet were stored or kept."""
    return [
        one.truth.url
        for one in judged
        if one.truth.kind in REFUSED and (one.fate == KEPT or one.truth.url in outcome.stored)
    ]


@dataclass(frozen=True)
class Score:
    """The judgement of a whole run."""

    judged: list[Judgement]
    n_masked: int
    leaked: list[tuple[str, str]]
    trespassed: list[str]
    repeated: list[str]

    @property
    def n_right(self) -> int:
        return sum(one.is_right is True for one in self.judged)

    @property
    def n_judged(self) -> int:
        return sum(one.is_right is not None for one in self.judged)

    @property
    def passes(self) -> bool:
        """Whether enough is right, and nothing that must never happen has."""
        faults = (*self.leaked, *self.trespassed, *self.repeated)
        return self.n_right >= LEAST_RIGHT * self.n_judged and not faults

    def lines(self) -> Iterator[str]:
        """The table by class, the first pages that went wrong, and the sum."""
        yield f"{'class':20}{'pages':>6}{'right':>6}{'wrong':>6}  outcome"
        for kind in sorted({one.truth.kind for one in self.judged}):
            yield from _class_lines([one for one in self.judged if one.truth.kind == kind])
        n_planted = sum(len(one.truth.planted) for one in self.judged)
        yield f"planted personal data masked in kept texts: {self.n_masked} of {n_planted}"
        yield f"planted personal data left in kept texts: {len(self.leaked)}{_examples(self.leaked)}"
        yield f"refused pages stored or kept: {len(self.trespassed)}{_examples(self.trespassed)}"
        yield f"kept texts with the notice of their host: {len(self.repeated)}{_examples(self.repeated)}"
        yield f"right: {self.n_right} of {self.n_judged} = {self.n_right / self.n_judged:.4f} (at least {LEAST_RIGHT})"


def _class_lines(judged: list[Judgement]) -> Iterator[str]:
    fates = ", ".join(f"{fate} {n}" for fate, n in Counter(one.fate for one in judged).most_common())
    right = sum(one.is_right is True for one in judged)
    wrong = [one for one in judged if one.is_right is False]
    yield f"{judged[0].truth.kind:20}{len(judged):6}{right:6}{len(wrong):6}  {fates}"
    for one in wrong[:EXAMPLES]:
        yield f"    {one.truth.url} {one.truth.variant}: expected {one.truth.expected}, got {one.fate}"


def _examples(found: Sequence[object]) -> str:
    return f": {', '.join(map(str, found[:EXAMPLES]))}" if found else ""


def score(web: Web, run: Path) -> Score:
    """A run's score."""
    outcome = read_outcome(run)
    truths = [page.truth for page in web.pages.values()]
    judged = judge(truths, outcome)
    return Score(
        judged=judged,
        n_masked=n_masked(truths, outcome),
        leaked=leaks(truths, outcome),
        trespassed=trespasses(judged, outcome),
        repeated=repeated(web.notices, outcome),
    )
