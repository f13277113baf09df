"""Personal data planted in real pages is masked, all but names."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import zstandard

from clean.personal import mask_text

pytestmark = pytest.mark.realdata
OUT_OF_SCOPE = {"name"}


def test_every_planted_datum_of_every_page_is_masked(real_data: Path) -> None:
    with (real_data / "web/dev_web.extra_gold.jsonl.zst").open("rb") as file:
        stream = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        pages = [page for page in map(json.loads, stream) if "text_redacted" in page]
    left = [
        (page["url"], item["type"])
        for page in pages
        for item in page["pii"]
        if item["type"] not in OUT_OF_SCOPE and item["value"] in mask_text(page["text"])
    ]
    assert len(pages) == 20
    assert left == []
