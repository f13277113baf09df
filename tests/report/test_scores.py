from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report import scores
from report.records import RunRecord


def histogram(values: list[float | None], **rule: float) -> dict[str, Any]:
    column = pa.chunked_array([values], pa.float64())
    rules = [{"score": "s", "reason": "bad", "above": None, "below": None, **rule}] if rule else []
    found = scores._histogram("s", column, rules)
    assert found is not None
    return found


numbers = st.floats(-1e6, 1e6, allow_nan=False)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.one_of(st.none(), numbers), min_size=1).filter(lambda v: any(x is not None for x in v)),
    numbers,
)
def test_every_document_is_in_one_bin_on_the_right_side(values: list[float | None], threshold: float) -> None:
    known = [value for value in values if value is not None]
    row = histogram(values, above=threshold)
    assert sum(row["dropped"]) == sum(value > threshold for value in known)
    assert sum(row["kept"]) == sum(value <= threshold for value in known)
    assert row["unknown"] == len(values) - len(known)
    assert row["edges"] == sorted(row["edges"])


def test_the_range_goes_beyond_the_threshold() -> None:
    row = histogram([0.1, 0.2, 0.3], above=1.0)
    assert row["edges"][0] == pytest.approx(0.1, abs=0.01)
    assert 1.0 in row["edges"]
    assert row["edges"][-1] > 1.0


def test_a_range_does_not_begin_below_the_least_score() -> None:
    assert histogram([0, 0, 1], above=0)["edges"][0] == 0


def test_what_a_rule_drops_has_a_bin_of_its_own_however_near_the_end_it_is() -> None:
    row = histogram([*range(0, 4000, 10)], below=20)
    assert row["edges"][:2] == [0, 20]
    assert (row["kept"][0], row["dropped"][0], sum(row["dropped"])) == (0, 2, 2)


def test_equal_scores_have_a_histogram() -> None:
    row = histogram([2.0, 2.0])
    assert sum(row["kept"]) == 2
    assert np.ptp(row["edges"]) > 0


def test_a_score_that_no_document_has_is_left_out() -> None:
    assert scores._histogram("s", pa.chunked_array([[None, None]], pa.float64()), []) is None


def test_deciding_scores_come_first_and_counts_of_work_are_no_scores(new_run: Any) -> None:
    new_run.clean(new_run.ingest())
    rows = scores.histograms(RunRecord.open(new_run.config))
    assert [(row["score"], row["family"]) for row in rows] == [
        ("khmer_khmer_share", "khmer"),
        ("contamination_share", "contamination"),
        ("page_legacy_chars", "page"),
        ("gopher_clusters", "gopher"),
        ("page_host_share", "page"),
        ("page_confidence", "page"),
    ]


def test_the_same_histograms_however_many_columns_are_read_at_once(
    record: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = scores.histograms(record)
    monkeypatch.setattr(scores, "VALUES_TOGETHER", 1)
    assert scores.histograms(record) == together


def test_a_rule_on_each_side() -> None:
    column = pa.chunked_array([[0.0, 1.0, 2.0, 3.0, 4.0]])
    low = {"score": "s", "reason": "bad", "above": None, "below": 1.0}
    row = scores._histogram("s", column, [low, {**low, "above": 3.0, "below": None}])
    assert row is not None
    assert (sum(row["dropped"]), sum(row["kept"])) == (2, 3)
    both = scores._histogram("s", column, [{**low, "below": 3.5}, {**low, "above": 0.5, "below": None}])
    assert both is not None
    assert (sum(both["dropped"]), sum(both["kept"])) == (5, 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(numbers, min_size=1), st.floats(0, 1))
def test_a_quantile_is_that_of_numpy(values: list[float], share: float) -> None:
    ordered = np.sort(np.array(values))
    assert scores._quantile(ordered, share) == pytest.approx(np.quantile(ordered, share), rel=1e-9, abs=1e-9)
