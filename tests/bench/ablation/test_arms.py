"""The draw, and what must not be learnt from."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.ablation.arms import SHARED_UNITS, TEXTS, apart_from, draw
from khmer.clusters import unit_hashes

CLUSTERS = [base + vowel for base in "កខគឃងចឆជឈញ" for vowel in ("", "ា", "ិ", "ី", "ុ", "ូ", "េ", "ៃ", "ោ", "ៅ")]


def text(first: int, n: int) -> str:
    """So many clusters that follow one another in CLUSTERS."""
    return "".join(CLUSTERS[first : first + n])


def shard(path: Path, *rows: tuple[str, str, str]) -> str:
    """A shard of documents, each an id, a source and a text."""
    columns = zip(*rows, strict=True)
    pq.write_table(pa.table(dict(zip(TEXTS.names, map(list, columns), strict=True)), TEXTS), path)
    return str(path)


def table(*texts: str) -> pa.Table:
    return pa.table({"text": pa.array(texts, pa.large_string())})


def test_the_order_depends_on_the_ids_alone(tmp_path: Path) -> None:
    rows = [(f"id-{n}", "web", f"{n} {text(n, 9)}") for n in range(40)]
    one = draw([shard(tmp_path / "a", *rows)], [], ["web"], 10**6)
    other = draw(
        [shard(tmp_path / "b", *rows[:7:-1]), shard(tmp_path / "c", *rows[4:8])],
        [shard(tmp_path / "d", *rows[:4])],
        ["web"],
        10**6,
    )
    assert len(one) == len(rows)
    assert one["id"].to_pylist() != [row[0] for row in rows]
    assert one.drop(["kept"]).equals(other.drop(["kept"]))
    renamed = [(name, source, content + "ក") for name, source, content in rows]
    assert draw([shard(tmp_path / "e", *renamed)], [], ["web"], 10**6)["id"].equals(one["id"])
    dropped = {
        name
        for name, kept in zip(other["id"].to_pylist(), other["kept"].to_pylist(), strict=True)
        if not kept
    }
    assert dropped == {"id-0", "id-1", "id-2", "id-3"}


@pytest.mark.parametrize("most_bytes", [1, 100, 500, 10**6])
def test_a_source_exceeds_its_bytes_by_no_more_than_its_last_text(tmp_path: Path, most_bytes: int) -> None:
    rows = [
        (f"{source}-{n}", source, f"{n} {text(n, n)}")
        for source in ("web", "news", "other")
        for n in range(1, 30)
    ]
    drawn = draw([shard(tmp_path / "a", *rows)], [], ["web", "news"], most_bytes)
    assert set(drawn["source"].to_pylist()) == {"web", "news"}
    for source in ("web", "news"):
        texts = drawn.filter(pa.compute.equal(drawn["source"], source))["text"].to_pylist()
        sizes = [len(one.encode()) for one in texts]
        assert sum(sizes[:-1]) < most_bytes
        assert sum(sizes) >= most_bytes or len(sizes) == 29


def test_equal_texts_of_a_source_are_drawn_once(tmp_path: Path) -> None:
    rows = [("a", "web", "ក"), ("b", "web", "ក"), ("c", "news", "ក"), ("d", "web", ""), ("e", "web", "ខ")]
    drawn = draw([shard(tmp_path / "a", *rows)], [shard(tmp_path / "b", *rows)], ["web", "news"], 100)
    found = sorted(zip(drawn["source"].to_pylist(), drawn["text"].to_pylist(), strict=True))
    assert found == [("news", "ក"), ("web", "ក"), ("web", "ខ")]


@pytest.mark.parametrize(
    ("shared", "held_out", "stays"),
    [
        (SHARED_UNITS, text(20, 60), False),
        (SHARED_UNITS, text(30, SHARED_UNITS), False),
        (SHARED_UNITS - 1, text(20, 60), True),
        (SHARED_UNITS, "", True),
        (SHARED_UNITS, text(30, SHARED_UNITS - 1), True),
    ],
)
def test_a_text_that_shares_a_run_with_held_out_text_goes(shared: int, held_out: str, stays: bool) -> None:
    own = "".join(reversed(CLUSTERS[80:]))
    texts = table(own, f"{own} {text(30, shared)} {own}", own)
    assert apart_from(texts, table(held_out))["text"].to_pylist() == [
        own,
        *([texts["text"][1].as_py()] if stays else []),
        own,
    ]


def test_runs_end_where_texts_end() -> None:
    whole = text(0, 2 * SHARED_UNITS - 2)
    parts = table(text(0, SHARED_UNITS - 1), text(SHARED_UNITS - 1, SHARED_UNITS - 1))
    assert len(unit_hashes(parts["text"]).hashes) == 2 * SHARED_UNITS - 2
    assert apart_from(parts, table(whole)).equals(parts)
    assert apart_from(table(whole), parts).equals(table(whole))


def test_short_texts_stay() -> None:
    short = table("", text(0, 3), text(0, SHARED_UNITS - 1), "")
    assert apart_from(short, table(text(0, 60))).equals(short)
    assert len(apart_from(table(), table(text(0, 60)))) == 0
