from __future__ import annotations

import asyncio
import socket
import ssl
from types import SimpleNamespace

import pytest
from scrapy import Request

from crawl.download.exchange import TRANSIENT, DownloadError
from crawl.download.handler import MAX_POLICY_BYTES, ExchangeHandler
from crawl.download.names import Names, PrivateAddressError
from crawl.download.wire import Head, WireError
from crawl.frontier.recrawl import Visit

PDF, HTML = (b"Content-Type", b"Application/PDF; x"), (b"content-type", b"text/html")


class Client:
    """Answers each request with a page, or an error."""

    def __init__(self, error: Exception | None = None, *headers: tuple[bytes, bytes]) -> None:
        self._error, self._headers = error, headers
        self.limits: list[int] = []
        self.questions: list[dict[str, str]] = []

    def request_head(self, authority, target, further):
        self.questions.append(further)
        return f"GET {target} {authority}".encode()

    async def ask(self, _route, _request, limit_of, _until):
        if self._error:
            raise self._error
        head = Head(b"HTTP/1.1 200 OK", (1, 1), 200, self._headers)
        self.limits.append(limit_of(head))
        fields = {
            "head": head,
            "body": b"x",
            "truncated": "time",
            "address": "a",
            "tls": "TLSv1.3",
            "seconds": 1.5,
        }
        return SimpleNamespace(**fields)


def handled(client, url="http://a.test/x?y", **fetch):
    """The request with what the handler left in its meta."""
    fields = {"url": url, "kind": "page", "is_policy": False, "visit": None} | fetch
    config = SimpleNamespace(deadline=9, only_resolved=True, max_body_bytes=2 << 20, max_pdf_bytes=9 << 20)
    crawl = SimpleNamespace(client=client, names=Names(["*.test=127.0.0.1:80"]), config=config)
    handler = ExchangeHandler(SimpleNamespace(spider=SimpleNamespace(crawl=crawl)))
    request = Request("http://a.test/", meta={"fetch": SimpleNamespace(**fields)})
    asyncio.run(handler.download_request(request))
    return request.meta["exchange"]


def test_an_exchange_says_all_of_it():
    exchange = handled(Client(None, HTML))
    assert (exchange.url, exchange.request_head) == ("http://a.test/x?y", b"GET /x?y a.test")
    assert (exchange.body, exchange.truncated, exchange.tls, exchange.seconds) == (
        b"x",
        "time",
        "TLSv1.3",
        1.5,
    )
    assert exchange.headers == (HTML,)


@pytest.mark.parametrize(
    ("header", "fetch", "limit"),
    [
        (HTML, {}, 2 << 20),
        (PDF, {}, 9 << 20),
        (HTML, {"kind": "sitemap"}, 2 << 20),
        (PDF, {"kind": "robots", "is_policy": True}, MAX_POLICY_BYTES),
    ],
)
def test_how_much_is_taken_depends_on_what_it_is(header, fetch, limit):
    client = Client(None, header)
    handled(client, **fetch)
    assert client.limits == [limit]


def test_a_page_seen_before_is_asked_for_if_it_has_changed():
    client = Client(None, HTML)
    handled(client, visit=Visit(1.0, "2026-01-01T00:00:00Z", "sha1:A", '"e"', "Mon"))
    assert client.questions == [{"If-None-Match": '"e"', "If-Modified-Since": "Mon"}]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError(), "timeout"),
        (socket.gaierror(-2, "unknown"), "dns"),
        (PrivateAddressError("a is 127.0.0.1"), "private_address"),
        (ssl.SSLError(1, "bad"), "tls"),
        (ConnectionResetError(), "connection"),
        (WireError("head_too_large", "?"), "head_too_large"),
        (ValueError(), "bad_response"),
    ],
)
def test_every_failure_has_its_reason(error, reason):
    with pytest.raises(DownloadError) as raised:
        handled(Client(error))
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("url", "header", "reason"),
    [
        ("http://a.kh/", HTML, "not_resolved"),
        ("http://a.test/\u1780", HTML, "bad_url"),
        ("http://a\x01.test/", HTML, "bad_url"),
        ("http://a.test/", (b"Content-Type", b"IMAGE/png"), "not_text"),
    ],
)
def test_what_is_not_asked_for_or_not_taken(url, header, reason):
    with pytest.raises(DownloadError) as raised:
        handled(Client(None, header), url)
    assert raised.value.reason == reason
    assert reason not in TRANSIENT
