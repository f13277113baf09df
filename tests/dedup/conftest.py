"""A finished cleaning stage of given documents, the deduplication of it, and texts with planted copies."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.document import documents_table
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute
from dedup.config import DedupConfig
from dedup.preference import QUALITY
from dedup.stage import STAGE

Rows = Sequence[dict[str, Any]]


WORDS = """
who: កសិករ គ្រូបង្រៀន ក្មេងៗ អ្នកនេសាទ ពាណិជ្ជករ មេភូមិ គ្រូពេទ្យ សិស្សានុសិស្ស ជាងដែក អ្នកដំណើរ លោកយាយ តន្ត្រីករ
do: លក់ ដឹក រៀបចំ ថែទាំ ស្វែងរក ប្រមូល ជួសជុល លាងសម្អាត ចែក រាប់ គូរ ដាំ សរសេរអំពី ថតរូប ការពារ
what: ស្រូវ ផ្លែស្វាយ ទូក សៀវភៅ ត្រីងៀត កន្ទេល ក្រមា ឆ្នាំងដី ដើមត្នោត រទេះគោ ស្គរ ទឹកឃ្មុំ កាហ្វេ ម្រេច អង្ករ ផ្កាឈូក ចង្កៀង
where: នៅផ្សារ ក្បែរវត្ត តាមដងទន្លេ ក្នុងសាលា លើភ្នំ នៅមាត់សមុទ្រ ក្រោមផ្ទះ ជិតស្ពាន តាមផ្លូវជាតិ ក្នុងព្រៃ នៅស្រុកកំណើត
when: ព្រឹកមិញ រាល់ថ្ងៃអាទិត្យ ពេលភ្លៀង នៅរដូវប្រាំង មុនពេលថ្ងៃលិច ក្រោយបុណ្យភ្ជុំ ម្សិលមិញ ឆ្នាំទៅ យប់មិញ រៀងរាល់ខែ
why: ព្រោះតម្លៃកំពុងឡើង ដើម្បីជួយអ្នកជិតខាង ទោះបីជាផ្លូវឆ្ងាយក៏ដោយ តែមិនទាន់ចប់នៅឡើយ ដូចដែលឪពុកម្តាយធ្លាប់ធ្វើ ដោយគ្មានអ្នកណាដឹង
"""
POOLS = {
    name: pool.split() for name, _, pool in (line.partition(": ") for line in WORDS.strip().splitlines())
}
NOTICE = (
    "សេចក្តីជូនដំណឹង៖ {who}មកពី{where}ត្រូវជួបជុំគ្នាវេលាម៉ោង {n} {when} ដើម្បី{do}{what}ចំនួន {m} និង{do2}{what2}។ "
    "ព័ត៌មានបន្ថែមសូមសួរ{who2}{where2}។"
)


def document(number: int, text: str, **fields: Any) -> dict[str, Any]:
    origin = {"file": "planted", "position": number}
    return {
        "id": f"{number:032x}",
        "text": text,
        "source": "web",
        "licence": "CC0-1.0",
        "origin": origin,
        **fields,
    }


def phrase(draw: random.Random) -> dict[str, str]:
    return {name: draw.choice(pool) for name, pool in POOLS.items()}


def sentence(draw: random.Random) -> str:
    return "{who}{do}{what} {where} {when} {why}។ ".format(**phrase(draw))


def article(draw: random.Random) -> str:
    return "".join(sentence(draw) for _ in range(draw.randint(4, 12)))


def edited(text: str, n_edits: int, draw: random.Random) -> str:
    words = text.split(" ")
    for _ in range(n_edits):
        words[draw.randrange(len(words))] = draw.choice([*POOLS["where"], *POOLS["when"]])
    return " ".join(words)


def planted() -> list[dict[str, Any]]:
    """Sixty articles, copies of them of many kinds, notices of one template, and short sentences, shuffled."""
    draw = random.Random(20)
    texts = []
    for n in range(60):
        text = article(draw)
        copies = [edited(text, n_edits, draw) for n_edits in range(n % 9)]
        site = f"{text}| សារព័ត៌មានភូមិយើង លេខ {n} រក្សាសិទ្ធិ"
        texts += [
            text,
            text,
            site,
            text.replace(" ", ""),
            *copies,
            *(edited(copy, 1, draw) for copy in copies[-2:]),
        ]
    for n in range(25):
        other = {f"{name}2": word for name, word in phrase(draw).items()}
        texts.append(NOTICE.format(n=n + 1, m=(n * 37) % 91, **phrase(draw), **other))
    texts += ["{who}{do}{what}".format(**phrase(draw)) for _ in range(40)]
    draw.shuffle(texts)
    return [document(i, text, source=draw.choice(["web", "books"])) for i, text in enumerate(texts)]


def write_clean(
    runs: Path, shards: Sequence[Rows], names: Sequence[str] = (), quality: Mapping[str, float] | None = None
) -> None:
    folder, ledger, outputs = Folder(str(runs / "t" / "clean")), Ledger(), []
    for name, rows in zip(names or [f"part-{n:05d}" for n in range(len(shards))], shards, strict=True):
        path, table = f"documents/{name}.parquet", documents_table(rows)
        tables = {path: table}
        if quality is not None:
            scores = [quality[row["id"]] for row in rows]
            tables[f"attributes/{name}.parquet"] = pa.table({"id": table["id"], QUALITY: scores})
        ledger.add_table(table, "in")
        ledger.add_table(table, "kept")
        for path, written in tables.items():
            with ShardWriter(folder.create(path), written.schema) as writer:
                writer.write(written)
            sha256 = hashlib.sha256(folder.read(path)).hexdigest()
            outputs.append({"path": path, "bytes": folder.sizes()[path], "sha256": sha256})
    outputs.sort(key=lambda file: str(file["path"]))
    Manifest("clean", "planted", {}, {}, outputs, ledger.rows(), {}).save(folder)


@dataclass
class Deduplicated:
    folder: Path
    manifest: Manifest

    def rows(self, kind: str) -> list[dict[str, Any]]:
        return [
            row
            for path in sorted(self.folder.glob(f"{kind}/*.parquet"))
            for row in pq.read_table(path).to_pylist()
        ]

    @property
    def kept(self) -> set[str]:
        return {row["id"] for row in self.rows("documents")}

    @property
    def dropped(self) -> dict[str, tuple[str, float | None, str]]:
        return {row["id"]: (row["reason"], row["score"], row["evidence"]) for row in self.rows("dropped")}


@pytest.fixture(scope="session")
def deduplicate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Deduplicated]:
    def run(
        *shards: Rows,
        runs: Path | None = None,
        names: Sequence[str] = (),
        quality: Mapping[str, float] | None = None,
        **config: Any,
    ) -> Deduplicated:
        runs = runs or tmp_path_factory.mktemp("runs")
        write_clean(runs, shards, names, quality)
        manifest, _ = execute(STAGE, DedupConfig(**{"run": "t", "runs": str(runs), "workers": 1, **config}))
        return Deduplicated(runs / "t" / "dedup", manifest)

    return run


@pytest.fixture(scope="session")
def make_document() -> Callable[..., dict[str, Any]]:
    return document


@pytest.fixture(scope="session")
def clean_stage() -> Callable[[Path, Sequence[Rows]], None]:
    return write_clean
