"""What a hostile host does to a crawler, case by case, and what the crawl must have found out about it.

An expectation is one of: `reason=…` of a dropped URL; `status=…` of a stored answer; `truncated=…` of a stored body;
`unfollowed=…` of links; `paused`, of the host; `asked=…`, a page of it that must have been reached; `unasked=…`, one
that must not have been.
"""

from __future__ import annotations

import asyncio
import itertools
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import brotli  # type: ignore[import-untyped]
import zstandard
from isal import igzip

from bench.hostileweb import POLICY_FILES, Answer, Wire, khmer_page

CHUNKED: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
MEGABYTE: Final = 1 << 20
SECONDS: Final = 25.0  # for a whole crawl: start, two tries at 3 s each, policy files
NEXT: Final = khmer_page("/next")


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


def raw(data: bytes) -> Answer:
    """These bytes, and the end of the connection; an honest page for any target but the first."""

    async def answer(wire: Wire) -> None:
        if wire.target != "/":
            await wire.page(khmer_page())
            return
        await wire.send(data)
        wire.writer.close()

    return answer


def head(*lines: str, body: bytes = NEXT) -> bytes:
    """A page that links /next, whose header has these lines and no length."""
    return (
        "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html", *lines, "", ""]).encode("latin-1") + body
    )


