"""The generator: its documents are functions of their numbers, its shards do not move, its copies are copies."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.bruteforce import jaccard, pairs_within, shingles, similarities
from bench.copies import ATTRIBUTES, Copies, add_shards, pool_of
from corpus.document import DOCUMENT
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.stage import execute
from dedup.config import DedupConfig
from dedup.stage import STAGE

SEED_TEXT = """
កសិករនៅស្រុកស្រែចាប់ផ្ដើមស្ទូងស្រូវនៅដើមខែមិថុនា ព្រោះភ្លៀងធ្លាក់គ្រប់គ្រាន់។ ឪពុកខ្ញុំភ្ជួរស្រែតាំងពីព្រលឹម ហើយម្ដាយខ្ញុំឲ្យចំណីគោ។
ពេលល្ងាច យើងទាំងអស់គ្នាអង្គុយក្រោមដើមស្វាយ ស្ដាប់វិទ្យុ និងនិយាយអំពីតម្លៃអង្ករ។ ជីតាប្រាប់ថា ឆ្នាំនេះទឹកល្អជាងឆ្នាំមុន។
សាលារៀនក្នុងភូមិមានបន្ទប់ប្រាំមួយ និងសិស្សជាងពីររយនាក់។ លោកគ្រូឱ្យសិស្សសរសេរអត្ថបទខ្លីអំពីទន្លេ។
ក្មេងៗលេងបាល់នៅទីធ្លា មុនពេលជួងរោទ៍។ អ្នកនេសាទចេញទៅទន្លេតាំងពីយប់ ហើយត្រឡប់មកវិញជាមួយត្រីពេញទូក។
ផ្សារបើកពីម៉ោងប្រាំព្រឹក។ អ្នកលក់រៀបបន្លែ ត្រី សាច់ និងផ្លែឈើនៅលើតុឈើ។ អ្នកទិញតថ្លៃ សើច ហើយយកទំនិញដាក់កន្ត្រក។
"""


@pytest.fixture(scope="module")
def copies() -> Copies:
    return Copies(7, pool_of([SEED_TEXT.strip()]))


def test_a_document_is_a_function_of_its_number(copies: Copies) -> None:
    at_once, attributes = copies.table(0, 300)
    assert at_once.schema == DOCUMENT
    assert attributes.schema == ATTRIBUTES
    for first, most in [(0, 1), (150, 40), (299, 1)]:
        table, scores = copies.table(first, most)
        assert table.equals(at_once.slice(first, most))
        assert scores.equals(attributes.slice(first, most))
    assert not Copies(8, copies.pool).texts(0, 50).equals(copies.texts(0, 50))


def test_columns_are_sound(copies: Copies) -> None:
    table, _ = copies.table(0, 2000)
    assert len(set(table["id"].to_pylist())) == 2000
    assert all(table["text"].to_pylist())
    assert len(set(table["source"].to_pylist())) == 4
    urls = Counter(table["url"].to_pylist())
    assert 0.02 * 2000 < sum(urls.values()) - len(urls) < 0.12 * 2000
    assert 0 < table["published_at"].null_count < 1000
    table.validate(full=True)


def test_families_hold_what_resembles_and_others_do_not(copies: Copies) -> None:
    n = 1500
    found = shingles(copies.texts(0, n).to_pylist())
    families = copies.families(n)
    alike = similarities(found, pairs_within(families, most=8))
    assert 0.25 < (alike >= 0.8).mean() < 0.95
    assert (alike == 1).any()
    assert ((alike > 0.6) & (alike < 0.8)).any()
    draw = np.random.default_rng(5)
    apart = [(a, b) for a, b in draw.integers(0, n, (2000, 2)).tolist() if families[a] != families[b]]
    assert max(jaccard(found[a], found[b]) for a, b in apart) < 0.6


def test_a_third_are_copies_and_some_are_copies_of_copies(copies: Copies) -> None:
    families = copies.families(20_000)
    numbers = np.arange(families.size)
    assert 0.3 < ((families >= 0) & (families != numbers)).mean() < 0.36
    sizes = Counter(families[families < 0].tolist())
    assert all(sizes[-hot] > 20 for hot in range(1, 7))
    assert max(Counter(families[families >= 0].tolist()).values()) > 5


def test_paragraphs_stand_in_several_families(copies: Copies) -> None:
    passages, families = copies.passages(3000), copies.families(3000)
    texts = copies.texts(0, 3000).to_pylist()
    shared = [{families[number] for number in np.flatnonzero(passages == passage)} for passage in range(20)]
    assert sum(len(group) > 1 for group in shared) >= 15
    first, second = next(
        np.flatnonzero((passages == passage) & (families == np.arange(3000)))[:2]
        for passage in range(20)
        if len(shared[passage]) > 1
    )
    assert set(texts[first].split("\n")) & set(texts[second].split("\n"))


def test_shards_stay_when_others_are_added(copies: Copies, tmp_path: Path) -> None:
    run = Folder(str(tmp_path))
    half = add_shards(run, copies, 1_500_000, 500_000)
    before = Manifest.load(run.child("clean"))
    assert before is not None
    n = add_shards(run, copies, 800_000, 500_000)
    after = Manifest.load(run.child("clean"))
    assert after is not None
    assert after.intact(run.child("clean"))
    stays = [file for file in after.outputs if file in before.outputs]
    assert stays == before.outputs
    shards, scores = (after.shards(run.child("clean"), kind) for kind in ("documents", "attributes"))
    tables, attributes = copies.table(0, n)
    assert pa.concat_tables(map(pq.read_table, shards)).equals(tables)
    assert pa.concat_tables(map(pq.read_table, scores)).equals(attributes)
    assert len(shards) == 5
    books = after.books()
    assert books.total("in") == books.total("kept")
    assert books.total("kept").documents == n > half
    assert 2_300_000 <= books.total("kept").bytes < 2_400_000


def test_the_stage_reads_them(copies: Copies, tmp_path: Path) -> None:
    n = add_shards(Folder(str(tmp_path / "run")), copies, 600_000, 300_000)
    manifest, _ = execute(STAGE, DedupConfig(run="run", runs=str(tmp_path), workers=1))
    assert manifest.books().total("in").documents == n
    assert manifest.books().total("dropped").documents > 0.2 * n
