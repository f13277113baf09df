"""Dictionary words of a column, held against ICU's boundaries in one text at a time."""

from __future__ import annotations

import itertools
from pathlib import Path

import icu
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khmer import words as module
from khmer.kernels import Class
from khmer.tables import class_table
from khmer.words import icu_version, split_words, words

PIECES = st.sampled_from(
    [
        "ក",
        "្",
        "ខ",
        "ា",
        "ិ",
        "ៗ",
        "។",
        "សាលារៀន",
        "បាន",
        "5",
        "១",
        " ",
        "\n",
        "a",
        "Z",
        "é",
        "🙂",
        "中",
        "\u200c",
        "-",
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=25).map("".join), max_size=5)


def by_hand(text: str) -> tuple[list[str], int]:
    """Words and the number of numbers."""
    breaks = icu.BreakIterator.createWordInstance(icu.Locale("km"))
    breaks.setText(text)
    units = list(itertools.chain.from_iterable([c, ""] if ord(c) > 0xFFFF else [c] for c in text))
    found: list[str] = []
    for start, end in itertools.pairwise([0, *breaks]):
        token = "".join(units[start:end])
        kinds = [class_table()[ord(c)] for c in token]
        cuts = [
            n
            for n, (a, b) in enumerate(itertools.pairwise(kinds), start=1)
            if (a == Class.DIGIT and b >= Class.BASE) or (a >= Class.BASE and b == Class.DIGIT)
        ]
        found += [token[a:b] for a, b in itertools.pairwise([0, *cuts, len(token)])]
    kinds = [class_table()[ord(token[0])] for token in found if token]
    letters = {Class.LATIN, Class.LETTER, *range(Class.BASE, Class.FINAL + 1)} - {Class.ZWNJ}
    named = [token for token, kind in zip(filter(None, found), kinds, strict=True) if kind in letters]
    return named, kinds.count(Class.DIGIT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("សាលារៀនបានបើកទ្វារ។", ["សាលារៀន", "បាន", "បើកទ្វារ"]),
        ("ផ្សេងៗគ្នា", ["ផ្សេង", "គ្នា"]),
        ("តម្លៃ5000រៀល ១២៣", ["តម្លៃ", "រៀល"]),
        ("3G don't 🙂 «ទៅ»", ["don't", "ទៅ"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert split_words(text) == expected


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_a_column_has_the_words_of_its_texts(texts: list[str]) -> None:
    found = words(pa.array(texts, pa.large_string()))
    references = [by_hand(text) for text in texts]
    assert found.n_numbers.tolist() == [n for _, n in references]
    for text, (first, end), (named, _) in zip(
        texts, itertools.pairwise(found.offsets.tolist()), references, strict=True
    ):
        spans = found.spans[first:end].tolist()
        assert [text.encode()[a:b].decode() for a, b in spans] == named
        assert found.n_chars[first:end].tolist() == [len(word) for word in named]


def test_batches_nulls_and_slices_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    column = pa.array(["ក", "ទៅសាលារៀន", None, "", "5000រៀល", "បាន"] * 3, pa.large_string())
    whole = words(column)
    assert whole.offsets.tolist()[:7] == [0, 1, 3, 3, 3, 4, 5]
    monkeypatch.setattr(module, "_BATCH_BYTES", 40)
    for one, other in zip(whole, words(column), strict=True):
        assert one.tolist() == other.tolist()
    part = words(column.slice(4, 3))
    assert (part.offsets.tolist(), part.n_numbers.tolist()) == ([0, 1, 2, 3], [1, 0, 0])


def test_the_version_of_the_dictionary_is_told() -> None:
    assert icu_version() == icu.ICU_VERSION
    pins = (Path(__file__).resolve().parents[2] / "constraints.txt").read_text(encoding="utf-8").split()
    [pinned] = [pin.partition("==")[2] for pin in pins if pin.startswith("icukit-pyicu==")]
    assert icu_version().split(".")[0] == pinned.split(".")[0]
