from __future__ import annotations

import json
import random
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khmer.codepoints import CLUSTER, INVISIBLE_CLASS, SHIFTER_CLASS
from khmer.explain import explain
from khmer.normalize import normalize, normalize_text, repair, repaired_anew
from khmer.reference import repair_text
from khmer.rules import MINORITY, STANDARD, Options, Rule

ZWSP, ZWNJ, ZWJ = "\u200b", "\u200c", "\u200d"
PIECES = [
    *map(chr, range(0x1780, 0x17EA)),
    *"កខញដតបរសអ" * 4,
    *"\u17d2" * 30,
    *"\u17c9\u17ca\u17bb\u17b8\u17c1\u17b6" * 4,
    *f"{ZWSP}{ZWNJ}{ZWJ}\u00ad\ufeff\u2060" * 3,
    *" \na1é។",
    "e\u0301",
    "\u0323",
    "\u0338",
    "\u0e19\u0e49",
    "\uac00",
    "\u11a8",
    "\U0001f469",
    "\ufe0f",
    "\U0002f800",
    "\U00020000",
]
CASES = [
    ("", "", "nothing"),
    ("សួស្តី", "សួស្តី", "canonical text"),
    ("ខែ្មរ", "ខ្មែរ", "order"),
    ("ស្រេីង បេីក", "ស្រើង បើក", "folds in two words"),
    (f"ភាសា{ZWSP}ខ្មែរ", "ភាសាខ្មែរ", "ZWSP between words"),
    (f"ខ{ZWSP}្មែរ", "ខ្មែរ", "ZWSP inside a cluster"),
    (f"ខ្{ZWSP}មែរ", "ខ្មែរ", "ZWSP behind a coeng"),
    ("\ufeffកា\u00adរ\u2060", "ការ", "byte-order mark, soft hyphen, word joiner"),
    ("ក\u17b5ង", "កង", "inherent vowel"),
    (f"ក{ZWNJ}ង", "កង", "ZWNJ that shapes nothing"),
    (f"ស៊{ZWNJ}ី", f"ស៊{ZWNJ}ី", "ZWNJ behind a shifter"),
    (f"ស៊{ZWSP}{ZWNJ}ី", f"ស៊{ZWNJ}ី", "ZWNJ behind a shifter and ZWSP"),
    (f"ប្{ZWJ}រ", "ប្រ", "ZWJ in Khmer"),
    ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e", "ZWJ in an emoji"),
    (f"a{ZWJ}b", "ab", "ZWJ elsewhere"),
    ("\u17a3ង", "អង", "deprecated letter"),
    ("\u17a4យ", "អាយ", "deprecated letter that grows"),
    ("ផ្លែឈើ \u17d8", "ផ្លែឈើ ។ល។", "beyyal"),
    ("cafe\u0301 ខែ្មរ", "café ខ្មែរ", "form C"),
    ("½ ①", "½ ①", "never form KC"),
    ("១២៣ ៛ ៗ ៚", "១២៣ ៛ ៗ ៚", "digits and signs"),
    ("\u17d2ក\u17c1\u17b6", "\u17d2ក\u17c1\u17b6", "marks without a base stay as typed"),
    ("ក\u17d2\u17ccខ", "ក\u17d2\u17ccខ", "a dangling coeng does not come to stand before the next base"),
]
OPTIONS = [STANDARD, MINORITY, Options(coeng_da=False), Options(joiners=False), Options(zwsp=False)]


def fuzz(n: int, seed: int) -> list[str]:
    generator = random.Random(seed)
    return ["".join(generator.choices(PIECES, k=generator.randint(0, 24))) for _ in range(n)]


@pytest.mark.parametrize(("typed", "stored", "rule"), CASES)
def test_rule(typed: str, stored: str, rule: str) -> None:
    assert normalize_text(typed) == stored, rule
    assert normalize(pa.array([typed])).to_pylist() == [stored], rule


@pytest.mark.parametrize("options", OPTIONS)
def test_compiled_scan_equals_the_reference(options: Options) -> None:
    texts = fuzz(3000, seed=1)
    repaired = repair(pa.array(texts), options)
    for text, stored, counts in zip(
        texts, repaired.texts.to_pylist(), repaired.n_by_rule.tolist(), strict=True
    ):
        expected = repair_text(text, options)
        assert stored == expected.text, ascii(text)
        assert counts == [expected.n_by_rule[rule] for rule in Rule], ascii(text)
    assert repaired.n_repaired.tolist() == [repair_text(text, options).n_repaired for text in texts]


def test_long_cluster_equals_the_reference() -> None:
    text = "ក" + "្ត" * 6 + "េី" * 3
    assert normalize(pa.array([text])).to_pylist() == [normalize_text(text)]


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.sampled_from(OPTIONS))
def test_idempotent(text: str, options: Options) -> None:
    stored = normalize_text(text, options)
    assert normalize_text(stored, options) == stored
    assert unicodedata.is_normalized("NFC", stored)


