"""A web record's payload becomes text and metadata, with facts about the page that scores are made of."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
from selectolax.lexbor import LexborHTMLParser

from clean.blocks import Page, read_blocks
from clean.content import main_blocks
from clean.decode import decode, may_hold_khmer
from clean.legacy import inner_capital_share, legacy_fonts
from clean.limits import TooSlowError, time_limit
from clean.metadata import one_line, read_metadata

logger = logging.getLogger("sastra")

READ, NO_KHMER, TOO_LARGE, TOO_SLOW, FAILED = range(5)  # page_outcome
"""What became of a payload."""

PAGE_FACTS: Final = pa.schema(
    [
        ("page_outcome", pa.int64()),
        ("page_bytes", pa.int64()),
        ("page_legacy_fonts", pa.int64()),
        ("page_inner_capital_share", pa.float64()),
        ("page_main_share", pa.float64()),
        ("page_link_share", pa.float64()),
        ("page_h1", pa.string()),
    ]
)
"""Facts about a page, null for texts that came without one."""

EXTRACTED: Final = pa.schema(
    [
        ("text", pa.large_string()),
        ("title", pa.string()),
        ("author", pa.string()),
        ("published_at", pa.timestamp("s", tz="UTC")),
        *PAGE_FACTS,
    ]
)


@dataclass(frozen=True)
class Extracted:
    """One page, in the columns of EXTRACTED."""

    text: str = ""
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    page_outcome: int = READ
    page_bytes: int = 0
    page_legacy_fonts: int = 0
    page_inner_capital_share: float = 0.0
    page_main_share: float = 0.0
    page_link_share: float = 0.0
    page_h1: str | None = None


@dataclass(frozen=True)
class Limits:
    """What one page may cost."""

    page_bytes: int
    page_seconds: float


def extract_page(payload: bytes, charset: str | None, url: str, limits: Limits) -> Extracted:
    """The main text of a page and what it says of itself; whatever the payload is, this returns.

    The limit on bytes bounds the work and gives the same result everywhere. The clock is there for what we have
    not thought of: at its default it is some thousand times what a page needs.
    """
    size = len(payload)
    if size > limits.page_bytes:
        return Extracted(page_outcome=TOO_LARGE, page_bytes=size)
    if not may_hold_khmer(payload):
        return Extracted(
            page_outcome=NO_KHMER,
            page_bytes=size,
            page_legacy_fonts=legacy_fonts(payload),
            page_inner_capital_share=inner_capital_share(payload),
        )
    try:
        with time_limit(limits.page_seconds):
            return _read(payload, charset, url)
    except TooSlowError:
        return Extracted(page_outcome=TOO_SLOW, page_bytes=size)
    except Exception:  # a page of the open web must not end the run; the ledger counts it
        logger.exception("%s: not extracted", url)
        return Extracted(page_outcome=FAILED, page_bytes=size)


def _read(payload: bytes, charset: str | None, url: str) -> Extracted:
    tree = LexborHTMLParser(decode(payload, charset))
    stated = read_metadata(tree, url)
    heading = tree.css_first("h1")
    h1 = one_line(heading.text()) if heading is not None else None
    page = read_blocks(tree)
    kept = main_blocks(page)
    chars = np.array([len(block.text) for block in page.blocks], float)
    links = np.array([block.link_chars for block in page.blocks], float)
    main_chars = float(chars[kept].sum())
    return Extracted(
        text=_main_text(page, kept, stated.title),
        title=stated.title,
        author=stated.author,
        published_at=stated.published_at,
        page_bytes=len(payload),
        page_main_share=main_chars / max(float(chars.sum()), 1.0),
        page_link_share=min(float(links[kept].sum()) / max(main_chars, 1.0), 1.0),
        page_h1=h1,
    )


def _main_text(page: Page, kept: Any, title: str | None) -> str:
    """The kept blocks, one a line, without a first one that only repeats the title."""
    lines = [block.text for block, keep in zip(page.blocks, kept, strict=True) if keep]
    if len(lines) > 1 and lines[0] == title:
        lines = lines[1:]
    return "\n".join(lines)


def extract(records: pa.Table, limits: Limits) -> pa.Table:
    """EXTRACTED for every record that has a payload; `text` and metadata of the others as they came, facts null."""
    columns = ("payload", "charset", "url", "text", "title", "author", "published_at")
    rows = zip(*(records[name].to_pylist() for name in columns), strict=True)
    found = []
    for payload, charset, url, text, title, author, published_at in rows:
        if payload is None:
            found.append({"text": text, "title": title, "author": author, "published_at": published_at})
        else:
            found.append(asdict(extract_page(payload, charset, url or "", limits)))
    return pa.Table.from_pylist(found, EXTRACTED)
