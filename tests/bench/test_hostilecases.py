from __future__ import annotations

import zlib

import pytest

from bench.hostileanswers import MEGABYTE, bomb
from bench.hostilecases import CASES

KINDS = ("reason=", "status=", "truncated=", "unfollowed=", "paused", "asked=/", "unasked=/")


def test_there_are_more_than_twenty_cases_and_each_expects_something():
    assert len(CASES) > 20
    for name, case in CASES.items():
        assert case.expected, name
        assert all(expected.startswith(KINDS) for expected in case.expected), name


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "members"])
def test_bombs_are_small(coding):
    assert len(bomb(coding)) <= 16 * MEGABYTE


def test_the_gzip_bomb_unpacks_to_a_gigabyte():
    packed = bomb("gzip")
    plain = zlib.decompressobj(31).decompress(packed[: len(packed) // 64])
    assert 15 * MEGABYTE < len(plain) < 17 * MEGABYTE
