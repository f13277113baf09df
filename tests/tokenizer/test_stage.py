"""The stage: exact counts, documents found again in the shards, the same bytes however it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sentencepiece

from corpus.cli import main
from corpus.document import DOCUMENT, document_id, documents_table
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from tokenizer.learn import EOS
from tokenizer.sample import split_of
from tokenizer.stage import STAGE

HOUSE = Path(__file__).resolve().parents[2]


def hand_over(runs: Path, texts: list[str]) -> None:
    """A finished dedup stage that kept these texts, in two shards."""
    folder, ledger, outputs = Folder(str(runs / "t" / "dedup")), Ledger(), []
    origin = {"file": "articles", "position": 0}
    for n in range(2):
        path = f"documents/part-{n:05d}.parquet"
        rows = [
            {
                "id": document_id("demo", text[:50]),
                "text": text,
                "source": f"s{n}",
                "licence": "CC0-1.0",
                "origin": origin,
            }
            for text in texts[n::2]
        ]
        table = documents_table(rows)
        with ShardWriter(folder.create(path), DOCUMENT) as writer:
            writer.write(table)
        ledger.add_table(table, "in")
        ledger.add_table(table, "kept")
        outputs.append({"path": path, "bytes": folder.sizes()[path], "sha256": ""})
    outputs += [{"path": path, "bytes": size, "sha256": ""} for path, size in hand_over_clusters(folder)]
    Manifest("dedup", "f", {}, {}, outputs, ledger.rows(), {}).save(folder)


def kept_for_others(folder: Folder) -> dict[str, int]:
    """The first documents of both shards, with the members of their duplicate clusters."""
    first = [pq.read_table(path)["id"].to_pylist() for path in sorted(Path(folder.uri).glob("documents/*"))]
    return {first[0][0]: 3, first[0][2]: 2, first[1][1]: 40} if len(first[0]) > 2 else {}


def hand_over_clusters(folder: Folder) -> list[tuple[str, int]]:
    """The tables of clusters: members stand in the shard that they came in, whichever shard they were kept for."""
    kept = [document for document, n in kept_for_others(folder).items() for _ in range(n)]
    reasons = [None if kept.index(document) == row else "near_duplicate" for row, document in enumerate(kept)]
    kept += kept[:1]
    reasons += ["repeated_passages"] * len(kept[:1])
    for n in range(2):
        with folder.create(f"clusters/part-{n:05d}.parquet") as file:
            columns = {"kept": kept[n::2], "reason": reasons[n::2]}
            pq.write_table(pa.table({name: pa.array(c, pa.string()) for name, c in columns.items()}), file)
    return list(folder.sizes("clusters").items())


def tokenize(runs: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "tokenizer",
        f"runs={runs}",
        "run=t",
        "vocabulary=3000",
        "validation_share=0.2",
    ]
    return subprocess.run(
        [*command, *words], cwd=HOUSE, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, articles: list[str]) -> Path:
    runs = tmp_path_factory.mktemp("tokenizer")
    hand_over(runs, articles)
    done = tokenize(runs)
    assert done.returncode == 0, done.stderr
    return runs / "t" / "tokenizer"


def test_every_document_is_found_again_in_its_shard(finished: Path, articles: list[str]) -> None:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(finished / "tokenizer" / "sastra.model"))
    found = []
    for split in ("train", "validation"):
        for places in sorted((finished / "tokens" / split).glob("*.parquet")):
            tokens = np.memmap(places.with_suffix(".bin"), "<u2", "r")
            rows = pq.read_table(places).to_pylist()
            assert sum(row["n_tokens"] for row in rows) == len(tokens)
            for row in rows:
                assert split_of(row["id"], 0.2) == split
                document = tokens[row["start"] : row["start"] + row["n_tokens"]]
                assert document[-1] == EOS
                found.append(processor.decode(document[:-1].tolist()))
    assert sorted(found) == sorted(articles)


def test_each_place_tells_how_many_documents_it_stands_for(finished: Path) -> None:
    tables = [pq.read_table(path) for path in sorted((finished / "tokens").rglob("*.parquet"))]
    rows = [row for table in tables for row in table.to_pylist()]
    expected = kept_for_others(Folder(str(finished.parent / "dedup")))
    assert {row["id"]: row["n_members"] for row in rows if row["n_members"] != 1} == expected
    assert all(table.schema.field("n_members").type == pa.int32() for table in tables)


def test_the_ledger_counts_every_token(finished: Path) -> None:
    manifest = Manifest.load(Folder(str(finished)))
    assert manifest is not None
    n_stored = sum(path.stat().st_size // 2 for path in (finished / "tokens").rglob("*.bin"))
    assert manifest.books().total("kept").tokens == n_stored
    assert manifest.facts["train_tokens"] + manifest.facts["validation_tokens"] == n_stored
    assert manifest.facts["validation_tokens"] > 0


def test_the_facts_name_the_tokenizer_and_its_hash(finished: Path) -> None:
    manifest = Manifest.load(Folder(str(finished)))
    assert manifest is not None
    model = next(f for f in manifest.outputs if f["path"] == "tokenizer/sastra.model")
    facts = manifest.facts["tokenizer"]
    assert (facts["sha256"], facts["vocabulary"], facts["eos_id"]) == (model["sha256"], 3000, EOS)


def test_one_worker_gives_the_same_bytes(finished: Path, articles: list[str], tmp_path: Path) -> None:
    hand_over(tmp_path, articles)
    assert tokenize(tmp_path, "workers=1").returncode == 0
    for path in sorted(finished.rglob("*")):
        if path.is_file() and path.name != ".lock":
            assert (
                tmp_path / "t" / "tokenizer" / path.relative_to(finished)
            ).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("word", "exit_code", "says"),
    [
        ("vocabulary=70000", 2, "vocabulary: got 70000; expected 300 to 65536"),
        (
            "validation_share=0.9",
            2,
            "validation_share: got 0.9; expected 0 to 0.5. Try: validation_share=0.005",
        ),
        ("validation_share=nan", 2, "validation_share: got nan"),
        ("learn_bytes=1", 1, "nothing to learn from"),
        ("vocabulary=600", 1, "alone need"),
        ("run=elsewhere", 2, "the stage 'dedup' has not finished. Try: make dedup RUN=elsewhere"),
    ],
)
def test_what_cannot_work_is_one_line(
    tmp_path: Path,
    articles: list[str],
    word: str,
    exit_code: int,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hand_over(tmp_path, articles)
    refused(tmp_path, word, exit_code, says, capsys)


def test_a_run_without_documents_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_over(tmp_path, [])
    refused(tmp_path, "vocabulary=3000", 2, "no documents to learn from", capsys)


def refused(runs: Path, word: str, exit_code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(STAGE, [f"runs={runs}", "run=t", "workers=1", "vocabulary=3000", "validation_share=0.2", word])
    assert ended.value.code == exit_code
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
