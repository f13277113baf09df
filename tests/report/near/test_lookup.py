from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig
from khmer.clusters import UNIT, flagged_units
from report.near.difference import jaccard, run_set
from report.near.lookup import minhash, minhash_of, minhash_of_text, open_lsh
from report.near.opened import OpenIndex

WORDS = (
    *("ទន្លេ", "ភ្នំ", "ស្រូវ", "កសិករ", "សាលា", "ផ្លូវ", "ឈើ", "ផ្សារ", "ទឹក", "មេឃ"),
    *("ភូមិ", "ឃុំ", "ក្រុង", "គ្រូ", "សិស្ស", "ពេទ្យ", "ឡាន", "ទូក", "ត្រី", "គោ"),
    *("ក្របី", "ដំរី", "ផ្កា", "ផ្លែ", "អង្ករ", "អំបិល", "ម្រេច", "ចេក", "ដូង", "ស្វាយ"),
)


def story(seed: int, n_words: int = 200) -> list[str]:
    return np.random.default_rng(seed).choice(WORDS, n_words).tolist()


def edited(words: list[str], seed: int, n_edits: int) -> list[str]:
    rng = np.random.default_rng(seed)
    places = rng.choice(len(words), n_edits, replace=False)
    return [rng.choice(WORDS) if n in places else word for n, word in enumerate(words)]


@pytest.fixture(scope="module")
def index(deduplicate: Callable[..., Any], make_document: Callable[..., Any]) -> OpenIndex:
    """Forty stories in two shards, half of them edited copies of the others, and two that are too short to compare."""
    stories = [story(n) for n in range(20)]
    stories += [edited(words, 100 + n, n) for n, words in enumerate(stories)]
    rows = [make_document(n, " ".join(words)) for n, words in enumerate([*stories, ["ទឹក"], ["ភ្លៀង", "ធ្លាក់"]])]
    return OpenIndex.of(StageConfig(run="t", runs=str(deduplicate(rows[:25], rows[25:]).folder.parents[1])))


def test_a_minhash_estimates_the_similarity_of_two_documents() -> None:
    errors = []
    for n in range(40):
        texts = [" ".join(story(n)), " ".join(edited(story(n), n, 2 * n))]
        offsets, units = flagged_units(pa.array(texts, pa.large_string()))
        a, b = units[: offsets[1]], units[offsets[1] :]
        exact = jaccard(*(run_set(each & UNIT, 5) for each in (a, b)))
        errors.append(minhash(a, 5).jaccard(minhash(b, 5)) - exact)
    assert abs(np.mean(errors)) < 0.02
    assert np.max(np.abs(errors)) < 4 * np.sqrt(0.25 / 128)


def test_datasketch_refuses_to_compare_them_with_its_own(index: OpenIndex) -> None:
    with pytest.raises(ValueError, match="seed"):
        minhash_of(index, 0).jaccard(MinHash(num_perm=128))


def test_a_query_finds_on_disk_what_datasketchs_own_index_finds_in_memory(index: OpenIndex) -> None:
    disk, memory = open_lsh(index), MinHashLSH(num_perm=128, params=(21, 6))
    sketches = [minhash_of(index, number) for number in range(40)]
    for number, sketch in enumerate(sketches):
        memory.insert(number, sketch)
    for sketch in sketches:
        assert sorted(disk.query(sketch)) == sorted(memory.query(sketch))
    assert {20, 0} <= set(disk.query(sketches[0]))
    assert disk.hashtables[3].size() == len({tuple(s.hashvalues[18:24].tolist()) for s in sketches})


def test_a_text_that_is_in_no_corpus_finds_its_copies(index: OpenIndex) -> None:
    text = " ".join(edited(story(7), 5, 2))
    assert set(open_lsh(index).query(minhash_of_text(index, text))) == {7, 27}
    assert minhash_of_text(index, " ".join(story(7))).jaccard(minhash_of(index, 7)) == 1


def test_the_index_knows_its_documents_by_number(index: OpenIndex) -> None:
    lsh = open_lsh(index)
    assert 41 in lsh
    assert 42 not in lsh
    assert len(lsh.keys) == 42
    assert list(lsh.keys)[-1] == 41
    assert [table.has_key(key) for table, key in zip(lsh.hashtables, lsh.keys.get(5), strict=True)] == [
        True
    ] * 21
    assert lsh.keys.get(42) == []
    assert not lsh.is_empty()
    assert lsh.keys.itemcounts()[3] == 21


def test_short_documents_are_in_no_bucket(index: OpenIndex) -> None:
    assert open_lsh(index).query(minhash_of(index, 41)) == []


def test_the_index_cannot_be_changed(index: OpenIndex) -> None:
    lsh = open_lsh(index)
    with pytest.raises(TypeError, match="read only"):
        lsh.insert(99, minhash_of(index, 0))
    with pytest.raises(TypeError, match="read only"):
        lsh.remove(3)
    with pytest.raises(TypeError, match="hashes of bands"):
        lsh.hashtables[0].itemcounts()
    with pytest.raises(ValueError, match="already exists"):
        lsh.insert(3, minhash_of(index, 3))


def test_a_run_without_an_index_says_what_to_do(tmp_path: Any) -> None:
    with pytest.raises(ConfigurationError, match="Try: make dedup RUN=t"):
        OpenIndex.of(StageConfig(run="t", runs=str(tmp_path)))


def test_a_number_beyond_the_index_is_none_of_its_documents(index: OpenIndex) -> None:
    with pytest.raises(IndexError, match="the index has 42"):
        index.shard_of(42)
