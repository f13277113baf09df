"""The stage from its command line: refusals in one line, faults that stop nothing, bytes that are always the same."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from tests.crawl.ingest.conftest import Capture, Ingest, write_jsonl, write_warc
from tests.killing import contents

ROWS = [{"id": str(n), "text": f"ព្រឹកទី{n} ខ្ញុំដើរទៅសាលារៀន។", "licence": "CC0-1.0"} for n in range(200)]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_all_kinds_become_one_schema_and_nothing_is_lost(ingest: Ingest) -> None:
    write(ingest.data / "corpus" / "packed.jsonl.zst", zstandard.ZstdCompressor().compress(LINES))
    (ingest.data / "corpus" / "flat.parquet").parent.mkdir(exist_ok=True)
    pq.write_table(
        pa.table({"text": ["សួស្តី", None], "url": ["http://a.test/1", None]}),
        ingest.data / "corpus" / "flat.parquet",
    )
    write_warc(
        ingest.data / "web" / "site.warc.gz",
        [Capture("http://b.test/"), Capture("http://b.test/x", status="404 No")],
    )
    ingest.of_data()
    ledger = Ledger(ingest.manifest()["ledger"])
    counts = {
        s: [ledger.total(fate, s).documents for fate in ("in", "kept", "dropped")] for s in ledger.sources()
    }
    assert counts == {"flat": [2, 1, 1], "packed": [200, 200, 0], "site": [2, 1, 1]}
    kept = {row["source"]: row for row in ingest.rows()}
    assert kept["packed"]["text"] == ROWS[-1]["text"]
    assert kept["packed"]["origin"] == {"file": "corpus/packed.jsonl.zst", "position": 199}
    assert kept["packed"]["licence"] == "CC0-1.0"
    assert (kept["packed"]["n_chars"], kept["packed"]["n_bytes"]) == (
        len(ROWS[-1]["text"]),
        len(ROWS[-1]["text"].encode()),
    )
    assert kept["flat"]["host"] == "a.test"
    assert kept["site"]["payload"] == Capture("").body
    assert kept["site"]["n_bytes"] == len(Capture("").body)
    assert ingest.reasons() == {"1": "no_text", "http://b.test/x": "http_404"}


def test_missing_folder(ingest: Ingest) -> None:
    assert "no such folder; expected one with web/*.warc.gz" in ingest.refused("data=/no/such/folder")


def test_misspelt_key(ingest: Ingest) -> None:
    assert "got 'dtaa=x'; expected option=value with an option of this stage" in ingest.refused("dtaa=x")


def test_parquet_with_missing_column(ingest: Ingest) -> None:
    path = ingest.data / "corpus" / "a.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"content": ["ក"]}), path)
    assert f"{path}: no column 'text' of type string, got content" in ingest.refused(f"data={ingest.data}")


def test_a_column_may_have_another_name(ingest: Ingest) -> None:
    ingest.folder.joinpath("a.parquet").write_bytes(b"")
    pq.write_table(pa.table({"content": ["ក"]}), ingest.folder / "a.parquet")
    source = f"{{name: a, kind: parquet, path: '{ingest.folder}/*.parquet', licence: MIT, columns: {{text: content}}}}"
    done = ingest.run(f"sources=[{source}]")
    assert done.returncode == 0, done.stderr
    [row] = ingest.rows()
    assert (row["text"], row["licence"], row["source"]) == ("ក", "MIT", "a")


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_empty_file(ingest: Ingest, name: str) -> None:
    write(ingest.data / "corpus" / name, b"")
    ingest.of_data()
    assert ingest.manifest()["facts"]["faults"] == [
        {"file": f"corpus/{name}", "position": 0, "fault": "empty: no rows"}
    ]
    assert ingest.rows() == []


def test_empty_warc_file(ingest: Ingest) -> None:
    write(ingest.data / "web" / "a.warc.gz", b"")
    ingest.of_data()
    assert [f["fault"] for f in ingest.manifest()["facts"]["faults"]] == ["empty: no records"]


@pytest.mark.parametrize(
    ("name", "pack"), [("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstandard.ZstdCompressor().compress)]
)
def test_truncated_gzip_and_zstd(ingest: Ingest, name: str, pack: object) -> None:
    half = pack(LINES[: len(LINES) // 2])  # type: ignore[operator]
    cut = half + pack(LINES[len(LINES) // 2 :])[:200]  # type: ignore[operator]
    write(ingest.data / "corpus" / name, cut)
    ingest.of_data()
    assert len(ingest.rows()) >= 99
    [fault] = ingest.manifest()["facts"]["faults"]
    assert (fault["file"], fault["position"]) == (f"corpus/{name}", len(cut))
    assert fault["fault"].startswith("truncated")
    assert set(ingest.reasons().values()) == {"truncated"}


def test_invalid_utf8(ingest: Ingest) -> None:
    lines = [b'{"text": "\xe1\x9e\x80"}', b'{"text": "a\xe1\x9e"}', b'{"text": "\\ud800b"}']
    write(ingest.data / "corpus" / "a.jsonl", b"\n".join(lines))
    ingest.of_data()
    assert [row["text"] for row in ingest.rows()] == ["ក"]
    dropped = ingest.rows("dropped")
    assert [(row["reason"], row["text"]) for row in dropped] == [
        ("invalid_utf8", '{"text": "a\ufffd"}'),
        ("invalid_utf8", "?b"),
    ]
    assert dropped[0]["n_bytes"] == len(dropped[0]["text"].encode())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "sources: got none"),
        (["only=[web/x]"], "no folder to choose from"),
        (["shard_bytes=0"], "shard_bytes: got 0; expected 1 or more"),
        (["shard_bytes=many"], "shard_bytes"),
        (
            ["sources=[{name: a, kind: pdf, path: x}]"],
            "kind: got 'pdf'; expected one of warc, jsonl, parquet",
        ),
        (["sources=[{name: '', kind: warc, path: x}]"], "name: got ''"),
        (["sources=[{name: a, kind: warc}]"], "path: got none"),
        (["sources=[{name: a, kind: warc, path: /no/file}]"], "/no/file: no such file"),
        (["sources=[{name: a, kind: jsonl, path: '/no/*.jsonl'}]"], "/no/*.jsonl: no such file"),
        (
            ["sources=[{name: a, kind: warc, path: x, licence: Free}]"],
            "licence: got 'Free'; expected an SPDX",
        ),
        (["sources=[{name: a, kind: warc, path: x, columns: {texte: t}}]"], "columns: got 'texte'"),
        (["sources=[{name: a, kind: warc, pth: x}]"], "pth"),
        (["+licences.X=LicenseRef-nobody-knows"], "licences: 'X': licence: got 'LicenseRef-nobody-knows'"),
        (["wikitext_seconds=-5"], "wikitext_seconds: got -5.0; expected more than 0 seconds"),
        (["pdf_seconds=nan"], "pdf_seconds: got nan"),
        (["ocr_seconds=inf"], "ocr_seconds: got inf"),
        (["sources=[{name: a, kind: commoncrawl}, {name: b, kind: commoncrawl}]"], "two of kind commoncrawl"),
        (["sources=[{name: crawl, kind: crawl}]"], "the stage 'crawl' has not finished"),
    ],
)
def test_an_impossible_configuration_is_refused(ingest: Ingest, words: list[str], message: str) -> None:
    assert message in ingest.refused(*words)


def test_names_in_khmer(ingest: Ingest) -> None:
    write_jsonl(ingest.data / "corpus" / "ភ្នំពេញ.jsonl", ROWS[:2])
    ingest.of_data()
    assert {row["source"] for row in ingest.rows()} == {"ភ្នំពេញ"}


def test_a_file_whose_name_is_not_utf_8_is_refused(ingest: Ingest) -> None:
    write(ingest.data / "corpus" / os.fsdecode(b"\xff.jsonl"), LINES)
    for word in (
        f"data={ingest.data}",
        f"sources=[{{name: a, kind: jsonl, path: '{ingest.data}/corpus/*.jsonl'}}]",
    ):
        assert "a file's name is not UTF-8" in ingest.refused(word)


def test_damage_is_told_of(ingest: Ingest) -> None:
    write(ingest.data / "corpus" / "a.jsonl.gz", b"\x1f\x8b\x08 no member")
    done = ingest.run(f"data={ingest.data}")
    assert done.returncode == 0
    assert "1 faults in what was read: see facts in the manifest" in done.stdout


def test_files_of_one_name_are_refused(ingest: Ingest) -> None:
    write_warc(ingest.data / "web" / "a.warc.gz", [])
    write_jsonl(ingest.data / "corpus" / "a.jsonl", ROWS)
    assert "have the same name 'a'" in ingest.refused(f"data={ingest.data}")
    assert "expected a pattern of web/a.warc.gz, corpus/a.jsonl" in ingest.refused(
        f"data={ingest.data}", "only=[corpus/b*]"
    )


def test_rows_that_repeat_a_key_have_ids_of_their_own(ingest: Ingest) -> None:
    for name in ("part-1", "part-2"):
        write_jsonl(ingest.folder / f"{name}.jsonl", [{"id": "same", "text": "ក"}] * 2)
    done = ingest.run(f"sources=[{{name: set, kind: jsonl, path: '{ingest.folder}/part-*.jsonl'}}]")
    assert done.returncode == 0, done.stderr
    rows = ingest.rows()
    assert len({row["id"] for row in rows}) == len(rows) == 4
    assert {row["licence"] for row in rows} == {"LicenseRef-unstated"}


def test_a_large_input_fills_several_shards_and_the_bytes_are_always_the_same(ingest: Ingest) -> None:
    long = [{"text": f"អត្ថបទ{n} " * 300} for n in range(4_500)]
    write_jsonl(ingest.data / "corpus" / "a.jsonl", long)
    write_warc(ingest.data / "web" / "b.warc.gz", [Capture(f"http://b.test/{n}") for n in range(20)])
    ingest.of_data("shard_bytes=8000000")
    first = contents(ingest.output)
    assert sorted(p for p in first if p.startswith("documents/")) == [
        *(f"documents/part-a-00000-{n:03d}.parquet" for n in range(5)),
        "documents/part-b-00000-000.parquet",
    ]
    shards = sorted((ingest.output / "documents").iterdir())
    rows = [row["text"] for path in shards[:5] for row in pq.read_table(path, columns=["text"]).to_pylist()]
    assert rows == [row["text"] for row in long]
    assert max(pq.ParquetFile(p).metadata.row_group(0).num_rows for p in shards) <= 1000
    (ingest.output / "manifest.json").unlink()
    (ingest.output / "receipts" / "pages" / "part-b-00000.json").unlink()
    ingest.of_data("shard_bytes=8000000", "workers=2")
    assert contents(ingest.output) == first


def test_statements_of_licence_that_nobody_registered_are_listed(ingest: Ingest) -> None:
    rows = [
        {"text": "ក", "licence": licence}
        for licence in ("ask the abbot", "mit", "", "MIT (repo)", "ask the abbot")
    ]
    write_jsonl(ingest.data / "corpus" / "a.jsonl", rows)
    ingest.of_data()
    assert [row["licence"] for row in ingest.rows()] == [
        "LicenseRef-unregistered",
        "MIT",
        "LicenseRef-unstated",
        "MIT",
        "LicenseRef-unregistered",
    ]
    assert ingest.manifest()["facts"]["unregistered_licences"] == {"ask the abbot": 2}


def test_a_dataset_is_a_source(ingest: Ingest) -> None:
    write_jsonl(
        ingest.folder / "set" / "train.jsonl", [{"content": "ក", "when": "2024-05-01"}, {"content": " "}]
    )
    columns = "columns: {text: content, published_at: when}"
    source = f"{{name: s, kind: dataset, path: '{ingest.folder / 'set'}', licence: CC-BY-4.0, {columns}}}"
    done = ingest.run(f"sources=[{source}]")
    assert done.returncode == 0, done.stderr
    [row] = ingest.rows()
    assert (row["text"], row["licence"], row["published_at"].isoformat()) == (
        "ក",
        "CC-BY-4.0",
        "2024-05-01T00:00:00+00:00",
    )
    assert row["origin"] == {"file": f"{ingest.folder / 'set'}/train", "position": 0}
    assert ingest.reasons() == {"1": "empty"}


def test_the_crawl_of_the_run_is_a_source(ingest: Ingest) -> None:
    crawl = Folder(str(ingest.folder / "runs" / "t" / "crawl"))
    warc = write_warc(
        crawl.local() / "warc" / "crawl-00000.warc.gz",
        [Capture("http://b.test/"), Capture("http://b.test/2")],
    )
    ledger = [
        {
            "source": "web-2026",
            "fate": fate,
            "reason": "",
            "documents": 2,
            "chars": 0,
            "bytes": 9,
            "clusters": 0,
            "tokens": 0,
        }
        for fate in ("in", "kept")
    ]
    output = {"path": "warc/crawl-00000.warc.gz", "bytes": warc.stat().st_size, "sha256": ""}
    Manifest("crawl", "", {}, {}, [output], ledger, {}).save(crawl)
    done = ingest.run("sources=[{name: crawl, kind: crawl}]")
    assert done.returncode == 0, done.stderr
    assert {(row["source"], row["origin"]["file"]) for row in ingest.rows()} == {
        ("web-2026", "crawl/warc/crawl-00000.warc.gz")
    }


@pytest.mark.realdata
def test_the_real_corpora_come_in_whole(ingest: Ingest, real_data: Path) -> None:
    small = "only=[corpus/constitution*,corpus/lohelp*,corpus/wiki_5k*,corpus/niptict*]"
    done = ingest.run(f"data={real_data}", small)
    assert done.returncode == 0, done.stderr
    ledger = Ledger(ingest.manifest()["ledger"])
    kept = {source: ledger.total("kept", source).documents for source in ledger.sources()}
    assert kept == {"constitution": 2, "lohelp": 1022, "niptict_seg": 1068, "wiki_5k": 1773}
    assert ledger.total("dropped").documents == 0
    assert ingest.manifest()["facts"]["unregistered_licences"] == {}
    assert {"MPL-2.0", "MIT", "CC-BY-SA-4.0 AND MIT"} < {row["licence"] for row in ingest.rows()}
