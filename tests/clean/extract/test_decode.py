"""Encodings: valid UTF-8 with Khmer beats what headers say."""

from __future__ import annotations

import pytest

from clean.extract.decode import decode, may_hold_khmer

KHMER = "<p>សួស្តី</p>"


def as_windows_1252(data: bytes) -> str:
    """As browsers read it: the five bytes without a character are control codes."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)


@pytest.mark.parametrize(
    ("payload", "declared"),
    [
        (KHMER.encode(), None),
        (KHMER.encode(), "iso-8859-1"),
        (KHMER.encode(), "no-such-charset"),
        (KHMER.encode("utf-8-sig"), "windows-1252"),
        (KHMER.encode("utf-16"), None),
        (KHMER.encode("utf-16"), "utf-8"),
        (b"\xfe\xff" + KHMER.encode("utf-16-be"), None),
        (("<html><body class=x>" + KHMER).encode("utf-16-le"), None),
        (("<html><body class=x>" + KHMER).encode("utf-16-be"), "iso-8859-1"),
        (("សៀវភៅ ២ ក្បាល។ " * 40 + KHMER).encode("utf-16-le"), None),
        (("សៀវភៅ ២ ក្បាល។ " * 40 + KHMER).encode("utf-16-be"), None),
        (KHMER.encode("utf-16")[:2] + KHMER.encode("utf-16-le"), "utf-8"),
        (KHMER.encode().decode("latin-1").encode(), "utf-8"),
        (as_windows_1252(("“ទំព័រ” " + KHMER).encode()).encode(), None),
        (b"\0\0\0" + KHMER.encode(), None),
    ],
)
def test_khmer_is_read_whatever_is_declared(payload: bytes, declared: str | None) -> None:
    assert may_hold_khmer(payload)
    assert decode(payload, declared).endswith(KHMER)


def test_a_page_cut_inside_a_letter_is_read_to_there() -> None:
    cut = ("<p>" + "ខ្មែរ" * 10).encode()[:-1]
    assert decode(cut, "iso-8859-1") == "<p>" + "ខ្មែរ" * 9 + "ខ្មែ\ufffd"


def test_what_was_not_encoded_twice_throughout_stays() -> None:
    twice = KHMER.encode().decode("latin-1")
    assert decode((twice + "ភ").encode(), None) == twice + "ភ"
    assert decode((twice + "日").encode(), None) == twice + "日"


def test_one_broken_byte_does_not_make_khmer_latin() -> None:
    assert decode(KHMER.encode() + b"\xff", "iso-8859-1") == KHMER + "\ufffd"


@pytest.mark.parametrize(
    ("payload", "declared", "expected"),
    [
        (b"caf\xe9", "iso-8859-1", "café"),
        (b"<meta charset=koi8-r>\xd2", None, "<meta charset=koi8-r>р"),
        (b"caf\xe9", None, "café"),
        (b"caf\xe9", "rot13", "café"),
        (b"", None, ""),
    ],
)
def test_what_is_not_utf8_is_read_as_declared(payload: bytes, declared: str | None, expected: str) -> None:
    assert decode(payload, declared) == expected


@pytest.mark.parametrize("reference", ["&#6016;", "&#6143;", "&#x1780;", "&#X17FF;", "&#x017b6;"])
def test_character_references_count_as_khmer(reference: str) -> None:
    assert may_hold_khmer(f"<p>{reference}</p>".encode())


@pytest.mark.parametrize(
    "text", ["", "plain", "ภาษาไทย", "&#3585;", "&#x1800;", "&#6144;", "ພາສາລາວ", "\x00"]
)
def test_other_pages_are_never_parsed(text: str) -> None:
    assert not may_hold_khmer(text.encode())
