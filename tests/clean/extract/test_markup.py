"""Imported texts with the tags of their page, and texts that only speak of tags."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clean.extract.markup import unmarked
from clean.extract.tables import PAGES

SIZES = dict.fromkeys(("n_chars", "n_bytes", "n_clusters"), 0)
ROW = {"id": "a", "source": "s", "licence": "CC0-1.0", "origin": {"file": "f", "position": 0}, **SIZES}


def read_of(text: str, outcome: int | None = None) -> str:
    pages = pa.Table.from_pylist([{**ROW, "text": text, "page_outcome": outcome}], PAGES)
    (read,) = unmarked(pages)["text"].to_pylist()
    return read


FIRST = "ថ្ងៃនេះ សិស្សានុសិស្សបាននាំគ្នាបោសសម្អាតសាលារៀន។"
SECOND = "ពួកគេនឹងដាំដើមឈើនៅថ្ងៃស្អែក។"


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        (f"<p>{FIRST}</p><p>{SECOND}</p>", f"{FIRST}\n{SECOND}"),
        (f'<p class="x"><span style="color:#000">{FIRST}</span><br />{SECOND}</p>', f"{FIRST}\n{SECOND}"),
        (f"<div>{FIRST}&nbsp;</div><script>let a = 1</script><p>{SECOND}</p>", f"{FIRST}\n{SECOND}"),
        (f'00"> {FIRST}</p> <p>{SECOND}</p> <p styl', f"{FIRST}\n{SECOND}"),
        (f"{FIRST}<br>{SECOND}<BR/>", f"{FIRST}\n{SECOND}"),
    ],
)
def test_pieces_of_pages_are_read_as_pages_are(marked: str, read: str) -> None:
    assert read_of(marked) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        FIRST,
        "ស្លាក <b> ធ្វើឱ្យអក្សរដិត ហើយ </b> បញ្ចប់វា។",
        f"{FIRST} ៥ < ៧ ហើយ ៩ > ៨។",
        f"{FIRST * 30} សរសេរ <p> នៅដើម ហើយ </p> នៅចុង។",
        "<div>" * 20_000 + "ខ្មែរ</div></div>",
    ],
)
def test_texts_about_tags_and_texts_without_them_stay(text: str) -> None:
    assert read_of(text) == text


def test_the_text_of_a_page_is_left_alone() -> None:
    marked = f"<p>{FIRST}</p><p>{SECOND}</p>"
    assert read_of(marked, outcome=0) == marked
