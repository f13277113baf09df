"""The kinds of things that a crawl fetches."""

from __future__ import annotations

from typing import Final, Literal

ListingKind = Literal["sitemap", "feed", "wordpress", "blogger"]
Kind = Literal["page", "robots", "tdmrep", "ai_txt", "sitemap", "feed", "wordpress", "blogger"]

LISTINGS: Final[tuple[ListingKind, ...]] = ("sitemap", "feed", "wordpress", "blogger")
