"""The units that are cut are the units that are hashed."""

from __future__ import annotations

import re
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khmer.clusters import unit_hashes
from khmer.unit_spans import unit_spans

TEXTS = st.lists(
    st.text(st.sampled_from("កខរ្ាិំ៉។១៝aB1é中 \t\n,.\u200c\u200bไ\U0001f600"), max_size=40), max_size=5
)


def column(texts: list[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())


def split(text: str) -> list[str]:
    data = text.encode()
    return [data[start:end].decode() for start, end in unit_spans(column([text])).spans.tolist()]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("", []),
        (" \n។ — ", []),
        ("ខ្មែរ", ["ខ្មែ", "រ"]),
        ("ថ្ងៃទី ២៥ ខែ12។", ["ថ្ងៃ", "ទី", "២៥", "ខែ", "12"]),
        ("Khmer ខ្ញុំ!", ["Khmer", "ខ្ញុំ"]),
        ("សួស្តី😀日本", ["សួ", "ស្តី", "😀", "日", "本"]),
        ("ក\u200c្ខ\u200c ក", ["ក\u200c្ខ", "ក"]),
    ],
)
def test_spans_hold_the_units(text: str, units: list[str]) -> None:
    assert split(text) == units


@settings(deadline=None)
@given(TEXTS)
def test_each_span_is_the_unit_that_is_hashed(texts: list[str]) -> None:
    offsets, hashes = unit_hashes(column(texts))
    found = unit_spans(column(texts))
    assert found.offsets.tolist() == offsets.tolist()
    for text, (first, last) in zip(texts, pairwise(offsets.tolist()), strict=True):
        data = text.encode()
        spans = found.spans[first:last].tolist()
        pieces = [data[start:end].decode() for start, end in spans]
        assert unit_hashes(column(pieces)).hashes.tolist() == hashes[first:last].tolist()
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        between = [data[a[1] : b[0]].decode() for a, b in pairwise([[0, 0], *spans, [len(data), 0]])]
        assert not re.search(r"[\u1780-\u17b3\u17b6-\u17d3\u17e0-\u17e9a-zA-Z0-9é中ไ]", "".join(between))


def test_a_slice_of_a_column_counts_from_its_own_texts() -> None:
    texts = column(["ក្រៅ", "ខ្មែរ ១", "", "ល្អ"])
    assert (
        unit_spans(texts.slice(1)).spans.tolist() == unit_spans(column(texts.to_pylist()[1:])).spans.tolist()
    )
