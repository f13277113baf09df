"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real Khmer data; the test is skipped where none is named."""
    named = os.environ.get("SASTRA_REAL_DATA")
    if not named:
        pytest.skip("SASTRA_REAL_DATA names no folder of real data")
    folder = Path(named)
    assert folder.is_dir(), f"SASTRA_REAL_DATA names {folder}, which is not a folder"
    return folder
