"""Documents of finished shards, found by id: only row groups that hold one of them are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import StageError
from corpus.paths import resolve


def documents_of(uris: Sequence[str], ids: Sequence[str], columns: Sequence[str]) -> Iterator[pa.Table]:
    """The rows with these ids and a value in each of `columns`, `id` with them, a row group at a time.

    Raises StageError naming the shard that cannot be read.
    """
    wanted = pa.array(ids, pa.string())
    for uri in uris:
        filesystem, path = resolve(uri)
        try:
            with filesystem.open_input_file(path) as file:
                yield from _of_shard(pq.ParquetFile(file), wanted, ["id", *columns])
        except (pa.ArrowInvalid, OSError) as error:
            msg = (
                f"{uri}: not a readable shard ({error}). Try: delete it and run the stage that wrote it again"
            )
            raise StageError(msg) from error


def _of_shard(shard: pq.ParquetFile, wanted: pa.Array, columns: list[str]) -> Iterator[pa.Table]:
    known = pc.is_in(shard.read(["id"], use_threads=False)["id"], wanted).to_numpy()
    sizes = [shard.metadata.row_group(group).num_rows for group in range(shard.num_row_groups)]
    ends = np.cumsum(sizes, dtype=np.int64)
    for group, (end, size) in enumerate(zip(ends.tolist(), sizes, strict=True)):
        chosen = known[end - size : end]
        if chosen.any():
            rows = shard.read_row_group(group, columns, use_threads=False)
            yield rows.filter(pa.array(chosen))
