from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable

import pytest

from bench.hostileweb import wrong_certificate
from crawl.download.client import MOST_IDLE, MOST_LARGE, Client
from crawl.download.connection import LARGE_BYTES
from crawl.download.names import Names
from crawl.download.wire import WireError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Ask = Callable[[Client, Names], Awaitable[object]]


def talk(
    peer: Peer, ask: Callable[[Client, Names], Awaitable[object]], secured: ssl.SSLContext | None = None
) -> object:
    """What `ask` brings from a server whose every connection is in the hands of `peer`."""

    async def served(reader, writer) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await peer(reader, writer)
            await reader.read()  # until the client closes
        writer.close()

    async def both() -> object:
        server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=secured)
        names = Names([f"*.test={'tls://' if secured else ''}127.0.0.1:{server.sockets[0].getsockname()[1]}"])
        async with server, Client({"User-Agent": "T"}) as client:
            return await ask(client, names)

    return asyncio.run(asyncio.wait_for(both(), 20))


async def fetch(client: Client, names: Names, host: str = "a.test", limit: int = 1 << 30, seconds: float = 5):
    request = client.request_head(host, "/", {"If-None-Match": '"1"'})
    until = asyncio.get_running_loop().time() + seconds
    return await client.ask(names.route(f"http://{host}/"), request, lambda _head: limit, until)


async def asked(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def test_a_request_and_its_answer():
    requests = []

    async def peer(reader, writer):
        requests.append(await asked(reader))
        writer.write(OK)

    received = talk(peer, fetch)
    assert requests == [b'GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: T\r\nIf-None-Match: "1"\r\n\r\n']
    assert (received.body, received.truncated, received.address, received.tls) == (b"ok", "", "127.0.0.1", "")
    assert received.head.status == 200
    assert 0 < received.seconds < 5


def connections(peer: Peer, ask) -> int:
    """How many connections `ask` makes."""
    n = 0

    async def counted(reader, writer):
        nonlocal n
        n += 1
        await peer(reader, writer)

    talk(counted, ask)
    return n


async def polite(reader, writer):
    while True:
        await asked(reader)
        writer.write(OK)


async def hasty(reader, writer):
    """Closes the connection that it promised to keep, when it is asked again."""
    await asked(reader)
    writer.write(OK)
    await asked(reader)
    writer.close()


async def forging(reader, writer):
    await asked(reader)
    writer.write(OK)
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
    await asked(reader)


async def closing(reader, writer):
    await asked(reader)
    writer.write(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))


@pytest.mark.parametrize(("peer", "n"), [(polite, 1), (hasty, 2), (forging, 2), (closing, 2)])
def test_a_connection_is_kept_while_the_server_keeps_it(peer, n):
    async def ask(client, names):
        assert (await fetch(client, names)).body == b"ok"
        await asyncio.sleep(0.05)
        assert (await fetch(client, names)).body == b"ok"

    assert connections(peer, ask) == n


def test_no_more_connections_are_kept_than_may_be():
    n_open = 0

    async def peer(reader, writer):
        nonlocal n_open
        n_open += 1
        try:
            await polite(reader, writer)
        finally:
            n_open -= 1

    async def ask(client, names):
        for host in range(MOST_IDLE + 20):
            await fetch(client, names, f"h{host}.test")
        await asyncio.sleep(0.05)
        return n_open

    assert talk(peer, ask) == MOST_IDLE


@pytest.mark.parametrize(
    ("said", "error", "reason"),
    [
        (b"", TimeoutError, ""),
        (b"HTTP/1.1 200 OK\r\n", TimeoutError, ""),
        (b"<html>", WireError, "bad_response"),
    ],
)
def test_no_answer_is_an_error(said, error, reason):
    async def peer(reader, writer):
        await asked(reader)
        writer.write(said)

    async def ask(client, names):
        with pytest.raises(error) as raised:
            await fetch(client, names, seconds=0.2)
        assert getattr(raised.value, "reason", "") == reason

    talk(peer, ask)


def test_a_server_that_hangs_up_at_once():
    async def peer(_reader, writer):
        writer.close()

    async def ask(client, names):
        with pytest.raises((WireError, ConnectionError)):
            await fetch(client, names)

    talk(peer, ask)


@pytest.mark.parametrize(
    ("limit", "is_lost", "body", "truncated"),
    [(4, False, b"abcd", "length"), (99, False, b"abcde", "time"), (99, True, b"abcde", "disconnect")],
)
def test_a_body_is_cut_and_kept(limit, is_lost, body, truncated):
    async def peer(reader, writer):
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabcde")
        await writer.drain()
        if is_lost:
            writer.transport.abort()

    received = talk(peer, lambda client, names: fetch(client, names, limit=limit, seconds=0.3))
    assert (received.body, received.truncated) == (body, truncated)


def test_few_large_bodies_are_received_at_a_time_and_waiting_is_no_fault():
    n_large = 2 * MOST_LARGE
    body = bytes(LARGE_BYTES + 300_000)

    async def peer(reader, writer):
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + body)
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.close()

    async def ask(client, names):
        return await asyncio.gather(
            *(fetch(client, names, f"h{n}.test", seconds=0.5) for n in range(n_large))
        )

    received = talk(peer, ask)
    assert [(len(one.body), one.truncated) for one in received] == [(len(body), "")] * n_large


def test_a_certificate_that_is_not_in_order_is_noted_and_taken():
    n_handshakes = 0

    async def peer(reader, writer):
        nonlocal n_handshakes
        n_handshakes += 1
        await closing(reader, writer)

    async def ask(client, names):
        return [await fetch(client, names), await fetch(client, names)]

    received = talk(peer, ask, wrong_certificate())
    assert [one.body for one in received] == [b"ok", b"ok"]
    assert [one.tls for one in received] == ["TLSv1.3; self-signed certificate"] * 2
    assert n_handshakes == 2  # not counting the one that was broken off for the certificate


def test_tls_with_a_server_that_speaks_none():
    async def peer(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def ask(client, names):
        route = names.route("http://a.test/")._replace(is_tls=True)
        with pytest.raises(ssl.SSLError):
            await client.ask(route, b"", lambda _head: 0, asyncio.get_running_loop().time() + 5)

    talk(peer, ask)
