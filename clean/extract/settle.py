"""The final text of pages and texts, with what their hosts tell.

Consensus: a block's chance is weighed with the chances of blocks in the same place on other pages of its host.
Repeated lines: what stands on many different pages of a host is its furniture, not the text of any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clean.extract.candidates import Candidate, blocks_of, chances_of, repeats, written
from clean.extract.choose import FILL, KEEP, choose
from clean.extract.hosts import LINE, LOGIT_UNIT, PAGE, PLACE, block_weights, host_hashes, logits
from clean.extract.lines import Hashes, line_hashes, lines_of
from clean.extract.measures import Booleans, Floats
from clean.extract.tables import SETTLED

OWN_SHARE: Final = 0.6  # of a block's own logit, beside the mean of the same place on other pages
LEAST_SHARE: Final = 0.1  # of a host's pages, for a line to be the host's
ENOUGH_PAGES: Final = 30  # that many are enough on any host, for lines too long to be chance
LONG_LINE: Final = 30  # characters
TITLES: Final = ("title", "page_h1")

Counts = NDArray[np.int64]


class Settled(NamedTuple):
    """A page's text, and facts about it."""

    text: str
    comments: str
    confidence: float
    main_chars: int
    link_share: float


Places = Mapping[int, tuple[int, int]]
"""The summed weight and logit of each place on a host's pages."""


def settle_page(
    blocks: Sequence[Candidate], parents: Sequence[int], title: str | None, places: Places | None = None
) -> Settled:
    """The text of one page; `places` are those of its host, this page among them."""
    if not blocks:
        return Settled("", "", 0.0, 0, 0.0)
    known = blocks_of(blocks, parents)
    chances = chances_of(blocks)
    if places:
        chances = _weighed(blocks, chances, places)
    chances = _but_title(chances, repeats(blocks, title))
    kept = choose(known, chances)
    chars = np.array([len(block.text) for block in blocks], float)
    main_chars = float(chars[kept].sum())
    links = float((known.link_share * chars)[kept].sum())
    return Settled(
        written(blocks, kept),
        "\n".join(b.text for b, keep in zip(blocks, kept, strict=True) if b.is_comment and not keep),
        float((chances * chars)[kept].sum() / max(main_chars, 1)),
        int(main_chars),
        links / max(main_chars, 1),
    )


def _but_title(chances: Floats, repeats_title: Booleans) -> Floats:
    """The chances without the title's, which has a column of its own, unless the page says nothing else."""
    others = np.where(repeats_title, 0.0, chances)
    return chances if others.max() < FILL and chances.max() >= KEEP else others


def _weighed(blocks: Sequence[Candidate], chances: Floats, places: Places) -> Floats:
    """The chances with those of the same places on the other pages; the page's own part in `places` is taken out."""
    chars = np.array([len(block.text) for block in blocks])
    weight, logit = block_weights(chars, chances)
    keys = [block.key for block in blocks]
    group = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    at = np.array([group[key] for key in keys])
    total = np.array([places.get(key, (0, 0)) for key in group], np.int64)
    own = np.stack([np.bincount(at, weight), np.bincount(at, logit)], axis=1).astype(np.int64)
    other_weight, other_logit = (total - own)[at].T
    is_known = other_weight > 0
    mean = np.where(is_known, other_logit, 0) / np.where(is_known, other_weight, 1) / LOGIT_UNIT
    mixed = OWN_SHARE * logits(chances) + (1 - OWN_SHARE) * mean
    return np.asarray(np.where(is_known, 1 / (1 + np.exp(-mixed)), chances))


class _Hosts:
    """What is known of some hosts, ready to be looked up."""

    def __init__(self, known: pa.Table, hosts: Hashes) -> None:
        known = known.filter(pc.is_in(known["host"], pa.array(np.unique(hosts))))
        kinds = {kind: known.filter(pc.equal(known["kind"], kind)) for kind in (PAGE, PLACE, LINE)}
        pages, places, lines = (kinds[kind].to_pydict() for kind in (PAGE, PLACE, LINE))
        self.n_pages = dict(zip(pages["host"], pages["n_pages"], strict=True))
        self.places: dict[int, dict[int, tuple[int, int]]] = {}
        for host, item, weight, logit in zip(
            *(places[c] for c in ("host", "item", "weight", "logit")), strict=True
        ):
            self.places.setdefault(host, {})[item] = (weight, logit)
        self.lines = {
            (host, item): n
            for host, item, n in zip(lines["host"], lines["item"], lines["n_pages"], strict=True)
        }

    def owns(self, host: int, line: int, n_chars: int) -> bool:
        """Whether a line stands on so many different pages of a host that it is the host's."""
        on = self.lines.get((host, line), 0)
        if on == 0:
            return False
        if n_chars >= LONG_LINE and on >= ENOUGH_PAGES:
            return True
        return bool(on >= LEAST_SHARE * self.n_pages[host])


