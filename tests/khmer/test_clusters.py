from __future__ import annotations

import json
import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from khmer import clusters
from khmer.codepoints import CLUSTER
from khmer.normalize import normalize

PIECES = [
    *map(chr, range(0x1780, 0x17EA)),
    *"កខញដតបរសអ" * 4,
    *"\u17d2" * 20,
    *"\u200b\u200c\u200d\ufeff",
    *" \t\n\u00a0ABz9Éß±$%。漢กิ",
    "\U0001f600",
    "\U00020000",
]
BASE = "[\u1780-\u17b3]"
# UTN #61, p. 16, written out once more as a regular expression.
SYLLABLE = re.compile(
    f"{BASE}\u17cc?(?:(?:\u17d2(?!\u179a){BASE})?\u17d2{BASE})?(?:[\u17c9\u17ca]\u200c?)?[\u17b6-\u17c5]?"
    "(?:(?:[\u17c6\u17cb\u17cd-\u17cf\u17d1\u17d3]|(?<!\u17bb)[\u17d0\u17dd])[\u17c6\u17cb\u17cd-\u17d1\u17d3\u17dd]?)?"
    "[\u17c7\u17c8]?"
)
KHMER_MARK = "[\u17b6-\u17d3\u17dd]"


def fuzz(n: int, seed: int) -> list[str]:
    generator = random.Random(seed)
    return ["".join(generator.choices(PIECES, k=generator.randint(0, 30))) for _ in range(n)]


def n_invalid(text: str) -> int:
    """Marks left over when every well-formed syllable is taken out."""
    return len(re.findall(KHMER_MARK, SYLLABLE.sub("", text)))


def is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" and not "\u1780" <= character <= "\u17ff"


def is_latin(character: str) -> bool:
    return is_letter(character) and unicodedata.name(character).startswith("LATIN")


def test_counts_of_a_text() -> None:
    counted = clusters.counts(pa.array(["ភាសាខ្មែរ 2០26\nABC กิ។"]))
    assert {name: column.item() for name, column in counted._asdict().items()} == {
        "n_chars": 22,
        "n_clusters": 4,
        "n_khmer": 9,
        "n_marks": 4,
        "n_coengs": 1,
        "n_invalid": 0,
        "n_latin": 3,
        "n_other_letters": 2,
        "n_digits": 4,
        "n_spaces": 2,
        "n_newlines": 1,
        "n_punctuation": 1,
        "n_invisible": 0,
    }


def test_counts_equal_a_reference() -> None:
    texts = fuzz(3000, seed=3)
    counted = clusters.counts(pa.array(texts))
    expected = {
        "n_chars": [len(text) for text in texts],
        "n_clusters": [len(CLUSTER.findall(text)) for text in texts],
        "n_khmer": [len(re.findall("[\u1780-\u17b3\u17b6-\u17d3\u17dd]", text)) for text in texts],
        "n_marks": [len(re.findall(KHMER_MARK, text)) for text in texts],
        "n_latin": [sum(map(is_latin, text)) for text in texts],
        "n_other_letters": [sum(is_letter(c) and not is_latin(c) for c in text) for text in texts],
        "n_digits": [len(re.findall("[0-9០-៩]", text)) for text in texts],
        "n_spaces": [len(re.findall("[ \t\u00a0]", text)) for text in texts],
        "n_invisible": [len(re.findall("[\u17b4\u17b5\u200b-\u200d\ufeff]", text)) for text in texts],
    }
    for name, values in expected.items():
        differing = np.flatnonzero(getattr(counted, name) != np.array(values))
        assert [ascii(texts[i]) for i in differing[:3]] == [], name


def test_invalid_marks_equal_a_reference() -> None:
    texts = fuzz(4000, seed=4)
    found = clusters.counts(pa.array(texts)).n_invalid.tolist()
    assert [(ascii(t), f) for t, f in zip(texts, found, strict=True) if f != n_invalid(t)][:3] == []


@pytest.mark.parametrize(
    ("text", "n", "reason"),
    [
        ("សាលារៀន ស្ត្រី ធម៌ ស៊ី ចាំ ណ៎ះ ឧទាហរណ៍", 0, "words"),
        ("ចន្ទ្រា ប្រយោជន៍ អ៊ី ម៉ឺងម៉ៃ នេះ៖ ៗ ៛ ១២", 0, "words and signs"),
        ("ាក", 1, "a vowel without a base"),
        ("ក ់", 1, "a sign behind a space"),
        ("ក្", 1, "a coeng without a base at the end"),
        ("ក្ ខ", 1, "a coeng without a base"),
        ("ក្ា", 2, "a coeng without a base, then a vowel"),
        ("កាិ", 1, "two vowels"),
        ("ក្រ្ត", 1, "coeng ro before another"),
        ("ក្ត្ត្ត", 1, "a third coeng"),
        ("កុ័", 1, "samyok sannya behind -u"),
    ],
)
def test_invalid_marks(text: str, n: int, reason: str) -> None:
    assert clusters.counts(pa.array([text])).n_invalid.tolist() == [n], reason


def test_shares() -> None:
    texts = pa.array(["ខ្មែរ", "ខ្មែរ hello", "hello", "123", None, ""])
    assert clusters.khmer_share(texts).tolist() == [1.0, 0.5, 0.0, 0.0, 0.0, 0.0]
    rates = clusters.invalid_rate_of(clusters.counts(pa.array(["កាា", "hello", None])))
    assert rates.tolist() == [1 / 3, 0.0, 0.0]


