"""A hostile host beside a healthy one, on loopback, written to the socket byte by byte by a process of its own.

As a command, `python -m bench.hostileweb CASE LOG`, it prints its port and that for TLS, and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOOPBACK: Final = "127.0.0.1"
N_HEALTHY: Final = 40  # pages in a chain, so that the healthy host is at work all the while
TLS_HANDSHAKE: Final = b"\x16"  # what a client begins with that speaks TLS to a server that does not
POLICY_FILES: Final = ("/robots.txt", "/ai.txt", "/.well-known/tdmrep.json")


@dataclass(frozen=True)
class Wire:
    """A request that came in, and the way to answer it."""

    target: str
    port: int
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Bytes as they are; raises ConnectionError when the other side is gone."""
        if self.writer.is_closing():
            raise ConnectionResetError
        self.writer.write(data)
        await self.writer.drain()

    async def page(self, body: bytes, *lines: str, status: str = "200 OK") -> None:
        """An honest answer, with further header lines."""
        head = [
            f"HTTP/1.1 {status}",
            "Content-Type: text/html; charset=utf-8",
            f"Content-Length: {len(body)}",
        ]
        await self.send("\r\n".join([*head, *lines, "", ""]).encode("latin-1") + body)

    async def stream(self, piece: bytes, seconds: float = 0) -> None:
        """The same piece for ever."""
        while True:
            await self.send(piece)
            await asyncio.sleep(seconds)

    def abort(self) -> None:
        """Reset the connection."""
        self.writer.transport.abort()


Answer = Callable[[Wire], Awaitable[None]]


def khmer_page(*links: str) -> bytes:
    """A small page in Khmer."""
    anchors = "".join(f'<a href="{link}">ទំព័របន្ទាប់</a>' for link in links)
    return f"<!doctype html><html lang=km><title>ទំព័រ</title><p>កសិករសង្ឃឹមថាផលនឹងបានច្រើន</p>{anchors}</html>".encode()


async def healthy(wire: Wire) -> None:
    """One page after the other."""
    number = int(wire.target[1:]) if wire.target[1:].isdecimal() else N_HEALTHY
    if number >= N_HEALTHY:
        await wire.page(b"", status="404 Not Found")
        return
    links = [f"/{number + 1}"] if number + 1 < N_HEALTHY else []
    await wire.page(khmer_page(*links))


class _Server:
    def __init__(self, answer: Answer, log: int) -> None:
        self._answer = answer
        self._log = log
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what is asked on one connection until either side ends it."""
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError
        ):
            first = await reader.readexactly(1)
            if first == TLS_HANDSHAKE:
                writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            while not writer.is_closing() and first != TLS_HANDSHAKE:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                host = (
                    next(line for line in head if line[:5].lower() == "host:")[5:].strip().partition(":")[0]
                )
                target = head[0].split(" ")[1]
                os.write(self._log, f"{host} {target}\n".encode())
                answer = healthy if host == "good.test" else self._answer
                await answer(Wire(target, self.port, writer))
        writer.close()


async def _serve(answer: Answer, log: int) -> None:
    server = _Server(answer, log)
    plain = await asyncio.start_server(server.serve, LOOPBACK, 0)
    secured = await asyncio.start_server(server.serve, LOOPBACK, 0, ssl=wrong_certificate())
    ports = [listening.sockets[0].getsockname()[1] for listening in (plain, secured)]
    server.port = ports[0]
    print(*ports, flush=True)
    await plain.serve_forever()


def wrong_certificate() -> ssl.SSLContext:
    """One signed by itself, for another host, and run out years ago."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "another.test")])
    begun = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begun, begun + dt.timedelta(30))
    certificate = builder.sign(key, hashes.SHA256())
    no_password = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password))
        file.write(certificate.public_bytes(pem))
        file.flush()
        context.load_cert_chain(file.name)
    return context


class Served(NamedTuple):
    """Where a hostile web is served, and the log of what it was asked."""

    port: int
    tls_port: int
    log: Path


@contextmanager
def serve(case: str, folder: Path) -> Iterator[Served]:
    """Serve a case of `bench.hostilecases` from a process of its own."""
    log = folder / "requests.log"
    log.touch()
    command = [sys.executable, "-m", __name__, case, str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            port, tls_port = map(int, process.stdout.readline().split())
            yield Served(port, tls_port, log)
        finally:
            process.kill()


def main(words: list[str]) -> None:
    """Serve until ended."""
    from bench.hostilecases import CASES

    log = os.open(words[1], os.O_WRONLY | os.O_APPEND)
    asyncio.run(_serve(CASES[words[0]].answer, log))


if __name__ == "__main__":
    main(sys.argv[1:])
