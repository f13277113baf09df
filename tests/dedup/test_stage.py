"""The whole stage on planted copies, held against truth by brute force over Python sets."""

from __future__ import annotations

import io
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard

from corpus.errors import StageError
from dedup import components, trees
from khmer.clusters import unit_hashes
from tests.dedup.conftest import article, planted, sentence
from tests.killing import contents

HOUSE = Path(__file__).resolve().parents[2]

UNIT = re.compile(r"[0-9០-៩]+|[a-zA-Z]+|[ក-អឥ-ឳ](?:្[ក-អឥ-ឳ]|[ា-៑៓៝])*|[^\W_ៗ]")


def runs(text: str, width: int) -> set[tuple[str, ...]]:
    units = UNIT.findall(text.lower())
    return {tuple(units[i : i + width]) for i in range(len(units) - width + 1)}


def shingles(text: str) -> set[tuple[str, ...]]:
    return runs(text, 5)


def jaccard(a: set[Any], b: set[Any]) -> float:
    n_common = len(a & b)
    return n_common / (len(a) + len(b) - n_common)


@pytest.fixture(scope="module")
def shards() -> list[list[dict[str, Any]]]:
    rows = planted()
    return [rows[i : i + 200] for i in range(0, len(rows), 200)]


@pytest.fixture(scope="module")
def whole(deduplicate: Callable[..., Any], shards: list[Any]) -> Any:
    return deduplicate(*shards)


def test_planted_copies_go_and_nothing_else(whole: Any, shards: list[Any]) -> None:
    texts = {row["id"]: row["text"] for rows in shards for row in rows}
    kept, dropped = whole.kept, whole.dropped
    assert kept | set(dropped) == set(texts)
    assert not kept & set(dropped)
    in_kept = set().union(*(runs(texts[one], 100) for one in kept))
    shares = {one for one in dropped if runs(texts[one], 100) & in_kept}
    for member, (reason, score, evidence) in dropped.items():
        assert evidence in kept
        if reason == "near_duplicate":
            assert score == pytest.approx(
                jaccard(shingles(texts[member]), shingles(texts[evidence])), abs=1e-6
            )
            assert jaccard(shingles(texts[member]), shingles(texts[evidence])) >= 0.8
        elif reason == "exact_duplicate":
            assert UNIT.findall(texts[member]) == UNIT.findall(texts[evidence])
        else:
            assert (reason, score) == ("repeated_passages", None)
            assert member in shares or any(
                jaccard(shingles(texts[member]), shingles(texts[one])) >= 0.8 for one in shares
            ), "it was kept for by one that went for its passages"
    long = {i: shingles(text) for i, text in texts.items() if len(UNIT.findall(text)) >= 30}
    alike = [(a, b) for a, b in combinations(long, 2) if jaccard(long[a], long[b]) >= 0.8]
    missed = [pair for pair in alike if kept.issuperset(pair)]
    assert len(alike) > 1000
    assert len(missed) <= 0.001 * len(alike)
    notices = [i for i in long if texts[i].startswith("សេចក្តីជូនដំណឹង")]
    assert kept.issuperset(notices)


def unit_runs(texts: list[str]) -> list[set[tuple[int, ...]]]:
    offsets, hashes = unit_hashes(pa.array(texts, pa.large_string()))
    units = [hashes[a:b].tolist() for a, b in pairwise(offsets)]
    return [{tuple(u[i : i + 5]) for i in range(len(u) - 4)} for u in units]


def alike_pairs(sets: list[set[tuple[int, ...]]]) -> list[tuple[int, int]]:
    """All pairs of similarity 0.8: in any common order they share one of their first n - ⌈0.8n⌉ + 1 elements."""
    rarity = Counter(run for runs in sets for run in runs)
    holders: dict[tuple[int, ...], list[int]] = {}
    pairs: set[tuple[int, int]] = set()
    for i, runs in enumerate(sets):
        rarest = sorted(runs, key=lambda run: (rarity[run], run))
        for run in rarest[: len(runs) - math.ceil(0.8 * len(runs)) + 1]:
            pairs.update((j, i) for j in holders.setdefault(run, []))
            holders[run].append(i)
    return [(i, j) for i, j in sorted(pairs) if jaccard(sets[i], sets[j]) >= 0.8]


@pytest.mark.realdata
def test_real_news_articles_by_brute_force(
    deduplicate: Callable[..., Any], make_document: Callable[..., dict[str, Any]], real_data: Path
) -> None:
    packed = (real_data / "corpus" / "news_phylypo.jsonl.zst").open("rb")
    with io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    done = deduplicate([make_document(i, text) for i, text in enumerate(texts)])
    sets = unit_runs(texts)
    alike = alike_pairs(sets)
    kept = {int(i, 16) for i in done.kept}
    assert len(alike) > 80
    assert [pair for pair in alike if kept.issuperset(pair)] == []
    for member, (reason, score, evidence) in done.dropped.items():
        if reason == "near_duplicate":
            true = jaccard(sets[int(member, 16)], sets[int(evidence, 16)])
            assert score == pytest.approx(true, abs=1e-6)
            assert true >= 0.8


