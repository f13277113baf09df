"""What is drawn, in the order of speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.sources.pdf.khmer_os import AU_BEHIND, GLYPHS, LETTER_OF, O_BEHIND, OE_ABOVE, RO_BEFORE, glyphs_of
from crawl.sources.pdf.order import as_stored, attached, is_drawn, spoken


@pytest.mark.parametrize(
    ("drawn", "khmer"),
    [
        ("េនៃថ្ង", "នេថ្ងៃ"),
        (f"{RO_BEFORE}បេទស", "ប្រទេស"),
        (f"េ{RO_BEFORE}ប{OE_ABOVE}", "ប្រើ"),
        (f"េក{O_BEHIND}ះ", "កោះ"),
        ("េកាះ", "កោះ"),
        (f"េន{AU_BEHIND}", "នៅ"),
        (f"េស{OE_ABOVE}", "សើ"),
        ("េលី", "លើ"),
        ("េរឿង", "រឿង"),
        ("េគៀ", "គៀ"),
        ("ឆា្នំ", "ឆ្នាំ"),
        (f"{RO_BEFORE}សី្ត", "ស្ត្រី"),
        ("ែខកញា្ញ", "ខែកញ្ញា"),
        (f"ក{O_BEHIND}", "កា"),
        (f"{RO_BEFORE}", "្រ"),
        ("ច្បាប់", "ច្បាប់"),
        ("abc េ", "abc េ"),
        ("", ""),
    ],
)
def test_spoken(drawn, khmer):
    assert spoken(drawn) == khmer


def test_text_in_the_order_of_speech_stays_without_private_codes():
    assert as_stored("ប្រើនៅថ្ងៃ") == "ប្រើនៅថ្ងៃ"
    assert as_stored(f"{RO_BEFORE}{O_BEHIND}{AU_BEHIND}{OE_ABOVE}") == "្រាៅើ"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("ប្រទេសកម្ពុជានៅថ្ងៃនេះ", False),
        (f"{RO_BEFORE}បេទសកម្ពុជាេន{AU_BEHIND}ៃថ្ងេនះ", True),
        ("នេះ", False),
        ("ែខមីនា", True),
        (f"ក{OE_ABOVE}", True),
        ("ខែមីនា", False),
        ("", False),
    ],
)
def test_the_order_that_a_text_stands_in(text, drawn):
    assert is_drawn(text) is drawn


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("រាជវា ំង", "រាជវាំង"),
        ("ចិត ្ត", "ចិត្ត"),
        ("កក  ្កដា", "កក្កដា"),
        ("ខែ មីនា", "ខែ មីនា"),
        ("a ំ", "a ំ"),
    ],
)
def test_marks_stay_with_their_base(text, whole):
    assert attached(text) == whole


@given(st.text(alphabet="កខរសបេែៃាីុំះ់្ a" + RO_BEFORE + O_BEHIND + AU_BEHIND + OE_ABOVE, max_size=30))
def test_whatever_is_drawn_no_private_code_is_left(drawn):
    assert not set(spoken(drawn)) & {RO_BEFORE, O_BEHIND, AU_BEHIND, OE_ABOVE}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0x17E, "្ក"), (0x187, "្ញ"), (0x188, "្ញ"), (0x189, "្ដ"), (0x199, RO_BEFORE), (0x1A1, "្អ"), (0x1B3, "កា"),
        (0x1BA, "ជា"), (0x1D5, "អា"), (0x1D9, "្បា"), (0x1E4, "ក" + AU_BEHIND), (0x206, "អ" + AU_BEHIND), (0x215, "្ឃ"),
        (0x21E, RO_BEFORE), (0x221, "ឿ"), (0x224, "ៀ"), (0x228, "ិ៍"), (0x22A, "ូ"), (0x22F, RO_BEFORE), (0x231, "្ណ"),
        (0x232, "ក"), (0x254, "អ"), (0x268, "ា"), (0x273, "េ"), (0x286, "។"), (0x290, "០"), (0x299, "៩"),
        (0x2C8, AU_BEHIND), (0x2CA, OE_ABOVE), (0x2D7, "ំ"), (0x2D8, "៉"), (0x2DE, "៊"), (0x2E4, "ែ"), (0x2E7, "្ន"),
        (0x2EB, "ក"),
    ],
)  # fmt: skip
def test_glyphs_of_khmer_os(code, text):
    assert GLYPHS[code] == text


@pytest.mark.parametrize(
    ("font", "code", "text"),
    [
        ("ABCDEF+KhmerOSmuol", 0x2D8, "គិ"),
        ("ABCDEF+KhmerOSMuol", 0x2DC, "កី"),
        ("KhmerOSmuol", 0x2EA, "វឺ"),
        ("KhmerOSmuol", 0x2F0, "បា"),
        ("KhmerOSmuol", 0x2FA, "ំ"),
        ("KhmerOSmuol", 0x1BA, "ជា"),
        ("KhmerOSMuolLight", 0x2D8, "៉"),
        ("Khmer-OS-Muol-Pali", 0x2D8, "៉"),
        ("KhmerOSfasthand", 0x2DA, "ិ"),
    ],
)
def test_glyphs_beyond_those_that_all_share(font, code, text):
    assert glyphs_of(font)[code] == text


def test_the_letter_of_a_glyph_is_that_of_its_base():
    assert (LETTER_OF[0x17E], LETTER_OF[0x1BA], LETTER_OF[0x273]) == ("ក", "ជ", "េ")
