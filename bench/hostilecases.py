"""What a hostile host does to a crawler, case by case, and what the crawl must have found out about it.

An expectation is one of: `reason=…` of a dropped URL; `status=…` of a stored answer; `truncated=…` of a stored body;
`unfollowed=…` of links; `paused`, of the host; `asked=…`, a page of it that must have been reached; `unasked=…`, one
that must not have been.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from isal import igzip

from bench.hostileanswers import (
    CHUNKED,
    MEGABYTE,
    NEXT,
    always,
    calendar,
    coded,
    cookie_flood,
    endless_body,
    endless_continue,
    endless_head,
    endless_header_line,
    endless_paths,
    endless_robots,
    endless_sitemaps,
    endless_trailer,
    head,
    header_flood,
    html,
    huge_robots,
    hundreds_of_hosts,
    posts_without_end,
    private_addresses,
    raw,
    redirect_loop,
    redirect_to_itself,
    redirects,
    repeating_path,
    reset,
    reset_in_body,
    robots_pattern,
    session_ids,
    silent,
    sitemap,
    sitemap_bomb,
    slow_body,
    slow_head,
    unrequested_answer,
)
from bench.hostileweb import POLICY_FILES, Answer, Wire, khmer_page

SECONDS: Final = 25.0  # for a whole crawl: start, two tries at 3 s each, policy files


@dataclass(frozen=True)
class Case:
    """How the host answers for pages and, unless 404, for policy files; what must be found; settings of the crawl."""

    answer_page: Answer
    expected: tuple[str, ...]
    answer_policy: Answer | None = None
    words: tuple[str, ...] = ()
    seed: str = "http://bad.test/"
    seconds: float = SECONDS

    async def answer(self, wire: Wire) -> None:
        """Answer one request."""
        if wire.target not in POLICY_FILES:
            await self.answer_page(wire)
        elif self.answer_policy:
            await self.answer_policy(wire)
        else:
            await wire.page(b"", status="404 Not Found")


BAD_LINKS: Final = khmer_page(
    "http://[::1", "http://a:99999999/", "http://\u0000/", "http://xn--/", "http://" + "a." * 300 + "kh/", "//",
    "http://ក្រុង.test\ud800/".encode("utf-8", "replace").decode(), "file:///etc/passwd", "ftp://bad.test/", "data:,x",
    "javascript:void(0)", "http:///x", "http://bad.test:0/", "/" + "x" * 100_000, "/next",
)  # fmt: skip
DEEP: Final = 1_000_000
MILLION_LINKS: Final = b"".join(b"<a href=/%x>" % n for n in range(MEGABYTE))
TENFOLD: Final = b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 31))
LAUGHS: Final = (
    b"<!DOCTYPE x [<!ENTITY a0 'x'>%s]><urlset><url><loc>http://bad.test/&a30;</loc></url></urlset>" % TENFOLD
)
MANY_URLS: Final = b"<urlset>" + b"<url><loc>http://bad.test/next</loc></url>" * 300_000
LONG_HEAD: Final = head("X-Long: " + "x" * 60_000)
FOLDED: Final = head(
    "X-Folded: a", "  b", "no colon here", ": no name", "X-Space : 1", "X-Nul: a\0b", "\x01\x02: \xff"
)
CITY: Final = "/%E1%9E%80%E1%9F%92%E1%9E%9A%E1%9E%BB%E1%9E%84"
ATTRIBUTES: Final = b" ".join(b"a%d=1" % n for n in range(200_000))
UPGRADE: Final = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
LATIN: Final = "Content-Type: text/html; charset=iso-8859-1"
TALL_TABLE: Final = b"<table>" * 200_000

CASES: Final[Mapping[str, Case]] = {
    "gzip_bomb": Case(coded("gzip"), ("reason=too_large",)),
    "gzip_in_gzip_bomb": Case(coded("gzip, gzip"), ("reason=too_large",)),
    "brotli_bomb": Case(coded("br"), ("reason=too_large",)),
    "zstd_bomb": Case(coded("zstd"), ("reason=too_large",)),
    "empty_gzip_members": Case(coded("members", "gzip"), ("status=200",)),
    "endless_body": Case(endless_body, ("truncated=length",)),
    "endless_head": Case(endless_head, ("reason=head_too_large",)),
    "endless_header_line": Case(endless_header_line, ("reason=head_too_large",)),
    "endless_continue": Case(endless_continue, ("reason=head_too_large",)),
    "endless_trailer": Case(endless_trailer, ("status=200",)),
    "slow_body": Case(slow_body, ("truncated=time",)),
    "slow_head": Case(slow_head, ("reason=timeout",)),
    "silent": Case(silent, ("reason=timeout",)),
    "silent_robots": Case(html(khmer_page()), ("reason=robots_unreachable", "paused"), silent),
    "reset": Case(reset, ("reason=connection",)),
    "reset_in_body": Case(reset_in_body, ("truncated=disconnect",)),
    "million_links": Case(html(MILLION_LINKS), ("unfollowed=too_many_links",), words=("max_links=50",)),
    "redirect_chain": Case(redirects, ("reason=too_many_redirects",)),
    "redirect_loop": Case(redirect_loop, ("status=301",)),
    "redirect_to_itself": Case(redirect_to_itself, ("status=307",)),
    "redirect_long": Case(raw(head("Location: /" + "x" * 60_000).replace(b"200 OK", b"302 Found")), ("status=302",)),
    "calendar": Case(calendar, ("unfollowed=calendar",)),
    "session_ids": Case(session_ids, ("status=200",), words=("max_pages_per_host=100",)),
    "repeating_path": Case(repeating_path, ("unfollowed=repeating_path",)),
    "hundreds_of_hosts": Case(hundreds_of_hosts, ("status=200",), seconds=40),
    "endless_paths": Case(endless_paths, ("status=200",), words=("max_pages_per_host=100",)),
    "huge_robots": Case(html(khmer_page()), ("status=200",), huge_robots),
    "endless_robots": Case(html(khmer_page()), ("status=200",), endless_robots),
    "robots_pattern": Case(html(khmer_page()), ("status=200",), robots_pattern),
    "robots_503": Case(html(khmer_page()), ("paused",), always("503 Service Unavailable")),
    "storm_503": Case(always("503 Service Unavailable"), ("status=503",)),
    "storm_429": Case(always("429 Too Many Requests", "Retry-After: 3600"), ("paused",)),
    "storm_500": Case(always("500 Internal Server Error"), ("status=500",)),
    "wrong_charset": Case(raw(head(LATIN, body=khmer_page("/ក្រុង"))), (f"asked={CITY}",)),
    "utf_16": Case(raw(head(body=khmer_page("/next").decode().encode("utf-16"))), ("asked=/next",)),
    "truncated_body": Case(raw(head("Content-Length: 100000")), ("truncated=disconnect", "asked=/next")),
    "truncated_gzip": Case(raw(head("Content-Encoding: gzip", body=igzip.compress(NEXT * 50)[:-30])), ("asked=/next",)),
    "not_gzip": Case(raw(head("Content-Encoding: gzip")), ("asked=/next",)),
    "unknown_coding": Case(raw(head("Content-Encoding: x-secret")), ("asked=/next",)),
    "chunk_garbage": Case(raw(CHUNKED + b"5\r\nhello\r\nzzz\r\n"), ("truncated=disconnect",)),
    "chunk_overflow": Case(raw(CHUNKED + b"f" * 30 + b"\r\nhello"), ("truncated=disconnect",)),
    "chunk_negative": Case(raw(CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"), ("truncated=disconnect",)),
    "length_negative": Case(raw(head("Content-Length: -5")), ("asked=/next",)),
    "length_overflow": Case(raw(head("Content-Length: " + "9" * 40)), ("truncated=disconnect",)),
    "lengths_disagree": Case(raw(head("Content-Length: 5", f"Content-Length: {len(NEXT)}")), ("status=200",)),
    "malformed_headers": Case(raw(FOLDED), ("asked=/next",)),
    "bare_newlines": Case(raw(head().replace(b"\r\n", b"\n")), ("asked=/next",)),
    "long_header": Case(raw(LONG_HEAD), ("asked=/next",)),
    "no_reason_phrase": Case(raw(head().replace(b"200 OK", b"200")), ("asked=/next",)),
    "other_protocol": Case(raw(head().replace(b"HTTP/1.1", b"ICY")), ("reason=bad_response",)),
    "impossible_status": Case(raw(head().replace(b"200 OK", b"2OO OK")), ("reason=bad_response",)),
    "http_0_9": Case(raw(NEXT), ("reason=bad_response",)),
    "binary_junk": Case(raw(bytes(range(256)) * 4000), ("reason=bad_response",)),
    "empty_answer": Case(raw(b""), ("reason=connection",)),
    "body_after_204": Case(raw(head().replace(b"200 OK", b"204 No Content")), ("status=204",)),
    "not_modified_unasked": Case(raw(head().replace(b"200 OK", b"304 Not Modified")), ("status=304",)),
    "switching_protocols": Case(raw(UPGRADE), ("reason=bad_response",)),
    "unrequested_answer": Case(unrequested_answer, ("asked=/next", "status=200")),
    "cookie_flood": Case(cookie_flood, ("status=200",)),
    "header_flood": Case(header_flood, ("reason=head_too_large",)),
    "tls_self_signed": Case(html(NEXT), ("asked=/next", "status=200"), seed="https://secure.test/"),
    "tls_junk": Case(silent, ("paused",), seed="https://plain.test/"),
    "deep_elements": Case(html(b"<div>" * DEEP + NEXT), ("asked=/next",)),
    "deep_formatting": Case(html(b"<b><a>" * 100_000 + NEXT), ("status=200",)),
    "deep_tables": Case(html(TALL_TABLE + NEXT), ("status=200",)),
    "open_comments": Case(html(b"<!--" * DEEP), ("status=200",)),
    "open_metas": Case(html(b"<meta " * DEEP), ("status=200",)),
    "sitemap_of_entities": Case(sitemap(LAUGHS), ("status=200",)),
    "sitemap_of_sitemaps": Case(endless_sitemaps, ("status=200",)),
    "sitemap_bomb": Case(sitemap_bomb, ("reason=too_large",)),
    "sitemap_of_millions": Case(sitemap(MANY_URLS), ("asked=/next",)),
    "sitemap_deep": Case(sitemap(b"<urlset>" + b"<url>" * DEEP), ("status=200",)),
    "interface_deep": Case(posts_without_end, ("status=200",)),
    "many_attributes": Case(html(b"<a " + ATTRIBUTES + b">" + NEXT), ("status=200",)),
    "entities": Case(html(b"&CounterClockwiseContourIntegral" * 200_000 + NEXT), ("asked=/next",)),
    "null_bytes": Case(html(bytes(8 * MEGABYTE)), ("status=200",)),
    "nulls_in_links": Case(html(NEXT.replace(b"<a ", b"\0<a\0 ")), ("status=200",)),
    "bad_links": Case(html(BAD_LINKS), ("asked=/next",)),
    "private_addresses": Case(
        private_addresses,
        ("unasked=/secret", "reason=private_address"),
        words=("hosts=['*']", "only_resolved=false", "retries=0"),
    ),
}  # fmt: skip
