from __future__ import annotations

import json

import pytest

from corpus.errors import ConfigurationError
from train.config import Job, TrainConfig, check


def test_the_defaults_work():
    check(TrainConfig(run="x"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "huge"),
        ("schedule", "linear"),
        ("precision", "float16"),
        ("backend", "horovod"),
        ("steps", 0),
        ("steps", 50),  # fewer than warmup_steps
        ("sequence_length", -1),
        ("sequence_length", 72),  # no room for a prompt and a continuation
        ("batch_size", 17),  # not a multiple of ranks × micro_batch_size
        ("micro_batch_size", 0),
        ("ranks", 0),
        ("threads", 0),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("weight_decay", float("inf")),
        ("gradient_clip", float("nan")),
        ("temperature", float("inf")),
        ("beta1", float("nan")),
        ("final_learning_rate", 1.5),
        ("weight_decay", -0.1),
        ("gradient_clip", 0.0),
        ("temperature", 0.0),
        ("top_k", 0),
        ("keep_checkpoints", 0),
        ("seed", -1),
        ("beta2", 1.0),
        ("upweight", {2: 0.5}),
        ("upweight", {2: 101}),
        ("upweight", {2: float("nan")}),
        ("upweight", {0: 2}),
    ],
)
def test_an_impossible_value_is_refused_by_name(name, value):
    with pytest.raises(ConfigurationError, match=r"^\w+: got .*; expected ") as caught:
        check(TrainConfig(**{"run": "x", name: value}))
    assert name in str(caught.value)


def test_a_job_survives_json(tokenized, tmp_path):
    job = tokenized.job(tmp_path / "train", seed=9, upweight={2: 1.5, 20: 1.0})
    assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job