def settle(pages: pa.Table, known: pa.Table) -> pa.Table:
    """SETTLED: the pages with their final text, given what `hosts.merge` knows."""
    hashes = host_hashes(pages["host"])
    hosts = _Hosts(known, hashes)
    columns = {name: pages[name] for name in SETTLED.names if name in pages.column_names}
    columns |= _settled_pages(pages, hashes, hosts)
    texts, n_lines, n_chars = _without_host_lines(pages, columns["text"], hashes, hosts)
    columns |= {"text": texts, "page_host_lines": pa.array(n_lines), "page_host_chars": pa.array(n_chars)}
    return pa.table({name: columns[name] for name in SETTLED.names}, SETTLED)


def _settled_pages(pages: pa.Table, hashes: Hashes, hosts: _Hosts) -> dict[str, Any]:
    """The columns that the choice of blocks decides; texts without a page keep theirs."""
    names = ("text", "page_confidence", "page_main_share", "page_link_share", "page_comment_chars")
    given = [pages[name].to_pylist() for name in names]
    comments: list[str | None] = [None] * len(pages)
    rows = zip(hashes.tolist(), *(pages[name].to_pylist() for name in ("title", "page_chars")), strict=True)
    blocks, parents = pages["blocks"], pages["parents"]
    for i, (host, title, n_chars) in enumerate(rows):
        if not blocks[i].is_valid:
            continue
        found = [Candidate(**block) for block in blocks[i].as_py()]
        page = settle_page(found, parents[i].as_py(), title, hosts.places.get(host))
        comments[i] = page.comments
        share = page.main_chars / max(n_chars or 0, 1)
        values = (page.text, page.confidence, share, page.link_share, len(page.comments))
        for column, value in zip(given, values, strict=True):
            column[i] = value
    columns = {
        name: pa.array(column, SETTLED.field(name).type) for name, column in zip(names, given, strict=True)
    }
    return {**columns, "comments": pa.array(comments, pa.large_string())}


def _without_host_lines(
    pages: pa.Table, texts: pa.LargeStringArray, hashes: Hashes, hosts: _Hosts
) -> tuple[pa.LargeStringArray, Counts, Counts]:
    """The texts without the lines of their hosts, and how many lines and characters that took from each.

    A page's title stays, though other pages repeat it, and so does a text that has no other line.
    """
    n_lines, n_chars = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    candidates = np.flatnonzero(
        np.isin(hashes, np.array(sorted({host for host, _ in hosts.lines}), np.uint64))
    )
    if not len(candidates):
        return texts, n_lines, n_chars
    chosen = texts.take(pa.array(candidates))
    lines = lines_of(chosen)
    owner = candidates[lines.text]
    line, chars = line_hashes(lines.values), pc.utf8_length(lines.values).to_numpy(zero_copy_only=False)
    seen = zip(hashes[owner].tolist(), line.tolist(), chars.tolist(), strict=True)
    removed = np.array([hosts.owns(*values) for values in seen], bool)
    for name in TITLES:
        title = line_hashes(pc.fill_null(pages[name].combine_chunks().cast(pa.large_string()), ""))
        removed &= line != title[owner]
    left = np.bincount(owner, (line != 0) & ~removed, len(texts))
    removed &= left[owner] > 0
    n_lines += np.bincount(owner, removed, len(texts)).astype(np.int64)
    n_chars += np.bincount(owner, removed * chars, len(texts)).astype(np.int64)
    values, result = lines.values.to_pylist(), texts.to_pylist()
    for i in np.flatnonzero(n_lines).tolist():
        span = range(*np.searchsorted(owner, [i, i + 1]).tolist())
        result[i] = "\n".join(values[j] for j in span if not removed[j]).strip("\n")
    return pa.array(result, pa.large_string()), n_lines, n_chars
