"""What the pages of a host tell of each other: where on its pages main text stands, and which lines they repeat.

Statistics are taken a shard at a time (`observe`) and merged by host (`merge`). All figures are integers, so the
result does not depend on how the pages were divided or ordered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clean.extract.choose import KEEP
from clean.extract.lines import Hashes, Lines, line_hashes, lines_of, string_hashes

Integers = NDArray[np.int64]

PAGE, PLACE, LINE = range(3)
"""What a row of statistics is about: the pages of a host, a place on them, a line of their text."""

OBSERVED: Final = pa.schema(
    [
        ("host", pa.uint64()),
        ("kind", pa.uint8()),
        ("item", pa.uint64()),  # 0, the key of a place, or the hash of a line
        # What tells pages apart: the hash of the text, or for a line those of the longest other lines of its page.
        ("page", pa.uint64()),
        ("page_2", pa.uint64()),
        ("page_3", pa.uint64()),
        ("weight", pa.int64()),
        ("logit", pa.int64()),  # in units of 1 / LOGIT_UNIT, times the weight
    ]
)
KNOWN: Final = pa.schema(
    [
        ("host", pa.uint64()),
        ("kind", pa.uint8()),
        ("item", pa.uint64()),
        ("n_pages", pa.int64()),
        ("weight", pa.int64()),
        ("logit", pa.int64()),
    ]
)
IDENTITY: Final = ("host", "kind", "item", "page", "page_2", "page_3")

LOGIT_UNIT: Final = 256
MOST_WEIGHT_CHARS: Final = 200
LEAST_PAGES: Final = 3  # on fewer pages, a line is a coincidence or a copy
LEAST_PAGES_OF_PLACE: Final = 2
PARTS: Final = 16


def host_hashes(hosts: pa.ChunkedArray) -> Hashes:
    """A hash of each host, 0 where there is none."""
    hosts = hosts.combine_chunks()
    missing = pc.is_null(hosts).to_numpy(zero_copy_only=False)
    return np.where(missing, np.uint64(0), string_hashes(hosts))


def observe(pages: pa.Table) -> pa.Table:
    """OBSERVED: the statistics of some pages and texts; those without a host, or without text, tell nothing."""
    chosen = pc.and_(pc.is_valid(pages["host"]), pc.not_equal(pc.binary_length(pages["text"]), 0))
    pages = pages.filter(chosen)
    hosts = host_hashes(pages["host"])
    texts = pages["text"].combine_chunks()
    whole = string_hashes(texts)
    zeros = np.zeros(len(pages), np.uint64)
    return pa.concat_tables(
        [
            _table(PAGE, [hosts, zeros, whole, zeros, zeros]),
            _places(pages, hosts, whole),
            _table(LINE, _lines(lines_of(texts), _other_lines(pages), hosts)),
        ]
    )


def _table(
    kind: int, columns: list[Hashes], weight: Integers | None = None, logit: Integers | None = None
) -> pa.Table:
    n = len(columns[0])
    zeros = np.zeros(n, np.int64)
    host, *others = columns
    values = [host, np.full(n, kind, np.uint8), *others]
    values += [zeros if weight is None else weight, zeros if logit is None else logit]
    return pa.table([pa.array(column) for column in values], OBSERVED)


def block_weights(chars: NDArray[Any], chances: NDArray[Any]) -> tuple[Integers, Integers]:
    """How much blocks of so many characters say of their place, and their logits times that, `(blocks,) int64`."""
    weight = np.rint(16 * np.sqrt(np.minimum(chars, MOST_WEIGHT_CHARS).astype(float))).astype(np.int64)
    return weight, weight * np.rint(LOGIT_UNIT * logits(chances)).astype(np.int64)


def logits(chances: NDArray[Any]) -> NDArray[np.float64]:
    """The logarithm of the odds, of chances kept away from 0 and 1."""
    bounded = np.clip(chances.astype(np.float64), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _places(pages: pa.Table, hosts: Hashes, whole: Hashes) -> pa.Table:
    """A row for each place of each page, the blocks there summed."""
    lists = pages["blocks"].combine_chunks()
    blocks, owners = (
        lists.flatten(),
        pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64),
    )
    chars = pc.utf8_length(blocks.field("text")).to_numpy(zero_copy_only=False)
    weight, logit = block_weights(chars, blocks.field("chance").to_numpy(zero_copy_only=False))
    of_blocks = pa.table({"page": owners, "key": blocks.field("key"), "weight": weight, "logit": logit})
    sums = of_blocks.group_by(["page", "key"], use_threads=False).aggregate(
        [("weight", "sum"), ("logit", "sum")]
    )
    owner = sums["page"].to_numpy()
    zeros = np.zeros(len(sums), np.uint64)
    columns = [hosts[owner], sums["key"].to_numpy(), whole[owner], zeros, zeros]
    return _table(PLACE, columns, sums["weight_sum"].to_numpy(), sums["logit_sum"].to_numpy())


def _other_lines(pages: pa.Table) -> Lines:
    """The lines of blocks that only what stands beside them, or their host, can make main text; no comments."""
    lists = pages["blocks"].combine_chunks()
    blocks, owners = lists.flatten(), pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    chance = blocks.field("chance").to_numpy(zero_copy_only=False)
    is_comment = blocks.field("is_comment").to_numpy(zero_copy_only=False).astype(bool)
    chosen = np.flatnonzero((chance < KEEP) & ~is_comment)
    lines = lines_of(blocks.field("text").take(pa.array(chosen)).cast(pa.large_string()))
    return Lines(lines.values, owners[chosen][lines.text].astype(np.int64))


def _lines(of_texts: Lines, others: Lines, hosts: Hashes) -> list[Hashes]:
    """A row for each distinct line of each page, with the hashes of the three longest other lines of its text.

    Copies of an article share their longest lines, so its sentences stand on one page by this measure however many
    copies a host has. With three of them, two long notices that stand everywhere do not hide each other.
    """
    values = pa.chunked_array([of_texts.values, others.values]).combine_chunks()
    owner = np.concatenate([of_texts.text, others.text])
    is_other = np.arange(len(owner)) >= len(of_texts.text)
    hashes = line_hashes(values)
    chars = pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((hashes, -chars, is_other, owner))
    order = order[hashes[order] != 0]
    order = order[_first_of(owner[order], hashes[order])]
    text, hashes, is_other = owner[order], hashes[order], is_other[order]
    starts = np.searchsorted(text, np.arange(len(hosts)))
    rank = np.arange(len(text)) - starts[text]
    longest = np.zeros((len(hosts), 4), np.uint64)
    top = (rank < 4) & ~is_other
    longest[text[top], rank[top]] = hashes[top]
    longest_others = [longest[text, np.where(rank <= k, k + 1, k)] for k in range(3)]
    return [hosts[text], hashes, *longest_others]


def _first_of(text: Integers, hashes: Hashes) -> NDArray[np.bool_]:
    """Which lines are the first with their hash in their text."""
    order = np.lexsort((hashes, text))
    again = (np.diff(text[order]) == 0) & (np.diff(hashes[order]) == 0)
    first = np.ones(len(order), bool)
    first[order[1:][again]] = False
    return first


def part_of(hosts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which of PARTS parts each host hash belongs to."""
    return pc.shift_right(hosts, pa.scalar(64 - (PARTS - 1).bit_length(), pa.uint64()))


