"""Features of blocks, and the comments of readers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract import content
from clean.extract.blocks import Page, read_blocks
from clean.extract.content import FEATURES, features, in_comments, model
from clean.extract.content_weights import WEIGHTS
from clean.extract.measures import Measures


def blocks(html: str) -> Page:
    return read_blocks(LexborHTMLParser(html))


def test_features_have_names_and_are_finite(page: Callable[..., str]) -> None:
    read = blocks(page())
    values = features(read, Measures(read))
    assert values.shape == (len(read.blocks), len(FEATURES))
    assert np.isfinite(values).all()
    assert tuple(WEIGHTS) == FEATURES
    assert len(model().weights) == len(FEATURES)


def test_a_paragraph_is_likelier_than_a_menu(page: Callable[..., str], article: str) -> None:
    read = blocks(page())
    chances = dict(
        zip((b.text for b in read.blocks), model().chances(features(read, Measures(read))), strict=True)
    )
    paragraphs = article.split("\n")
    others = [chance for text, chance in chances.items() if text not in paragraphs]
    assert min(chances[text] for text in paragraphs) > max(others)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ('class="comment-list"', True),
        ('id="comments"', True),
        ('class="post-comments"', True),
        ('id="disqus_thread"', True),
        ('class="x comment y"', True),
        ('class="comments-open"', False),
        ('class="no-comments"', False),
        ('class="comment-count"', False),
        ('class="article-body"', False),
        ("", False),
    ],
)
def test_comments_are_known_by_the_names_around_them(names: str, expected: bool) -> None:
    read = blocks(f"<body><div {names}><div><p>អរគុណសម្រាប់អត្ថបទល្អ</p></div></div></body>")
    assert in_comments(read, Measures(read)).tolist() == [expected]


def test_names_are_matched_alike_when_more_stand_on_pages_than_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content, "MOST_KNOWN", 3)
    monkeypatch.setattr(content, "LONGEST_KNOWN", 20)
    names = [
        "comments",
        "story",
        *(f"part-{n}" for n in range(5)),
        "comments",
        f"{'long-' * 5} comments",
        "story",
    ]
    read = blocks("".join(f"<div class='{name}'>អរគុណ</div>" for name in names))
    assert in_comments(read, Measures(read)).tolist() == ["comments" in name for name in names]
