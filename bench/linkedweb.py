"""A web of linked pages on loopback, served from prepared bytes by a process of its own that logs every request.

As a command, `python -m bench.linkedweb LOG N_HOSTS N_PAGES N_HUBS`, it prints its port and serves until it is ended. A
line of the log is a host and a target, written before the answer is.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.hostile import WORDS

LOOPBACK: Final = "127.0.0.1"
N_PARAGRAPHS: Final = 28  # of a page, with so many words each: 22 kB, of which no two pages share any
N_WORDS: Final = 60
N_OWN_LINKS: Final = 38  # with the others 42, and 26 kB a page
N_FOREIGN_LINKS: Final = 4
HUB_LINKS: Final = 2000
TOP: Final = "<!doctype html><html lang=km><head><title>ទំព័រ</title></head><body>"
HEAD: Final = b"HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"


@dataclass(frozen=True)
class LinkedWeb:
    """So many hosts `h0.test` and on, each with pages `/0` and on, of 26 kB; each hub links 2,000 pages.

    A hub is the one page of a host of its own. A page links every page of its host with `n_pages` ≤ 38, else those that
    follow it and some at random.
    """

    n_hosts: int
    n_pages: int
    n_hubs: int = 0

    @property
    def urls(self) -> list[str]:
        """Every page as the log has it, but for hubs."""
        return [f"h{host}.test /{page}" for host in range(self.n_hosts) for page in range(self.n_pages)]

    def seeds(self, port: int) -> list[str]:
        """The first page of each host; where there are hubs, these."""
        if self.n_hubs:
            return [f"http://hub{hub}.test:{port}/{hub}" for hub in range(self.n_hubs)]
        return [f"http://h{host}.test:{port}/0" for host in range(self.n_hosts)]

    def answer(self, host: str, target: str, port: int) -> bytes:
        """A whole answer; 404 for what is no page, policy files too."""
        if not target[1:].isdecimal():
            return HEAD % (404, b"Not Found", 0)
        of_hub, number = host.startswith("hub"), int(host[: -len(".test")].lstrip("hub"))
        links = self._hub(int(target[1:])) if of_hub else self._links(number, int(target[1:]))
        anchors = "".join(_anchor(*link, port) for link in links)
        body = f"{TOP}{_text(f'{host}{target}')}{anchors}".encode()
        return HEAD % (200, b"OK", len(body)) + body

    def _links(self, host: int, page: int) -> Iterator[tuple[int, int]]:
        chance = random.Random(host * self.n_pages + page)
        for step in range(1, N_OWN_LINKS // 2 + 1):
            yield host, (page + step) % self.n_pages
            yield host, chance.randrange(self.n_pages)
        for _ in range(N_FOREIGN_LINKS):
            yield chance.randrange(self.n_hosts), chance.randrange(self.n_pages)

    def _hub(self, hub: int) -> Iterator[tuple[int, int]]:
        """Page by page over the hosts, so that each host gets its share of every hub."""
        for number in range(hub * HUB_LINKS, (hub + 1) * HUB_LINKS):
            yield number % self.n_hosts, number // self.n_hosts % self.n_pages


def _anchor(host: int, page: int, port: int) -> str:
    return f'<li><a href="http://h{host}.test:{port}/{page}">ទំព័រ {page}</a></li>\n'


def _text(seed: str) -> str:
    """Paragraphs of Khmer words."""
    words = random.Random(seed).choices(WORDS, k=N_PARAGRAPHS * N_WORDS)
    return "".join(
        f"<p class=text>{''.join(words[at : at + N_WORDS])}</p>\n" for at in range(0, len(words), N_WORDS)
    )


class _Serving(asyncio.Protocol):
    """One connection: requests without bodies, answered in their order."""

    def __init__(self, web: LinkedWeb, log: int, port: int) -> None:
        self._web, self._log, self._port = web, log, port
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            target = first.split(" ")[1]
            host = next(line for line in lines if line[:5].lower() == "host:")[5:].strip().partition(":")[0]
            os.write(self._log, f"{host} {target}\n".encode())
            self._transport.write(self._web.answer(host, target, self._port))


async def _serve(web: LinkedWeb, log: int) -> None:
    port = 0
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Serving(web, log, port), LOOPBACK, 0, backlog=1024)
    port = int(server.sockets[0].getsockname()[1])
    print(port, flush=True)
    await server.serve_forever()


@dataclass(frozen=True)
class Served:
    """A web that is being served: its port and its log."""

    web: LinkedWeb
    port: int
    log: Path

    def requests(self) -> list[str]:
        """Every request so far, in order."""
        return self.log.read_text().splitlines()

    @property
    def resolve(self) -> str:
        """The setting that leads a crawl here."""
        return f"resolve=['*.test={LOOPBACK}:{self.port}']"


@contextmanager
def serve(web: LinkedWeb, folder: Path) -> Iterator[Served]:
    """Serve a web from a process of its own."""
    log = folder / "requests.log"
    log.touch()
    words = [str(log), str(web.n_hosts), str(web.n_pages), str(web.n_hubs)]
    with subprocess.Popen(
        [sys.executable, "-m", __name__, *words], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Served(web, int(process.stdout.readline()), log)
        finally:
            process.kill()


def main(words: list[str]) -> None:
    """Serve until ended."""
    log = os.open(words[0], os.O_WRONLY | os.O_APPEND)
    asyncio.run(_serve(LinkedWeb(*map(int, words[1:])), log))


if __name__ == "__main__":
    main(sys.argv[1:])
