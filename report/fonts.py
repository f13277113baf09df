"""Noto Sans Khmer (OFL-1.1), cut down to the Khmer and Latin letters of the page and embedded in it."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib.resources import files

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHTS = (400, 700)
KHMER = (*range(0x1780, 0x1800), *range(0x19E0, 0x1A00))
LATIN = tuple(range(0x20, 0x7F))
SIGNS = tuple(map(ord, "\u00a0\u200b\u200c\u200d◌«»…–—·×“”‘’"))
LICENCE = "Noto Sans Khmer, Copyright The Noto Project Authors, SIL Open Font License 1.1 (OFL-1.1)"


@cache
def font_face(weight: int) -> str:
    """An `@font-face` rule that holds the font at a weight as woff2; about 30 kB."""
    source = files("fontpkg_noto_sans_khmer") / "files" / "NotoSansKhmer[wdth,wght].ttf"
    with source.open("rb") as file:
        font = instantiateVariableFont(TTFont(file, recalcTimestamp=False), {"wght": weight, "wdth": 100})
        options = subset.Options(layout_features=["*"], notdef_outline=True, flavor="woff2")
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[*KHMER, *LATIN, *SIGNS])
        subsetter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    data = base64.b64encode(written.getvalue()).decode()
    place = f"url(data:font/woff2;base64,{data})"
    return f'@font-face{{font-family:"Noto Sans Khmer";font-weight:{weight};src:{place} format("woff2")}}'


def font_faces() -> str:
    """The rules for all weights that the page uses."""
    return "\n".join(map(font_face, WEIGHTS))
