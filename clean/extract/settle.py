"""The final text of pages and texts, with what their hosts tell.

A block's chance is weighed with the chances of blocks in the same place on other pages of its host; then the lines
that the host repeats are removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clean.extract.candidates import Candidate, blocks_of, chances_of, repeats, written
from clean.extract.choose import FILL, KEEP, choose
from clean.extract.host_lines import without_host_lines
from clean.extract.hosts import LOGIT_UNIT, PLACE, block_weights, host_hashes, logits
from clean.extract.lines import Hashes
from clean.extract.measures import Booleans, Floats
from clean.extract.tables import SETTLED

# The same place on other pages has a voice of up to .7 beside a block's own, half of it once they say as much as one
# long block; one short block must not overrule an article. Five folds: F1 .970 with, .967 at a constant .4.
MOST_SHARE: Final = 0.7
DOUBT: Final = 200  # in units of block_weights
MOST_LOGIT: Final = 4.0


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
    share = MOST_SHARE * other_weight / (other_weight + DOUBT)
    mixed = (1 - share) * logits(chances) + share * np.clip(mean, -MOST_LOGIT, MOST_LOGIT)
    return np.asarray(np.where(is_known, 1 / (1 + np.exp(-mixed)), chances))


def settle(pages: pa.Table, known: pa.Table) -> pa.Table:
    """SETTLED: the pages with their final text, given what `hosts.merge` knows."""
    hosts = host_hashes(pages["host"])
    known = known.filter(pc.is_in(known["host"], pa.array(np.unique(hosts))))
    columns = {name: pages[name] for name in SETTLED.names if name in pages.column_names}
    columns |= _settled_pages(pages, hosts, _places(known))
    texts = _whole(columns["text"])
    cleared = without_host_lines(pages, texts, hosts, known)
    columns["text"] = cleared.texts
    columns["page_host_lines"] = pa.array(cleared.n_lines)
    columns["page_host_chars"] = pa.array(cleared.n_chars)
    return pa.table({name: columns[name] for name in SETTLED.names}, SETTLED)


def _whole(column: Any) -> pa.LargeStringArray:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _places(known: pa.Table) -> dict[int, dict[int, tuple[int, int]]]:
    """The places of each host."""
    rows = known.filter(pc.equal(known["kind"], PLACE)).to_pydict()
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for host, *values in zip(*(rows[name] for name in ("host", "item", "weight", "logit")), strict=True):
        item, weight, logit = values
        found.setdefault(host, {})[item] = (weight, logit)
    return found


def _settled_pages(pages: pa.Table, hosts: Hashes, places: Mapping[int, Places]) -> dict[str, Any]:
    """The columns that the choice of blocks decides; texts without a page keep theirs."""
    if pages["blocks"].null_count == len(pages):
        return {"comments": pa.nulls(len(pages), pa.large_string())}
    names = ("text", "page_confidence", "page_main_share", "page_link_share", "page_comment_chars")
    given = [pages[name].to_pylist() for name in names]
    comments: list[str | None] = [None] * len(pages)
    rows = zip(hosts.tolist(), *(pages[name].to_pylist() for name in ("title", "page_chars")), strict=True)
    blocks, parents = pages["blocks"], pages["parents"]
    for i, (host, title, n_chars) in enumerate(rows):
        if not blocks[i].is_valid:
            continue
        found = [Candidate(**block) for block in blocks[i].as_py()]
        page = settle_page(found, parents[i].as_py(), title, places.get(host))
        comments[i] = page.comments
        share = page.main_chars / max(n_chars or 0, 1)
        values = (page.text, page.confidence, share, page.link_share, len(page.comments))
        for column, value in zip(given, values, strict=True):
            column[i] = value
    columns = {
        name: pa.array(column, SETTLED.field(name).type) for name, column in zip(names, given, strict=True)
    }
    return {**columns, "comments": pa.array(comments, pa.large_string())}
