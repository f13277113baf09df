from __future__ import annotations

import pytest

from khmer.packed import CanonicalTable, pack, unpack
from khmer.rules import STANDARD, Rule


@pytest.mark.parametrize("cluster", ["ក", "ស្ត្រ៊ី", "ស៊\u200cី", "ក្ខ្គ្ឃ្ង", "ប៊\u200dី", "\u17fd"])
def test_round_trip(cluster: str) -> None:
    assert unpack(pack(cluster)) == cluster
    assert pack(cluster) < 1 << 64


def test_table_holds_canonical_forms() -> None:
    table = CanonicalTable(STANDARD)
    for _ in range(2):
        table.add(pack("ខែ្ម"))
    filled = table.arrays.keys.nonzero()[0]
    assert table.arrays.keys[filled].tolist() == [pack("ខែ្ម")]
    assert table.arrays.values[filled].tolist() == [pack("ខ្មែ")]
    assert table.arrays.rules[filled].tolist() == [1 << Rule.ORDER]
