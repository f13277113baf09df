"""Benchmark items planted in texts."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.decontaminate.benchmarks import Benchmark
from clean.decontaminate.index import LEAST_NGRAMS, Contamination, Index, contamination, index_of
from khmer.clusters import unit_hashes
from khmer.normalize import normalize

ITEMS = (
    "អ្នកវិទ្យាសាស្ត្របាននិយាយថា ផ្កាយដុះកន្ទុយនេះនឹងវិលមកជិតផែនដីម្តងទៀតក្នុងរយៈពេល 76 ឆ្នាំខាងមុខ ហើយមនុស្សអាចមើលឃើញវាដោយភ្នែកទទេ។",
    "ក្រុមបាល់ទាត់របស់ខេត្តបានឈ្នះការប្រកួតវគ្គផ្តាច់ព្រ័ត្រដោយលទ្ធផល ៣ ទល់នឹង ១ នៅចំពោះមុខអ្នកគាំទ្រ (fans) រាប់ពាន់នាក់។",
    "តើទន្លេនេះវែងប៉ុន្មាន?",
    "បាទ",
)
PROSE = (
    "នៅព្រឹកថ្ងៃច័ន្ទ សិស្សានុសិស្សជាងបីរយនាក់បាននាំគ្នាដាំដើមឈើនៅក្នុងបរិវេណសាលា ដើម្បីឱ្យមានម្លប់ត្រជាក់។ "
    "អ្នកភូមិក៏បានយកទឹក និងជីធម្មជាតិមកជួយផងដែរ ហើយសន្យាថានឹងចូលរួមរៀងរាល់ឆ្នាំ។ "
)
ZWSP = "\u200b"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path = tmp_path_factory.mktemp("benchmarks") / "science.txt"
    path.write_text("\n".join(ITEMS), encoding="utf-8")
    return index_of([Benchmark(str(path))])


def look(index: Index, *texts: str) -> Contamination:
    return contamination(unit_hashes(normalize(pa.array(texts, pa.large_string()))), index)


@pytest.mark.parametrize(
    ("planted", "item"),
    [
        (ITEMS[0], 1),
        (ITEMS[0].replace(" ", ""), 1),
        (ZWSP.join(ITEMS[0]), 1),
        (ITEMS[0].replace("76", "៧៦").replace("។", " !!!"), 1),
        (ITEMS[1].upper().replace("៣", "3").replace("(", "«").replace(")", "»"), 2),
        (ITEMS[1].replace("ឈ្នះ", "ឈ្នះ\n\n"), 2),
        (ITEMS[1].replace("(fans) ", ""), 2),
        (ITEMS[0].replace("និយាយ", "ប្រាប់").replace("មនុស្ស", "យើង"), 1),
        (ITEMS[0][: len(ITEMS[0]) * 6 // 10], 1),
    ],
)
def test_planted_items_are_found_however_they_are_spaced(index: Index, planted: str, item: int) -> None:
    found = look(index, PROSE + planted + PROSE)
    assert found.share[0] >= 0.4
    assert found.item.to_pylist() == [f"science.txt:{item}"]


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "",
        "អ្នកវិទ្យាសាស្ត្របាននិយាយថា ព្រះអាទិត្យជាផ្កាយដ៏ធំមួយ ហើយមនុស្សមិនអាចរស់នៅដោយគ្មានវាបានទេ។",
        "ក្រុមបាល់ទាត់ជម្រើសជាតិបានចាញ់ការប្រកួតដោយលទ្ធផល ០ ទល់នឹង ២ នៅចំពោះមុខអ្នកទស្សនា។",
        "បាទ " * 50,
    ],
)
def test_texts_on_the_same_matter_are_not(index: Index, text: str) -> None:
    assert look(index, text).share[0] < 0.3


def test_pieces_far_apart_do_not_add_up(index: Index) -> None:
    item = ITEMS[0]
    pieces = [item[i : i + 30] for i in range(0, len(item), 30)]
    assert look(index, "".join(pieces)).share[0] > 0.9
    assert look(index, PROSE.join(pieces)).share[0] < 0.4


def test_short_items_cannot_be_found(index: Index) -> None:
    assert look(index, PROSE + ITEMS[2] + PROSE).share[0] < 0.4
    assert look(index, ITEMS[3]).item.to_pylist() == [None]


def test_what_is_repeated_counts_once(index: Index) -> None:
    phrase = ITEMS[1][:45]
    assert look(index, ITEMS[1] * 5, f"{phrase} {phrase[:-6]} " * 9 + ITEMS[1]).share.tolist() == [1.0, 1.0]
    assert look(index, phrase * 9).share.tolist() == look(index, phrase).share.tolist()


def test_a_batch_is_its_texts(index: Index) -> None:
    texts = [ITEMS[0][:60], ITEMS[0][60:], "", ITEMS[1], PROSE]
    together = look(index, *texts)
    alone = [look(index, text) for text in texts]
    assert together.share.tolist() == [one.share[0] for one in alone]
    assert together.item.to_pylist() == [one.item[0].as_py() for one in alone]


def test_without_benchmarks_nothing_is_found() -> None:
    found = look(index_of([]), PROSE, "")
    assert found.share.tolist() == [0, 0]
    assert found.item.to_pylist() == [None, None]


@given(st.integers(0, len(ITEMS[0]) - 1), st.integers(0, len(ITEMS[0])), st.sampled_from([0, 1]))
def test_what_is_found_grows_with_what_stands_there(index: Index, start: int, length: int, item: int) -> None:
    less, more = ITEMS[item][start : start + length // 2], ITEMS[item][start : start + length]
    found = look(index, PROSE + less, PROSE + more)
    assert 0 <= found.share[0] <= found.share[1] + 1 / LEAST_NGRAMS  # less may end amid a cluster
    assert found.share[1] <= 1
