"""Khmer that only a font makes Khmer."""

from __future__ import annotations

import pytest

from clean.extract.legacy import inner_capital_share, legacy_fonts

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
