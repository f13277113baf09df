"""How open licences are, as the choice between copies sees it."""

from __future__ import annotations

import pytest

from dedup.preference import closedness


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("CC0-1.0", 0),
        ("LicenseRef-public-domain", 0),
        ("CC-BY-4.0", 1),
        ("Apache-2.0", 1),
        ("MIT", 1),
        ("CC-BY-SA-4.0", 2),
        ("MPL-2.0", 2),
        ("CC-BY-NC-4.0", 3),
        ("CC-BY-NC-SA-4.0", 3),
        ("CC-BY-ND-4.0", 3),
        ("LicenseRef-unstated", 4),
        ("", 4),
    ],
)
def test_closedness(licence: str, expected: int) -> None:
    assert closedness(licence) == expected
