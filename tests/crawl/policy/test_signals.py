from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.policy.signals import EVIDENCE_CHARS, allows_training, refused_usage, reservation, signal


@pytest.mark.parametrize(
    ("stated", "refused", "is_granted"),
    [
        ("ai-train=no", "ai-train=no", False),
        ("search=yes , AI-Train = No", "ai-train=no", False),
        ("train-ai=n;x=y", "train-ai=n", False),
        ("train-ai=n, train-ai=y", "", True),
        ("train-ai=y, bots=n", "", True),
        ("bots=n", "bots=n", False),
        ("ai-train=yes", "", True),
        ("search=no", "", False),
        ("ai-train", "", False),
        ("", "", False),
    ],
)
def test_usages(stated, refused, is_granted):
    assert (refused_usage(stated), allows_training(stated)) == (refused, is_granted)


@given(st.text(max_size=60))
def test_nothing_is_both_refused_and_granted_for_training(stated):
    assert not (refused_usage(stated) and any(f"{x}=y" in stated for x in ("ai-train", "train-ai")))


@pytest.mark.parametrize(
    ("value", "stated"), [(" 1 ", "1"), ("0", "0"), ("True", "1"), ("2", ""), ("no", ""), ("", "")]
)
def test_reservations(value, stated):
    assert reservation(value) == stated


@given(st.text())
def test_evidence_is_short_and_on_one_line(text):
    evidence = signal("x", text).evidence
    assert len(evidence) <= EVIDENCE_CHARS
    assert "\n" not in evidence
