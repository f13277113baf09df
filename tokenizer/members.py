"""How many documents each one stands for: the members of its duplicate cluster, by which the trainer weighs it."""

from __future__ import annotations

from collections.abc import Sequence
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

KEPT: Final = pa.schema([pa.field("kept", pa.string(), nullable=False)])  # a row for every member
ID: Final = pa.schema([DOCUMENT.field("id")])
KEY_DIGITS: Final = 16


def count_members(task: Task[TokenizerConfig]) -> None:
    """Write for each shard its documents' numbers of members, int32, in the order of the rows.

    Memory: 8 bytes for each member of a cluster, and as much again for each kept document of one, twice.
    """
    kept, counts = counted(_keys_of(task.arguments["clusters"], KEPT))
    for name, shard in task.arguments["shards"]:
        documents = _keys_of([shard], ID)
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


def _keys_of(shards: Sequence[str], schema: pa.Schema) -> Keys:
    """The keys of all ids in the one column of `schema`."""
    [column] = schema.names
    gathered = bytearray()  # numpy would hold all parts and their concatenation at once
    for shard in shards:
        for table in read_batches(shard, schema):
            gathered += keys(table[column]).tobytes()
    return np.frombuffer(gathered, np.uint64)


def keys(ids: pa.ChunkedArray) -> Keys:
    """The first 64 bits of each id: that any two of 10 million documents share them has a chance of 3 in a million."""
    digits = "".join(pc.utf8_slice_codeunits(ids, 0, KEY_DIGITS).to_pylist())
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)