def test_the_clusters_name_every_copy_and_its_keeper(whole: Any) -> None:
    rows = whole.rows("clusters")
    fates = {row["member"]: (row["reason"], row["jaccard"], row["kept"]) for row in rows if row["reason"]}
    assert fates == whole.dropped
    keepers = {row["member"] for row in rows if not row["reason"]}
    assert keepers == {row["kept"] for row in rows}
    assert keepers <= whole.kept
    cluster_of = {row["member"]: row["cluster"] for row in rows}
    assert all(row["cluster"] == cluster_of[row["kept"]] for row in rows)


def test_two_workers_give_the_same_bytes(deduplicate: Callable[..., Any], shards: list[Any]) -> None:
    few = [shard[:60] for shard in shards[:2]]
    assert contents(deduplicate(*few, workers=2).folder) == contents(deduplicate(*few).folder)


def test_many_groups_give_the_same_documents(
    whole: Any, deduplicate: Callable[..., Any], shards: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, "GROUP_UNITS", 5000)
    many = deduplicate(*shards)
    assert len(list((many.folder / "receipts" / "verify").iterdir())) > 5
    assert (many.kept, many.dropped) == (whole.kept, whole.dropped)


def test_killed_in_two_phases_the_same_command_gives_the_same_bytes(
    whole: Any, clean_stage: Callable[..., None], shards: list[Any], tmp_path: Path
) -> None:
    clean_stage(tmp_path, shards)
    folder = tmp_path / "t" / "dedup"
    command = [sys.executable, "-m", "dedup", "run=t", f"runs={tmp_path}", "workers=1"]
    n_unfinished = 0
    for phase in ("bands", "apply"):
        process = subprocess.Popen(command, cwd=HOUSE, start_new_session=True, stdout=subprocess.DEVNULL)
        while not (folder / "receipts" / phase).exists() and process.poll() is None:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        n_unfinished += not (folder / "manifest.json").exists()
    assert n_unfinished > 0
    subprocess.run(command, cwd=HOUSE, check=True, capture_output=True)
    assert contents(folder) == contents(whole.folder)


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_and_one(
    deduplicate: Callable[..., Any], make_document: Callable[..., dict[str, Any]], n: int
) -> None:
    done = deduplicate([make_document(i, "ទន្លេសាបមានត្រីច្រើន") for i in range(n)])
    assert len(done.kept) == n
    assert done.dropped == {}
    assert done.rows("clusters") == []


def test_no_shards(deduplicate: Callable[..., Any]) -> None:
    assert deduplicate().kept == set()


@pytest.mark.parametrize("punctuation", ["", " !"], ids=["same text", "same units"])
def test_a_bucket_too_hot_for_all_its_pairs(
    deduplicate: Callable[..., Any], make_document: Callable[..., dict[str, Any]], punctuation: str
) -> None:
    text, n = article(random.Random(1)), trees.HOT + 500
    done = deduplicate([make_document(i, text + punctuation * i) for i in range(n)], most_lost=1.0)
    assert len(done.kept) == 1
    assert {kept for _, _, kept in done.dropped.values()} == done.kept
    assert done.manifest.facts["exact_comparisons"] <= n


def test_a_boilerplate_family_does_not_grow_quadratically(
    deduplicate: Callable[..., Any], make_document: Callable[..., dict[str, Any]]
) -> None:
    draw = random.Random(2)
    frame = "".join(sentence(draw) for _ in range(12))
    n = 600
    done = deduplicate(
        [make_document(i, frame + "".join(sentence(draw) for _ in range(5))) for i in range(n)]
    )
    assert done.manifest.facts["largest_component"] > 100
    assert done.manifest.facts["exact_comparisons"] <= 64 * n


def test_a_source_that_would_be_wiped_out_stops_the_run(
    deduplicate: Callable[..., Any], make_document: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    draw = random.Random(3)
    texts = [article(draw) for _ in range(20)]
    rows = [make_document(i, text, licence="CC0-1.0") for i, text in enumerate(texts)]
    rows += [make_document(100 + i, text, source="mirror", licence="none") for i, text in enumerate(texts)]
    with pytest.raises(StageError, match=r"'mirror' would lose 20 of its 20 .*allow_loss=\['mirror'\]"):
        deduplicate(rows, runs=tmp_path, most_lost_documents=10)
    done = deduplicate(rows, runs=tmp_path, most_lost_documents=10, allow_loss=["mirror"])
    assert len(done.dropped) == 20
