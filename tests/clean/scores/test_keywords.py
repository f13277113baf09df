"""Lists of keywords beside prose that enumerates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import keywords
from clean.scores.texts import Texts

TAGS = "លក់ផ្ទះ, ផ្ទះល្វែង, ដីឡូតិ៍, ផ្ទះជួល, ខុនដូ, វីឡា, ដីលក់បន្ទាន់, ផ្ទះភ្នំពេញ, បុរី"
CLOUDS = [
    TAGS,
    TAGS.replace(", ", " | "),
    "#" + TAGS.replace(", ", " #").replace("ដីលក់បន្ទាន់", "khmer_land"),
    TAGS.replace(", ", "\u2022 "),
]
PROSE = [
    "នៅផ្សារមានលក់ត្រី, សាច់, បន្លែ, ផ្លែឈើ និងគ្រឿងទេសជាច្រើនមុខទៀត ដែលកសិករដាំដុះដោយខ្លួនឯង។",
    "ក, ខ, គ, ឃ, ង, ច, ឆ",
    "តម្លៃកើនពី 1,250,000,000,000,000,000 រៀល ដល់ពីរដងនៃចំនួននោះ ក្នុងរយៈពេលតែមួយឆ្នាំប៉ុណ្ណោះ។",
    "",
    "\n\n,,,,,,,,,,,,,,,,",
]


@pytest.mark.parametrize("text", CLOUDS)
def test_clouds(texts_of: Callable[..., Texts], text: str) -> None:
    assert keywords.listed_share(texts_of([text])).tolist() == [1]


@pytest.mark.parametrize("text", [*PROSE, "\n".join(TAGS.split(", ")), TAGS.replace(", ", ". ")])
def test_prose_and_lines(texts_of: Callable[..., Texts], text: str) -> None:
    assert keywords.listed_share(texts_of([text]))[0] < 0.6


def test_a_list_within_an_article_counts_by_its_share(texts_of: Callable[..., Texts], article: str) -> None:
    share = keywords.listed_share(texts_of([f"{article}\n{TAGS}\n{article}", article]))
    assert 0.1 < share[0] < 0.2
    assert share[1] == 0


@pytest.mark.parametrize("sign", [" ", ", ", "\n"])
def test_phrases_again_and_again(texts_of: Callable[..., Texts], article: str, sign: str) -> None:
    stuffed = sign.join(TAGS.split(", ") * 5)
    shares = keywords.repeated_phrase_share(
        texts_of([stuffed, article, f"{article}\n{article}", "", "កក កក"])
    )
    assert shares.round(2).tolist() == [0.8, 0, 0.5, 0, 0]


def test_more_phrases_than_are_learnt(texts_of: Callable[..., Texts]) -> None:
    many = " ".join(f"{n:06x}" for n in range(1 << 20))
    share = keywords.repeated_phrase_share(texts_of([f"{many} {many}"]))[0]
    assert 0.2 < share < 0.3


def test_addresses(texts_of: Callable[..., Texts], article: str) -> None:
    links = "\n".join(f"សិស្សដាំដើមឈើ https://sala.example/{n}" for n in range(9))
    sources = f"{article} www.sala.example http://phnompenh.example"
    rates = keywords.address_rate(texts_of([links, sources, f"{sources} https://kampot.example", ""]))
    assert rates[0] > 10
    assert rates[1] == 0
    assert 0 < rates[2] < 1
    assert rates[3] == 0


def test_stuffing_is_repetition_without_function_words(texts_of: Callable[..., Texts], article: str) -> None:
    stuffed = " ".join(TAGS.split(", ") * 5)
    shares = keywords.stuffed_share(texts_of([stuffed, f"{article}\n{article}", "ខ្មែរ ខ្មែរ ខ្មែរ", ""]))
    assert shares.round(2).tolist() == [0.8, 0, 0, 0]
