"""An epoch sees every document as often as its cluster says, in whatever pieces the stream is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ConfigurationError
from train.data import TokenStream, TrainingOrder, micro_batches
from train.upweight import (
    Documents,
    UpweightedStream,
    Weights,
    check_places,
    times_seen,
    training_stream,
)

OF_KHMER = {2: 2, 4: 3, 6: 2, 21: 3, 23: 2, 26: 1}  # FineWeb2, at most three times


@pytest.mark.parametrize(
    ("n_members", "times"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 2), (20, 2), (22, 3), (25, 2), (26, 1), (100_000, 1)],
)
def test_the_largest_key_that_a_cluster_reaches_decides(n_members, times):
    assert Weights(OF_KHMER).times_seen(np.array([n_members])).tolist() == [times]


@given(
    weight=st.decimals(1, 100, places=3).map(float),
    n_members=st.lists(st.sampled_from([1, 3, 9]), max_size=60),
    cut=st.integers(0, 60),
)
def test_documents_of_a_fractional_weight_are_seen_its_floor_or_one_more(weight, n_members, cut):
    members = np.array(n_members, np.int64)
    times = Weights({3: weight, 9: 1}).times_seen(members)
    of_weight = times[members == 3]
    assert int(of_weight.sum()) == len(of_weight) * round(weight * 1000) // 1000
    assert set(of_weight.tolist()) <= {int(weight), int(weight) + 1}
    assert set(times[members != 3].tolist()) <= {1}

    in_two = Weights({3: weight, 9: 1})
    parts = [in_two.times_seen(members[:cut]), in_two.times_seen(members[cut:])]
    assert np.concatenate(parts).tolist() == times.tolist()


class Numbered:
    """A stream whose ids are its positions."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def read(self, start: int, stop: int):
        return np.arange(start, min(stop, self.n)).astype(np.uint16)


def upweighted(n_tokens: list[int], times: list[int]) -> tuple[UpweightedStream, Documents]:
    """A stream of documents in two tables."""
    lengths = np.array(n_tokens, np.int64)
    whole = Documents(np.cumsum(lengths) - lengths, lengths, np.array(times, np.int64))
    parts = [Documents(*(column[part] for column in vars(whole).values())) for part in np.s_[:2, 2:]]
    return UpweightedStream(Numbered(int(lengths.sum())), iter(parts)), whole


DOCUMENTS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5)), min_size=1, max_size=12)


@given(DOCUMENTS, st.lists(st.integers(0, 600), max_size=6))
def test_every_token_is_read_as_often_as_its_document_is_seen(drawn, cuts):
    stream, whole = upweighted(*map(list, zip(*drawn, strict=True)))
    assert len(stream) == int((whole.n_tokens * whole.times).sum())
    ids = stream.read(0, len(stream) + 5).tolist()
    assert len(ids) == len(stream)
    seen = Counter(ids)
    of_token = np.repeat(whole.times, whole.n_tokens).tolist()
    assert [seen[token] for token in range(len(of_token))] == of_token

    edges = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    pieces = [stream.read(start, stop).tolist() for start, stop in pairwise(edges)]
    assert list(chain.from_iterable(pieces)) == ids


@given(DOCUMENTS)
def test_copies_stand_a_pass_apart(drawn):
    stream, whole = upweighted(*map(list, zip(*drawn, strict=True)))
    n_once = int(whole.n_tokens.sum())
    ids = stream.read(0, len(stream))
    assert ids[:n_once].tolist() == list(range(n_once))
    later, place = ids[n_once:], 0
    for times in range(2, int(whole.times.max()) + 1):
        n = int(whole.n_tokens[whole.times >= times].sum())
        here = later[place : place + n].tolist()
        assert len(set(here)) == n
        assert here == later[:n].tolist()
        place += n


