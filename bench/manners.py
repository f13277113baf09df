"""A web of hosts that each ask for something, and a server that logs when every request came and was answered."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Final, NamedTuple

DELAY: Final = 0.2  # seconds; the crawl's own
MOST_DELAY: Final = 0.8
ASKED_DELAY: Final = 0.6
LATENCY: Final = 0.12
RETRY_AFTER: Final = 2
TOMORROW: Final = 80_000
LATER_SECONDS: Final = 3  # of a date, which has whole seconds
N_PAGES: Final = 6
RESERVED: Final = '[{"location": "/p", "tdm-reservation": 1}]'
HTML: Final = "Content-Type: text/html; charset=utf-8"


class Answer(NamedTuple):
    """Status, header lines and body, sent after so many seconds."""

    status: int = 404
    headers: tuple[str, ...] = ()
    body: str = ""
    seconds: float = 0.0


class Asked(NamedTuple):
    """A request: monotonic times of its arrival and of the end of its answer, and the connection that it came by."""

    host: str
    target: str
    at: float
    until: float
    connection: int
    status: int


Page = Answer | Callable[[int], Answer]  # a function of how often it was asked for before


@dataclass
class Web:
    """Hosts with their pages, and what was asked of them."""

    pages: dict[str, dict[str, Page]]
    log: list[Asked] = field(default_factory=list)
    n_open: Counter[str] = field(default_factory=Counter)  # connections, by host
    most_open: Counter[str] = field(default_factory=Counter)
    _times: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answer(self, host: str, target: str) -> Answer:
        """What a host says to a request."""
        page = self.pages.get(host, {}).get(target, Answer())
        times = self._times[host, target]
        self._times[host, target] += 1
        return page if isinstance(page, Answer) else page(times)

    def of(self, host: str) -> list[Asked]:
        """A host's requests, by arrival."""
        return sorted((asked for asked in self.log if asked.host == host), key=lambda asked: asked.at)

    def pages_of(self, host: str) -> list[Asked]:
        """Those for pages, not for the files that state a policy."""
        policy = ("/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/sitemap.xml")
        return [asked for asked in self.of(host) if asked.target not in policy]


def page(*links: str, **changes: object) -> Answer:
    """A page in Khmer with links."""
    body = "<title>ទំព័រ</title><p>ប្រទេសកម្ពុជា</p>" + "".join(f'<a href="{link}">តំណ</a>' for link in links)
    return Answer(200, (HTML,), body)._replace(**changes)  # type: ignore[arg-type]


def robots(*lines: str, status: int = 200) -> Answer:
    """A robots.txt."""
    return Answer(status, ("Content-Type: text/plain",), "\n".join(lines))


def _site(rules: Page, **more: Page) -> dict[str, Page]:
    """A first page that links N_PAGES others."""
    paths = [f"/p{number}" for number in range(N_PAGES)]
    site: dict[str, Page] = {"/robots.txt": rules, "/": page(*paths), **dict.fromkeys(paths, page())}
    return site | {f"/{name.replace('_', '/')}": it for name, it in more.items()}


def _once(first: Answer) -> Callable[[int], Answer]:
    """The first time so, afterwards a page."""
    return lambda times: page() if times else first


def build_web() -> Web:
    """Each host by the name of what it asks for."""
    nothing, slow = robots(status=404), page(seconds=LATENCY)
    redirects: dict[str, Page] = {f"/r{n}": Answer(301, (f"Location: /r{n + 1}",)) for n in range(8)}
    hosts: dict[str, dict[str, Page]] = {
        "plain": _site(nothing),
        "asking": _site(robots("User-agent: *", f"Crawl-delay: {ASKED_DELAY}")),
        "greedy": _site(robots("User-agent: *", "Crawl-delay: 3600")),
        "slow": {"/": page("/p0", "/p1", seconds=LATENCY), **dict.fromkeys(["/p0", "/p1"], slow)},
        "busy": _site(nothing, p2=_once(Answer(429, (f"Retry-After: {RETRY_AFTER}",)))),
        "down": _site(
            nothing, p2=lambda times: page() if times else Answer(503, (f"Retry-After: {_later()}",))
        ),
        "tired": _site(nothing, p2=Answer(429, (f"Retry-After: {TOMORROW}",))),
        "unreachable": _site(robots("User-agent: *", "Allow: /", status=503)),
        "closed": _site(robots("User-agent: *", "Disallow: /p", "Allow: /p1")),
        "ours": _site(robots("User-agent: *", "Disallow: /", "", "User-agent: SastraBot", "Disallow: /p3")),
        "reserved": _site(nothing, **{".well-known_tdmrep.json": robots(RESERVED)}),
        "trainers": _site(robots("User-agent: GPTBot", "Disallow: /p4")),
        "moved": _site(Answer(301, ("Location: /r3",)))
        | redirects
        | {"/r7": robots("User-agent: *", "Disallow: /p")},
        "lost": _site(Answer(301, ("Location: /r0",))) | redirects,
        "nofollow": {"/": page("/p0", "/p1", headers=(HTML, "X-Robots-Tag: nofollow"))},
    }
    return Web({f"{name}.test": pages for name, pages in hosts.items()})


def _later() -> str:
    return formatdate(time.time() + LATER_SECONDS, usegmt=True)


@contextmanager
def serving(web: Web) -> Iterator[int]:
    """The web served on loopback from a thread of this process; yields the port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(lambda r, w: _serve(web, r, w), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        server.close()
        loop.close()


async def _serve(web: Web, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection; it counts for the host that its first request names."""
    named = ""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            at = time.monotonic()
            target = head.split(" ", 2)[1]
            fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            host = fields["host"].partition(":")[0]
            if not named:
                named = host
                web.n_open[host] += 1
                web.most_open[host] = max(web.most_open[host], web.n_open[host])
            answer = web.answer(host, target)
            await asyncio.sleep(answer.seconds)
            body = answer.body.encode()
            lines = [f"HTTP/1.1 {answer.status} x", *answer.headers, f"Content-Length: {len(body)}", "", ""]
            writer.write("\r\n".join(lines).encode() + body)
            await writer.drain()
            web.log.append(Asked(host, target, at, time.monotonic(), id(writer), answer.status))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        web.n_open[named] -= 1
        writer.close()
