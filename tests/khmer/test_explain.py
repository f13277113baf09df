"""A report of changes in the text's own code points."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khmer.explain import Change, apply, explain, main
from khmer.normalize import normalize_text
from khmer.rules import MINORITY, STANDARD, Options, Rule

ZWSP, ZWNJ, ZWJ = "\u200b", "\u200c", "\u200d"
CASES = [
    ("ភាសាខ្មែរ", []),
    ("ភាសាខែ្មរ", [((Rule.ORDER,), 4, 8, "ខែ្ម", "ខ្មែ")]),
    (f"ភាសា{ZWSP}ខ្មែរ", [((Rule.ZWSP,), 4, 5, ZWSP, "")]),
    (f"ខែ{ZWSP}្មរ", [((Rule.ZWSP, Rule.ORDER), 0, 5, f"ខែ{ZWSP}្ម", "ខ្មែ")]),
    (f"ខ{ZWSP}្មែរ", [((Rule.ZWSP,), 1, 2, ZWSP, "")]),
    ("សុេីប", [((Rule.ORDER, Rule.E_II, Rule.OE_U, Rule.U_FOR_SHIFTER), 0, 4, "សុេី", "ស៊ើ")]),
    ("បណ្ដាញ", [((Rule.COENG_DA,), 1, 5, "ណ្ដា", "ណ្តា")]),
    ("ស្រ្តី", [((Rule.COENG_RO,), 0, 6, "ស្រ្តី", "ស្ត្រី")]),
    ("\u17a4យ", [((Rule.DEPRECATED_17A4,), 0, 1, "\u17a4", "អា")]),
    ("ឈើ\u17d8", [((Rule.DEPRECATED_17D8,), 2, 3, "\u17d8", "។ល។")]),
    ("cafe\u0301 ខែ្មរ", [((Rule.FORM_C,), 3, 5, "e\u0301", "é"), ((Rule.ORDER,), 6, 10, "ខែ្ម", "ខ្មែ")]),
    (f"ក{ZWNJ}{ZWJ}ង", [((Rule.ZWNJ,), 1, 2, ZWNJ, ""), ((Rule.ZWJ,), 2, 3, ZWJ, "")]),
]
PIECES = [
    *map(chr, range(0x1780, 0x17EA)),
    *"កតរសបដ" * 5,
    *"\u17d2" * 30,
    *"\u17c9\u17ca\u17bb\u17b8\u17c1\u17b6" * 4,
    *f"{ZWSP}{ZWNJ}{ZWJ}\u00ad\ufeff" * 4,
    *" \na1é",
    *("e\u0301", "\u0323", "\u0338", "\uac00", "\u11a8", "\U0001f469", "\ufe0f", "\u212b"),
]
OPTIONS = [STANDARD, MINORITY, Options(coeng_da=False), Options(zwsp=False), Options(joiners=False)]


@pytest.mark.parametrize(("text", "changes"), CASES)
def test_changes_name_rules_and_places(text: str, changes: list[Change]) -> None:
    assert explain(text) == changes
    assert all(text[change.start : change.end] == change.before for change in explain(text))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(OPTIONS))
def test_changes_make_the_text_canonical(text: str, options: Options) -> None:
    changes = explain(text, options)
    assert apply(text, changes) == normalize_text(text, options)
    ends = [change.end for change in changes]
    assert all(
        start >= end for start, end in zip([change.start for change in changes[1:]], ends, strict=False)
    )
    assert explain(normalize_text(text, options), options) == []


@given(st.text())
def test_any_text_can_be_explained(text: str) -> None:
    assert apply(text, explain(text)) == normalize_text(text)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_lines_can_be_explained_apart(text: str) -> None:
    together, start = [], 0
    for line in text.splitlines(keepends=True):
        moved = [
            change._replace(start=change.start + start, end=change.end + start) for change in explain(line)
        ]
        together += moved
        start += len(line)
    assert together == explain(text)


SHOWN = """\
1:5: order: ខែ្ម → ខ្មែ (U+1781 U+17C2 U+17D2 U+1798 → U+1781 U+17D2 U+1798 U+17C2): base, robat, coengs, shifter, \
ZWNJ, vowel, modifiers, finals; vowels: before, below, above, after
3:2: zwj: \u200d → nothing (U+200D → nothing): ZWJ goes, except inside emoji
"""


def test_the_command_shows_changes_by_line_and_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = f"ភាសាខែ្មរ\nភាសា\nក{ZWJ}\n".encode()
    (tmp_path / "a.txt").write_bytes(data)
    assert main([str(tmp_path / "a.txt")]) == 0
    assert capsys.readouterr().out == SHOWN
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["-"]) == 0
    assert capsys.readouterr().out == SHOWN


def test_the_command_says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.txt").write_bytes(b"a\n\xff\n")
    for words, complaint in (
        ([str(tmp_path / "b.txt")], "b.txt:2: "),
        ([str(tmp_path / "c.txt")], "c.txt: "),
    ):
        assert main(words) == 2
        told = capsys.readouterr().err
        assert complaint in told
        assert "Try: " in told
    assert main(["--help"]) == 0
    assert "python -m khmer.explain" in capsys.readouterr().out
