"""A small finished run, made with the floor's own writers, and the report on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from corpus.document import DOCUMENT, document_id, documents_table
from corpus.ledger import Amount
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import Task, execute
from report.records import RunRecord
from report.stage import STAGE, ReportConfig

SENTENCES = (
    "កសិករនៅខេត្តបាត់ដំបងចាប់ផ្តើមស្ទូងស្រូវនៅដើមរដូវវស្សា។",
    "សិស្សានុសិស្សបានប្រមូលផ្តុំនៅមុខសាលា ដើម្បីដាំដើមឈើតាមដងផ្លូវ។",
    "ជីដូនរបស់ខ្ញុំធ្វើនំអន្សមរាល់បុណ្យភ្ជុំបិណ្ឌ។",
    "ទន្លេសាបហូរត្រឡប់ក្រោយម្តងក្នុងមួយឆ្នាំ។",
    "អ្នកស្រាវជ្រាវកំពុងសិក្សាអំពីសិលាចារឹកនៅប្រាសាទបុរាណ។",
    "រថយន្តក្រុងចេញដំណើរពីភ្នំពេញទៅកំពតនៅម៉ោងប្រាំពីរព្រឹក។",
    "គ្រូពេទ្យណែនាំឱ្យលាងដៃជាមួយសាប៊ូមុនពេលបរិភោគអាហារ។",
    "ក្មេងៗលេងបោះអង្គញ់នៅទីធ្លាវត្តក្នុងថ្ងៃចូលឆ្នាំខ្មែរ។",
)
ADVERTISEMENT = "ចុះឈ្មោះថ្ងៃនេះ ឈ្នះរង្វាន់ធំ! ទាក់ទង 012 345 678 ឬ win@example.com"
LICENCES = ("CC-BY-4.0", "CC0-1.0", "LicenseRef-website")
REASONS = ("too_short", "gambling", "not_khmer")


RULES = [
    {"score": "khmer_khmer_share", "above": None, "below": 0.3, "reason": "not_khmer"},
    {"score": "contamination_share", "above": 0.4, "below": None, "reason": "benchmark"},
    {"score": "page_legacy_chars", "above": 1000.0, "below": None, "reason": "legacy_font"},
]
BENCHMARKS = [
    {"path": "benchmarks/khmer.jsonl", "fields": ["question", "answer"]},
    {"path": "benchmarks/unmet.txt", "fields": ["text"]},
]
CLEANING = {"extractor": "blocks", "coeng_da": True, "benchmarks": BENCHMARKS, "rules": RULES}
STATED = {1: "CC0-1.0", 16: "CC0-1.0", 31: "CC-BY-SA-4.0", 9: "CC-BY-4.0"}


def attributes(n: int) -> dict[str, pa.Array]:
    """What cleaning found in `n` documents, beside the scores; every tenth is in another language than Khmer."""
    every = range(n)

    def whole(values: list[int | None]) -> pa.Array:
        return pa.array(values, pa.int64())

    def words(values: list[str | None]) -> pa.Array:
        return pa.array(values, pa.string())

    return {
        "language": words([("en", "pi", "und-Khmr")[i // 10 % 3] if i % 10 == 9 else "km" for i in every]),
        "other_language": words(["en" if i % 12 == 1 else None for i in every]),
        "contamination_item": words(["khmer.jsonl:7:answer" if i in (9, 10) else None for i in every]),
        "contamination_share": pa.array([{9: 0.9, 10: 0.2}.get(i, 0.0) for i in every]),
        "page_licence": words([STATED.get(i) for i in every]),
        "page_licence_place": words(["rel" if i in STATED else None for i in every]),
        "page_host_lines": whole([2 if i % 5 == 0 else 0 for i in every]),
        "page_host_chars": whole([40 if i % 5 == 0 else 0 for i in every]),
        "page_host_share": pa.array([0.25 if i % 5 == 0 else 0.0 for i in every], pa.float64()),
        "page_legacy_chars": whole([300 if i == 2 else 0 for i in every]),
        "page_confidence": pa.array([i / n if i % 2 else None for i in every], pa.float64()),
        "repaired_order": whole([3 if i % 4 == 0 else 0 for i in every]),
        "repaired_zwsp": whole([7 if i == 1 else 0 for i in every]),
        "masked_email": whole([i % 2 for i in every]),
        "masked_phone": whole([2 * (i % 2) for i in every]),
    }


def article(n: int, position: int) -> dict[str, Any]:
    """An invented web page's document."""
    host = f"news{n % 25}.example.kh"
    url = f"https://{host}/article/{n}"
    lines = [SENTENCES[(n + k) % len(SENTENCES)] for k in range(1 + n % 5)]
    return {
        "id": document_id("web", url),
        "text": "\n".join(lines),
        "url": url,
        "host": host,
        "source": "web" if n % 3 else "books",
        "licence": LICENCES[n % 3],
        "rights": {"robots": "allowed", "opt_outs": [], "decision": "kept"},
        "fetched_at": 1_760_000_000_000 + n * 86_400_000,
        "title": f"អត្ថបទទី {n} <b>&",
        "origin": {"file": "crawl/warc/crawl-00000.warc.gz", "position": position + n},
    }


