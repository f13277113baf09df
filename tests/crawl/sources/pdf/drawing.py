"""PDFs made glyph by glyph, with fonts that say of themselves what a test wants them to say."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crawl.sources.pdf.khmer_os import GLYPHS, LETTER_OF

CODES: Mapping[str, int] = {text: code for code, text in reversed(GLYPHS.items())}
WIDTH = 600  # of a glyph that advances, in thousandths of its size
MARKS = "\u17b7\u17b8\u17b9\u17ba\u17bb\u17bc\u17bd\u17c6\u17c9\u17ca\u17cb\u17cd\u17d0\ue003"


@dataclass
class Font:
    """`unicode` is what the file says that glyphs mean (code → text); None for a font of Latin codes."""

    name: str
    unicode: Mapping[int, str] | None = None
    marks: Sequence[int] = field(default_factory=tuple)  # codes that do not advance

    def objects(self, first: int) -> list[bytes]:
        """The objects that it is made of, numbered from `first`."""
        if self.unicode is None:
            widths = " ".join(str(WIDTH) for _ in range(32, 256))
            return [
                f"<< /Type /Font /Subtype /TrueType /BaseFont /{self.name} /Encoding /WinAnsiEncoding"
                f" /FirstChar 32 /LastChar 255 /Widths [{widths}] /FontDescriptor {first + 1} 0 R >>".encode(),
                self._descriptor(),
            ]
        marks = " ".join(f"{code} [0]" for code in self.marks)
        lines = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in self.unicode.items()]
        parts = [lines[at : at + 100] for at in range(0, len(lines), 100)]
        bodies = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
        cmap = f"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n{bodies}\nendcmap".encode()
        return [
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{self.name} /Encoding /Identity-H"
            f" /DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 2} 0 R >>".encode(),
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{self.name} /DW {WIDTH} /W [{marks}]"
            f" /FontDescriptor {first + 3} 0 R"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>".encode(),
            stream(cmap),
            self._descriptor(),
        ]

    def _descriptor(self) -> bytes:
        return f"<< /Type /FontDescriptor /FontName /{self.name} /Flags 4 >>".encode()


@dataclass
class Text:
    """Glyph codes of a font, or Latin codes as text, from a point on a baseline."""

    font: str
    codes: Sequence[int] | str
    x: float = 72.0
    y: float = 700.0
    size: float = 12.0
    actual: str | None = None  # what the file says for all of it together

    def operators(self) -> str:
        if isinstance(self.codes, str):
            codes = self.codes.encode("cp1252").hex()
        else:
            codes = "".join(f"{code:04x}" for code in self.codes)
        shown = f"BT /{self.font} {self.size} Tf 1 0 0 1 {self.x} {self.y} Tm <{codes}> Tj ET"
        if self.actual is None:
            return shown
        actual = self.actual.encode("utf-16-be").hex()
        return f"/Span << /ActualText <feff{actual}> >> BDC {shown} EMC"


def khmer_os(drawn: str) -> list[int]:
    """The glyphs of Khmer OS for text in the order in which it is drawn; blanks stand between them."""
    return [CODES[part] for part in drawn.split(" ")]


# What Word writes into a file for a font of Khmer OS: a letter for what holds one, whatever else it holds.
KHMER_OS = Font(
    "AGHPJL+KhmerOSSiemreap",
    {
        code: LETTER_OF[code]
        for code in GLYPHS
        if LETTER_OF[code] and not "\ue000" <= LETTER_OF[code] <= "\ue003"
    },
    tuple(code for code, text in GLYPHS.items() if text in MARKS or text.startswith("\u17d2")),
)


def stream(data: bytes, more: str = "") -> bytes:
    """A stream object."""
    return f"<< /Length {len(data)} {more}>>\nstream\n".encode() + data + b"\nendstream"


def pdf(fonts: Mapping[str, Font], pages: Sequence[Sequence[Text]]) -> bytes:
    """A file with these pages."""
    objects: list[bytes] = [b"", b""]
    numbers = {}
    for key, font in fonts.items():
        numbers[key] = len(objects) + 1
        objects += font.objects(numbers[key])
    resources = " ".join(f"/{key} {number} 0 R" for key, number in numbers.items())
    kids = []
    for texts in pages:
        content = zlib.compress("\n".join(text.operators() for text in texts).encode())
        objects.append(stream(content, "/Filter /FlateDecode "))
        kids.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R"
            f" /Resources << /Font << {resources} >> >> >>".encode()
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    named = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{named}] >>".encode()
    return document(objects)


def document(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """A file of objects, numbered from 1, of which the first is the catalogue."""
    out, offsets = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    at = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return (
        out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{at}\n%%EOF".encode()
    )
