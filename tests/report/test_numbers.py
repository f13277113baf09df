from __future__ import annotations

import pytest

from report import numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (-1234, "-1,234"),
        (0.5, "0.5"),
        (12.3456, "12.35"),
        (4567.8, "4,568"),
        (123456.7, "123,457"),
        ("ខ្មែរ", "ខ្មែរ"),
    ],
)
def test_plain(value: float | str, written: str) -> None:
    assert numbers.plain(value) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0.0 %"),
        (1, "100.0 %"),
        (0.1234, "12.3 %"),
        (0.00027, "0.027 %"),
        (1e-6, "< 0.001 %"),
        (1.5, "150.0 %"),
    ],
)
def test_percent(share: float, written: str) -> None:
    assert numbers.percent(share) == written


@pytest.mark.parametrize(
    ("n_bytes", "written"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (-2_000_000, "-2.0 MB"),
        (25e9, "25.0 GB"),
        (1e19, "10,000.0 PB"),
    ],
)
def test_size(n_bytes: float, written: str) -> None:
    assert numbers.size(n_bytes) == written


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(1, 4, 0.25), (None, 4, None), (1, None, None), (1, 0, None), (0, 3, 0.0)]
)
def test_a_ratio_is_unknown_where_a_side_is(
    part: float | None, whole: float | None, share: float | None
) -> None:
    assert numbers.ratio(part, whole) == share
