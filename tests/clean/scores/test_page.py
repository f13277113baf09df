"""What pages tell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clean.extract.tables import FAILED, NO_KHMER, READ, TOO_COSTLY, TOO_LARGE, TOO_SLOW
from clean.scores import page
from clean.scores.texts import Texts
from khmer.normalize import normalize_text


def test_each_outcome_has_its_score(texts_of: Callable[..., Texts]) -> None:
    outcomes = [READ, NO_KHMER, TOO_LARGE, TOO_COSTLY, TOO_SLOW, FAILED, None]
    texts = texts_of([""] * len(outcomes), page_outcome=outcomes)
    scores = (page.without_khmer, page.too_large, page.too_costly, page.too_slow, page.failed)
    for position, score in enumerate(scores, start=1):
        assert score(texts).tolist() == [float(n == position) for n in range(len(outcomes))]


def test_facts_are_null_without_a_page(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ក", "ខ"], page_link_share=[0.5, None], page_main_share=[0.25, None])
    assert page.link_share(texts).tolist() == pytest.approx([0.5, float("nan")], nan_ok=True)
    assert page.main_share(texts).tolist() == pytest.approx([0.25, float("nan")], nan_ok=True)


def test_facts_of_extraction_are_scores(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ក" * 30, "", "ខ"], page_host_chars=[10, 0, None], page_comment_chars=[7, 0, None])
    unsure = texts_of(["ក", "ខ"], page_confidence=[0.125, None])
    assert page.confidence(unsure).tolist() == pytest.approx([0.125, float("nan")], nan_ok=True)
    assert page.host_share(texts).tolist() == [0.25, 0, 0]
    assert page.comment_chars(texts).tolist() == pytest.approx([7, 0, float("nan")], nan_ok=True)
    converted = texts_of(["ក"], page_legacy_chars=[12])
    assert page.legacy_chars(converted).tolist() == [12]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("រកមិនឃើញទំព័រ", 1),
        ("រកមិនឃើញ អត្ថបទ", 1),
        ("សូមអភ័យទោស! មិនមានអត្ថបទនេះទេ", 1),
        ("ទំព័រនេះមិនមាន", 1),
        ("404", 1),
        ("404 - ដំណឹងស្រុកស្រែ", 1),
        ("Error 404", 1),
        ("Page not found", 1),
        ("នគរបាលរកមិនឃើញជនសង្ស័យ", 0),
        ("ផ្លូវជាតិលេខ 404", 0),
        ("៤០៤ - រកមិនឃើញ", 1),
        ("៤០៤ គ្រួសារទទួលអំណោយ", 0),
        ("404 គ្រួសារទទួលអំណោយ", 0),
        ("គ្មានទឹកស្អាតប្រើ", 0),
        (None, 0),
    ],
)
def test_error_titles(texts_of: Callable[..., Texts], title: str | None, said: int) -> None:
    assert page.error_title(texts_of(["ខ្លី"], title=[title])).tolist() == [said]
    assert page.error_title(texts_of(["ខ្លី"], page_h1=[title])).tolist() == [said]


def test_a_long_text_is_no_error_page(texts_of: Callable[..., Texts], article: str) -> None:
    assert page.error_title(texts_of([article * 5], title=["Page not found"])).tolist() == [0]


@pytest.mark.parametrize(
    ("text", "high"),
    [
        ("ទំព័រដែលអ្នកកំពុងស្វែងរកមិនមានទៀតទេ ឬត្រូវបានដកចេញពីគេហទំព័រ។", True),
        ("Page not found. The page you are looking for no longer exists.", True),
        ("គាត់ថាផ្ទះចាស់នោះមិនមានទៀតទេ ព្រោះទឹកជំនន់បាននាំយកទៅ។", False),
    ],
)
def test_error_texts(texts_of: Callable[..., Texts], text: str, high: bool) -> None:
    (rate,) = page.error_rate(texts_of([text + "ក"])).tolist()
    assert (rate > 1.5) is high


def test_teasers(texts_of: Callable[..., Texts], article: str) -> None:
    linked = "ភ្លៀងធ្លាក់… អានបន្ត “ភ្លៀង”\nសិស្សដាំឈើ Read more »"
    broken = "ភ្លៀងធ្លាក់…\nស្រូវឡើងថ្លៃ...\nសិស្សដាំឈើ…\nចំណងជើង"
    long, short = (
        texts_of([linked, broken], page_bytes=[1, 1]),
        texts_of([article, "ខ្លី…", article + "\nអានបន្ត", "អានបន្តទៀត"], page_bytes=[1] * 4),
    )
    assert page.teaser_share(long).tolist() == pytest.approx([1, 38 / 45], abs=0.01)
    assert page.teaser_share(short).tolist() == pytest.approx([0, 1, 0.03, 0], abs=0.01)


def test_without_a_page_there_are_no_teasers(texts_of: Callable[..., Texts]) -> None:
    assert np.isnan(page.teaser_share(texts_of(["ភ្លៀងធ្លាក់… អានបន្ត"]))).all()


def test_cards_that_are_links_as_a_whole(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of([article * 2, "ខ្លី", article * 2], page_link_share=[0.9, 1.0, None])
    assert page.linked_text_share(texts).tolist() == [0.9, 0, 0]


def test_other_scripts_count_beside_a_small_main_text(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(
        ["ក", "ខ", "គ"], page_other_script_share=[0.9, 0.9, None], page_main_share=[0.1, 0.2, None]
    )
    assert page.other_script_share(texts).tolist() == pytest.approx([0.9, 0, float("nan")], nan_ok=True)


def test_phrases_are_in_canonical_spelling() -> None:
    phrases = [page.ERROR_TITLE, page.ERROR_TEXT, page.TEASER_LINK]
    assert [normalize_text(phrase) for phrase in phrases] == phrases