@cache
def gzip_bomb() -> bytes:
    """A gigabyte of zeros in one member: the same megabyte's blocks 1,024 times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    blocks = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    check, zeros = 0, bytes(MEGABYTE)
    for _ in range(1024):
        check = zlib.crc32(zeros, check)
    tail = check.to_bytes(4, "little") + (1024 * MEGABYTE).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes(7) + blocks * 1024 + b"\x03\x00" + tail


@cache
def bomb(coding: str) -> bytes:
    """A body that unpacks to far more than a gigabyte, or costs far more than its length."""
    match coding:
        case "gzip":
            return gzip_bomb()
        case "gzip, gzip":
            return bytes(igzip.compress(gzip_bomb()))
        case "br":
            return bytes(brotli.compress(bytes(256 * MEGABYTE), quality=5))
        case "zstd":
            return zstandard.ZstdCompressor(level=1).compress(bytes(512 * MEGABYTE))
    return bytes(igzip.compress(b"")) * 800_000  # members that hold nothing


def coded(coding: str, header: str = "") -> Answer:
    """A page packed so."""

    async def answer(wire: Wire) -> None:
        await wire.page(bomb(coding), f"Content-Encoding: {header or coding}")

    return answer


async def endless_body(wire: Wire) -> None:
    await wire.send(CHUNKED)
    await wire.stream(b"10000\r\n" + b"\xe1\x9e\x80" * 21845 + b"!" + b"\r\n")


async def endless_head(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    await wire.stream(b"X-Filler: " + b"x" * 4000 + b"\r\n")


async def endless_header_line(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    await wire.stream(b"x" * 65536)


async def endless_continue(wire: Wire) -> None:
    await wire.stream(b"HTTP/1.1 100 Continue\r\n\r\n")


async def endless_trailer(wire: Wire) -> None:
    await wire.send(CHUNKED + b"5\r\nhello\r\n0\r\n")
    await wire.stream(b"X-Filler: " + b"x" * 4000 + b"\r\n")


async def slow_body(wire: Wire) -> None:
    await wire.send(ENDLESS)
    await wire.stream("<p>យឺត</p>".encode(), 0.1)


async def slow_head(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    await wire.stream(b"X-A: b\r\n", 0.1)


async def silent(_wire: Wire) -> None:
    await asyncio.sleep(3600)


async def reset(wire: Wire) -> None:
    wire.abort()


async def reset_in_body(wire: Wire) -> None:
    await wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n" + khmer_page()
    )
    await asyncio.sleep(0.1)
    wire.abort()


async def redirects(wire: Wire) -> None:
    """One after the other, without end."""
    number = int(wire.target[1:] or 0)
    await wire.page(b"", f"Location: /{number + 1}", status="302 Found")


async def redirect_loop(wire: Wire) -> None:
    await wire.page(b"", f"Location: {'/b' if wire.target == '/' else '/'}", status="301 Moved Permanently")


async def redirect_to_itself(wire: Wire) -> None:
    await wire.page(b"", "Location: /", status="307 Temporary Redirect")


async def calendar(wire: Wire) -> None:
    """A page for every month, backward and forward without end."""
    year, month = (
        int(part.partition("=")[2]) for part in (wire.target.partition("?")[2] or "y=2026&m=11").split("&")
    )
    around = (divmod(year * 12 + month - 1 + step, 12) for step in (-1, 1))
    await wire.page(khmer_page(*(f"/calendar?year={year}&month={month + 1}" for year, month in around)))


_visits = itertools.count()


async def session_ids(wire: Wire) -> None:
    """The same page under a new name in every link."""
    await wire.page(khmer_page(*(f"/page?PHPSESSID={next(_visits):032x}" for _ in range(20))))


async def repeating_path(wire: Wire) -> None:
    """A relative link that grows with every step."""
    await wire.page(khmer_page("news/archive/"))


async def endless_paths(wire: Wire) -> None:
    """Twenty new pages from every page, all of one shape and the same text."""
    await wire.page(khmer_page(*(f"/item/{next(_visits)}" for _ in range(20))))


async def huge_robots(wire: Wire) -> None:
    if wire.target != "/robots.txt":
        await wire.page(b"", status="404 Not Found")
        return
    rules = b"".join(b"Disallow: /%020d\n" % n for n in range(330_000))
    await wire.page(b"User-agent: *\n" + rules)


async def endless_robots(wire: Wire) -> None:
    await wire.send(CHUNKED)
    await wire.stream(b"1000\r\n" + b"Disallow: /x/y/z\n" * 240 + b"#" * 16 + b"\r\n")


async def robots_pattern(wire: Wire) -> None:
    """Patterns that take a backtracking matcher years."""
    await wire.page(b"User-agent: *\n" + b"Disallow: /" + b"*a" * 2000 + b"*b$\n")


def always(status: str, *lines: str) -> Answer:
    """The same status for everything."""

    async def answer(wire: Wire) -> None:
        await wire.page(b"", *lines, status=status)

    return answer


async def cookie_flood(wire: Wire) -> None:
    await wire.page(khmer_page(), *(f"Set-Cookie: c{n}={'x' * 100}" for n in range(1000)))


async def header_flood(wire: Wire) -> None:
    await wire.page(khmer_page(), *(f"X-{n}: {'x' * 1000}" for n in range(10_000)))


def html(body: bytes, *lines: str) -> Answer:
    """This page at /, a plain one elsewhere."""

    async def answer(wire: Wire) -> None:
        await wire.page(body if wire.target == "/" else khmer_page(), *(lines if wire.target == "/" else ()))

    return answer


async def unrequested_answer(wire: Wire) -> None:
    """A second answer behind the first, which belongs to no request."""
    if wire.target == "/":
        forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
        await wire.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(NEXT)
        )
        await wire.send(NEXT + forged)
        return
    await wire.page(khmer_page())


async def private_addresses(wire: Wire) -> None:
    """Links and a redirect to what only this machine can reach."""
    if wire.target == "/moved":
        await wire.page(b"", f"Location: http://127.0.0.1:{wire.port}/secret", status="302 Found")
        return
    hosts = [f"127.0.0.1:{wire.port}", f"[::1]:{wire.port}", f"localhost:{wire.port}", "169.254.169.254"]
    hosts += [f"2130706433:{wire.port}", f"0x7f.1:{wire.port}", f"[::ffff:127.0.0.1]:{wire.port}", "10.0.0.1"]
    await wire.page(khmer_page("/moved", *(f"http://{host}/secret" for host in hosts)))


async def hundreds_of_hosts(wire: Wire) -> None:
    """Links to hosts that are all this one."""
    await wire.page(khmer_page(*(f"http://n{n}.test/" for n in range(200))))


BAD_LINKS: Final = khmer_page(
    "http://[::1", "http://a:99999999/", "http://\u0000/", "http://xn--/", "http://" + "a." * 300 + "kh/", "//",
    "http://ក្រុង.test\ud800/".encode("utf-8", "replace").decode(), "file:///etc/passwd", "ftp://bad.test/", "data:,x",
    "javascript:void(0)", "http:///x", "http://bad.test:0/", "/" + "x" * 100_000, "/next",
)  # fmt: skip
DEEP: Final = 1_000_000
MILLION_LINKS: Final = b"".join(b"<a href=/%x>" % n for n in range(MEGABYTE))
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
    "endless_trailer": Case(endless_trailer, ("truncated=disconnect",)),
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