class RunWriter:
    """Writes stages of a run as if they had finished."""

    def __init__(self, runs: Path, run: str = "toy") -> None:
        self.config = ReportConfig(run=run, runs=str(runs), workers=1, target_tokens=10_000)
        self.folder = Folder(str(runs)).child(run)

    def task(self, stage: str) -> Task[Any]:
        return Task("part-00000", stage, self.folder.child(stage), self.config)

    def finish(self, task: Task[Any], config: dict[str, Any] | None = None, **facts: Any) -> None:
        fingerprint = document_id("stage", task.stage) * 2
        manifest = Manifest(task.stage, fingerprint, config or {}, {}, task.files, task.ledger.rows(), facts)
        manifest.save(task.folder)

    def write(self, task: Task[Any], path: str, table: pa.Table) -> None:
        with ShardWriter(task.create(path), table.schema) as shard:
            shard.write(table)

    def text(self, task: Task[Any], path: str, text: str) -> None:
        with task.create(path) as file:
            file.write(text.encode())

    def crawl(self, warc: bytes = b"") -> None:
        task = self.task("crawl")
        with task.create("warc/crawl-00000.warc.gz") as file:
            file.write(warc)
        for fate, reason, amount in (
            ("in", "", Amount(66, bytes=9000)),
            ("kept", "", Amount(63, bytes=9000)),
            ("dropped", "robots", Amount(2)),
            ("dropped", "opt_out", Amount(1)),
        ):
            task.ledger.add("web", fate, reason, amount)
        self.finish(task, status={"200": 60, "404": 3}, unfollowed={"nofollow": 4}, pending=0, too_deep=0)

    def ingest(self, dropped_reason: str = "", position: int = 1000) -> pa.Table:
        task = self.task("ingest")
        table = documents_table([article(n, position) for n in range(60)])
        kept = table.slice(5) if dropped_reason else table
        with task.outcome() as out:
            out.read(table)
            out.keep(kept)
            out.drop(table.slice(0, len(table) - len(kept)), dropped_reason)
        self.finish(task)
        return kept

    def clean(self, table: pa.Table) -> pa.Table:
        task = self.task("clean")
        numbers = pa.array(range(len(table)), pa.int64())
        shares = pa.array([0.1 if n % 10 == 9 else 0.5 + n / 120 for n in range(len(table))], pa.float64())
        bad = pc.less(shares, 0.3)
        gone = table.filter(bad)
        with task.outcome() as out:
            out.read(table)
            reasons = pa.array([REASONS[n % 3] for n in range(len(gone))])
            texts = pa.array([ADVERTISEMENT] * len(gone), pa.large_string())
            spam = gone.set_column(1, DOCUMENT.field("text"), texts)
            out.drop(spam, reasons, shares.filter(bad), "khmer_khmer_share < 0.3")
            out.keep(table.filter(pc.invert(bad)))
        columns = {"id": table["id"], "khmer_khmer_share": shares, "gopher_clusters": numbers}
        scores = pa.table({**columns, **attributes(len(table))})
        self.write(task, "attributes/part-00000.parquet", scores)
        self.finish(task, CLEANING, icu="78.3", benchmark_items=12)
        return table.filter(pc.invert(bad))

    def dedup(self, table: pa.Table) -> pa.Table:
        task = self.task("dedup")
        copies = [n >= 50 for n in range(len(table))]
        kept = table.filter(pa.array([not copy for copy in copies]))
        gone = table.filter(pa.array(copies))
        first = table["id"][0].as_py()
        with task.outcome() as out:
            out.read(table)
            out.drop(gone, "near_duplicate", pa.array([0.9] * len(gone)), first)
            out.keep(kept)
        members = pa.concat_arrays([pa.array([first]), gone["id"].combine_chunks()])
        n = len(members)
        clusters = {
            "cluster": pa.array([first] * n),
            "kept": pa.array([first] * n),
            "member": members,
            "reason": pa.array([None, *["near_duplicate"] * (n - 1)], pa.string()),
            "jaccard": pa.array([1.0, *[0.9] * (n - 1)]),
            "numbers_lost": pa.array([0, 2, 1, 0, 0][:n], pa.int32()),
            "places_lost": pa.array([0, 0, 1, 1, 0][:n], pa.int32()),
            "source": pa.array(["web"] * n),
            "host": pa.array(["news0.example.kh"] * n),
        }
        self.write(task, "clusters/part-00000.parquet", pa.table(clusters))
        passages = {"id": kept["id"][:1], "text": ["កំណត់ចំណាំ" * 30], "reason": ["repeated_passage"]}
        passages |= {"evidence": kept["id"][1:2], "source": kept["source"][:1]}
        self.write(task, "passages/part-00000.parquet", pa.table(passages))
        self.finish(task)
        return kept

    def tokenizer(self, table: pa.Table) -> None:
        task = self.task("tokenizer")
        lengths = pa.array([1 + len(text) // 4 for text in table["text"].to_pylist()], pa.int64())
        task.read(table)
        task.ledger.add_table(table.append_column("n_tokens", lengths), "kept")
        starts = pa.array([sum(lengths.to_pylist()[:n]) for n in range(len(lengths))], pa.int64())
        places = {name: table[name] for name in ("id", "url", "source", "n_bytes")}
        places |= {"start": starts, "n_tokens": lengths}
        self.write(task, "tokens/train/part-00000.parquet", pa.table(places))
        facts = {"name": "toy-1k", "sha256": "ab" * 32, "vocabulary": 1000}
        evaluation = {"n_documents": 5, "n_tokens": 100, "bytes_per_token": 11.5, "broken_clusters": 0.0}
        self.finish(task, tokenizer=facts, evaluation=evaluation, train_tokens=sum(lengths.to_pylist()))

    def train(self) -> None:
        task = self.task("train")
        steps = [{"step": n, "tokens": n * 64, "loss": 7 - n / 20} for n in range(1, 101)]
        steps.append({"step": 100, "validation_bits_per_byte": 0.9})
        self.text(task, "metrics.jsonl", "\n".join(map(json.dumps, steps)))
        bits = {"model": 0.9, "unigram": 1.6, "five_gram": 0.95}
        source = {"web": {"bytes": 400, "bits_per_byte": bits}}
        sample = {"id": "x", "prompt": SENTENCES[0], "continuation": SENTENCES[1], "ended": True}
        self.text(task, "samples.jsonl", "\n".join([json.dumps(sample)] * 10))
        validation = {"tokens": 40, "bytes": 400, "bits_per_byte": bits, "sources": source}
        model, training = {"size": "nano", "parameters": 1234}, {"epochs": 1.5, "skipped_steps": 0}
        self.finish(task, model=model, training=training, validation=validation)

    def whole(self) -> None:
        """All stages of a run."""
        self.crawl()
        kept = self.dedup(self.clean(self.ingest()))
        self.tokenizer(kept)
        self.train()


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> RunWriter:
    """A run of all stages, with its report."""
    run = RunWriter(tmp_path_factory.mktemp("runs"))
    run.whole()
    execute(STAGE, run.config)
    return run


@pytest.fixture
def new_run(tmp_path: Path) -> RunWriter:
    """A run in which nothing has happened yet."""
    return RunWriter(tmp_path)


@pytest.fixture(scope="session")
def page(toy: RunWriter) -> str:
    """The dashboard of the run of all stages."""
    return toy.folder.child("report").read("index.html").decode()


@pytest.fixture(scope="session")
def record(toy: RunWriter) -> RunRecord:
    """The record of the run of all stages."""
    return RunRecord.open(toy.config)
