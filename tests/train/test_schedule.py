from __future__ import annotations

from itertools import pairwise

import pytest

from train.config import TrainConfig
from train.schedule import learning_rate


def rates(schedule: str) -> list[float]:
    config = TrainConfig(
        run="x",
        steps=101,
        warmup_steps=10,
        learning_rate=1.0,
        final_learning_rate=0.1,
        schedule=schedule,
        decay_share=0.2,
    )
    return [learning_rate(config, step) for step in range(101)]


@pytest.mark.parametrize("schedule", ["cosine", "wsd"])
def test_rises_to_the_peak_and_ends_at_the_final_share(schedule):
    values = rates(schedule)
    assert values[:10] == pytest.approx([(n + 1) / 10 for n in range(10)])
    assert values[10] == pytest.approx(1.0)
    assert values[100] == pytest.approx(0.1)
    assert all(a >= b for a, b in pairwise(values[10:]))


def test_cosine_is_half_way_down_in_the_middle():
    assert rates("cosine")[55] == pytest.approx(0.55)


def test_wsd_is_constant_until_the_decay():
    values = rates("wsd")
    assert values[80] == pytest.approx(1.0)
    assert values[90] == pytest.approx(0.55)
