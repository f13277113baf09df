"""The tables that extraction hands on: pages with candidate blocks, then pages as settled with their hosts."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from corpus.document import RECORD

READ, NO_KHMER, TOO_LARGE, TOO_COSTLY, TOO_SLOW, FAILED, OUT_OF_MEMORY = range(7)
"""What became of a payload: the values of page_outcome."""

PAGE_FACTS: Final = pa.schema(
    [
        ("page_outcome", pa.int64()),
        ("page_bytes", pa.int64()),
        ("page_chars", pa.int64()),  # visible ones
        ("page_legacy_fonts", pa.int64()),
        ("page_inner_capital_share", pa.float64()),
        ("page_legacy_chars", pa.int64()),  # of Khmer made from legacy codes
        ("page_confidence", pa.float64()),
        ("page_main_share", pa.float64()),
        ("page_link_share", pa.float64()),
        ("page_comment_chars", pa.int64()),
        ("page_other_script_share", pa.float64()),
        ("page_h1", pa.string()),
        ("page_language", pa.string()),
        ("page_canonical_url", pa.string()),
        ("page_licence", pa.string()),
        ("page_licence_place", pa.string()),
        ("page_host_lines", pa.int64()),
        ("page_host_chars", pa.int64()),
    ]
)
"""Facts about a page, null for texts that came without one; the last two, lines removed for their host, never are."""

BLOCK: Final = pa.struct(
    [
        ("text", pa.string()),
        ("chance", pa.float32()),  # of being main text, by the page alone
        ("key", pa.uint64()),  # of the block's place in a page: tags and classes of three elements
        ("element", pa.int32()),  # a position in `parents`
        ("link_chars", pa.int32()),
        ("kind", pa.int8()),  # clean.extract.blocks.Kind
        ("is_comment", pa.bool_()),
    ]
)

_RECORD: Final = pa.schema([field for field in RECORD if field.name != "payload"])

PAGES: Final = pa.schema(
    [*_RECORD, *PAGE_FACTS, ("blocks", pa.list_(BLOCK)), ("parents", pa.list_(pa.int32()))]
)
"""Records without their payload: `text` is what the page alone gives; blocks are null for texts without a page."""

SETTLED: Final = pa.schema([*_RECORD, *PAGE_FACTS, ("comments", pa.large_string())])
"""Records with their final text; `comments` are those of readers, a block a line, null without a page."""
