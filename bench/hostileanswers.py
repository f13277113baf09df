"""The ways in which a hostile host answers; see `bench.hostilecases` for what a crawl must make of each."""

from __future__ import annotations

import asyncio
import itertools
import zlib
from functools import cache
from typing import Final

import brotli  # type: ignore[import-untyped]
import zstandard
from isal import igzip

from bench.hostileweb import Answer, Wire, khmer_page

CHUNKED: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
MEGABYTE: Final = 1 << 20
NEXT: Final = khmer_page("/next")


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
    """A gigabyte of zeros in one member, without its check sum: the same megabyte's blocks 1,024 times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    blocks = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08" + bytes(7) + blocks * 1024 + b"\x03\x00"


@cache
def bomb(coding: str) -> bytes:
    """A body that unpacks to far more than any limit, or costs far more than its length."""
    match coding:
        case "gzip":
            return gzip_bomb()
        case "gzip, gzip":
            return bytes(igzip.compress(gzip_bomb()))
        case "br":
            return bytes(brotli.compress(bytes(256 * MEGABYTE), quality=1))
        case "zstd":
            return zstandard.ZstdCompressor(level=1).compress(bytes(256 * MEGABYTE))
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


def sitemap(body: bytes, *lines: str) -> Answer:
    """This body at /sitemap.xml."""

    async def answer(wire: Wire) -> None:
        if wire.target == "/sitemap.xml":
            await wire.page(body, *lines)
        else:
            await wire.page(khmer_page())

    return answer


async def sitemap_bomb(wire: Wire) -> None:
    await sitemap(gzip_bomb(), "Content-Encoding: gzip")(wire)


async def endless_sitemaps(wire: Wire) -> None:
    """An index of two indexes, each of them too."""
    if wire.target == "/":
        await wire.page(khmer_page())
        return
    links = "".join(
        f"<sitemap><loc>http://bad.test/sitemap.xml?{next(_visits)}</loc></sitemap>" for _ in range(2)
    )
    await wire.page(f'<?xml version="1.0"?><sitemapindex>{links}</sitemapindex>'.encode())


async def posts_without_end(wire: Wire) -> None:
    """A WordPress whose interface answers with arrays a million deep."""
    if wire.target == "/":
        await wire.page(khmer_page(), 'Link: </wp-json/>; rel="https://api.w.org/"')
        return
    await wire.page(b"[" * 1_000_000)


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
