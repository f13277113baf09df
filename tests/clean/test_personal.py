"""Addresses and telephone numbers are masked; dates, prices and law numbers are not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clean.personal import mask, mask_text

PHONES = [
    "012 345 678", "០១២ ៣៤៥ ៦៧៨", "012345678", "០៩៧៥៥៤៩១១៤", "010-000-414", "097.123.4567", "093 873881",
    "012 34 56 78", "096 34 56 789", "0979 888 777", "(023) 990-023", "023 6525 777", "+855 12 345 678",
    "+85512345678", "(855) 11000760", "(+855) 12 78 78 39", "+855 (0)12 345 678", "00855 96 345 6789", "85512345678",
    "+៨៥៥ ១២ ៣៤៥ ៦៧៨",
]  # fmt: skip
EMAILS = ["sok.dara@mail.example", "a_b-c+d@mail-1.example.kh", "INFO@SALA.example"]
NOT_PERSONAL = [
    "ថ្ងៃទី០១-០២-២០១៩", "01/02/2019 10:30", "2018-11-02 11:26:44", "២០១៨-២០១៩", "2015 2016 2017", "១៩៩៣ ២០០៣ ២០០៨",
    "៥០០.០០០ រៀល", "១២០០០០០០០ រៀល", "1,012,345,678", "0.012345678", "3.14159265358", "ISBN 978-0-306-40615-7",
    "ISBN 0306406152", "0-306-40615-2", "ច្បាប់លេខ នស/រកម/០១៩៦/០៤", "លេខ ០១២៣/១៨ អនក្រ", "013-2018-11-12",
    "717-316-2123", "000 123 456", "012 345", "20161216 0930", "file_012345678.jpg", "id=012345678", "@sala", "ក@ខ",
]  # fmt: skip


@pytest.mark.parametrize("number", PHONES)
def test_cambodian_telephone_numbers_are_masked(number: str) -> None:
    assert mask_text(f"សូមហៅលេខ{number}។") == ("សូមហៅលេខ⟨phone⟩។", 0, 1)
    assert mask_text(f"({number})")[2] == 1


@pytest.mark.parametrize("address", EMAILS)
def test_addresses_are_masked(address: str) -> None:
    assert mask_text(f"អ៊ីមែល៖ {address}។") == ("អ៊ីមែល៖ ⟨email⟩។", 1, 0)


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_other_numbers_stay(text: str) -> None:
    assert mask_text(f"ទេ {text} ទេ") == (f"ទេ {text} ទេ", 0, 0)


def test_lists_of_numbers_are_masked_each() -> None:
    assert mask_text("012 345 678 / 098 765 432, ០៧៧៧៧៧៤៣១") == ("⟨phone⟩ / ⟨phone⟩, ⟨phone⟩", 0, 3)


def test_a_column_is_masked_and_counted() -> None:
    texts = pa.array(["គ្មានអ្វី", None, "x@y.example 012 345 678", "ឆ្នាំ២០១៩", ""], pa.large_string())
    masked = mask(texts)
    assert masked.texts.to_pylist() == ["គ្មានអ្វី", None, "⟨email⟩ ⟨phone⟩", "ឆ្នាំ២០១៩", ""]
    assert masked.emails.tolist() == [0, 0, 1, 0, 0]
    assert masked.phones.tolist() == [0, 0, 1, 0, 0]
    assert mask(masked.texts).texts.equals(masked.texts)
