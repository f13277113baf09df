"""The policy files of all sites, as many of them in memory as are worth it."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from crawl.policy.site import Site

if TYPE_CHECKING:
    from crawl.journal import Journal

MAX_BYTES = 8 << 20
SITE_BYTES = 2_000  # of a site that states nothing
RULES_TO_TEXT = 8  # memory of parsed rules to the length of their text


class SiteBook:
    """What is known of each origin (scheme, host, port); sites not asked for lately are read again when needed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._sites: OrderedDict[str, Site] = OrderedDict()
        self._weights: dict[str, int] = {}
        self._weight = 0

    def __getitem__(self, origin: str) -> Site:
        site = self._sites.get(origin) or self._journal.site(origin) or Site(origin)
        if site.is_old:
            site = site.renewed()
        self._sites[origin] = site
        self._sites.move_to_end(origin)
        self._weigh(site)
        return site

    def _weigh(self, site: Site) -> None:
        text = len(site.robots.text) if site.robots else 0
        text += len(site.tdmrep or "") + len(site.ai_txt or "")
        weight = SITE_BYTES + RULES_TO_TEXT * text
        self._weight += weight - self._weights.get(site.origin, 0)
        self._weights[site.origin] = weight
        while self._weight > MAX_BYTES and len(self._sites) > 1:
            oldest, _ = self._sites.popitem(last=False)
            self._weight -= self._weights.pop(oldest)
