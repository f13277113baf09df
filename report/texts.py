"""Texts and addresses as a reader sees them."""

from __future__ import annotations

from urllib.parse import unquote

from khmer.codepoints import CLUSTER

LONGEST_CLUSTER = 40


def cut(text: str, n_chars: int) -> str:
    """The beginning of a text, ended between two orthographic clusters."""
    if len(text) <= n_chars:
        return text
    around = CLUSTER.finditer(text, max(0, n_chars - LONGEST_CLUSTER))
    end = next((found.start() for found in around if found.start() < n_chars < found.end()), n_chars)
    return text[:end] + " …"


def readable(url: str) -> str:
    """A URL with its percent-encoded letters as letters; as it is where they are not UTF-8."""
    try:
        return unquote(url, errors="strict")
    except UnicodeDecodeError:
        return url