@given(st.text())
def test_only_form_c_happens_to_text_without_khmer_and_invisibles(text: str) -> None:
    text = re.sub(f"[{INVISIBLE_CLASS}{ZWNJ}{ZWJ}\u1780-\u17ff]", "", text)
    assert normalize_text(text) == unicodedata.normalize("NFC", text)


def test_repairs_are_counted_per_text_and_rule() -> None:
    texts = ["ខ្មែរ", "ខែ្មរ បេីក", None, "ខែ្មរ cafe\u0301 \u17d8", f"ភាសា{ZWSP}ខ្មែរ{ZWSP}", "បណ្ដាញ"]
    repaired = repair(pa.array(texts))
    assert repaired.n_repaired.tolist() == [0, 2, 0, 1, 0, 1]
    found = [{Rule(rule): int(row[rule]) for rule in row.nonzero()[0]} for row in repaired.n_by_rule]
    assert found == [
        {},
        {Rule.ORDER: 1, Rule.E_II: 1},
        {},
        {Rule.DEPRECATED_17D8: 1, Rule.FORM_C: 1, Rule.ORDER: 1},
        {Rule.ZWSP: 2},
        {Rule.COENG_DA: 1},
    ]


def test_repairs_are_counted_by_group() -> None:
    groups = repair(pa.array(["ស្រ្តី ខែ្មរ", f"បណ្ដាញ{ZWSP}{ZWSP}\ufeff", None])).by_group()
    assert {name: counts.tolist() for name, counts in groups.items() if counts.any()} == {
        "order": [2, 0, 0],
        "coeng_da": [0, 1, 0],
        "zwsp": [0, 2, 0],
        "invisible": [0, 1, 0],
    }


def test_rows_in_other_languages_are_repaired_anew() -> None:
    texts = pa.chunked_array([["កណ្ដាល", f"កើត{ZWSP}ប៊្រី"], [None, "កណ្ដឹង"]])
    first = repair(texts)
    anew = repaired_anew(first, texts, np.array([False, True, True, True]), MINORITY)
    assert anew.texts.to_pylist() == ["កណ្តាល", f"កើត{ZWSP}ប្រ៊ី", None, "កណ្ដឹង"]
    assert anew.n_repaired.tolist() == [1, 1, 0, 0]
    assert anew.n_by_rule[:, Rule.ZWSP].tolist() == [0, 0, 0, 0]
    assert repaired_anew(first, texts, np.zeros(4, bool), MINORITY) is first


def test_rules_counted_are_the_rules_explained() -> None:
    for text in fuzz(500, seed=3):
        explained = {rule for change in explain(text) for rule in change.rules}
        assert explained == {rule for rule, n in repair_text(text, STANDARD).n_by_rule.items() if n}, ascii(
            text
        )


# Words of Khmer-script languages as their speakers type them.
MINORITY_WORDS = [
    (f"ប្រ{ZWJ}៊ី", f"ប្រ{ZWJ}៊ី", "Brao: a joiner that keeps the shifter above"),
    (f"ឞង{ZWJ}់", f"ឞង{ZWJ}់", "Brao: a joiner before bantoc"),
    ("កាវ៉ះ័", "កាវ៉ះ័", "Tampuan: samyok sannya behind reahmuk"),
    (f"កើត{ZWSP}កូយ", f"កើត{ZWSP}កូយ", "word boundaries that no dictionary knows"),
    ("សុី", "សុី", "two vowels"),
    ("ស្រ្គ", "ស្រ្គ", "coengs as typed"),
    ("បណ្ឌិត មណ្ដល", "បណ្ឌិត មណ្ដល", "Sanskrit: coeng da is a letter of its own"),
    ("ប៊្រី", "ប្រ៊ី", "the shifter before or behind a coeng looks the same, and both are typed for one word"),
    ("គេីត", "គើត", "split vowels look the same"),
    ("ក\u17b5\u00adង", "កង", "invisible characters"),
]


@pytest.mark.parametrize(("typed", "stored", "why"), MINORITY_WORDS)
def test_other_languages_keep_what_they_spell(typed: str, stored: str, why: str) -> None:
    assert normalize_text(typed, MINORITY) == stored, why
    assert normalize(pa.array([typed]), MINORITY).to_pylist() == [stored], why


def test_coeng_da_may_stay() -> None:
    texts = pa.array(["កណ្ដាល បន្ដ ខែ្មរ", "កណ្តាល"])
    assert normalize(texts, Options(coeng_da=False)).to_pylist() == ["កណ្ដាល បន្ដ ខ្មែរ", "កណ្តាល"]
    assert normalize(texts).to_pylist() == ["កណ្តាល បន្ត ខ្មែរ", "កណ្តាល"]


