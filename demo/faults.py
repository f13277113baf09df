"""Pages that hold no text of their own: errors, redirects, other media, policy files."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from demo.pages import Page, Reply, Truth
from demo.plan import Entry
from demo.render import View, render
from demo.sites import ABSENT, PRIVATE, UNREACHABLE, Site

HTML = ("Content-Type", "text/html; charset=utf-8")
NOT_FOUND = "រកមិនឃើញទំព័រ"
SOFT_404 = (
    ("news", NOT_FOUND, ("សូមអភ័យទោស ទំព័រដែលអ្នកកំពុងស្វែងរកមិនមានទេ។", "វាប្រហែលជាត្រូវបានលុប ឬប្តូរទីតាំង។")),
    ("market", "៤០៤ - រកមិនឃើញ", ("រកមិនឃើញទំព័រដែលអ្នកស្នើសុំ។ សូមពិនិត្យអាសយដ្ឋានម្តងទៀត។",)),
    ("law", "រកមិនឃើញឯកសារ", ("ឯកសារដែលអ្នកស្វែងរក មិនមាននៅក្នុងប្រព័ន្ធ ឬត្រូវបានលុបចោល។",)),
    ("school", "អូ! រកមិនឃើញទំព័រនោះទេ", ("មើលទៅដូចជាគ្មានអ្វីនៅទីនេះទេ។ សូមសាកល្បងស្វែងរក។",)),
    ("tales", NOT_FOUND, ("រកមិនឃើញទំព័រដែលអ្នកកំពុងរកក្នុងប្លុកនេះទេ។",)),
    ("forum", "ព័ត៌មាន", ("ប្រធានបទដែលអ្នកស្នើសុំមិនមានទេ។ រកមិនឃើញទំព័រ។",)),
    ("kitchen", NOT_FOUND, ("រូបមន្តនេះរកមិនឃើញទេ ប្រហែលជាត្រូវបានដកចេញ។",)),
    ("sport", "404 រកមិនឃើញទំព័រ", ("ទំព័រនេះមិនមានទៀតទេ។ សូមត្រឡប់ទៅទំព័រដើម។",)),
)
ERRORS = (404, 404, 410, 500, 503)


def message_page(site: Site, url: str, title: str, lines: tuple[str, ...], truth: Truth) -> Page:
    """A page of the host that only says something about the request."""
    html = render(site.layout, site, View(title=title, canonical=url, lines=lines))
    return Page(truth, Reply(truth.status, (HTML,), html.encode()))


def soft_404s(sites: Mapping[str, Site]) -> Iterator[Page]:
    """Pages that say in words alone that there is no page."""
    for number, (name, title, lines) in enumerate(SOFT_404, 1):
        site = sites[f"{name}.khmer.test"]
        url = site.url(f"/missing/{number}.html")
        yield message_page(site, url, title, lines, Truth(url, "soft_404", "drop:soft_404"))


def hard_errors(site: Site) -> Iterator[Page]:
    """Pages that say by their status that there is no page."""
    for number, status in enumerate(ERRORS, 1):
        url = site.url(f"/error/{number}")
        truth = Truth(url, "http_error", f"drop:http_{status}", status=status)
        yield message_page(
            site, url, f"{status} {HTTPStatus(status).phrase}", ("មានបញ្ហាក្នុងការបើកទំព័រនេះ។",), truth
        )


def redirect(url: str, target: str, status: int = 302) -> Page:
    """A page that sends on to another."""
    truth = Truth(url, "redirect", "drop:redirect", variant=f"to {target}", status=status)
    return Page(truth, Reply(status, (("Location", target), HTML), b""))


def redirects(sites: Mapping[str, Site], articles: list[Entry]) -> Iterator[Page]:
    """Redirects to articles, in one step and in three, and two loops."""
    broken = sites["broken.khmer.test"]
    for number, entry in enumerate(articles[::20], 1):
        yield redirect(entry.site.url(f"/old/{number}"), entry.url, (301, 302, 307, 308)[number % 4])
    steps = [broken.url(f"/step/{number}") for number in (1, 2, 3)]
    for url, target in zip(steps, [*steps[1:], articles[0].url], strict=True):
        yield redirect(url, target)
    first, second, itself = (broken.url(f"/loop/{name}") for name in ("first", "second", "itself"))
    for url, target in ((first, second), (second, first), (itself, itself)):
        yield redirect(url, target)


def other_media(site: Site) -> Iterator[Page]:
    """Answers that are no HTML."""
    feed = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>ព័ត៌មាន</title></channel></rss>'
    bodies = (
        ("application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
        ("image/png", _png()),
        ("application/json", json.dumps({"ចំណងជើង": "ទិន្នន័យ"}, ensure_ascii=False).encode()),
        ("application/rss+xml", feed.encode()),
        ("application/octet-stream", bytes(range(256))),
    )
    for number, (media_type, body) in enumerate(bodies, 1):
        truth = Truth(site.url(f"/media/{number}"), "other_media", "drop:not_html", variant=media_type)
        yield Page(truth, Reply(headers=(("Content-Type", media_type),), body=body))


def _png() -> bytes:
    """One white pixel."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\xff")))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (*chunks, (b"IEND", b""))
    )


def policy_files(sites: Mapping[str, Site], urls: Mapping[str, list[str]]) -> Iterator[Page]:
    """Every robots.txt, sitemap and tdmrep.json; `urls` are the pages of each host that sitemaps name."""
    plain = ("Content-Type", "text/plain; charset=utf-8")
    for site in sites.values():
        status = {ABSENT: 404, UNREACHABLE: 503}.get(site.robots, 200)
        truth = Truth(site.url("/robots.txt"), "robots", "drop:robots_txt", status=status)
        body = robots_txt(site) if status == 200 else ""
        yield Page(truth, Reply(status, (plain,), body.encode()))
        if site.sitemap and not site.sitemap_parts:
            truth = Truth(site.url("/sitemap.xml"), "sitemap", "drop:not_html")
            headers = (("Content-Type", "application/xml"),)
            yield Page(truth, Reply(headers=headers, body=sitemap(urls[site.host]).encode()))
    tdm = sites["tdm.khmer.test"]
    rules = [{"location": "/*", "tdm-reservation": 1, "tdm-policy": tdm.url("/policy.json")}]
    truth = Truth(tdm.url("/.well-known/tdmrep.json"), "tdmrep", "drop:opt_out")
    yield Page(truth, Reply(headers=(("Content-Type", "application/json"),), body=json.dumps(rules).encode()))


def robots_txt(site: Site) -> str:
    """What the host asks of crawlers."""
    lines = ["User-agent: *", f"Disallow: {PRIVATE}", "Disallow: /admin/"]
    lines += [site.robots] if site.robots else []
    lines += [f"Sitemap: {site.url('/sitemap.xml')}"] if site.sitemap else []
    return "\n".join(lines) + "\n"


def sitemap(urls: list[str]) -> str:
    """A sitemap of these pages."""
    rows = "".join(f"<url><loc>{url.replace('&', '&amp;')}</loc></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
