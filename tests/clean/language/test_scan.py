"""Scripts and pairs counted in one scan."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.language.scan import Scan, pair_fit_of, scan
from khmer.clusters import counts
from khmer.normalize import normalize_text


def scanned(*texts: str) -> Scan:
    return scan(pa.array(texts, pa.large_string()))


@pytest.mark.parametrize(
    ("text", "counted"),  # lines, Khmer lines, mixed lines, letters, letters in other lines, switches
    [
        ("ភាសាខ្មែរ", (1, 1, 0, 9, 0, 0)),
        ("ភាសា\nspeech", (2, 1, 0, 10, 6, 0)),
        ("ភាសា speech ភាសា", (1, 1, 1, 14, 0, 2)),
        ("ក speech", (1, 0, 1, 7, 7, 1)),
        ("ខ្មែរ ไทย ລາວ Lao", (1, 0, 1, 14, 14, 2)),  # Thai and Lao are both other scripts
        ("១២៣ ... \n\n 45", (0, 0, 0, 0, 0, 0)),
        ("ก\u200c\u200cข", (1, 0, 0, 2, 2, 0)),
        ("", (0, 0, 0, 0, 0, 0)),
        ("a\u2028ខ\r\nc", (3, 1, 0, 3, 2, 0)),
    ],
)
def test_lines_letters_switches(text: str, counted: tuple[int, ...]) -> None:
    assert tuple(column[0] for column in scanned(text)[:6]) == counted


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("កខគ", 2),
        ("ក ខ  គ", 2),
        ("ក។ខ", 0),
        ("ក\nខ", 0),
        ("ក a ខ", 0),
        ("ក១ខ", 0),
        ("ក្រិកា", 1),
        ("្កាខ", 0),
        ("ក", 0),
    ],
)
def test_pairs_are_clusters_with_nothing_but_blanks_between(text: str, pairs: int) -> None:
    assert scanned(text).n_pairs.tolist() == [pairs]


def test_a_batch_is_its_texts() -> None:
    texts = ["ភាសាខ្មែរ", "", "x ខ\nសាលារៀន", "\ufffd\u17d2\u17b6"]
    together = scanned(*texts)
    for n, text in enumerate(texts):
        assert [column[n] for column in together] == [column[0] for column in scanned(text)]


@given(st.text(st.sampled_from("កខ្រាិុំ៉។១a1 \n\u200cไ\U0001f600"), max_size=60))
def test_clusters_and_letters_are_those_of_the_other_scan(text: str) -> None:
    # Units skip ZWNJ, counts end a cluster at one behind a coeng; normalisation deletes it.
    canonical = normalize_text(text)
    found, other = scanned(canonical), counts(pa.array([canonical]))
    assert found.n_clusters.tolist() == other.n_clusters.tolist()
    letters = other.n_khmer + other.n_latin + other.n_other_letters
    assert found.n_letters.tolist() == letters.tolist()
    assert found.n_pairs[0] <= max(found.n_clusters[0] - 1, 0)


@given(st.text(max_size=80))
def test_any_text_is_scanned(text: str) -> None:
    found = scanned(text)
    assert (
        found.n_khmer_lines[0] <= found.n_lines[0] <= len(re.split(r"[\n\r\x0b\x0c\x85\u2028\u2029]", text))
    )
    assert found.n_switches[0] <= max(found.n_letters[0] - 1, 0)


def test_few_pairs_tell_nothing() -> None:
    few, many = pair_fit_of(scanned("ភាសាខ្មែរ", "ភាសាខ្មែរជាភាសាជាតិនៃព្រះរាជាណាចក្រកម្ពុជា"))
    assert np.isnan(few)
    assert many > 8
