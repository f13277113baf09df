"""A web record's payload becomes text and metadata, with facts about the page that scores are made of."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import Page, read_blocks, too_costly
from clean.extract.content import main_blocks
from clean.extract.decode import decode, may_hold_khmer
from clean.extract.legacy import inner_capital_share, legacy_fonts
from clean.extract.limits import TooSlowError, time_limit
from clean.extract.metadata import one_line, read_metadata
from corpus.document import DOCUMENT

logger = logging.getLogger("sastra")

OTHER_SCRIPT: Final = re.compile("[\u0370-\u177f\u1800-\u1cff\u2e80-\ua7ff\uac00-\ud7ff]")
KHMER_OR_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1780-\u17d3\u17dd]")

READ, NO_KHMER, TOO_LARGE, TOO_COSTLY, TOO_SLOW, FAILED = range(6)
"""What became of a payload: the values of page_outcome."""

PAGE_FACTS: Final = pa.schema(
    [
        ("page_outcome", pa.int64()),
        ("page_bytes", pa.int64()),
        ("page_legacy_fonts", pa.int64()),
        ("page_inner_capital_share", pa.float64()),
        ("page_main_share", pa.float64()),
        ("page_link_share", pa.float64()),
        ("page_other_script_share", pa.float64()),
        ("page_h1", pa.string()),
    ]
)
"""Facts about a page, null for texts that came without one."""

TEXT_COLUMNS: Final = ("text", "title", "author", "published_at")
EXTRACTED: Final = pa.schema([*(DOCUMENT.field(name) for name in TEXT_COLUMNS), *PAGE_FACTS])


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
    page_other_script_share: float = 0.0
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
    try:
        with time_limit(limits.page_seconds):
            found = _extract(payload, charset, url, limits.page_bytes)
    except TooSlowError:
        found = Extracted(page_outcome=TOO_SLOW)
    except Exception:  # a page of the open web must not end the run; the ledger counts it
        logger.exception("%s: not extracted", url)
        found = Extracted(page_outcome=FAILED)
    return replace(found, page_bytes=len(payload))


def _extract(payload: bytes, charset: str | None, url: str, most_bytes: int) -> Extracted:
    if len(payload) > most_bytes:
        return Extracted(page_outcome=TOO_LARGE)
    if not may_hold_khmer(payload):
        return Extracted(
            page_outcome=NO_KHMER,
            page_legacy_fonts=legacy_fonts(payload),
            page_inner_capital_share=inner_capital_share(payload),
        )
    html = decode(payload, charset)
    return Extracted(page_outcome=TOO_COSTLY) if too_costly(html) else _read(html, url)


def _read(html: str, url: str) -> Extracted:
    tree = LexborHTMLParser(html)
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
        page_main_share=main_chars / max(float(chars.sum()), 1.0),
        page_link_share=min(float(links[kept].sum()) / max(main_chars, 1.0), 1.0),
        page_other_script_share=_other_script_share(page),
        page_h1=h1,
    )


def _other_script_share(page: Page) -> float:
    """Share of a page's letters that are neither Khmer nor Latin."""
    text = "".join(block.text for block in page.blocks)
    n_other = len(OTHER_SCRIPT.findall(text))
    return n_other / max(n_other + len(KHMER_OR_LATIN.findall(text)), 1)


def _main_text(page: Page, kept: Any, title: str | None) -> str:
    """The kept blocks, one a line, without a first one that only repeats the title."""
    lines = [block.text for block, keep in zip(page.blocks, kept, strict=True) if keep]
    if len(lines) > 1 and lines[0] == title:
        lines = lines[1:]
    return "\n".join(lines)


def extract(records: pa.Table, limits: Limits) -> pa.Table:
    """EXTRACTED for every record that has a payload; `text` and metadata of the others as they came, facts null."""
    if records["payload"].null_count == len(records):
        missing = {field.name: pa.nulls(len(records), field.type) for field in PAGE_FACTS}
        return pa.table({**{name: records[name] for name in TEXT_COLUMNS}, **missing}, EXTRACTED)
    columns = ("payload", "charset", "url", *TEXT_COLUMNS)
    found: list[dict[str, Any]] = []
    for payload, charset, url, *given in zip(*(records[name].to_pylist() for name in columns), strict=True):
        if payload is None:
            found.append(dict(zip(TEXT_COLUMNS, given, strict=True)))
        else:
            found.append(asdict(extract_page(payload, charset, url or "", limits)))
    return pa.Table.from_pylist(found, EXTRACTED)
