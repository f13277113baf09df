"""Planted passages are found in the documents that lose them, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from dedup.passages import keepers, spans, windows
from khmer.clusters import unit_hashes

TEXT = """
កសិករ គ្រូបង្រៀន អ្នកនេសាទ មេភូមិ គ្រូពេទ្យ សិស្ស ជាងដែក អ្នកដំណើរ លោកយាយ លក់ ដឹក ថែទាំ ស្វែងរក ប្រមូល ជួសជុល ចែក រាប់ គូរ ដាំ
ការពារ ស្រូវ ផ្លែស្វាយ ទូក សៀវភៅ ត្រីងៀត កន្ទេល ក្រមា ដើមត្នោត រទេះគោ ស្គរ ទឹកឃ្មុំ ម្រេច អង្ករ ផ្កាឈូក ចង្កៀង ផ្សារ វត្ត ទន្លេ សាលា ភ្នំ
សមុទ្រ ផ្ទះ ស្ពាន ផ្លូវជាតិ ព្រៃ ស្រុកកំណើត ព្រឹកមិញ ភ្លៀង រដូវប្រាំង បុណ្យភ្ជុំ ឆ្នាំទៅ យប់មិញ តម្លៃ អ្នកជិតខាង ឪពុកម្តាយ មិនទាន់ចប់
"""
WORDS = TEXT.split()


def n_units(text: str) -> int:
    return len(unit_hashes(pa.array([text], pa.large_string())).hashes)


UNITS = {word: n_units(word) for word in WORDS}


def run_of(draw: random.Random, missing: int) -> str:
    """Words in random order, of exactly so many units."""
    words = []
    while missing:
        words.append(draw.choice([word for word, n in UNITS.items() if n <= missing] or ["ក"]))
        missing -= UNITS.get(words[-1], 1)
    return "".join(words)


@pytest.fixture
def draw() -> random.Random:
    return random.Random(4)


def test_a_passage_stays_in_the_best_document_alone(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    shared = run_of(draw, 130)
    texts = [run_of(draw, n) + "។ " + shared + "។ " + run_of(draw, 80) for n in (60, 90, 70)]
    corpus = passages().add((texts[0], 5), (texts[1], 9)).add((texts[2], 8), (run_of(draw, 300), 20))
    found = corpus.find()
    assert found.runs == [(0, 60, 190, 1), (2, 70, 200, 1)]
    assert found.lost == {}


@pytest.mark.parametrize(("length", "is_found"), [(99, False), (100, True), (101, True), (400, True)])
def test_passages_of_enough_units_are_found_wherever_they_stand(
    passages: Callable[..., Any], length: int, is_found: bool
) -> None:
    draw = random.Random(length)
    documents, expected = [], []
    for pair in range(8):
        shared, gap = run_of(draw, length), draw.randint(31, 120)
        better = run_of(draw, 50) + "ក" + shared + "ខ" + run_of(draw, 40)
        documents += [(better, 2), (run_of(draw, gap) + "គ" + shared + "ឃ", 1)]
        expected += [(2 * pair + 1, gap + 1, gap + 1 + length, 2 * pair)] * is_found
    assert passages().add(*documents).find().runs == expected


def test_spacing_and_line_ends_do_not_hide_a_passage(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    words = [draw.choice(WORDS) for _ in range(80)]
    own = run_of(draw, 90)
    corpus = passages().add((" ".join(words), 2), (f"{own}\n" + "។\n".join(words), 1))
    length = n_units("".join(words))
    assert corpus.find().runs == [(1, 90, 90 + length, 0)]


def test_lines_repeat_in_more_documents_the_shorter_they_are(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    lines = [run_of(draw, n) for n in (50, 20, 14, 11)]
    holders = [3, 9, 15, 30]
    documents = []
    for n in range(30):
        own = [line for line, most in zip(lines, holders, strict=True) if n < most]
        documents.append(("\n".join([run_of(draw, 140), *own, run_of(draw, 60)]), 100 - n))
    found = passages().add(*documents).find()
    # 200 units in all make a line a passage: 4 documents of 50 units, 10 of 20, 15 of 14; 11 units are too few
    assert {stop - first for _, first, stop, _ in found.runs} == {14}
    assert sorted(number for number, *_ in found.runs) == list(range(1, 15))


def test_refrains_of_one_document_stay(passages: Callable[..., Any], draw: random.Random) -> None:
    refrain = run_of(draw, 120)
    song = "\n".join([refrain, run_of(draw, 50), refrain, run_of(draw, 60), refrain])
    assert passages().add((song, 1), (run_of(draw, 300), 2)).find().runs == []


def test_of_documents_that_share_all_but_a_little_the_worse_go_whole(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    shared = run_of(draw, 110)
    excerpt, quoted, text = (run_of(draw, n) + shared for n in (20, 50, 200))
    found = passages().add((excerpt, 1), (quoted, 1), (text, 3)).find()
    assert found.lost == {0: 2}
    assert {number for number, *_ in found.runs} == {0, 1}


def test_a_line_that_others_lose_stays_in_the_best_of_its_documents(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    line, passage = run_of(draw, 20), run_of(draw, 200)
    others = [(f"{line}\n{run_of(draw, 60)}", 1) for _ in range(9)]
    found = passages().add((passage + run_of(draw, 90), 9), (f"{line}\n{passage}", 5), *others).find()
    assert found.lost == {}  # of 1 the line is left, which is cut from all others for its sake
    assert found.runs == [(1, 20, 220, 0), *((n, 0, 20, 1) for n in range(2, 11))]


def test_what_only_a_document_keeps_stays_with_it(passages: Callable[..., Any], draw: random.Random) -> None:
    head, short, own = run_of(draw, 60), run_of(draw, 90), run_of(draw, 120)
    long = head + run_of(draw, 2000)
    texts = [(own + long, 2), (long + run_of(draw, 500), 3), (short + long, 2)]
    assert passages().add(*texts).find().lost == {2: 1}
    quoted = (short + head + run_of(draw, 200), 1)
    found = passages("quoted").add(*texts, quoted).find()
    assert found.lost == {}
    assert (3, 0, 150, 2) in found.runs


def test_who_stays_for_a_lost_document_is_not_lost(passages: Callable[..., Any], draw: random.Random) -> None:
    a, b = run_of(draw, 150), run_of(draw, 110)
    corpus = passages().add((a + "។ " + run_of(draw, 200) + b, 9), (a + b, 5), (b + "ក", 1))
    assert corpus.find().lost == {1: 0, 2: 0}


def test_near_duplicates_neither_keep_nor_lose_passages(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    shared = run_of(draw, 150)
    texts = [(run_of(draw, 100) + shared, 3), (shared + run_of(draw, 90), 2), (shared + run_of(draw, 80), 1)]
    found = passages().add(*texts).find(gone=[0])
    assert found.runs == [(2, 0, 150, 1)]


def made(seed: int, n: int, pool: list[str]) -> list[tuple[str, int]]:
    draw = random.Random(seed)
    documents = []
    for _ in range(n):
        pieces = [run_of(draw, draw.randint(20, 120)) for _ in range(draw.randint(1, 3))]
        pieces += draw.sample(pool, draw.choice([0, 0, 1, 1, 2]))
        draw.shuffle(pieces)
        documents.append((draw.choice(["\n", "។ "]).join(pieces), draw.randint(0, 5)))
    return documents


def test_a_corpus_that_grows_is_as_one_made_at_once(
    passages: Callable[..., Any], draw: random.Random
) -> None:
    pool = [run_of(draw, n) for n in (12, 15, 30, 60, 101, 120, 200, 350)]
    shards = [made(seed, 25, pool) for seed in range(4)]
    gone: list[list[int]] = [[3, 7], [7, 12, 30], [7, 12, 20, 30, 55], [0, 12, 20, 30, 55, 61, 90]]
    grown = passages("grown")
    steps = []
    for shard, unkept in zip(shards, gone, strict=True):
        steps.append(grown.add(*shard).find(unkept, n_tasks=len(steps) + 1))
    for n, step in enumerate(steps, 1):
        whole = passages(f"whole-{n}")
        for shard in shards[:n]:
            whole.add(*shard)
        assert whole.find(gone[n - 1]).same_as(step)
    assert len(steps[-1].runs) > 20
    assert all(not a.same_as(b) for a, b in pairwise(steps))


@pytest.mark.parametrize("share_few", [0, 0.3, 1])
def test_whoever_comes_and_goes_the_keepers_are_those_of_the_corpus(
    passages: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, share_few: float
) -> None:
    monkeypatch.setattr(windows, "SHARE_FEW", share_few)
    draw = random.Random(7)
    pool = [run_of(draw, n) for n in (12, 15, 30, 60, 101, 120, 200)]
    shards = [made(seed, 8, pool) for seed in range(9)]
    grown, n_keepers = passages("grown"), set()
    for n in range(1, len(shards) + 1):
        gone = draw.sample(range(8 * n), draw.randint(0, 4 * n))
        step = grown.add(*shards[n - 1]).find(gone, n_tasks=draw.randint(1, 3))
        whole = passages(f"whole-{n}")
        for shard in shards[:n]:
            whole.add(*shard)
        assert whole.find(gone).same_as(step)
        n_keepers.add(len(step.keepers))
    assert len(n_keepers) > 5


def test_what_is_held_at_once_makes_no_difference(
    passages: Callable[..., Any], draw: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = [run_of(draw, n) for n in (12, 15, 30, 60, 101, 120, 200, 350)]
    shards, gone = [made(seed, 40, pool) for seed in range(3)], [[3, 7], [7, 12, 45], [7, 45, 80, 100]]

    def steps(name: str) -> list[Any]:
        corpus = passages(name)
        return [corpus.add(*shard).find(unkept) for shard, unkept in zip(shards, gone, strict=True)]

    together = steps("together")
    for module, limit in ((keepers, "PART_WINDOWS"), (spans, "TASK_DOCUMENTS"), (windows, "SHARE_FEW")):
        monkeypatch.setattr(module, limit, 1)
    monkeypatch.setattr(spans, "GROUP_UNITS", 1500)
    assert all(a.same_as(b) for a, b in zip(steps("apart"), together, strict=True))
    assert len(together[-1].runs) > 20


def test_hostile_texts(passages: Callable[..., Any]) -> None:
    same, unit = ("ក ខ គ " * 20_000, 3), ("ង" * 400_000, 2)
    corpus = passages().add(("", 1), ("។\n\n", 1), same, (same[0] + "ឃ", 2), unit, (unit[0] + "ច" * 50, 1))
    corpus.add(*[("\n".join(["ក" * 30, "ខ" * 30] * 500), 1)] * 40)
    found = corpus.find()
    assert {3: 2, 5: 4}.items() <= found.lost.items()
    assert set(range(7, 46)) <= set(found.lost)
