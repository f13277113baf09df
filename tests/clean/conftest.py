"""Khmer pages in small, and texts to score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest

from clean.extract.tables import PAGE_FACTS
from clean.scores.texts import Texts
from corpus.document import documents_table

PARAGRAPHS = (
    "នៅព្រឹកថ្ងៃច័ន្ទ សិស្សានុសិស្សជាងបីរយនាក់បាននាំគ្នាដាំដើមឈើនៅក្នុងបរិវេណសាលា ដើម្បីឱ្យមានម្លប់ត្រជាក់។",
    "លោកនាយកសាលាបានមានប្រសាសន៍ថា ដើមឈើនីមួយៗនឹងមានសិស្សម្នាក់មើលថែ រហូតដល់ពេលបញ្ចប់ការសិក្សា។",
    "អ្នកភូមិក៏បានយកទឹក និងជីធម្មជាតិមកជួយផងដែរ ហើយសន្យាថានឹងចូលរួមរៀងរាល់ឆ្នាំនៅរដូវវស្សា។",
)
ARTICLE = "\n".join(PARAGRAPHS)
MENU = ("ទំព័រដើម", "ព័ត៌មាន", "កីឡា", "សេដ្ឋកិច្ច", "ទំនាក់ទំនង")


def make_page(paragraphs: Sequence[str] = PARAGRAPHS, head: str = "", heading: str = "សិស្សដាំដើមឈើ") -> str:
    menu = "".join(f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(MENU))
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    related = "".join(f'<li><a href="/r{n}">អត្ថបទពាក់ព័ន្ធលេខ {n}</a></li>' for n in range(4))
    return (
        f'<!doctype html><html lang="km"><head><title>{heading} | ដំណឹងស្រុកស្រែ</title>{head}</head><body>'
        f'<nav class="menu"><ul>{menu}</ul></nav><main><article class="post"><h1>{heading}</h1>{body}</article></main>'
        f'<aside class="related"><h3>អានបន្ថែម</h3><ul>{related}</ul></aside>'
        "<footer><p>រក្សាសិទ្ធិគ្រប់យ៉ាងដោយដំណឹងស្រុកស្រែ</p></footer></body></html>"
    )


@pytest.fixture(scope="session")
def article() -> str:
    return ARTICLE


@pytest.fixture(scope="session")
def page() -> Callable[..., str]:
    return make_page


@pytest.fixture(scope="session")
def texts_of() -> Callable[..., Texts]:
    """Texts to score; `title` and page facts are columns with a value for each text."""

    def build(texts: Sequence[str], title: Sequence[str | None] | None = None, **facts: Any) -> Texts:
        rows = [
            {
                "id": str(n),
                "text": text,
                "title": title[n] if title else None,
                "source": "s",
                "licence": "CC0-1.0",
                "origin": {"file": "f", "position": n},
            }
            for n, text in enumerate(texts)
        ]
        columns = {
            field.name: pa.array(facts.get(field.name, [None] * len(texts)), field.type)
            for field in PAGE_FACTS
        }
        return Texts(documents_table(rows), pa.table(columns, PAGE_FACTS))

    return build
