"""Encodings: valid UTF-8 with Khmer beats what headers say."""

from __future__ import annotations

import pytest

from clean.extract.decode import decode, may_hold_khmer

KHMER = "<p>សួស្តី</p>"


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
    ],
)
def test_khmer_is_read_whatever_is_declared(payload: bytes, declared: str | None) -> None:
    assert may_hold_khmer(payload)
    assert decode(payload, declared).endswith(KHMER)


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
