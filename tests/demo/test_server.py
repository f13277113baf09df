import socket
from http.client import HTTPConnection, IncompleteRead
from typing import ClassVar

import pytest

from demo.pages import MISSING_BYTES, Reply
from demo.server import LOOPBACK, serving
from demo.web import address

HTML = (("Content-Type", "text/html"),)


class Small:
    """A web of a few answers; every host but `empty.khmer.test` has them."""

    replies: ClassVar = {
        "/": Reply(headers=HTML, body="សួស្តី".encode()),
        "/chunked": Reply(headers=HTML, body=b"k" * 10_000, framing="chunked"),
        "/cut": Reply(headers=HTML, body=b"half", framing="cut"),
        "/gone": Reply(410, HTML, b"gone"),
        "/slow": Reply(headers=HTML, body=b"at last", seconds=0.01),
    }

    def reply(self, host, target):
        if host == "empty.khmer.test":
            return Reply(404, HTML, host.encode())
        return self.replies.get(target, Reply(404, HTML, target.encode()))


@pytest.fixture(scope="module")
def connection():
    with serving(Small()) as served:
        host, port = served.split(":")
        assert host == LOOPBACK
        connection = HTTPConnection(host, int(port), timeout=5)
        yield connection
        connection.close()


def get(connection, target, host="news.khmer.test", method="GET"):
    connection.request(method, target, headers={"Host": host})
    response = connection.getresponse()
    return response.status, response.read()


@pytest.mark.parametrize(
    ("target", "host", "answer"),
    [
        ("/", "news.khmer.test", (200, "សួស្តី".encode())),
        ("/", "NEWS.khmer.test:80", (200, "សួស្តី".encode())),
        ("/", "empty.khmer.test", (404, b"empty.khmer.test")),
        ("http://news.khmer.test/", "empty.khmer.test", (200, "សួស្តី".encode())),
        ("http://news.khmer.test/a?b=c", "empty.khmer.test", (404, b"/a?b=c")),
        ("/chunked", "news.khmer.test", (200, b"k" * 10_000)),
        ("/gone", "news.khmer.test", (410, b"gone")),
        ("/slow", "news.khmer.test", (200, b"at last")),
    ],
)
def test_answers_by_host_and_path(connection, target, host, answer):
    assert get(connection, target, host) == answer


def test_head_has_no_body(connection):
    assert get(connection, "/gone", method="HEAD") == (410, b"")
    assert get(connection, "/gone") == (410, b"gone")


def test_a_cut_answer_announces_more_than_it_sends(connection):
    with pytest.raises(IncompleteRead) as caught:
        get(connection, "/cut")
    assert (caught.value.partial, caught.value.expected) == (b"half", MISSING_BYTES)
    connection.close()


def test_what_is_not_http_does_not_end_the_server(connection):
    with socket.create_connection((connection.host, connection.port), timeout=5) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        assert raw.recv(100) == b""
    assert get(connection, "/")[0] == 200


def test_the_whole_web_is_served(web):
    with serving(web) as served:
        host, port = served.split(":")
        connection = HTTPConnection(host, int(port), timeout=5)
        for page in list(web.pages.values())[::7]:
            if page.reply.framing != "cut" and not page.reply.seconds:
                name, target = address(page.url)
                assert get(connection, target, name) == (page.truth.status, page.reply.body), page.url
        connection.close()
