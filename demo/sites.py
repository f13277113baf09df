"""The hosts of the embedded web, as sites.yaml describes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from demo.texts import Text

SITES = Path(__file__).parent / "sites.yaml"
GENRES = {
    "news": "ព័ត៌មាន",
    "economy": "សេដ្ឋកិច្ច",
    "law": "ច្បាប់",
    "notice": "សេចក្តីជូនដំណឹង",
    "statistics": "ស្ថិតិ",
    "school": "ការសិក្សា",
    "health": "សុខភាព",
    "folktale": "រឿងនិទាន",
    "poem": "កំណាព្យ",
    "recipe": "ម្ហូបអាហារ",
    "technology": "បច្ចេកវិទ្យា",
    "science": "វិទ្យាសាស្ត្រ",
    "sport": "កីឡា",
    "travel": "ដំណើរកម្សាន្ត",
    "culture": "វប្បធម៌",
    "letters": "មតិអ្នកអាន",
    "question": "សំណួរ",
    "personal": "ប្រកាស",
    "english": "English",
    "thai": "ภาษาไทย",
    "legacy": "ÉksarcaM",
    "pali": "ធម៌សូត្រ",
}
UNREACHABLE = "unreachable"
ABSENT = "absent"
PRIVATE = "/private/"


@dataclass(frozen=True)
class Site:
    """One host: its face, what appears on it, and what it asks of crawlers."""

    host: str
    name: str
    motto: str
    layout: str
    genres: tuple[str, ...]
    path: str
    notice: str = ""  # stands under every article, in the same paragraphs
    friends: tuple[str, ...] = ()
    robots: str = ""
    sitemap: bool = False
    gateway: bool = False
    sitemap_parts: bool = False
    door: str = ""  # wordpress, blogger or feed
    calendar: bool = False

    def url(self, path: str = "/") -> str:
        """The address of a page on this host."""
        return f"http://{self.host}{path}"

    def page_url(self, text: Text, number: int) -> str:
        """The address at which a text stands."""
        slug = quote("-".join(text.title.split())[:40])
        day = text.date
        path = self.path.format(
            number=number, name=text.name, slug=slug, year=day.year, month=f"{day.month:02d}"
        )
        return self.url(path)

    @property
    def home(self) -> str:
        """The address of its first page."""
        return self.url()

    def category(self, genre: str) -> str:
        """The address of the list of a genre."""
        return self.url(f"/category/{genre}/")


def read_sites() -> dict[str, Site]:
    """Every host of the embedded web, by name, in the order of the file."""
    rows: list[dict[str, Any]] = yaml.safe_load(SITES.read_text(encoding="utf-8"))
    return {row["host"]: _site(row) for row in rows}


def _site(row: dict[str, Any]) -> Site:
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
    return Site(**fields)
