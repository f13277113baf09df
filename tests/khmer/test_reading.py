"""One scan, held against the scans that do a part of it each, and against plain Python."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khmer.clusters import counts, counts_of, read, split_clusters, unit_hashes, units_of
from khmer.reading import IS_CLUSTER, JOINED, NEW_LINE, TOUCHING, Reading

TEXTS = st.lists(
    st.text(st.sampled_from("កខរ្ាិំ៉។១៝aB1é中 \t\n,.\u200c\u200bไ\U0001f600"), max_size=40), max_size=5
)


def reading(*texts: str) -> Reading:
    return read(pa.array(texts, pa.large_string()))


@settings(deadline=None)
@given(TEXTS)
def test_counts_and_units_are_those_of_the_other_scans(texts: list[str]) -> None:
    column = pa.array(texts, pa.large_string())
    found = read(column)
    for ours, theirs in itertools.chain(
        zip(counts_of(found.counts), counts(column), strict=True),
        zip(units_of(found), unit_hashes(column), strict=True),
    ):
        assert ours.tolist() == theirs.tolist()


def signs_of(text: str) -> list[tuple[str, int, str]]:
    """Each character that is no Khmer letter or mark, the letters before it and the last of them."""
    found, letters = [], ""
    for character in f"{text}\n":
        if "\u1780" <= character <= "\u17b3" or "\u17b6" <= character <= "\u17d3" or character == "\u17dd":
            letters += character
        else:
            found.append((character, len(letters), letters[-1:]))
            letters = ""
    return found


@settings(deadline=None)
@given(TEXTS)
def test_signs_and_the_letters_before_them_are_the_text(texts: list[str]) -> None:
    signs = reading(*texts).signs
    for n, text in enumerate(texts):
        rows = slice(*signs.offsets[n : n + 2])
        columns = (column[rows].tolist() for column in (signs.codes, signs.n_letters, signs.letters))
        expected = signs_of(text)
        for (code, n_letters, letter), (character, length, last) in zip(
            zip(*columns, strict=True), expected, strict=True
        ):
            assert (chr(code), n_letters) == (character, length)
            assert not last or chr(0x1780 + letter) == last


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("កខ គ", [NEW_LINE, JOINED | TOUCHING, JOINED]),
        ("ក។ខ", [NEW_LINE, 0]),
        ("ក a ខ", [NEW_LINE, None, 0]),
        ("ក១ខ", [NEW_LINE, None, 0]),
        ("ក\n\nខគ", [NEW_LINE, NEW_LINE, JOINED | TOUCHING]),
        ("- ក\n * ខ", [NEW_LINE, NEW_LINE]),
        ("ក្រិ\u200cកា", [NEW_LINE, JOINED | TOUCHING]),
        ("្កាខ", [None, NEW_LINE]),
        ("", []),
    ],
)
def test_links(text: str, links: list[int | None]) -> None:
    found = reading("ខ", text, "ក")
    units = slice(*found.unit_offsets[1:3])
    assert found.links[units].tolist() == [0 if link is None else IS_CLUSTER | link for link in links]


@settings(deadline=None)
@given(TEXTS)
def test_clusters_are_marked(texts: list[str]) -> None:
    found = reading(*(text.replace("\u200c", "") for text in texts))
    for n, text in enumerate(texts):
        links = found.links[slice(*found.unit_offsets[n : n + 2])]
        assert np.count_nonzero(links & IS_CLUSTER) == len(split_clusters(text.replace("\u200c", "")))
