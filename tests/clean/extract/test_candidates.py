"""Candidate blocks, and the text that a choice of them gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import read_blocks
from clean.extract.candidates import candidates, place
from clean.extract.settle import settle_page


def main_text(html: str, title: str | None = None) -> list[str]:
    page = read_blocks(LexborHTMLParser(html))
    settled = settle_page(candidates(page), [element.parent for element in page.elements], title)
    return settled.text.split("\n") if settled.text else []


def test_menu_related_and_footer_stay_out(page: Callable[..., str], article: str) -> None:
    assert "\n".join(main_text(page(), "សិស្សដាំដើមឈើ")) == article


def test_a_short_line_between_paragraphs_stays(page: Callable[..., str], article: str) -> None:
    first, *rest = article.split("\n")
    assert main_text(page([first, "ការដាំដើមឈើ", *rest]))[-4:] == [first, "ការដាំដើមឈើ", *rest]


def test_a_page_of_one_sentence_keeps_it(page: Callable[..., str], article: str) -> None:
    (sentence, *_) = article.split("\n")
    assert main_text(page([sentence])) == [sentence]


@pytest.mark.parametrize("html", ["", "<body></body>", "<body><p> </p><img src=x></body>"])
def test_a_page_without_text_has_no_blocks(html: str) -> None:
    assert main_text(html) == []


def test_lists_and_tables_are_kept_as_text(page: Callable[..., str], article: str) -> None:
    table = "<table><tr><th>ខេត្ត<th>ចំនួនដើមឈើ</tr><tr><td>តាកែវ<td>១ ២០០</tr><tr><td>កំពត<td><b>៨០០</b></tr></table>"
    listed = "<ul><li>ស្វាយ<br>ខ្នុរ</li><li>ដូង</li></ul>"
    first, second, third = article.split("\n")
    text = main_text(page([first, second + table + listed, third]))
    assert text[-8:] == [
        second, "ខេត្ត | ចំនួនដើមឈើ", "តាកែវ | ១ ២០០", "កំពត | ៨០០", "- ស្វាយ", "ខ្នុរ", "- ដូង", third,
    ]  # fmt: skip


def test_comments_stand_apart(page: Callable[..., str], article: str) -> None:
    comment = "អត្ថបទនេះពិតជាមានប្រយោជន៍ណាស់ សូមអរគុណក្រុមការងារដែលបានសរសេររឿងនេះឡើងមក។"
    html = page().replace("<footer>", f'<div id="comments"><ol><li><p>{comment}</p></li></ol></div><footer>')
    read = read_blocks(LexborHTMLParser(html))
    settled = settle_page(candidates(read), [element.parent for element in read.elements], "សិស្សដាំដើមឈើ")
    assert settled.text == article
    assert settled.comments == comment
    assert settled.confidence > 0.5


def test_a_page_of_comments_alone_is_read(article: str) -> None:
    assert main_text(f'<div class="comments"><p>{article}</p></div>') == [article.replace("\n", " ")]


def test_a_place_is_known_again_whatever_its_number() -> None:
    first, other, deeper = (
        read_blocks(LexborHTMLParser(f"<main><div class='{name}'><p>ក</p></div></main>")).elements
        for name in ("post-12", "post-345", "page")
    )
    assert place(first, 3) == place(other, 3) != place(deeper, 3)
    assert place(first, 0) != place(first, 1)


VERSES = (
    "ឱព្រះចន្ទចាំងរស្មី", "បំភ្លឺភូមិស្រែយើងខ្ញុំ", "ខ្យល់បក់ត្រជាក់ជុំ", "ស្រូវទុំពេញវាលស្រស់",
    "កូនក្មេងរត់លេងសប្បាយ", "ម្តាយឪពុកញញឹមស្រស់", "ទឹកទន្លេហូរមិនអស់", "ដូចចិត្តស្រឡាញ់ស្រុកកើត",
)  # fmt: skip
DIALOGUE = (
    "ម៉ែសួរ៖ «កូនទៅណា?»", "កូនឆ្លើយ៖ «កូនទៅសាលា!»", "«ញ៉ាំបាយហើយឬនៅ?»", "«នៅទេ ម៉ែ។»", "ម៉ែដួសបាយឱ្យកូន។",
    "កូនញ៉ាំយ៉ាងឆ្ងាញ់។", "ឪពុកដើរចូលមក។", "«ថ្ងៃនេះរៀនអ្វីខ្លះ?»", "«រៀនគូររូបដើមឈើ និងសត្វគោ។»", "ឪពុកសើច។",
    "«គូររូបឪពុកឱ្យមើលផង!»", "កូនក៏យកខ្មៅដៃមកគូរភ្លាម។",
)  # fmt: skip


def test_verses_and_dialogue_are_main_text(page: Callable[..., str]) -> None:
    assert main_text(page(["<br>".join(VERSES)]), "សិស្សដាំដើមឈើ") == list(VERSES)
    assert main_text(page(VERSES), "សិស្សដាំដើមឈើ") == list(VERSES)
    assert main_text(page(DIALOGUE), "សិស្សដាំដើមឈើ") == list(DIALOGUE)
