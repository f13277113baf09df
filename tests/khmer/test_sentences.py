from __future__ import annotations

import pyarrow as pa
import pytest

from khmer.sentences import count_sentence_ends, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("ខ្ញុំទៅសាលា", ["ខ្ញុំទៅសាលា"]),
        ("ខ្ញុំទៅសាលា។ គាត់ទៅផ្សារ។", ["ខ្ញុំទៅសាលា។", "គាត់ទៅផ្សារ។"]),
        ("ចប់៕\nរឿងថ្មី", ["ចប់៕", "រឿងថ្មី"]),
        ("តើអ្នកណា? ខ្ញុំ!", ["តើអ្នកណា?", "ខ្ញុំ!"]),
        ("គាត់ថា៖ «ទៅ!» រួចដើរ។", ["គាត់ថា៖", "«ទៅ!»", "រួចដើរ។"]),
        ("ក្មេងៗលេង។", ["ក្មេងៗលេង។"]),
        ("ស្វាយ ចេក ។ល។ ត្រូវបានលក់។", ["ស្វាយ ចេក ។ល។ ត្រូវបានលក់។"]),
        ("ស្វាយ ចេក ៘ ត្រូវបានលក់។", ["ស្វាយ ចេក ៘ ត្រូវបានលក់។"]),
        ("ស្វាយ ចេក ។ល។\nបន្លែ", ["ស្វាយ ចេក ។ល។", "បន្លែ"]),
        ("មើល http://a.kh/?q=1 ទៅ។", ["មើល http://a.kh/?q=1 ទៅ។"]),
        ("អត់ទេ?!… មែន", ["អត់ទេ?!…", "មែន"]),
        ("មួយ\n\n ពីរ ", ["មួយ", "ពីរ"]),
        ("ចប់។ ៚", ["ចប់។", "៚"]),
    ],
)
def test_split(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences
    if "\n" not in text:
        ends = sum(sentence[-1] in "។៕៖?!…៚»" for sentence in sentences)
        assert count_sentence_ends(pa.array([text])).tolist() == [ends]


def test_counts_of_a_column() -> None:
    column = pa.array(["ក។ ខ។", None, "", "តើ?? ទៅ ។ល។", "ក\nខ"])
    assert count_sentence_ends(column).tolist() == [2, 0, 0, 1, 0]
    assert count_sentence_ends(pa.chunked_array([column[:1], column[3:]])).tolist() == [2, 1, 0]
    assert count_sentence_ends(pa.array([], pa.large_string())).tolist() == []
