"""Pages put into the layouts of their hosts."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.sites import Site
from demo.texts import Text

HERE = Path(__file__).parent
MONTHS = ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"]
DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
LANGUAGES = {"english": "en", "thai": "th"}
KHMER_FONT, LEGACY_FONT = "Khmer OS Battambang", "Limon S1"


@dataclass(frozen=True)
class Teaser:
    """A text as another page announces it."""

    title: str
    url: str
    summary: str
    date: str


@dataclass(frozen=True)
class Comment:
    """What a reader left under a page."""

    who: str
    text: str


class Declared(NamedTuple):
    """A link element of a page's head."""

    rel: str
    type: str
    href: str


@dataclass(frozen=True)
class View:
    """All that a layout shows: a text, or teasers, or the lines of a message."""

    title: str
    canonical: str
    text: Text | None = None
    teasers: tuple[Teaser, ...] = ()
    lines: tuple[str, ...] = ()
    menu: tuple[tuple[str, str], ...] = ()
    latest: tuple[Teaser, ...] = ()
    related: tuple[Teaser, ...] = ()
    friends: tuple[tuple[str, str], ...] = ()
    metas: tuple[tuple[str, str], ...] = ()
    declared: tuple[Declared, ...] = ()
    category: str = ""
    category_url: str = "#category"
    print_url: str = "#print"
    charset: str = "utf-8"
    number: int = 0
    comments: tuple[Comment, ...] = field(default=(), repr=False)

    @property
    def language(self) -> str:
        """What the page says that it is written in; legacy pages say nothing true."""
        genre = self.text.genre if self.text else ""
        return "" if genre == "legacy" else LANGUAGES.get(genre, "km")

    @property
    def font(self) -> str:
        """The typeface of old layouts."""
        return LEGACY_FONT if self.text and self.text.genre == "legacy" else KHMER_FONT

    @property
    def khmer_date(self) -> str:
        """The date as readers see it."""
        return khmer_date(self.text.date) if self.text and self.language == "km" else ""

    @property
    def views(self) -> str:
        """A number of visitors."""
        return str(100 + zlib.crc32(self.canonical.encode()) % 9000).translate(DIGITS)

    def member(self, position: int) -> str:
        """The name of a forum's member."""
        people = all_comments()
        return people[(self.number + position) % len(people)].who


def khmer_date(day: date) -> str:
    """A date in Khmer words and digits."""
    return f"ថ្ងៃទី{day.day} ខែ{MONTHS[day.month - 1]} ឆ្នាំ{day.year}".translate(DIGITS)


@cache
def all_comments() -> tuple[Comment, ...]:
    """Every comment there is."""
    rows = yaml.safe_load((HERE / "comments.yaml").read_text(encoding="utf-8"))
    return tuple(Comment(*row) for row in rows)


def comments_for(url: str) -> tuple[Comment, ...]:
    """None to three comments, always the same for a URL."""
    chance = Random(url)
    return tuple(chance.sample(all_comments(), chance.randrange(4)))


@cache
def _layouts() -> Environment:
    loader = FileSystemLoader(HERE / "layouts")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(layout: str, site: Site, view: View) -> str:
    """The HTML of a page."""
    return _layouts().get_template(f"{layout}.html").render(site=site, page=view)


def blocks(text: Text) -> str:
    """A text's parts alone, as the interfaces of content systems give them."""
    return str(_layouts().get_template("parts.html").module.blocks({"text": text}))  # type: ignore[attr-defined]
