"""The client of the range server: connections kept, answers bounded, files read in order and out of it."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from crawl.commoncrawl.archive import NotGivenError, NotNowError, Patience, RangeFile, Server
from tests.crawl.commoncrawl.conftest import Archive, reply

DATA = bytes(random.Random(5).randbytes(300_000))


@pytest.fixture
def server(archive: Archive, tmp_path: Path) -> Server:
    archive.write("data", DATA)
    return Server(
        archive.address,
        "SastraBot/0 (+mailto:team@example.org)",
        Patience(0.5, 3, 0.01, 5.0),
        tmp_path / "pause",
    )


def test_a_connection_serves_again_after_an_empty_answer(archive: Archive, server: Server) -> None:
    archive.faults["data"] = [lambda handler: reply(handler, 500)] * 2
    assert server.range("data", 10, 5) == DATA[10:15]
    archive.faults["data"] = [lambda handler: reply(handler, 500)] * 3
    with pytest.raises(NotNowError) as failed:
        server.range("data", 10, 5)
    assert failed.value.reason == "http_500"


@pytest.mark.parametrize("seed", range(3))
def test_a_file_is_read_like_any_other(server: Server, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr("crawl.commoncrawl.archive.BLOCK_BYTES", 20_000)
    monkeypatch.setattr("crawl.commoncrawl.archive.TAIL_BYTES", 5_000)
    chance, plain, ranged = random.Random(seed), io.BytesIO(DATA), RangeFile(server, "data")
    for _ in range(60):
        action = chance.randrange(3)
        if action == 0:
            at = chance.randrange(len(DATA) + 1000)
            assert plain.seek(at) == ranged.seek(at)
        elif action == 1:
            back = chance.randrange(len(DATA))
            assert plain.seek(-back, 2) == ranged.seek(-back, 2)
        n_bytes = chance.choice([0, 1, 100, 30_000, -1 if chance.random() < 0.1 else 7])
        assert plain.read(n_bytes) == ranged.read(n_bytes)
        assert plain.tell() == ranged.tell()


def test_a_file_read_in_order_is_asked_for_in_blocks(archive: Archive, server: Server) -> None:
    file = RangeFile(server, "data")
    assert b"".join(iter(lambda: file.read(1000), b"")) == DATA
    assert len(archive.asked) <= 4


def drip(handler: BaseHTTPRequestHandler) -> bool:
    """An answer that never ends, a byte at a time."""
    import time

    handler.send_response(206)
    handler.send_header("Content-Range", "bytes 0-99/100")
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.2)
    return True


def endless(handler: BaseHTTPRequestHandler) -> bool:
    """A body without end where a range was asked for."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(2000):
        handler.wfile.write(b"x" * 65536)
    handler.close_connection = True
    return True


@pytest.mark.parametrize(
    ("fault", "offset", "reason"),
    [
        (drip, 0, "timeout"),
        (endless, 1 << 30, "range_ignored"),
        (lambda handler: reply(handler, 206, b"x" * 5, {"Content-Range": "bytes 9-13/x"}), 9, ""),
        (lambda handler: reply(handler, 206, b"xx", {"Content-Range": "bytes 9-10/11"}), 9, "not_there"),
        (lambda handler: reply(handler, 403), 9, "http_403"),
        (lambda handler: reply(handler, 206, b"x", {"Content-Range": "lines 9-9/1"}), 9, "bad_answer"),
        (lambda handler: reply(handler, 418), 9, "http_418"),
    ],
)
def test_every_answer_is_bounded(
    archive: Archive, server: Server, fault: Callable[[Any], bool], offset: int, reason: str
) -> None:
    archive.faults["data"] = [fault] * 3
    if not reason:
        assert set(server.range("data", offset, 5)) == {ord("x")}
        return
    with pytest.raises(NotGivenError) as refused:
        server.range("data", offset, 5)
    assert refused.value.reason == reason
