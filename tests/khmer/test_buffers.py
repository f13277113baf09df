from __future__ import annotations

import pyarrow as pa
import pytest

from khmer.buffers import large_strings, utf8, with_nulls_of


@pytest.mark.parametrize("start", [0, 1, 2])
def test_round_trip_of_slices(start: int) -> None:
    column = pa.array(["ក", "ខ្មែរ", "", "abc"], pa.large_string())[start:]
    documents = utf8(column)
    assert documents.n_documents == len(column)
    assert documents.n_bytes == sum(len(text.encode()) for text in column.to_pylist())
    texts = [
        documents.data[a:b].tobytes().decode()
        for a, b in zip(documents.offsets, documents.offsets[1:], strict=False)
    ]
    assert texts == column.to_pylist()


def test_one_chunk_of_large_strings_is_not_copied() -> None:
    column = pa.array(["ក" * 1000], pa.large_string())
    assert utf8(column).data.ctypes.data == column.buffers()[2].address


def test_nulls_with_bytes_behind_them_are_empty() -> None:
    hidden = pa.LargeStringArray.from_buffers(
        2,
        pa.py_buffer(b"\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0"),
        pa.py_buffer("កa".encode()),
        pa.py_buffer(b"\2"),
    )
    assert hidden.to_pylist() == [None, "a"]
    documents = utf8(hidden)
    assert documents.n_bytes == 1
    assert with_nulls_of(large_strings(documents.data, documents.offsets), hidden).to_pylist() == [None, "a"]