# --- units ----------------------------------------------------------------------------------------------------


def units(text: str) -> list[int]:
    return clusters.unit_hashes(pa.array([text])).hashes.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ភាសាខ្មែរ", "ភាសា ខ្មែរ"),
        ("តម្លៃ ២០០០ រៀល", "តម្លៃ៖ 2000 រៀល។"),
        ("BBC News", "bbc news!"),
        ("ÉCOLE", "école"),
        ("«សាលា»", "សាលា…"),
        ("ស៊\u200cី", "ស៊ី"),
        ("ផ្លែ\u00a0ឈើ", "ផ្លែ\nឈើ"),
    ],
)
def test_alike_units(one: str, other: str) -> None:
    assert units(one) == units(other)


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 0),
        (" ។៕ ... ", 0),
        ("ស្ត្រី", 1),
        ("ភាសាខ្មែរ", 4),
        ("២០២៦", 1),
        ("Covid19", 2),
        ("កA1", 3),
        ("漢字", 2),
        ("\U0001f600\U0001f600", 2),
        ("៛៛", 2),
        ("\u17b6ក", 2),
    ],
)
def test_number_of_units(text: str, n: int) -> None:
    assert len(units(text)) == n


def test_unit_hashes_stay_the_same() -> None:
    """Signatures are stored, so these may not change between machines or versions."""
    assert units("ស្រី 12 ab") == [11092522510915305737, 5061526940857490323, 11029246988331097337]


def test_different_units_have_different_hashes() -> None:
    found = {
        cluster for text in fuzz(2000, seed=5) for cluster in CLUSTER.findall(text.replace("\u200c", ""))
    }
    texts = [*sorted(found), *map(str, range(1000)), *"abcdefghijklmnopqrstuvwxyz漢字"]
    hashed = clusters.unit_hashes(pa.array(texts))
    assert hashed.offsets.tolist() == list(range(len(texts) + 1))
    assert len(set(hashed.hashes.tolist())) == len(texts)


# --- clusters ---------------------------------------------------------------------------------------------------


def test_spans_equal_a_reference() -> None:
    texts = fuzz(2000, seed=6)
    found = clusters.cluster_spans(pa.array(texts))
    for i, text in enumerate(texts):
        spans = found.spans[found.offsets[i] : found.offsets[i + 1]].tolist()
        utf8 = text.encode()
        assert [utf8[start:end].decode() for start, end in spans] == clusters.split_clusters(text)
        assert spans == [
            [len(text[: m.start()].encode()), len(text[: m.end()].encode())] for m in CLUSTER.finditer(text)
        ]


def test_count_clusters() -> None:
    assert clusters.count_clusters(pa.array(["ខ្មែរ ខ្មែរ រាល់", None, "ABC 12 ។", "ល់"])) == {
        "រ": 2,
        "ល់": 2,
        "ខ្មែ": 2,
        "រា": 1,
    }


def test_count_clusters_equals_a_reference() -> None:
    texts = fuzz(3000, seed=7)
    expected = Counter(
        cluster for text in texts for cluster in clusters.split_clusters(text) if len(cluster) <= 9
    )
    assert clusters.count_clusters(pa.array(texts)) == dict(expected)


# --- Arrow ------------------------------------------------------------------------------------------------------


def test_slices_chunks_and_nulls() -> None:
    texts = ["ខ្មែរ", None, "", "ABC ១២", "ស្ត្រី ា"]
    column = pa.array(texts)
    for start in range(len(texts) + 1):
        for end in range(start, len(texts) + 1):
            part = [text or "" for text in texts[start:end]]
            plain = pa.array(part, pa.large_string())
            for sliced in (column[start:end], pa.chunked_array([column[start:end]])):
                assert np.array_equal(clusters.counts(sliced), clusters.counts(plain))
                for mine, other in zip(
                    clusters.unit_hashes(sliced), clusters.unit_hashes(plain), strict=True
                ):
                    assert np.array_equal(mine, other)
                assert np.array_equal(
                    clusters.cluster_spans(sliced).spans, clusters.cluster_spans(plain).spans
                )


# --- real text ----------------------------------------------------------------------------------------------------


def with_noise(text: str, share: float, generator: random.Random) -> str:
    """A text with a share of its Khmer characters misread as others."""
    khmer = re.findall("[\u1780-\u17d3]", text)
    return re.sub(
        "[\u1780-\u17d3]",
        lambda match: generator.choice(khmer) if generator.random() < share else match[0],
        text,
    )


@pytest.mark.realdata
def test_invalid_rate_separates_misread_from_clean_text(real_data: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    with zstandard.open(real_data / "corpus" / "news_phylypo.jsonl.zst", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(200), strict=False)]
    generator = random.Random(0)

    def rates(share: float) -> np.ndarray:
        noisy = normalize(pa.array([with_noise(text, share, generator) for text in texts]))
        return clusters.invalid_rate_of(clusters.counts(noisy))

    clean, noisy, very_noisy = rates(0.0), rates(0.05), rates(0.2)
    assert np.percentile(clean, 95) < 0.001
    assert 0.010 < np.median(noisy) < 0.020
    assert 0.040 < np.median(very_noisy) < 0.070
    threshold = 0.003
    assert np.mean(clean > threshold) < 0.01
    assert np.mean(noisy > threshold) > 0.95
