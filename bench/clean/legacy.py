"""Legacy fonts: what is found of real Limon text, what it becomes, and what is taken for it by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.realdata import real_data
from bench.rows import Row, measured
from corpus.lines import lines_of
from khmer.legacy import LIMON, convert, detect, invalid_rate

PIECE = 300  # characters, about a paragraph


def rows() -> Iterator[Row]:
    """Every row of this room."""
    folder = real_data()
    if folder is None:
        return
    texts = [path.read_text(encoding="utf-8") for path in sorted((folder / "legacy").glob("limon_*.txt"))]
    pieces = [text[at : at + PIECE] for text in texts for at in range(0, len(text) - PIECE, PIECE)]
    found = sum(detect(piece) == LIMON for piece in pieces)
    yield measured("clean.legacy_found", found / len(pieces), "share of paragraphs")
    khmer = "\n".join(convert(text, LIMON) for text in texts)
    yield measured("clean.legacy_invalid", 1000 * invalid_rate(khmer), "marks per 1,000")
    others = list(other_languages(folder / "lid" / "lid_dev.tsv.zst"))
    yield measured("clean.legacy_mistaken", sum(detect(text) is not None for text in others), "texts")


def other_languages(path: Path) -> Iterator[str]:
    """Texts of 29 languages and of Khmer-script ones, none of them in a legacy font."""
    for line in lines_of(str(path)):
        yield line.rpartition("\t")[2]
