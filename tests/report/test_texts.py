from __future__ import annotations

import pytest

from report.texts import cut, readable


@pytest.mark.parametrize(
    ("text", "n_chars", "beginning"),
    [
        ("ស្រុកខ្មែរ", 100, "ស្រុកខ្មែរ"),
        ("ស្រុកខ្មែរ", 6, "ស្រុក …"),  # not between ខ and its coeng
        ("ស្រុកខ្មែរ", 5, "ស្រុក …"),
        ("ស្រុកខ្មែរ", 2, " …"),
        ("abcdef", 3, "abc …"),
    ],
)
def test_a_text_is_cut_between_clusters(text: str, n_chars: int, beginning: str) -> None:
    assert cut(text, n_chars) == beginning


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.kh/%E1%9E%81%E1%9F%92%E1%9E%98%E1%9F%82%E1%9E%9A", "https://x.kh/ខ្មែរ"),
        ("https://x.kh/a?b=1", "https://x.kh/a?b=1"),
        ("https://x.kh/%ff%fe", "https://x.kh/%ff%fe"),
    ],
)
def test_a_url_is_readable(url: str, shown: str) -> None:
    assert readable(url) == shown
