from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.document import DOCUMENT, documents_table
from corpus.errors import StageError
from corpus.paths import Folder
from corpus.shards import ShardWriter
from report.near.texts import documents_of


def test_documents_are_found_in_all_row_groups_of_all_shards(tmp_path: Path, make_document: Any) -> None:
    folder = Folder(str(tmp_path))
    for shard in range(2):
        rows = [make_document(10_000 * shard + n, f"អត្ថបទទី {n}") for n in range(2500)]
        with ShardWriter(folder.create(f"part-{shard}.parquet"), DOCUMENT) as writer:
            writer.write(documents_table(rows))
    uris = [folder.at(f"part-{shard}.parquet") for shard in range(2)]
    wanted = [f"{n:032x}" for n in (3, 2400, 10_001, 77_777)]
    tables = list(documents_of(uris, wanted, ["text"]))
    assert [len(table) for table in tables] == [1, 1, 1]
    assert {row["id"]: row["text"] for table in tables for row in table.to_pylist()} == {
        wanted[0]: "អត្ថបទទី 3",
        wanted[1]: "អត្ថបទទី 2400",
        wanted[2]: "អត្ថបទទី 1",
    }
    assert list(documents_of(uris, [], ["text"])) == []


def test_a_shard_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "part-0.parquet"
    broken.write_bytes(b"PAR1 no more")
    with pytest.raises(StageError, match=r"part-0.parquet: not a readable shard"):
        list(documents_of([str(broken)], ["a"], ["text"]))
