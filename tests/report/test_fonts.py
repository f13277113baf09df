from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from report.fonts import KHMER, LATIN, WEIGHTS, font_face, font_faces


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_embedded_font_holds_khmer_latin_and_the_shaping_rules(weight: int) -> None:
    data = re.search(r"base64,([^)]*)", font_face(weight))
    assert data
    with TTFont(io.BytesIO(base64.b64decode(data[1]))) as font:
        covered = font.getBestCmap()
        features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert set(LATIN) <= covered.keys()
    assert {code for code in KHMER if 0x1780 <= code <= 0x17DC} <= covered.keys()
    assert {"blwf", "pref", "pstf", "abvs", "blws"} <= features


def test_the_same_bytes_each_time() -> None:
    first = font_faces()
    font_face.cache_clear()
    assert font_faces() == first
