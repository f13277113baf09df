"""Text kernels and extraction beside what people use today, on the demo's articles and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from bench.rows import Row, compare
from clean.extract.page import Limits, extract_page
from demo.web import build_web
from khmer.clusters import counts
from khmer.codepoints import CLUSTER
from khmer.normalize import normalize

ARTICLES = Path(__file__).resolve().parents[2] / "demo" / "articles"
COPIES = 20


def rows() -> Iterator[Row]:
    """Every row of this area."""
    yield from kernels()
    yield extraction()


def extraction() -> Row:
    """Main text of the demo's article pages, against trafilatura without comments."""
    import trafilatura

    pages = [page.reply.body for page in build_web().pages.values() if page.truth.kind == "article"]
    limits = Limits(page_bytes=1 << 20, page_seconds=60.0)

    def ours() -> list[object]:
        return [extract_page(page, "", "", limits) for page in pages]

    def theirs() -> list[object]:
        return [trafilatura.extract(page, include_comments=False) for page in pages]

    n_bytes = sum(map(len, pages))
    return compare("clean.extract.page.vs_trafilatura", (ours, n_bytes), ("trafilatura", theirs, n_bytes))


def kernels() -> Iterator[Row]:
    """The cluster scan against a regular expression, normalisation against pheasa."""
    import pheasa

    texts = [path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*.md"))]
    column = pa.array(texts * COPIES, pa.large_string())
    n_bytes = sum(len(text.encode()) for text in texts)
    many = n_bytes * COPIES

    def with_re() -> list[list[str]]:
        return [CLUSTER.findall(text) for text in texts]

    def with_pheasa() -> list[str]:
        return [pheasa.normalize(text) for text in texts]

    yield compare("clean.scan.vs_re", (lambda: counts(column), many), ("re", with_re, n_bytes))
    yield compare(
        "clean.normalise.vs_pheasa", (lambda: normalize(column), many), ("pheasa", with_pheasa, n_bytes)
    )
