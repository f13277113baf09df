"""Deduplicated runs, as the tests of deduplication make them."""

from __future__ import annotations

from tests.dedup.conftest import deduplicate, make_document

__all__ = ["deduplicate", "make_document"]
