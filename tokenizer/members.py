"""How many documents each one stands for: the members of its duplicate cluster, by which the trainer weighs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.document import DOCUMENT
from corpus.engine import meter
from corpus.paths import Folder
from corpus.shards import read_batches
from corpus.task import Task
from tokenizer.config import TokenizerConfig

Keys = NDArray[np.uint64]

MEMBERS: Final = pa.schema([pa.field("kept", pa.string(), nullable=False), pa.field("reason", pa.string())])
NO_COPY: Final = "repeated_passages"  # the reason of what has part of the kept document's text alone
ID: Final = pa.schema([DOCUMENT.field("id")])
KEY_DIGITS: Final = 16


def count_members(task: Task[TokenizerConfig]) -> None:
    """Write for each shard its documents' numbers of members, int32, in the order of the rows.

    Memory: 8 bytes for each member of a cluster, and as much again for each kept document of one, twice.
    """
    kept, counts = counted(_keys_of(_kept(task.arguments["clusters"])))
    for name, shard in task.arguments["shards"]:
        documents = _keys_of(_ids([shard]))
        with task.create(_path(name)) as file:
            file.write(members_of(documents, kept, counts).astype("<i4").tobytes())
        meter().count(len(documents), 0)


def counted(keys: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """The different keys in order, and how often each occurs; the keys are sorted in place."""
    keys.sort()
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[starts], np.diff(starts, append=len(keys))


def members_of(documents: Keys, kept: Keys, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each document's count, 1 for those that are not among the `kept`, which are sorted."""
    if not len(kept):
        return np.ones(len(documents), np.int64)
    places = np.minimum(np.searchsorted(kept, documents), len(kept) - 1)
    return np.where(kept[places] == documents, counts[places], 1)


def read_members(folder: Folder, shard: str) -> NDArray[Any]:
    """What `count_members` wrote for a shard."""
    return np.frombuffer(folder.read(_path(shard)), "<i4")


def _path(shard: str) -> str:
    return f"work/members/{shard}"


def _ids(shards: Sequence[str]) -> Iterator[pa.ChunkedArray]:
    """The ids of documents, in order."""
    for shard in shards:
        for table in read_batches(shard, ID):
            yield table["id"]


def _kept(shards: Sequence[str]) -> Iterator[pa.ChunkedArray]:
    """For each document and each copy of one the id of that which is kept."""
    for shard in shards:
        for table in read_batches(shard, MEMBERS):
            is_copy = pc.not_equal(pc.fill_null(table["reason"], ""), NO_COPY)
            yield table["kept"].filter(is_copy)


def _keys_of(ids: Iterable[pa.ChunkedArray]) -> Keys:
    gathered = bytearray()  # numpy would hold all parts and their concatenation at once
    for part in ids:
        gathered += keys(part).tobytes()
    return np.frombuffer(gathered, np.uint64)


def keys(ids: pa.ChunkedArray) -> Keys:
    """The first 64 bits of each id: that any two of 10 million documents share them has a chance of 3 in a million."""
    digits = "".join(pc.utf8_slice_codeunits(ids, 0, KEY_DIGITS).to_pylist())
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)
