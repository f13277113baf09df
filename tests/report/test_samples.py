from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from typing import Any

import pytest

from report.records import RunRecord
from report.samples import draw, even_quota, packed, spread


def test_every_stratum_has_its_share(record: RunRecord) -> None:
    samples = draw(record, 20, 600)
    strata = Counter((sample["stage"], sample["source"], sample["reason"]) for sample in samples)
    assert len(samples) <= 20
    assert {stage for stage, _, _ in strata} == {"", "clean", "dedup"}
    assert {reason for _, _, reason in strata} == {"", "gambling", "near_duplicate", "not_khmer", "too_short"}


def test_the_same_samples_each_time(record: RunRecord) -> None:
    assert packed(draw(record, 20, 600)) == packed(draw(record, 20, 600))


def test_personal_data_of_dropped_texts_is_masked(record: RunRecord) -> None:
    text = next(sample["text"] for sample in draw(record, 100, 600) if sample["stage"] == "clean")
    assert "012 345 678" not in text
    assert "@" not in text
    assert "⟨phone⟩" in text


def test_a_text_whose_owner_opted_out_is_not_shown(new_run: Any) -> None:
    new_run.ingest(dropped_reason="opt_out")
    samples = draw(RunRecord.open(new_run.config), 100, 600)
    shown = {sample["reason"]: bool(sample["text"]) for sample in samples}
    assert shown == {"": True, "opt_out": False}


@pytest.mark.parametrize(
    ("sizes", "total", "quota"),
    [([5, 5], 10, 10), ([1, 100], 21, 20), ([3, 3, 3], 2, 0), ([], 10, 10), ([2], 10, 10)],
)
def test_even_quota(sizes: list[int], total: int, quota: int) -> None:
    strata = {("web", "clean", str(n)): size for n, size in enumerate(sizes)}
    assert even_quota(strata, total) == quota
    assert sum(min(size, quota) for size in sizes) <= total


def test_a_spread_takes_from_each_stratum_in_turn() -> None:
    samples = [
        {"stage": "clean", "source": "web", "reason": reason, "id": str(n)} for n, reason in enumerate("aaab")
    ]
    assert [sample["id"] for sample in spread(samples, 3)] == ["0", "3", "1"]
    assert spread([], 3) == []


def test_packed_samples_open_to_the_same() -> None:
    samples = [{"text": "ភាសាខ្មែរ", "score": None}]
    assert json.loads(gzip.decompress(base64.b64decode(packed(samples)))) == samples
