"""The order of the data is a function of the seed and the step, whoever asks; foreign shards are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corpus.errors import ConfigurationError
from train.data import TokenStream, TrainingOrder, check_data, micro_batches, permutation


@pytest.fixture
def stream(tmp_path) -> TokenStream:
    sizes, paths, start = [100, 0, 37, 300], [], 60_000
    for n, size in enumerate(sizes):
        paths.append(str(tmp_path / f"part-{n}.bin"))
        np.arange(start, start + size).astype("<u2").tofile(paths[-1])
        start += size
    return TokenStream(paths)


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 437), (0, 1), (95, 105), (99, 138), (100, 137), (430, 437), (5, 5)]
)
def test_a_stream_reads_across_files(stream, start, stop):
    assert len(stream) == 437
    assert stream.read(start, stop).tolist() == list(range(60_000 + start, 60_000 + stop))


@pytest.mark.parametrize("step", [0, 3, 7, 1000])
def test_the_batch_is_the_same_for_any_world(stream, step):
    order = TrainingOrder(stream, sequence_length=16, batch_size=8, seed=3)
    whole, targets = order.rows(step, slice(None))
    assert whole.shape == targets.shape == (8, 16)
    assert np.array_equal(whole[:, 1:], targets[:, :-1])
    for world in (1, 2, 4):
        for size in (1, 2):
            taken = [rows for rank in range(world) for rows in micro_batches(8, size, rank, world)]
            rows = sorted(taken, key=lambda rows: rows.start)
            assert np.array_equal(np.concatenate([order.rows(step, r)[0] for r in rows]), whole)


def epoch(order: TrainingOrder, number: int) -> list[int]:
    """The chunks of an epoch of three steps."""
    return [chunk for step in range(3 * number, 3 * number + 3) for chunk in order.samples(step)]


def test_an_epoch_takes_every_chunk_once_and_the_next_in_another_order(stream):
    order = TrainingOrder(stream, sequence_length=16, batch_size=9, seed=3)
    assert order.n_chunks == 27
    first, second = epoch(order, 0), epoch(order, 1)
    assert sorted(first) == sorted(second) == list(range(27))
    assert first != second
    assert first != epoch(replace(order, seed=4), 0)


def test_a_batch_may_span_epochs(stream):
    order = TrainingOrder(stream, sequence_length=100, batch_size=10, seed=0)
    assert order.n_chunks == 4
    numbers = order.samples(0)
    assert sorted(numbers[:4]) == sorted(numbers[4:8]) == [0, 1, 2, 3]


def test_permutations_never_change():
    assert permutation(1, 0, 8).tolist() == [5, 3, 7, 2, 4, 1, 0, 6]


def test_a_changed_tokenizer_is_refused_by_both_hashes(own_run, tmp_path):
    job = own_run.job(tmp_path / "train")
    check_data(job)
    model = own_run.tokenizer / "sastra.model"
    model.write_bytes(model.read_bytes() + b"\n")
    with pytest.raises(ConfigurationError) as caught:
        check_data(job)
    assert str(model) in str(caught.value)
    assert job.tokenizer.sha256 in str(caught.value)


def test_too_little_text_and_too_many_pieces_are_refused(tokenized, tmp_path):
    job = tokenized.job(tmp_path / "train")
    with pytest.raises(
        ConfigurationError,
        match=r"tokens/train: train tokens: got .* sequence_length=100000\. Try: a smaller",
    ):
        check_data(replace(job, config=tokenized.config(sequence_length=100_000)))
    with pytest.raises(
        ConfigurationError, match=r"tokens/validation: validation tokens: got 0; .* Try: make tokenizer"
    ):
        check_data(replace(job, validation=[]))
    with pytest.raises(ConfigurationError, match="65537 pieces"):
        check_data(replace(job, tokenizer=replace(job.tokenizer, vocabulary=65_537)))