@pytest.mark.parametrize(
    "text", ["ក" + "្រ" * 50_000 + "្ក", "ក" + "\u17b6" * 100_000, "\u200d" * 100_000 + "é"]
)
def test_clusters_without_end_stay_as_typed(text: str) -> None:
    assert normalize(pa.array([text])).to_pylist() == [text.replace("\u200d", "")]


def test_table_grows_and_keeps_what_it_holds() -> None:
    vowels, signs = "ាិីឹឺុូួើឿៀេែៃោៅ", "ំះៈ៉៊់៌៍៎៏័"
    texts = [base + v + w + s for base in "កខគឃង" for v in vowels for w in vowels for s in signs]
    texts += [base + "្ម" + text[1:] for base in "ចឆជឈញ" for text in texts[:2000]]
    assert normalize(pa.array(texts)).to_pylist() == [normalize_text(text) for text in texts]


def test_threads_share_the_table() -> None:
    texts = fuzz(2000, seed=9)
    parts = [pa.array(texts[i::4] + texts) for i in range(4)]
    with ThreadPoolExecutor(4) as threads:
        stored = list(threads.map(normalize, parts))
    for part, result in zip(parts, stored, strict=True):
        assert result.to_pylist() == [normalize_text(text) for text in part.to_pylist()]


# --- Arrow ----------------------------------------------------------------------------------------------------

COLUMN = ["ខែ្មរ", None, "", "បេីក cafe\u0301", "\u17d8", None, f"ក{ZWSP}ខ"]
STORED = ["ខ្មែរ", None, "", "បើក café", "។ល។", None, "កខ"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_string_types_slices_and_nulls(kind: pa.DataType) -> None:
    column = pa.array(COLUMN, kind)
    for start in range(len(COLUMN)):
        for end in range(start, len(COLUMN) + 1):
            assert normalize(column[start:end]).to_pylist() == STORED[start:end]
    assert normalize(column).type == pa.large_string()


def test_chunked_columns() -> None:
    column = pa.chunked_array([pa.array(COLUMN), pa.array([], pa.string()), pa.array(COLUMN)[2:]])
    assert normalize(column).to_pylist() == STORED + STORED[2:]
    assert normalize(pa.chunked_array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize("texts", [[], [None], [""], [None, None]])
def test_columns_without_text(texts: list[str | None]) -> None:
    assert normalize(pa.array(texts, pa.large_string())).to_pylist() == texts


def test_bytes_that_are_not_utf8_are_refused() -> None:
    broken = pa.array([b"\xe1\x9e"], pa.large_binary()).view(pa.large_string())
    with pytest.raises(pa.ArrowInvalid, match="UTF8"):
        normalize(broken)


# --- real text ------------------------------------------------------------------------------------------------


def peer(text: str) -> str:
    """What pheasa makes of a text after our handling of invisible characters."""
    pheasa = pytest.importorskip("pheasa")
    text = re.sub(
        f"[{INVISIBLE_CLASS}]|(?<![{SHIFTER_CLASS}]){ZWNJ}|(?<![\U0001f000-\U0001ffff\ufe0f]){ZWJ}", "", text
    )
    return str(pheasa.normalize(text, fold_deprecated=True))


def test_equals_the_peer_on_clusters() -> None:
    visible = [re.sub(f"[{INVISIBLE_CLASS}{ZWNJ}{ZWJ}]", "", text) for text in fuzz(4000, seed=2)]
    clusters = [cluster for text in visible for cluster in CLUSTER.findall(text)]
    assert len(clusters) > 5000
    assert [c for c in clusters if normalize_text(c) != peer(c)] == []


@pytest.mark.realdata
@pytest.mark.parametrize("source", ["news_phylypo", "oscar", "lohelp", "tess_training", "niptict_seg"])
def test_equals_the_peer_on_real_text(real_data: Path, source: str) -> None:
    zstandard = pytest.importorskip("zstandard")
    with zstandard.open(real_data / "corpus" / f"{source}.jsonl.zst", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"][:5000] for line, _ in zip(lines, range(200), strict=False)]
    stored = normalize(pa.array(texts))
    assert stored.to_pylist() == [peer(text) for text in texts]
    assert normalize(stored).equals(stored)


@pytest.mark.realdata
def test_sil_fixtures(real_data: Path) -> None:
    folder = real_data / "normalise" / "sil_fixtures"
    bad = (folder / "bad.txt").read_text(encoding="utf-8").splitlines()
    good = (folder / "good.txt").read_text(encoding="utf-8").splitlines()
    assert [normalize_text(text) for text in bad] == good
    assert [normalize_text(text) for text in good] == good
    assert len(bad) > 80
