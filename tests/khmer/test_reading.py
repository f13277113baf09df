"""One scan, held against the scans that do a part of it each, and against plain Python."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khmer.buffers import Utf8, utf8
from khmer.clusters import (
    LINE,
    NUMBER,
    checked_utf8,
    counts,
    counts_of,
    flagged_units,
    read,
    split_clusters,
    unit_hashes,
    units_of,
)
from khmer.reading import IS_CLUSTER, JOINED, NEW_LINE, TOUCHING, Reading, are_utf8

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


@settings(deadline=None)
@given(TEXTS)
def test_flagged_units_are_the_units(texts: list[str]) -> None:
    column = pa.array(texts, pa.large_string())
    flagged, hashed = flagged_units(column), unit_hashes(column)
    assert flagged.offsets.tolist() == hashed.offsets.tolist()
    plain = (flagged.units & ~np.uint32(LINE)).tolist()
    pairs = {*zip(plain, hashed.hashes.tolist(), strict=True)}
    assert len(pairs) == len({*plain}) == len({*hashed.hashes.tolist()})


def test_units_do_not_depend_on_how_many_stand_before_them() -> None:
    generator = random.Random(1)
    lines = ["".join(generator.choices("កខ្ាំ៉ ១aé中", k=generator.randint(1, 3000))) for _ in range(30)]
    together, apart = (flagged_units(pa.array(texts)).units for texts in (["\n".join(lines)], lines))
    assert together.tolist() == apart.tolist()
    hashes = unit_hashes(pa.array(lines)).hashes.tolist()
    pairs = {*zip((apart & ~np.uint32(LINE)).tolist(), hashes, strict=True)}
    assert len(pairs) == len({*hashes}) > 500
    long = pa.array([separator.join(["១" * 5000, "ក" * 5000, "a" * 5000]) for separator in ("", "\n")])
    offsets, units = flagged_units(long)
    assert np.flatnonzero(units & LINE).tolist() == [0, *(offsets[1] + np.array([0, 1, 5001]))]
    assert np.flatnonzero(units & NUMBER).tolist() == offsets[:2].tolist()


@pytest.mark.parametrize(
    ("text", "numbers", "lines"),
    [
        ("ក ១២ខ 3a", [1, 3], [0]),
        ("ក\nខ\n\n។គ", [], [0, 1, 2]),
        ("\n ១\r\n២៣\u2028x", [0, 1], [0, 1, 2]),
        ("។\n។", [], []),
        ("abc\u200cd\n\u17b6e", [], [0, 1]),
        ("12\u200c34\n5", [0, 1], [0, 1]),
        ("\u200c1\n", [0], [0]),
    ],
)
def test_flags_of_numbers_and_lines(text: str, numbers: list[int], lines: list[int]) -> None:
    units = flagged_units(pa.array(["ក", text, "១"], pa.large_string()))
    found = units.units[units.offsets[1] : units.offsets[2]]
    assert np.flatnonzero(found & NUMBER).tolist() == numbers
    assert np.flatnonzero(found & LINE).tolist() == lines


def test_flagged_units_stay_the_same() -> None:
    """They are stored in the index, so these may not change between machines or versions."""
    assert flagged_units(pa.array(["ស្រី 12 ab"])).units.tolist() == [722181566, 2083268001, 3195912188]


def test_clusters_of_many_characters_differ() -> None:
    long = ["ក" + "្ខ" * n + vowel for n in range(1, 9) for vowel in "ាីូេ"]
    assert len({*flagged_units(pa.array(long)).units.tolist()}) == len(long)


def test_units_are_written_to_the_room_given() -> None:
    room = np.empty(100, np.uint32)
    assert np.shares_memory(flagged_units(pa.array(["ខ្មែរ"]), room).units, room)
    assert flagged_units(pa.array(["ខ្មែរ " * 50]), room).units.tolist() == [
        *room[:2],
        *[room[0] & ~np.uint32(LINE), room[1]] * 49,
    ]


def documents(parts: list[bytes]) -> Utf8:
    data = np.frombuffer(b"".join(parts), np.uint8)
    offsets = np.cumsum([0, *map(len, parts)])
    for array in (data, offsets):
        array.flags.writeable = False
    return Utf8(data, offsets)


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


SEQUENCES = ["a", "é", "\u0800", "ក", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff", "😀"]
EDGES = [
    0x7F,
    0x80,
    0x8F,
    0x90,
    0x9F,
    0xA0,
    0xBF,
    0xC0,
    0xC1,
    0xC2,
    0xDF,
    0xE0,
    0xED,
    0xEF,
    0xF0,
    0xF4,
    0xF5,
    0xFF,
]


@settings(deadline=None, max_examples=1000)
@given(
    st.lists(st.text(st.sampled_from(SEQUENCES), max_size=4), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from([None, *EDGES])), max_size=2),
)
def test_invalid_bytes_are_found(texts: list[str], faults: list[tuple[int, int | None]]) -> None:
    parts = [text.encode() for text in texts]
    for place, byte in faults:
        part = bytearray(parts[place % len(parts)])
        at = place % max(len(part), 1)
        part[at : at + 1] = b"" if byte is None else bytes([byte])
        parts[place % len(parts)] = bytes(part)
    assert are_utf8(documents(parts)) == all(map(is_utf8, parts))


def test_a_fault_is_found_wherever_it_stands() -> None:
    good = "ខ្មែរ".encode() * 600  # more than a block
    for at in (0, 1, 2, 3, 4095, 4096, 4097, 4098, 8191, 8192, len(good) - 1):
        assert not are_utf8(documents([good[:at] + b"\xff" + good[at + 1 :]]))
    assert are_utf8(documents([good, b"", good]))
    assert not are_utf8(documents([good[:4], good[4:]]))


def test_checked_texts_are_those_of_the_column() -> None:
    column = pa.array(["ខ្មែរ", "", "ab", None], pa.large_string())
    for part in (column, column[:3], column[1:3], column[:0], pa.chunked_array([column[:1], column[2:]])):
        ours, theirs = checked_utf8(part), utf8(part)
        for i in range(theirs.n_documents):
            a, b = (bytes(t.data[t.offsets[i] : t.offsets[i + 1]]) for t in (ours, theirs))
            assert a == b
    invalid = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, 2])), pa.py_buffer(b"a\xff"))
    with pytest.raises(pa.ArrowInvalid):
        checked_utf8(invalid)
