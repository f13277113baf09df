"""Tags of documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.language.labels import language_of, other_language_of
from clean.scores.texts import Texts

PALI = (
    "នមោ តស្ស ភគវតោ អរហតោ សម្មាសម្ពុទ្ធស្ស ពុទ្ធំ សរណំ គច្ឆាមិ ធម្មំ សរណំ គច្ឆាមិ សង្ឃំ សរណំ គច្ឆាមិ "
    "ទុតិយម្បិ ពុទ្ធំ សរណំ គច្ឆាមិ ទុតិយម្បិ ធម្មំ សរណំ គច្ឆាមិ ទុតិយម្បិ សង្ឃំ សរណំ គច្ឆាមិ"
)
SANSKRIT = "ធម៌ក្ឞេត្រេ កុរុក្ឞេត្រេ សមវេតា យុយុត្សវះ មាមកាះ បាណ្ឌវាឝ្ចៃវ កិមកុវ៌ត សញ្ជយ"
PREFECTURES = "យ៉ាម៉ាហ្គាតា ហ្វ៊ូគូអ៊ីស៊ីម៉ា ស៊ីហ្សូអូកា ណាហ្គាសាគី មីយ៉ាហ្សាគី អូគីណាវ៉ា ហ៊្យូហ្គុ វ៉ាកាយ៉ាម៉ា តុតតុរិ"
ENGLISH = (
    "The village school planted a hundred trees this morning, and each pupil will look after one of them."
)
VIETNAMESE = "Sáng nay trường làng đã trồng một trăm cây xanh và mỗi học sinh sẽ chăm sóc một cây."
THAI = "เช้านี้โรงเรียนในหมู่บ้านได้ปลูกต้นไม้หนึ่งร้อยต้น และนักเรียนแต่ละคนจะดูแลคนละหนึ่งต้น"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (PALI, "pi"),
        (SANSKRIT, "sa"),
        (PREFECTURES, "und-Khmr"),
        (ENGLISH, "en"),
        (VIETNAMESE, "vi"),
        (THAI, "th"),
        ("ព្រះពុទ្ធសាសនា", "km"),  # too short to doubt
        ("ក្រុមហ៊ុន Samsung Galaxy Note Xperia", "km"),  # names without a language
        ("១២៣ ៤៥៦ ។ 2024-01-01", "zxx"),
        ("", "zxx"),
        ("\n\n", "zxx"),
        ("្្្ាាា", "km"),
        ("Αλφα", "el"),
    ],
)
def test_language_of_one_text(texts_of: Callable[..., Texts], text: str, tag: str) -> None:
    assert language_of(texts_of([text])).to_pylist() == [tag]


def test_prose_is_khmer_whatever_stands_beside_it(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of([article, f"{article}\n{PALI}", article + PREFECTURES, f"{article}\n{ENGLISH}", ENGLISH])
    assert language_of(texts).to_pylist() == ["km", "km", "km", "km", "en"]


def test_chants_with_a_khmer_title_are_pali(texts_of: Callable[..., Texts]) -> None:
    title = "ធម៌នមស្ការព្រះរតនត្រ័យសម្រាប់ពុទ្ធបរិស័ទសូត្រនៅពេលព្រឹកនិងពេលល្ងាច"
    assert language_of(texts_of([f"{title}\n{PALI}\n{PALI}"])).to_pylist() == ["pi"]


def test_the_language_of_other_lines_is_told(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of(
        [article, f"{article}\n{ENGLISH}", f"{article}\n{VIETNAMESE}", f"{article}\nFacebook", ENGLISH]
    )
    assert other_language_of(texts).to_pylist() == [None, "en", "vi", None, None]


def test_no_text_no_tag(texts_of: Callable[..., Texts]) -> None:
    assert language_of(texts_of([])).to_pylist() == []
    assert other_language_of(texts_of([])).to_pylist() == []


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("\ufffd" * 300_000, "zxx"),
        ("\n" * 300_000, "zxx"),
        ("ក" * 300_000, "km"),
        ("ឞ៝ឝ" * 100_000, "und-Khmr"),
        ("្" * 300_000, "km"),
        ("ាំ" * 150_000, "km"),
        ("ក a " * 100_000, "km"),
        ("1" * 1_500_000 + "Greetings to the village", "und"),
        (f"{PALI}\n" * 2_000, "pi"),
        ("\U0010fffd\U00020000" * 50_000, "und"),
    ],
)
def test_odd_texts_have_a_tag(texts_of: Callable[..., Texts], text: str, tag: str) -> None:
    assert language_of(texts_of([text])).to_pylist() == [tag]
