"""Arrow string columns as plain buffers, and back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


class Utf8(NamedTuple):
    """A column of documents: document i is `data[offsets[i]:offsets[i + 1]]`, valid UTF-8."""

    data: NDArray[np.uint8]  # read-only
    offsets: NDArray[np.int64]  # read-only; the first need not be 0

    @property
    def n_documents(self) -> int:
        return self.offsets.size - 1

    @property
    def n_bytes(self) -> int:
        return int(self.offsets[-1] - self.offsets[0])


def utf8(texts: pa.Array | pa.ChunkedArray | Utf8) -> Utf8:
    """The bytes of a string column without a copy where it is one chunk of large_string; a null is empty.

    Raises pyarrow.ArrowInvalid where the bytes are not UTF-8: the kernels do not check. Checking costs as much as the
    quicker kernels: bytes checked once may be given again.
    """
    if isinstance(texts, Utf8):
        return texts
    if texts.type != pa.large_string():
        texts = texts.cast(pa.large_string())
    if isinstance(texts, pa.ChunkedArray):  # after the cast: 2 GiB of string chunks do not combine
        texts = texts.combine_chunks()
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    texts.validate(full=True)
    _, offset_buffer, data_buffer = texts.buffers()
    if len(texts) == 0:
        return Utf8(_read_only(np.empty(0, np.uint8)), _read_only(np.zeros(1, np.int64)))
    offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.empty(0, np.uint8)
    return Utf8(_read_only(data), _read_only(offsets))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    # numba compiles again for every mixture of read-only and writable arguments.
    array.flags.writeable = False
    return array


def large_strings(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> pa.LargeStringArray:
    """A column over `(bytes,) uint8` and `(n + 1,) int64`, without a copy."""
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


def with_nulls_of(texts: pa.LargeStringArray, original: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """The texts, null where the original is."""
    if not original.null_count:
        return texts
    valid = original.is_valid()
    if isinstance(valid, pa.ChunkedArray):
        valid = valid.combine_chunks()
    return pc.if_else(valid, texts, pa.scalar(None, pa.large_string()))
