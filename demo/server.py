"""A web server of many hosts on loopback, with every byte of its answers in the hands of the web it serves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
LONGEST_HEAD = 1 << 16


class Answer(Protocol):
    """The bytes of an answer: what precedes the body, and the body as sent, `seconds` later."""

    @property
    def head(self) -> bytes: ...
    @property
    def content(self) -> bytes: ...
    @property
    def seconds(self) -> float: ...
    @property
    def closes(self) -> bool: ...


class Hosts(Protocol):
    """A web: an answer for every host and every path with its query."""

    def reply(self, host: str, target: str) -> Answer: ...


async def listen(web: Hosts, port: int) -> asyncio.Server:
    """A server on loopback alone; port 0 takes a free one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _answer(web, reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            pass  # the client went away, or does not speak HTTP
        except asyncio.CancelledError:
            pass  # the server stops
        finally:
            writer.close()

    return await asyncio.start_server(serve, LOOPBACK, port, limit=LONGEST_HEAD)


async def _answer(web: Hosts, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; whether the connection stays open for the next."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    await reader.readexactly(int(fields.get("content-length", 0)))
    reply = web.reply(*_addressed(target, fields))
    writer.write(reply.head)
    if reply.seconds:
        await writer.drain()
        await asyncio.sleep(reply.seconds)
    if method != "HEAD":
        writer.write(reply.content)
    await writer.drain()
    return not reply.closes and fields.get("connection", "").lower() != "close"


def _addressed(target: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Host and path of a request; a full URL in its first line decides before the Host header (RFC 9112, 3.2.2)."""
    parts = urlsplit(target)
    if parts.scheme and parts.netloc:
        host, target = parts.netloc, parts._replace(scheme="", netloc="").geturl() or "/"
    else:
        host = fields.get("host", "")
    return host.rpartition("@")[2].partition(":")[0].lower(), target


@contextmanager
def serving(web: Hosts, port: int = 0) -> Iterator[str]:
    """The web served from a thread of this process, at the address (host:port) that is given."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(listen(web, port))
    thread = threading.Thread(target=loop.run_forever, name="demo-server", daemon=True)
    thread.start()
    host, bound = server.sockets[0].getsockname()
    try:
        yield f"{host}:{bound}"
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    """Close the server and end what is still being answered."""
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
