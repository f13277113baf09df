"""A column is masked by kind and counted; spans lead to the placeholders; nothing depends on how it is read."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.personal import PLACEHOLDERS, SPANS, Kind, find, mask, mask_text

FRAGMENTS = [
    "លោក សុខ ដារ៉ា បានប្រាប់ថា ", "ទូរស័ព្ទ៖ ", "០១២ ៣៤៥ ៦៧៨", "098765432", "+855 (0)97 123 4567", " / ", ", ", "\n", "។ ",
    "គណនី ABA លេខ ", "000 123 456", "អត្តសញ្ញាណប័ណ្ណលេខ ", "020123456(01)", "លិខិតឆ្លងដែនលេខ ", "N01234567", "ថ្ងៃទី០១-០២-២០១៩",
    "ស្លាកលេខ ភ្នំពេញ ", "2AB-1234", "dara@mail.example", "dara [at] mail [dot] example", "@sok_dara",
    "dara@aclb", "t.me/sok_dara",
    "https://www.facebook.com/sok.dara", "4111 1111 1111 1111", "203.0.113.77", "2001:db8::7", "\u200b",
    "២០១៨-២០១៩", "១២០.០០០ រៀល",
    "ថ្ងៃខែឆ្នាំកំណើត ", "១០ ឧសភា ២០០០", "x", "é", "𝔸", "０１２３４５６７８", "\u0301", " ",
]  # fmt: skip


def column(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.large_string())


def test_a_column_is_masked_and_counted() -> None:
    masked = mask(column("គ្មានអ្វី", None, "x@y.example 012 345 678", "ឆ្នាំ២០១៩", "", "098 765 432"))
    assert masked.texts.to_pylist() == ["គ្មានអ្វី", None, "⟨email⟩ ⟨phone⟩", "ឆ្នាំ២០១៩", "", "⟨phone⟩"]
    assert masked.counts("email").tolist() == [0, 0, 1, 0, 0, 0]
    assert masked.counts(Kind.PHONE).tolist() == [0, 0, 1, 0, 0, 1]
    assert masked.spans.type == SPANS
    assert masked.spans.to_pylist() == [
        [],
        [],
        [{"kind": "email", "start": 0, "end": 7}, {"kind": "phone", "start": 8, "end": 15}],
        [],
        [],
        [{"kind": "phone", "start": 0, "end": 7}],
    ]


def test_chunks_slices_and_empty_columns_are_read_alike() -> None:
    texts = ["ក", "ហៅ 012 345 678", "ខ", "a@b.example"]
    whole = mask(column(*texts)).texts.to_pylist()
    assert mask(pa.chunked_array([texts[:1], texts[1:]], pa.string())).texts.to_pylist() == whole
    assert mask(column(*texts).slice(1, 2)).texts.to_pylist() == whole[1:3]
    assert mask(column()).spans.to_pylist() == []
    assert mask(column("", None)).texts.to_pylist() == ["", None]


def test_an_unknown_kind_is_no_silent_zero() -> None:
    with pytest.raises(ValueError, match="emails"):
        mask(column("a")).counts("emails")


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_regions_miss_nothing_that_the_whole_text_shows(text: str) -> None:
    parts, end = [], 0
    for span in find(text):
        parts += [text[end : span.start], PLACEHOLDERS[span.kind]]
        end = span.end
    assert mask_text(text) == "".join([*parts, text[end:]])


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=10).map(" ".join))
def test_spans_are_the_placeholders(text: str) -> None:
    masked = mask(column(text))
    result = masked.texts[0].as_py()
    spans = masked.spans[0].as_py()
    assert [result[span["start"] : span["end"]] for span in spans] == [
        PLACEHOLDERS[span["kind"]] for span in spans
    ]
    assert masked.counted.sum() == len(spans)
    again = mask_text(result)
    assert all(again.count(placeholder) >= result.count(placeholder) for placeholder in PLACEHOLDERS.values())


def test_placeholders_announce_nothing() -> None:
    text = " 000 123 456 ".join(PLACEHOLDERS.values())
    assert mask_text(text) == text


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert [*find(text)] == sorted(find(text))
    mask_text(text)


@pytest.mark.parametrize(
    "text", ["1", "@", "1.", "a@", "១", "012 345 678 ", "::", "t.me/", "(at)", "1A", "a.b@"]
)
def test_long_runs_are_read_in_one_pass(text: str) -> None:
    """Two hundred thousand characters: a pattern that starts over at every place would take hours."""
    n = 200_000 // len(text)
    assert len(mask_text(text * n)) > 0


def test_data_far_inside_a_long_line_is_found() -> None:
    filler = "ព្រះអាទិត្យរះពីទិសខាងកើត " * 3_000
    assert mask_text(f"{filler}012 345 678{filler}") == f"{filler}⟨phone⟩{filler}"


def test_a_region_longer_than_a_piece_is_read_whole() -> None:
    """Two megabytes of numbers are one region, read in pieces whose cuts fall inside numbers and characters."""
    number = "លេខ ០១២ ៣៤៥ ៦៧៨, "
    masked = mask(column(number * 50_000))
    assert masked.texts[0].as_py() == "លេខ ⟨phone⟩, " * 50_000
    assert masked.spans[0][-1].as_py() == {"kind": "phone", "start": 649_991, "end": 649_998}
