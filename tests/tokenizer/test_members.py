from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpus.document import document_id
from tokenizer.members import keys, members_of

IDS = [document_id("news", f"https://example.com.kh/{n}") for n in range(50)]


def test_a_key_is_the_beginning_of_the_id() -> None:
    column = pa.chunked_array([IDS[:20], IDS[20:]])
    assert keys(column).tolist() == [int(i[:16], 16) for i in IDS]
    assert keys(pa.chunked_array([], pa.string())).tolist() == []


def test_a_document_has_the_count_of_its_own_key_and_else_1() -> None:
    documents = keys(pa.chunked_array([IDS]))
    kept, counts = np.unique(np.repeat(documents[[3, 7, 49]], [2, 5, 9]), return_counts=True)
    found = members_of(documents, kept, counts)
    assert {n: int(found[n]) for n in np.flatnonzero(found != 1)} == {3: 2, 7: 5, 49: 9}
    assert members_of(documents[:5], kept[:0], counts[:0]).tolist() == [1] * 5
