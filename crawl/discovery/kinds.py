"""The kinds of things that a crawl fetches."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["page", "robots", "tdmrep", "ai_txt", "sitemap", "feed", "wordpress", "blogger"]

LISTINGS: Final[tuple[Kind, ...]] = ("sitemap", "feed", "wordpress", "blogger")
