from __future__ import annotations

import pytest

from demo.web import Web, build_web


@pytest.fixture(scope="session")
def web() -> Web:
    """The embedded web; never changed."""
    return build_web()
