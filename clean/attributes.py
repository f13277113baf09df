"""What is stored of every document, kept or dropped: the columns of attributes/."""

from __future__ import annotations

from functools import cache
from typing import Final

import pyarrow as pa

from clean.personal import Kind
from clean.personal.masking import SPANS
from clean.scores import score
from clean.scores.texts import Texts
from corpus.document import DOCUMENT
from khmer.rules import GROUPS

WORDS: Final = ("language", "other_language", "contamination_item")
PAGE_WORDS: Final = ("page_language", "page_canonical_url", "page_licence", "page_licence_place")
"""What a page says of itself, beyond the columns of a document."""

REMOVED: Final = ("page_host_lines", "page_host_chars")
"""Lines repeated on a host, and their characters."""

REPAIRED: Final = tuple(f"repaired_{name}" for name in GROUPS)
MASKED: Final = tuple(f"masked_{kind}" for kind in Kind)


@cache
def decisive_names() -> tuple[str, ...]:
    """The attributes that rules may decide by."""
    return tuple(
        f.name for f in attribute_schema() if pa.types.is_floating(f.type) or pa.types.is_integer(f.type)
    )


@cache
def attribute_schema() -> pa.Schema:
    """The columns of attributes/: id, source and language, what the page says of itself, scores, repairs, masks."""
    nothing = Texts.without_pages(pa.array([], pa.large_string()))
    return pa.schema(
        [
            *(DOCUMENT.field(name) for name in ("id", "source")),
            *((name, pa.string()) for name in (*WORDS, *PAGE_WORDS)),
            *((name, pa.int64()) for name in REMOVED),
            ("size_over_limit", pa.int64()),
            *score(nothing).schema,
            ("contamination_share", pa.float64()),
            *((name, pa.int64()) for name in (*REPAIRED, *MASKED)),
            ("personal", SPANS),
        ]
    )
