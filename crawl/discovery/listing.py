"""What a listing says: the pages that it names, the further listings, and the pages whose text it holds itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawl.discovery.kinds import Kind


@dataclass
class Listing:
    """Clean URLs of pages, those most worth fetching first: of the listing's own site, the newest first.

    `following` are further sitemaps or pages of the API; `covered` the pages whose text this answer holds.
    `fault` says what was wrong with it; what could be read is there all the same.
    """

    urls: list[str] = field(default_factory=list)
    following: list[tuple[Kind, str]] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    n_beyond_limit: int = 0
    fault: str = ""
