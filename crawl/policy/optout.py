"""Reservations of rights that an answer states in its header and its text, joined with those of its site.

- Google's robots meta tag and X-Robots-Tag (developers.google.com/search/docs/crawling-indexing/robots-meta-tag),
  with DeviantArt's `noai` and `noimageai`; `Robots-Tag` of draft-illyes-repext. What is addressed to another
  crawler by name (`googlebot`, `bingbot`) is none of our business; but a `noai` addressed to one that gathers text
  for training is read as robots.txt groups for such crawlers are.
- `noarchive`, `nocache` and `nosnippet` are no refusals: they speak of what a search engine shows.
- `TDM-Reservation` in the header, `tdm-reservation` in a page's metas and in a PDF's metadata, each of which
  takes the place of what was stated before it (TDMRep, Processing priority).
- `Content-Usage` (draft-ietf-aipref-attach, 2) and `Content-Signal` in the header.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from html import unescape

from crawl.policy.agents import AI_AGENTS
from crawl.policy.groups import token_of
from crawl.policy.identity import AGENT
from crawl.policy.reservations import USAGES, SiteFiles, site_signals
from crawl.policy.signals import Forbidden, Signal, refused_usage, reservation, signal
from crawl.sources.http import is_pdf

__all__ = ["Forbidden", "Signal", "SiteFiles", "forbidden", "page_signals", "site_signals"]

HEAD_BYTES = 1 << 16  # metas stand in the head; a page's first 64 KiB hold it

DIRECTIVES: dict[str, Forbidden] = {
    "noai": "training",
    "noimageai": "images",
    "nofollow": "following",
    "noindex": "indexing",
}
OF_TRAINING = frozenset(["noai", "noimageai"])
VALUED_DIRECTIVES = frozenset(["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"])
_OURS = frozenset(["robots", "*", token_of(AGENT), "x-robots-tag"])
_TRAINERS = frozenset(map(token_of, AI_AGENTS))


def page_signals(headers: Iterable[tuple[str, str]], body: bytes, of_site: list[Signal]) -> list[Signal]:
    """The reservations of an answer: of its header, of its HTML or PDF if `body` is such, and of its site.

    `body` is decompressed, or empty. Each signal stands once.
    """
    of_headers = list(headers)
    of_metas = list(_metas(_head(body)))
    found = [*_header_signals(of_headers), *_meta_signals(of_metas)]
    stated = [_tdm("", of_headers), _tdm("meta ", of_metas), _tdm("pdf ", list(_pdf_properties(body)))]
    if any(value for value, _ in stated):
        of_site = [said for said in of_site if said.name != "tdmrep.json: 1"]
        found += [said for value, said in [[one for one in stated if one[0]][-1]] if value == "1"]
    return list({said.name: said for said in [*found, *of_site]}.values())


def forbidden(signals: Iterable[Signal], what: Forbidden) -> bool:
    """Whether any of the signals forbids it."""
    return any(said.forbids == what for said in signals)


def _tdm(where: str, properties: list[tuple[str, str]]) -> tuple[str, Signal]:
    """What one place states about text and data mining: `1`, `0` or nothing; of several values the strictest."""
    named = [(name.lower(), value) for name, value in properties]
    stated = max((reservation(value) for name, value in named if name == "tdm-reservation"), default="")
    policies = [f"; tdm-policy: {value}" for name, value in named if name == "tdm-policy"][:1]
    return stated, signal(
        f"{where}tdm-reservation: 1", f"{where}tdm-reservation: {stated}{''.join(policies)}"
    )


def _header_signals(headers: Iterable[tuple[str, str]]) -> Iterator[Signal]:
    for name, value in headers:
        match name.lower():
            case "x-robots-tag" | "robots-tag":
                yield from _directives("x-robots-tag", _addressed(value), f"{name}: {value}")
            case field if field in USAGES and (usage := refused_usage(value)):
                yield signal(f"{field}: {usage}", f"{name}: {value}")


def _addressed(value: str) -> Iterator[tuple[str, str]]:
    """Each directive of a header with the crawler that it is addressed to, `*` for all.

    A name holds for the directives after it until the next: `nofollow, otherbot: noindex, noai`.
    """
    for part in value.lower().split(";"):
        agent = "*"
        for word in part.split(","):
            name, mark, directive = _split(word)
            if mark and name not in VALUED_DIRECTIVES and _AGENT.fullmatch(name):
                agent = name
                yield agent, directive.strip()
            else:
                yield agent, word.strip()


_AGENT = re.compile(r"\*|[a-z][a-z0-9_.-]*")


def _split(word: str) -> tuple[str, str, str]:
    mark = "=" if "=" in word else ":"
    name, found, directive = word.partition(mark)
    return name.strip(), found, directive


def _directives(where: str, addressed: Iterable[tuple[str, str]], evidence: str) -> Iterator[Signal]:
    """The directives that concern us."""
    found: set[str] = set()
    for agent, word in addressed:
        words = {"noindex", "nofollow"} if word == "none" else {word}
        if agent in _OURS:
            found |= words
        elif token_of(agent) in _TRAINERS:
            found |= words & OF_TRAINING
    for directive, forbids in DIRECTIVES.items():
        if directive in found:
            yield signal(f"{where}: {directive}", evidence, forbids)


# Linear in the length of any page: what is never closed runs to the end, and no name is tried from its middle.
_META = re.compile(rb"<meta\b[^>]*+(?:>|\Z)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+)""")
_COMMENT = re.compile(rb"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)


def _head(body: bytes) -> bytes:
    """The beginning of a page, in which ASCII is one byte a letter."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body[: 2 * HEAD_BYTES].decode("utf-16", "replace").encode("utf-8", "replace")
    return body[:HEAD_BYTES]


def _metas(head: bytes) -> Iterator[tuple[str, str]]:
    """Name and content of each meta element in the head."""
    for tag in _META.findall(_COMMENT.sub(b"", head)):
        pairs = _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
        attributes = {key.lower(): unescape(value.strip("\"'")) for key, value in pairs}
        name = attributes.get("name") or attributes.get("http-equiv")
        if name and "content" in attributes:
            yield name.strip(), attributes["content"]


def _meta_signals(metas: Iterable[tuple[str, str]]) -> Iterator[Signal]:
    for name, content in metas:
        agent = name.lower()
        if agent in _OURS or token_of(agent) in _TRAINERS:
            addressed = ((agent, word.strip()) for word in content.lower().split(","))
            yield from _directives("meta robots", addressed, f'<meta name="{name}" content="{content}">')


_PDF_PROPERTY = re.compile(rb"tdm:(reservation|policy)(?:>|\s{0,9}=\s{0,9}[\"'])\s{0,99}([^<\"'\s]{1,500})")


def _pdf_properties(body: bytes) -> Iterator[tuple[str, str]]:
    """The TDM properties in the metadata (XMP) of a PDF, as far as they stand there in the clear."""
    if is_pdf(body) and b"tdm:" in body:
        for name, value in _PDF_PROPERTY.findall(body):
            yield f"tdm-{name.decode()}", value.decode("utf-8", "replace")
