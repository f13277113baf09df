"""Pages as machines translate them, beside what people write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clean.scores import machine
from clean.scores.texts import Texts
from khmer.normalize import normalize_text

TRANSLATED = [
    (
        "ប្រសិនបើអ្នកកំពុងស្វែងរកវិធីដ៏ល្អបំផុតដើម្បីសម្អាតផ្ទះបាយរបស់អ្នក, នេះគឺជាកន្លែងត្រឹមត្រូវសម្រាប់អ្នក. វាគឺជាឧបករណ៍មួយដែល"
        "អាចត្រូវបានប្រើដោយមនុស្សភាគច្រើន, ហើយវាងាយស្រួលក្នុងការប្រើប្រាស់. អ្នកអាចទិញវានៅលើគេហទំព័ររបស់យើង 24 ម៉ោងក្នុងមួយថ្ងៃ."
    ),
    (
        "ការជ្រើសរើសកៅអីការិយាល័យគឺជាផ្នែកមួយនៃការសម្រេចចិត្តដែលអ្នកត្រូវធ្វើ. ទោះជាយ៉ាងណា, មានវត្ថុមួយចំនួនដែលអ្នកគួរតែពិចារណា"
        "មុនពេលអ្នកទិញវា. ឧទាហរណ៍, កម្ពស់របស់វាត្រូវបានកំណត់ដោយគុណភាពនៃផលិតផល, ហើយពួកគេមាន 12 ខែនៃការធានា."
    ),
]
WRITTEN = [
    (
        "នៅព្រឹកថ្ងៃទី១២ ខែមករា លោក សុខ ដារ៉ា អភិបាលស្រុក បានអញ្ជើញចុះសួរសុខទុក្ខប្រជាពលរដ្ឋ ដែលរងគ្រោះដោយទឹកជំនន់ ហើយបាននាំយក"
        "អង្ករ មី និងទឹកត្រី មកចែកជូនផងដែរ ។ លោកបានថ្លែងថា «យើងមិនទុកឱ្យបងប្អូនណាម្នាក់អត់បាយឡើយ» ។ កាលពីសប្តាហ៍មុន ទឹកបានឡើង"
        "ដល់២ម៉ែត្រ ធ្វើឱ្យផ្ទះជាង៣០ខ្នង លិចជិតដល់ដំបូល ។"
    ),
]


def test_translated_and_written(texts_of: Callable[..., Texts]) -> None:
    chances = machine.translated(texts_of([*TRANSLATED, *WRITTEN]))
    assert chances[: len(TRANSLATED)].min() > 0.7
    assert chances[len(TRANSLATED) :].max() < 0.05


def test_a_short_text_says_nothing(texts_of: Callable[..., Texts]) -> None:
    assert np.isnan(machine.translated(texts_of(["អ្នកអាចទិញវានៅលើគេហទំព័ររបស់យើង.", ""]))).all()


@pytest.mark.parametrize(
    ("text", "habits"),
    [
        ("កខ កខ", [2, 0, 0, 0, 0]),
        ("កខ, កខ. កខ។, ក : ខ", [5, 3, 0, 0, 0]),
        ("12 ១២ 3៤", [0, 0, 2, 2, 0]),
        ("Phnom Penh 2x", [0, 0, 1, 0, 3]),
        ("é😀ក", [1, 0, 0, 0, 0]),
    ],
)
def test_habits(texts_of: Callable[..., Texts], text: str, habits: list[int]) -> None:
    texts = texts_of([text])
    n_clusters = max(int(texts.counts.n_clusters[0]), 1)
    rates = machine.features(texts)[0]
    assert rates[1 : machine.N_HABITS] * n_clusters / 100 == pytest.approx(habits[1:])
    assert np.exp(rates[0]) == pytest.approx(max(texts.counts.n_clusters[0] / max(habits[0], 1), 1))


def test_phrases_are_in_canonical_spelling() -> None:
    phrases = [phrase for group in machine.GROUPS for phrase in group]
    assert [normalize_text(phrase) for phrase in phrases] == phrases