def merge(observed: Iterable[pa.Table]) -> pa.Table:
    """KNOWN: of each host its number of distinct pages, and the places and lines that several of them share.

    Pages of the same text count once. Hosts are independent: what is merged of some hosts and of others may be
    concatenated, and `part_of` divides them evenly.
    """
    rows = pa.concat_tables([OBSERVED.empty_table(), *observed])
    pages = rows.group_by(list(IDENTITY), use_threads=False).aggregate([("weight", "min"), ("logit", "min")])
    distinct: list[tuple[str, str]] = [(name, "count_distinct") for name in IDENTITY[3:]]
    sums = [("weight_min", "sum"), ("logit_min", "sum")]
    items = pages.group_by(["host", "kind", "item"], use_threads=False).aggregate([*distinct, *sums])
    n_pages = pc.max_element_wise(*(items[f"{name}_count_distinct"] for name in IDENTITY[3:]))
    known = pa.table(
        [*(items[name] for name in IDENTITY[:3]), n_pages, items["weight_min_sum"], items["logit_min_sum"]],
        KNOWN,
    )
    least = pc.if_else(
        pc.equal(known["kind"], LINE),
        LEAST_PAGES,
        pc.if_else(pc.equal(known["kind"], PLACE), LEAST_PAGES_OF_PLACE, 1),
    )
    known = known.filter(pc.greater_equal(known["n_pages"], least))
    return known.sort_by([("host", "ascending"), ("kind", "ascending"), ("item", "ascending")])
