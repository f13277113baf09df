"""Limon codes and the Khmer they show."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khmer.clusters import counts
from khmer.legacy import LIMON, convert, detect, invalid_rate
from khmer.normalize import normalize_text

WORDS = [
    ("PasaExµr", "ភាសាខ្មែរ", "a vowel written before its base"),
    ("PasaExμr", "ភាសាខ្មែរ", "the micro sign as the Greek letter"),
    ("RBHraCaNacRkkm<úCa", "ព្រះរាជាណាចក្រកម្ពុជា", "coeng ro written before its base"),
    ("eRkamRBwkSa", "ក្រោមព្រឹក្សា", "a vowel and coeng ro before one base"),
    ("EkERb éf¶énmFümsikSa", "កែប្រែ ថ្ងៃនៃមធ្យមសិក្សា", "a vowel written before its base, behind another"),
    ("eTA eTot eXIj erOg", "ទៅ ទៀត ឃើញ រឿង", "vowels in two parts"),
    ("eKa ekaH eBA", "គោ កោះ ពៅ", "vowels in two parts"),
    ("bBaØtþi", "បញ្ញត្តិ", "NYO without its tail"),
    ("viC¢a bBa©Úl bBaða", "វិជ្ជា បញ្ចូល បញ្ហា", "NYO without its tail"),
    ("BaNiC¢kmµ kUnBa", "ពាណិជ្ជកម្ម កូនពា", "which looks like PO and aa"),
    ("sa®sþ ®sþI saRsþ", "សាស្ត្រ ស្ត្រី សាស្ត្រ", "the long coeng ro"),
    ("eT,Ig TaMgLay", "ឡើង ទាំងឡាយ", "LA typed as its look-alike"),
    (")an e)aH rdæaPi)al", "បាន បោះ រដ្ឋាភិបាល", "BA with room for aa"),
    ("hu‘n sIu ba:n", "ហ៊ុន ស៊ី បា៉ន", "register shifters, typed or shown by -u"),
    ("k¾ B½t’man karN_ ral;", "ក៏ ព័ត៌មាន ការណ៍ រាល់", "signs"),
    ("\\T§iBl ]bkrN_ «Buk »kas Éksar b¤", "ឥទ្ធិពល ឧបករណ៍ ឪពុក ឱកាស ឯកសារ ឬ", "independent vowels"),
    ("[ [ü ´ epSg²", "ឱ្យ ឱ្យ ខ្ញុំ ផ្សេងៗ", "codes for whole words, repetition"),
    ("ry³eBl bnÞab; ³", "រយៈពេល បន្ទាប់ ៖", "yuukaleapintu in a word, camnuc pii kuuh alone"),
    ("1>500` ¬mYyBan;R)aMry¦ .", "១.៥០០៛ (មួយពាន់ប្រាំរយ) ។", "digits and punctuation"),
    ("PñMeBj , esomrab", "ភ្នំពេញ , សៀមរាប", "a comma that stands alone is no subscript"),
]
DISPLACED = [
    ("km<Cú a", "កម្ពុជា", "a low vowel"),
    ("snþPi aB", "សន្តិភាព", "a vowel above"),
    ("eFVeI nA", "ធ្វើនៅ", "a vowel behind the first part of the next"),
    ("ntI ki al", "នីតិកាល", "a chain"),
    ("mþþay rYYm", "ម្តាយ រួម", "a mark printed twice"),
]
TEXT = (
    "enAéf¶esAr_ sisSTaMgGs;enAkñúgsala)anCYybgðajdl;GñkPUmiGMBIviFIdaMedImeQI . elakRKU)anELkkUneQIcMnYn "
    "bYnryedIm ehIyRKYsarnImYy²RtUvEfTaMedImeQIrbs;xøÜn[l¥ ³ eRsacTwkral;éf¶ nigdak;CIFmµCati . "
)
ENGLISH = "The school planted three hundred trees on Saturday, and every family will look after one of them. "
SCRIPT = "var itemList = getItemList(userName); itemList.forEach(addRow); resizeTable(mainTable, rowCount); "


@pytest.mark.parametrize(("codes", "khmer", "what"), [*WORDS, *DISPLACED])
def test_codes_become_khmer(codes: str, khmer: str, what: str) -> None:
    assert convert(codes, LIMON) == normalize_text(khmer), what


def test_text_becomes_well_formed_khmer() -> None:
    khmer = convert(TEXT, LIMON)
    assert khmer.startswith("នៅថ្ងៃសៅរ៍ សិស្សទាំងអស់នៅក្នុងសាលាបានជួយបង្ហាញដល់អ្នកភូមិអំពីវិធីដាំដើមឈើ ។")
    assert khmer.rstrip().endswith("ឱ្យល្អ ៖ ស្រោចទឹករាល់ថ្ងៃ និងដាក់ជីធម្មជាតិ ។")
    assert invalid_rate(khmer) == 0


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TEXT, LIMON),
        (TEXT * 200, LIMON),
        (TEXT[:20], None),
        (ENGLISH, None),
        (SCRIPT * 3, None),
        (convert(TEXT, LIMON), None),
        (convert(TEXT, LIMON) + " iPhone LibreOffice YouTube PayPal LinkedIn café", None),
        ("", None),
    ],
)
def test_encoding_is_detected(text: str, encoding: str | None) -> None:
    assert detect(text) == encoding


def test_an_encoding_without_a_table_is_refused() -> None:
    with pytest.raises(KeyError):
        convert(TEXT, "abc")


@given(st.text())
def test_any_text_becomes_canonical_text(text: str) -> None:
    khmer = convert(text, LIMON)
    assert normalize_text(khmer) == khmer
    assert "\ue000" in text or "\ue000" not in khmer


@pytest.mark.parametrize("code", ["e", "ei ", "ñ"])
def test_long_runs_take_linear_time(code: str) -> None:
    assert len(convert(code * 100_000, LIMON)) <= 300_000


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["constitution", "criminal_code", "law_f_14"])
def test_real_laws_become_well_formed_khmer(real_data: Path, name: str) -> None:
    text = (real_data / "legacy" / f"limon_{name}.txt").read_text(encoding="utf-8")
    assert detect(text) == LIMON
    khmer = convert(text, LIMON)
    assert invalid_rate(khmer) < 0.0005
    assert counts(pa.array([khmer])).n_latin[0] == 0
