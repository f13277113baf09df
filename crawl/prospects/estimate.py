"""The arithmetic: sizes → what cleaning and deduplication would leave → tokens → what the crawl must still find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crawl.prospects.evidence import Evidence, Range, assumed, worse
from crawl.registry.entries import Entry, Size, entries

DAY = 86_400.0
UNKNOWN = Range(0.0, 0.0, "unknown")


@dataclass(frozen=True)
class Prospect:
    """What a dataset could add: text as published, share kept, share new, and in tokens alone and so far."""

    name: str
    text_bytes: Range
    kept: Range
    new: Range
    tokens: Range
    cumulative: Range
    gated: bool


@dataclass(frozen=True)
class Left:
    """What is left for the crawl: text, pages to fetch for it, and days at the polite rate."""

    tokens: Range
    text_bytes: Range
    pages: Range
    pages_per_second: Range
    days: Range


@dataclass(frozen=True)
class Plan:
    """The whole of it."""

    target_tokens: int
    tokenizer: str
    bytes_per_token: Range
    in_hand: Mapping[str, int]
    prospects: list[Prospect]
    left: Left
    n_seeds: int

    @property
    def so_far(self) -> Range:
        """The tokens in hand and of all datasets together."""
        in_hand = Range.measured(float(sum(self.in_hand.values())), "").over(self.bytes_per_token)
        return self.prospects[-1].cumulative if self.prospects else in_hand


def make_plan(
    chosen: Mapping[str, Entry], evidence: Evidence, tokenizer: str, target_tokens: int, n_seeds: int
) -> Plan:
    """The plan for these datasets in this order; `tokenizer` is a named one, or empty for the run's."""
    name, bytes_per_token = _tokenizer(evidence, tokenizer)
    in_hand = evidence.in_hand(chosen)
    cumulative = Range.measured(float(sum(in_hand.values())), "").over(bytes_per_token)
    prospects: list[Prospect] = []
    before: dict[str, Entry] = {}
    for key, entry in chosen.items():
        text, kept = text_bytes(entry.size, entries().values()), _kept(key, entry, evidence)
        new = evidence.new(key) or _new(key, entry, before)
        tokens = (text * kept * new).over(bytes_per_token)
        if text.basis != "unknown":
            cumulative = cumulative + tokens
            before[key] = entry
        prospects.append(Prospect(key, text, kept, new, tokens, cumulative, entry.gated))
    left = _left(cumulative, target_tokens, bytes_per_token, _per_page(evidence), n_seeds)
    return Plan(target_tokens, name, bytes_per_token, in_hand, prospects, left, n_seeds)


def _tokenizer(evidence: Evidence, named: str) -> tuple[str, Range]:
    measured = None if named else evidence.bytes_per_token()
    name = named or DEFAULT_TOKENIZER
    return measured or (name, assumed()["tokenizers"][name])


DEFAULT_TOKENIZER = "sastra-32k"


def text_bytes(size: Size, known: Iterable[Entry]) -> Range:
    """UTF-8 bytes of text: as published, else from the files' or the words' number by what others publish of both."""
    if size.text_bytes:
        return Range(float(size.text_bytes), float(size.text_bytes), "published", size.source)
    sizes = [entry.size for entry in known]
    for column in ("download_bytes", "words"):
        figure = getattr(size, column)
        both = [other for other in sizes if other.text_bytes and getattr(other, column)]
        if figure and both:
            ratios = [other.text_bytes / getattr(other, column) for other in both]
            return Range(figure * min(ratios), figure * max(ratios), "estimated", size.source)
    return UNKNOWN


def _kept(name: str, entry: Entry, evidence: Evidence) -> Range:
    return evidence.kept(name) or assumed()["kept"][entry.state]


def _new(name: str, entry: Entry, before: Mapping[str, Entry]) -> Range:
    """The share that those which came before do not have."""
    held = any(name in other.holds for other in before.values())
    first = not any(other.family == entry.family for other in before.values())
    alone = not before
    if held:
        return assumed()["new"]["held"]
    if entry.state == "removed":
        return assumed()["new"]["removed"]
    if alone or (first and entry.family == "common_crawl"):
        return assumed()["new"]["first"]
    return assumed()["new"][entry.family]


def _per_page(evidence: Evidence) -> Range:
    return evidence.kept_bytes_per_page() or assumed()["crawl"]["kept_bytes_per_page"]


def _left(so_far: Range, target: int, bytes_per_token: Range, per_page: Range, n_seeds: int) -> Left:
    tokens = Range(max(target - so_far.high, 0.0), max(target - so_far.low, 0.0), so_far.basis)
    text = tokens * bytes_per_token
    pages = text.over(per_page)
    crawl = assumed()["crawl"]
    busy = Range(crawl["busy_hosts"].low * n_seeds, crawl["busy_hosts"].high * n_seeds, "assumed")
    rate = busy.over(crawl["delay"])
    seconds = pages.over(rate)
    days = Range(seconds.low / DAY, seconds.high / DAY, worse(seconds.basis, "assumed"))
    return Left(tokens, text, pages, rate, days)
