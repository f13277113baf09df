"""The texts of the embedded web: articles, notices and others, each a file of front matter and Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

HERE = Path(__file__).parent
FOLDERS = (HERE / "articles", HERE / "texts")
FRONT = re.compile(r"---\n(.*?)\n---\n+(.*)", re.DOTALL)

Shape = Literal["heading", "paragraph", "list", "table", "verse"]


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list, table or stanza; `lines` are its items, rows or verses."""

    shape: Shape
    lines: tuple[str, ...]

    @property
    def cells(self) -> list[list[str]]:
        """The cells of a table's rows."""
        return [[cell.strip() for cell in line.strip("| ").split("|")] for line in self.lines]

    @property
    def plain(self) -> str:
        """The text that a reader sees, a line each."""
        if self.shape == "table":
            return "\n".join(" ".join(row) for row in self.cells)
        return "\n".join(self.lines)


class Planted(NamedTuple):
    """An invented piece of personal data, as it is written; `kind` is the word in the placeholder that masks it."""

    kind: str
    value: str


@dataclass(frozen=True)
class Text:
    """One text as written; `planted` are the invented personal data in it."""

    name: str
    title: str
    author: str
    date: date
    genre: str
    body: str
    planted: tuple[Planted, ...] = ()

    @cached_property
    def blocks(self) -> list[Block]:
        """The parts that blank lines separate."""
        return [_block(part, self.genre) for part in re.split(r"\n\s*\n", self.body.strip())]

    @property
    def plain(self) -> str:
        """All that its reader sees but the title."""
        return "\n".join(block.plain for block in self.blocks)

    @property
    def summary(self) -> str:
        """Its first sentences, cut where a listing would cut them."""
        first = next(block for block in self.blocks if block.shape != "heading")
        return first.plain.replace("\n", " ")[:140].rpartition(" ")[0] + "…"


def _block(part: str, genre: str) -> Block:
    lines = part.strip().splitlines()
    if lines[0].startswith("## "):
        return Block("heading", (lines[0][3:],))
    if lines[0].startswith("- "):
        return Block("list", tuple(line.removeprefix("- ") for line in lines))
    if lines[0].startswith("|"):
        return Block("table", tuple(lines))
    return Block("verse" if genre == "poem" else "paragraph", tuple(lines))


def read_text(path: Path) -> Text:
    """The text of a file; raises ValueError, naming the file, for one without front matter."""
    found = FRONT.fullmatch(path.read_text(encoding="utf-8"))
    if not found:
        msg = f"{path}: no front matter; expected lines between two '---', then the text"
        raise ValueError(msg)
    fields = dict(line.split(": ", 1) for line in found[1].splitlines())
    planted = [item.split(" ", 1) for item in fields["planted"].split("; ")] if "planted" in fields else []
    day = date.fromisoformat(fields["date"])
    return Text(
        name=path.stem,
        title=fields["title"],
        author=fields["author"],
        date=day,
        genre=fields["genre"],
        body=found[2].strip(),
        planted=tuple(Planted(kind, value) for kind, value in planted),
    )


def read_texts() -> list[Text]:
    """Every text of the embedded web, by name."""
    paths = [path for folder in FOLDERS for path in folder.glob("*.md")]
    return [read_text(path) for path in sorted(paths, key=lambda path: path.name)]
