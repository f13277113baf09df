"""Khmer that only a font makes Khmer."""

from __future__ import annotations

import pytest

from clean.extract.legacy import converted, inner_capital_share, legacy_fonts

LIMON = (
    "RBHmhakSRt RbeTskm<úCa RsúkERs PaBRkIRk skmµPaB BiBN’na GgÁkar enAkñúg shKmn_ tamry³ karsikSa ".encode(
        "cp1252", "ignore"
    )
)
ENGLISH = b"The school planted three hundred trees on Monday and every child will look after one of them. "


@pytest.mark.parametrize(
    ("html", "count"),
    [
        (b"<font face='Limon S1'>", 1),
        (b'<p style="font-family:Limon R1">', 1),
        (b"<style>.k{font-family: limon}</style>", 1),
        (b"<font face='ABC-TEXT-05'>", 1),
        (b"<font face='Arial'>lemon limonade</font>", 0),
        (b"<p>Limonov</p>", 0),
    ],
)
def test_fonts_are_known_by_name(html: bytes, count: int) -> None:
    assert legacy_fonts(html) == count


def test_capitals_inside_words_tell_legacy_text() -> None:
    assert inner_capital_share(LIMON * 8) > 0.55
    assert inner_capital_share(ENGLISH * 8) == 0
    assert inner_capital_share(b"<p class='aB cD'>" + ENGLISH * 8 + b"<script>var aB=cD;</script>") == 0
    assert inner_capital_share(LIMON) == 0, "too few words to tell"


BLOCKS = [
    "Village news 12",
    "dMNwgGMBIRsUv",
    (
        "kar)acRsUvenAPUmirbs;eyIg )ancab;epþImkalBIéf¶cnÞ edaymankarcUlrYmBIGñkPUmirhUtdl;BIrryRKYsar ehIysMNabTaMg"
        "enaHl¥Nas; eRBaHmanTwkRKb;RKan;eBjmYyrdUv ."
    ),
    "12",
    "ទំព័រដើម",
    "eCIgÉk",
    "PUmi",
]
KHMER = [
    "ដំណឹងអំពីស្រូវ",
    (
        "ការបាចស្រូវនៅភូមិរបស់យើង បានចាប់ផ្តើមកាលពីថ្ងៃចន្ទ ដោយមានការចូលរួមពីអ្នកភូមិរហូតដល់ពីររយគ្រួសារ ហើយសំណាបទាំង"
        "នោះល្អណាស់ ព្រោះមានទឹកគ្រប់គ្រាន់ពេញមួយរដូវ ។"
    ),
]


def test_legacy_blocks_become_khmer_and_others_stay() -> None:
    result = converted(BLOCKS)
    assert result is not None
    assert result.blocks == [BLOCKS[0], *KHMER, BLOCKS[3], BLOCKS[4], "ជើងឯក", "ភូមិ"]
    assert result.n_converted == sum(map(len, [*KHMER, "ជើងឯក", "ភូមិ"]))
    assert result.invalid_rate == 0


@pytest.mark.parametrize(
    "blocks", [[], [""], ["Village news 12", "dMNwg"], [ENGLISH.decode() * 20, "iPhone"], KHMER]
)
def test_pages_without_legacy_text_are_left_alone(blocks: list[str]) -> None:
    assert converted(blocks) is None


def test_other_layouts_are_not_taken_for_limon() -> None:
    theirs = str.maketrans({";": "´", ":": "¨", "H": "¼"})
    assert converted(BLOCKS) is not None
    assert converted([block.translate(theirs) for block in BLOCKS]) is None
    assert converted([*BLOCKS, "cab´epþIm )ac´RsUv dl´pÞH rbs´eK ral´éf¶ TaMgGs´Kña k¾yl´RBm"]) is None


def test_what_does_not_become_khmer_is_refused() -> None:
    scrambled = BLOCKS[2] + " úaMeIae" * 4
    assert converted([scrambled]) is None
