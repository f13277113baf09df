"""Shards: what is written comes back in bounded row groups, and what does not match is refused by name."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.document import DOCUMENT, documents_table
from corpus.errors import StageError
from corpus.paths import Folder
from corpus.shards import BATCH_BYTES, BATCH_ROWS, ShardWriter, read_batches


def some(n: int, text: str = "អក្សរ") -> pa.Table:
    origin = {"file": "f", "position": 0}
    rows = [
        {"id": str(i), "text": text, "source": "s", "licence": "CC0-1.0", "origin": origin, "n_bytes": 15}
        for i in range(n)
    ]
    return documents_table(rows)


def write(path: Path, *tables: pa.Table) -> str:
    with ShardWriter(Folder(str(path.parent)).create(path.name), DOCUMENT) as writer:
        for table in tables:
            writer.write(table)
    return str(path)


def test_row_groups_do_not_depend_on_how_the_rows_came(tmp_path: Path) -> None:
    table = some(2500)
    one = write(tmp_path / "one.parquet", table)
    many = write(tmp_path / "many.parquet", *(table.slice(i, 7) for i in range(0, 2500, 7)))
    assert Path(one).read_bytes() == Path(many).read_bytes()
    assert [len(t) for t in read_batches(one, DOCUMENT)] == [BATCH_ROWS, BATCH_ROWS, 500]
    assert pa.concat_tables(read_batches(one, DOCUMENT)).equals(table)


def test_long_documents_make_smaller_row_groups(tmp_path: Path) -> None:
    table = some(5, "ក" * (BATCH_BYTES // 6))
    shard = write(tmp_path / "x.parquet", *(table.slice(i, 1) for i in range(5)))
    assert [len(t) for t in read_batches(shard, DOCUMENT)] == [2, 2, 1]


def test_an_empty_shard_is_a_shard(tmp_path: Path) -> None:
    assert list(read_batches(write(tmp_path / "x.parquet"), DOCUMENT)) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.drop_columns(["licence"]), "no column 'licence'; expected one of type string"),
        (
            lambda t: t.set_column(0, "id", pa.array(range(len(t)))),
            "column 'id' is of type int64; expected string",
        ),
    ],
)
def test_a_shard_that_does_not_match_is_refused_by_column_and_type(tmp_path: Path, change, says) -> None:
    path = tmp_path / "wrong.parquet"
    pq.write_table(change(some(3)), path)
    with pytest.raises(StageError, match=says):
        list(read_batches(str(path), DOCUMENT))


def test_batches_have_just_the_schema_asked_for(tmp_path: Path) -> None:
    table = some(3)
    nullable = pa.schema(
        [field.with_nullable(True).with_metadata({"x": "y"}) for field in DOCUMENT], {"a": "b"}
    )
    pq.write_table(table.cast(nullable), tmp_path / "foreign.parquet")
    for shard in (write(tmp_path / "own.parquet", table), str(tmp_path / "foreign.parquet")):
        (batch,) = read_batches(shard, DOCUMENT)
        assert batch.schema.equals(DOCUMENT, check_metadata=True)
        assert batch.equals(table)


def test_row_groups_are_cut_by_bytes_however_the_rows_came(tmp_path: Path) -> None:
    table = some(300, "ក" * 130_000)
    one, many = tmp_path / "one.parquet", tmp_path / "many.parquet"
    write(one, table)
    write(many, *(table.slice(i, 11) for i in range(0, 300, 11)))
    assert one.read_bytes() == many.read_bytes()
    assert [len(t) for t in read_batches(str(one), DOCUMENT)] == [86, 86, 86, 42]


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "page"])
def test_a_damaged_shard_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    whole = Path(write(tmp_path / "x.parquet", some(10))).read_bytes()
    path = tmp_path / "damaged.parquet"
    page = bytearray(whole)
    page[20:60] = b"\xff" * 40
    cut = whole[: len(whole) // 2]
    path.write_bytes({"empty": b"", "cut": cut, "text": b"not parquet" * 9, "page": bytes(page)}[damage])
    with pytest.raises(StageError, match=r"damaged\.parquet: not a readable shard"):
        list(read_batches(str(path), DOCUMENT))


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def write_and_fail() -> None:
        with ShardWriter(Folder(str(tmp_path)).create("x.parquet"), DOCUMENT) as writer:
            writer.write(some(1200))
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []
