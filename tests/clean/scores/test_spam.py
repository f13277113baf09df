"""Advertisements, and reports about them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import numpy as np
import pytest

from clean.scores import spam
from clean.scores.texts import Texts
from khmer.normalize import normalize_text

GAMBLING = [
    "ចុះឈ្មោះលេងកាស៊ីណូអនឡាញថ្ងៃនេះ សមាជិកថ្មីទទួលបានប្រាក់បន្ថែម ដាក់ប្រាក់ដកប្រាក់លឿន លេងបាការ៉ាត់ឈ្នះលុយធំ!",
    "LUCKY casino: slot, jackpot, free spin សម្រាប់អ្នកភ្នាល់បាល់ទាំងអស់គ្នា",
]
ADULT = ["ជជែកវីដេអូជាមួយនារីស្រស់ស្អាត កាមេរ៉ាផ្ទាល់ មើលវីដេអូសិច សម្រាប់មនុស្សពេញវ័យ មិនចាំបាច់ចុះឈ្មោះ"]
REPORTS = [
    "សមត្ថកិច្ចនគរបាលបានចុះបង្ក្រាបទីតាំងកាស៊ីណូអនឡាញមួយកន្លែង ឃាត់ខ្លួនជនសង្ស័យដប់នាក់ ដែលលេងបាការ៉ាត់ និងជល់មាន់។",
    "តុលាការបានសម្រេចឃុំខ្លួនបុរសម្នាក់ ពីបទបង្ហោះវីដេអូសិចរបស់ក្មេងស្រី ដែលជាអំពើរំលោភច្បាប់ នេះបើតាមនគរបាល។",
    "ធនាគារបានណែនាំអតិថិជនឱ្យដាក់ប្រាក់ និងដកប្រាក់តាមទូរស័ព្ទ ដោយឥតគិតថ្លៃ។",
    "កាស៊ីណូថ្មីមួយនឹងបើកដំណើរការនៅក្រុងបាវិត ក្រសួងសេដ្ឋកិច្ចបានប្រាប់អ្នកសារព័ត៌មាន។",
    "គ្រូពេទ្យណែនាំយុវវ័យអំពីសុខភាពផ្លូវភេទ និងជំងឺឆ្លងតាមការរួមភេទ។",
]


@pytest.mark.parametrize("text", GAMBLING)
def test_gambling_advertisements(texts_of: Callable[..., Texts], text: str) -> None:
    assert spam.gambling_rate(texts_of(["ខ្មែរ", text]))[1] > 1
    assert spam.gambling_rate(texts_of(["ខ្មែរ", text]))[0] == 0


@pytest.mark.parametrize("text", ADULT)
def test_adult_advertisements(texts_of: Callable[..., Texts], text: str) -> None:
    assert spam.adult_rate(texts_of([text]))[0] > 1


@pytest.mark.parametrize("text", REPORTS)
def test_reports_are_no_advertisements(texts_of: Callable[..., Texts], text: str) -> None:
    assert spam.gambling_rate(texts_of([text])).tolist() == [0]
    assert spam.adult_rate(texts_of([text])).tolist() == [0]


@pytest.mark.parametrize("text", [*GAMBLING, *ADULT])
def test_an_advertisement_within_an_article(texts_of: Callable[..., Texts], article: str, text: str) -> None:
    long = "\n".join([article] * 5)
    within = texts_of([f"{long}\n{text}\n{long}", long])
    rates = np.maximum(spam.gambling_rate(within), spam.adult_rate(within))
    assert rates[0] > 1
    assert rates[1] == 0


def test_a_report_of_many_passages(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of(["\n".join([REPORTS[0], article] * 20)])
    assert spam.gambling_rate(texts).tolist() == [0]


@pytest.mark.parametrize("terms", [spam.GAMBLING, spam.ADULT])
def test_terms_are_in_canonical_spelling(terms: spam.Terms) -> None:
    phrases = [*chain(*terms.names, *terms.offers), *terms.others, *spam.REPORT]
    assert [normalize_text(phrase) for phrase in phrases] == phrases
    assert len(set(phrases)) == len(phrases)
