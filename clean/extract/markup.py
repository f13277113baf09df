"""Imported texts that still hold the tags of the page they were taken from."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import read_blocks, too_costly

# RE2: what ends or breaks a paragraph, and the commonest wrappers; a lone <b> in a lesson on HTML is none.
TAG: Final = r"(?i)</(?:p|span|div|strong|font|h[1-6]|li|td|a)\s*>|<br\s*/?>|<p(?:\s[^<>]*)?>"
LEAST_TAGS: Final = 2
CHARACTERS_PER_TAG: Final = 500  # more text than that for each tag is a text about tags
MOST_CHARACTERS: Final = 1 << 20  # a parser takes a hundred bytes for each
HALF_TAG: Final = re.compile(r"^[^<>]{0,200}>|<[^<>]{0,200}$")  # of a text cut amid one


def unmarked(pages: pa.Table) -> pa.Table:
    """PAGES with the texts that came without a page free of markup."""
    texts = pages["text"].combine_chunks()
    marked = _is_markup(texts) & pc.is_null(pages["page_outcome"]).to_numpy()
    if not marked.any():
        return pages
    read = [_read(text) for text in texts.filter(pa.array(marked)).to_pylist()]
    column = pc.replace_with_mask(texts, pa.array(marked), pa.array(read, texts.type))
    return pages.set_column(pages.schema.get_field_index("text"), pages.schema.field("text"), column)


def _is_markup(texts: pa.LargeStringArray) -> NDArray[np.bool_]:
    n_tags = np.asarray(pc.fill_null(pc.count_substring_regex(texts, TAG), 0))
    n_chars = np.asarray(pc.fill_null(pc.utf8_length(texts), 0))
    is_dense = (n_tags >= LEAST_TAGS) & (n_chars <= CHARACTERS_PER_TAG * n_tags)
    return np.asarray(is_dense & (n_chars <= MOST_CHARACTERS))


def _read(text: str) -> str:
    html = HALF_TAG.sub("", text)
    if too_costly(html):
        return text
    blocks = read_blocks(LexborHTMLParser(html)).blocks
    return "\n".join(block.text for block in blocks)
