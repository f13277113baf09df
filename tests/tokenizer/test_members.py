from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpus.document import document_id
from tokenizer.members import counted, keys, members_of

IDS = [document_id("news", f"https://example.com.kh/{n}") for n in range(50)]


def test_a_key_is_the_beginning_of_the_id() -> None:
    column = pa.chunked_array([IDS[:20], IDS[20:]])
    assert keys(column).tolist() == [int(i[:16], 16) for i in IDS]
    assert keys(pa.chunked_array([], pa.string())).tolist() == []


def test_a_document_has_the_count_of_its_own_key_and_else_1() -> None:
    documents = keys(pa.chunked_array([IDS]))
    kept, counts = counted(np.tile(np.repeat(documents[[49, 7, 3]], [3, 1, 2]), 3))
    found = members_of(documents, kept, counts)
    assert {n: int(found[n]) for n in np.flatnonzero(found != 1)} == {3: 6, 7: 3, 49: 9}
    assert members_of(documents[:5], *counted(documents[:0])).tolist() == [1] * 5