def test_documents_are_whole_in_later_passes():
    stream, _ = upweighted([3, 2, 4, 1], [1, 2, 3, 2])
    assert stream.read(0, len(stream)).tolist() == [
        *range(10),  # pass 1
        *[5, 6, 7, 8, 3, 4, 9],  # pass 2, most often first
        *[5, 6, 7, 8],
    ]


def test_without_weights_above_one_nothing_changes(tokenized, tmp_path):
    plain = tokenized.job(tmp_path / "plain")
    assert isinstance(training_stream(plain), TokenStream)
    ones = training_stream(tokenized.job(tmp_path / "ones", upweight={2: 1.0}))
    n = len(TokenStream(plain.train))
    assert len(ones) == n
    assert ones.read(0, n).tolist() == TokenStream(plain.train).read(0, n).tolist()


def test_an_epoch_of_token_shards_sees_each_document_as_told(tokenized, tmp_path):
    job = tokenized.job(tmp_path / "train", upweight={2: 2.0, 5: 1.5, 20: 3.0})
    stream, corpus = training_stream(job), TokenStream(job.train)
    found = Counter(tuple(text) for text in split(stream.read(0, len(stream))))
    expected: Counter[tuple[int, ...]] = Counter()
    fives = 0
    for path, table in zip(job.train, job.train_places, strict=True):
        for row in pq.read_table(table).to_pylist():
            tokens = tuple(TokenStream([path]).read(row["start"], row["start"] + row["n_tokens"]).tolist())
            fives += row["n_members"] == 5
            expected[tokens] += {1: 1, 2: 2, 5: 1 + (fives % 2 == 0), 40: 3}[row["n_members"]]
    assert found == expected

    told = times_seen(job)
    assert [row["times"] for row in told] == [1, 2, 3]
    assert [row["documents"] for row in told] == [28 + 2, 4 + 2, 4]
    assert sum(row["tokens"] for row in told) == len(corpus)
    assert sum(row["times"] * row["tokens"] for row in told) == len(stream)


def split(ids) -> list[list[int]]:
    """The documents of a whole number of them: each ends with the end token."""
    ends = np.flatnonzero(ids == 2) + 1
    return [part.tolist() for part in np.split(ids, ends)[:-1]]


@pytest.mark.parametrize("step", [0, 5, 40])
def test_the_batch_is_the_same_for_any_world(tokenized, tmp_path, step):
    job = tokenized.job(tmp_path / "train", upweight=OF_KHMER)
    order = TrainingOrder(training_stream(job), sequence_length=16, batch_size=8, seed=3)
    whole, _ = order.rows(step, slice(None))
    again = TrainingOrder(training_stream(job), sequence_length=16, batch_size=8, seed=3)
    for world in (1, 2, 4):
        taken = [rows for rank in range(world) for rows in micro_batches(8, 2, rank, world)]
        rows = sorted(taken, key=lambda rows: rows.start)
        assert np.array_equal(np.concatenate([again.rows(step, r)[0] for r in rows]), whole)


def test_an_epochs_chunks_hold_the_whole_upweighted_stream(tokenized, tmp_path):
    stream = training_stream(tokenized.job(tmp_path / "train", upweight=OF_KHMER))
    order = TrainingOrder(stream, sequence_length=16, batch_size=1, seed=3)
    inputs = [order.rows(step, slice(None))[0][0] for step in range(order.n_chunks)]
    expected = Counter(stream.read(0, order.n_chunks * 16).tolist())
    assert Counter(np.concatenate(inputs).tolist()) == expected


def test_token_shards_that_tell_no_clusters_are_refused(own_run, tmp_path):
    job = own_run.job(tmp_path / "train")
    table = pq.read_table(job.train_places[1]).drop_columns("n_members")
    pq.write_table(table, job.train_places[1])
    check_places(job)
    upweighted = replace(job, config=own_run.config(upweight={2: 2.0}))
    with pytest.raises(ConfigurationError, match=r"00001\.parquet: no column 'n_members'.* Try: make token"):
        check_places(upweighted)
