"""Documents that are the same without comparing: by text, by sequence of units when short, by URL."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_columns, write_array
from dedup.config import DedupConfig, Reason
from dedup.preference import best_first

_COMPARED = ("text_key", "text_check", "n_bytes", "unit_key", "n_units", "url_key")
_COLUMNS = ("id", "source", "n_clusters", "closedness", "fetched_at", "published_at", *_COMPARED)


def first_of_equal(keys: NDArray[Any], among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each row the first row among `among` with the same key; itself where `among` is false."""
    first = np.arange(keys.size)
    rows = np.flatnonzero(among)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    ordered = keys[rows]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: rows.size])
    first[rows] = np.repeat(rows[starts], np.diff(np.append(starts, rows.size)))
    return first


def tie(traits: pa.Table, least_units: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """For each row of documents in order of preference the row kept for it, itself if it stays, and the Reason.

    The same text is the same 128-bit hash and length. Documents of one source at one URL are versions or
    parts of a page and stay, unless they have one id; of documents at one URL from several sources, those of the
    preferred document's source stay.
    """
    column = {name: traits[name].to_numpy() for name in _COMPARED}
    source = traits["source"].combine_chunks().dictionary_encode().indices.to_numpy()
    rows = np.arange(len(traits))
    kept, reason = rows.copy(), np.full(rows.size, Reason.KEPT, np.uint8)

    def drop(key: str, among: NDArray[np.bool_], same: Any, why: Reason) -> None:
        first = first_of_equal(column[key], among)
        gone = (first != rows) & same(first)
        kept[gone], reason[gone] = first[gone], why

    def agrees(*names: str) -> Any:
        return lambda first: np.logical_and.reduce([column[name] == column[name][first] for name in names])

    def one_page(first: NDArray[np.int64]) -> NDArray[np.bool_]:
        same_id = pc.equal(traits["id"], traits["id"].take(pa.array(first))).to_numpy()
        return np.asarray((source != source[first]) | same_id)

    drop("text_key", rows >= 0, agrees("text_check", "n_bytes"), Reason.EXACT_DUPLICATE)
    short = (column["n_units"] > 0) & (column["n_units"] < least_units)
    drop("unit_key", short & (reason == Reason.KEPT), agrees("n_units"), Reason.EXACT_DUPLICATE)
    drop("url_key", (column["url_key"] != 0) & (reason == Reason.KEPT), one_page, Reason.URL_DUPLICATE)
    return kept, reason


def match_exactly(task: Task[DedupConfig]) -> None:
    """Write for each document its place in the order of preference, the document kept, the Reason, and a mask.

    The mask is of the documents that are left to compare with each other. Memory: about 200 bytes a document.
    """
    census = Census.of(task)
    traits = pa.concat_tables(
        [read_columns(task.folder, f"work/traits/{name}", _COLUMNS) for name in census.names]
    )
    order = best_first(traits)
    kept_row, reason_of_row = tie(traits.take(pa.array(order)), task.config.least_units)
    place = np.empty(order.size, np.uint32)
    kept, reason = np.empty(order.size, np.uint32), np.empty(order.size, np.uint8)
    place[order] = np.arange(order.size)
    kept[order], reason[order] = order[kept_row], reason_of_row
    left = (reason == Reason.KEPT) & (traits["n_units"].to_numpy() >= task.config.least_units)
    for name, array in {"place": place, "kept": kept, "reason": reason, "left": left}.items():
        write_array(task, f"work/exact/{name}", array)
