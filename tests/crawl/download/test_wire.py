from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.download.wire import MAX_HEAD_BYTES, AnswerReader, WireError

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LIMIT = 1000


def read(data: bytes, step: int = 0) -> AnswerReader:
    """An answer taken in pieces of so many bytes, and then the end of the connection."""
    reader = AnswerReader(lambda _head: LIMIT)
    for at in range(0, len(data), step or max(len(data), 1)):
        if reader.feed(data[at : at + (step or len(data))]):
            break
    reader.end()
    return reader


@pytest.mark.parametrize("step", [0, 1, 2, 3, 7])
@pytest.mark.parametrize(
    ("data", "status", "body", "truncated"),
    [
        (OK + b"Content-Length: 5\r\n\r\nhello", 200, b"hello", ""),
        (OK + b"Content-Length: 5, 5\r\n\r\nhello", 200, b"hello", ""),
        (OK + b"Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello", 200, b"hello", ""),
        (OK + b"Content-Length: 9\r\n\r\nhello", 200, b"hello", "disconnect"),
        (OK + b"Content-Length: " + b"9" * 40 + b"\r\n\r\nhello", 200, b"hello", "disconnect"),
        (OK + b"Content-Length: -5\r\n\r\nhello", 200, b"hello", ""),
        (OK + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", ""),
        (OK + b"Content-Length: 0\r\n\r\n", 200, b"", ""),
        (OK + b"\r\nhello", 200, b"hello", ""),
        (OK + b"Content-Length: 1001\r\n\r\n" + bytes(1001), 200, bytes(1000), "length"),
        (OK + b"\r\n" + bytes(1001), 200, bytes(1000), "length"),
        (OK + b"Content-Length: 1000\r\n\r\n" + bytes(1000), 200, bytes(1000), ""),
        (CHUNKED + b"5\r\nhello\r\n3 ; a=b\r\nabc\r\n0\r\n\r\n", 200, b"helloabc", ""),
        (CHUNKED + b"5\nhello\n0\n\n", 200, b"hello", ""),
        (CHUNKED + b"5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", 200, b"hello", ""),
        (CHUNKED + b"5\r\nhello\r\n", 200, b"hello", "disconnect"),
        (CHUNKED + b"5\r\nhel", 200, b"hel", "disconnect"),
        (CHUNKED + b"5\r\nhello\r\nzzz\r\nmore", 200, b"hello", "disconnect"),
        (CHUNKED + b"-5\r\nhello\r\n", 200, b"", "disconnect"),
        (CHUNKED + b"f" * 30 + b"\r\nhello", 200, b"hello", "disconnect"),
        (CHUNKED + b"3e9\r\n" + bytes(1001) + b"\r\n0\r\n\r\n", 200, bytes(1000), "length"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + OK + b"Content-Length: 2\r\n\r\nok", 200, b"ok", ""),
        (b"HTTP/1.1 103\r\nLink: x\r\n\r\n" + OK + b"\r\nok", 200, b"ok", ""),
        (b"\r\n\r\n" + OK + b"\r\nok", 200, b"ok", ""),
        (b"HTTP/1.0 404\n\nno", 404, b"no", ""),
        (b"http/2 200 Yes\r\n\r\nok", 200, b"ok", ""),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", 204, b"", ""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, b"", ""),
    ],
)
def test_answers_however_they_are_cut(data, status, body, truncated, step):
    reader = read(data, step)
    assert reader.head is not None
    assert (reader.head.status, bytes(reader.body), reader.truncated) == (status, body, truncated)


def test_headers_are_taken_as_browsers_take_them():
    lines = [
        b"A: 1",
        b" folded",
        b"no colon",
        b": no name",
        b"B : 2",
        b"N\0ame: a\0b",
        b"\x01: c",
        b"B: \xe9 ",
        b"C:",
    ]
    reader = read(OK + b"\r\n".join(lines) + b"\r\n\r\n")
    assert reader.head is not None
    assert reader.head.headers == (
        (b"A", b"1 folded"),
        (b"B", b"2"),
        (b"Name", b"ab"),
        (b"B", b"\xe9"),
        (b"C", b""),
    )
    assert reader.head.values(b"b") == [b"2", b"\xe9"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "connection"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", "connection"),
        (b"<html>", "bad_response"),
        (b"ICY 200 OK\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 2OO OK\r\n\r\n", "bad_response"),
        (b"HTTP/1.1\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "bad_response"),
        (OK + b"A: b\r\n" * (MAX_HEAD_BYTES // 6), "head_too_large"),
        (OK + b"A: " + b"b" * MAX_HEAD_BYTES, "head_too_large"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_HEAD_BYTES // 25 + 1), "head_too_large"),
        (b"\r\n" * MAX_HEAD_BYTES, "head_too_large"),
    ],
)
def test_what_is_no_answer_has_a_reason(data, reason):
    for step in (0, 4096):
        with pytest.raises(WireError) as error:
            read(data, step)
        assert error.value.reason == reason


@pytest.mark.parametrize(
    ("data", "reusable"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", True),
        (OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 forged", False),
        (OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nok", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\nok", True),
        (CHUNKED + b"2\r\nok\r\n0\r\n\r\n", True),
        (CHUNKED + b"2\r\nok\r\n0\r\n\r\nHTTP/1.1", False),
        (CHUNKED + b"2\r\nok\r\n0\r\nTrailer: x\r\n\r\n", False),
        (CHUNKED + b"2\r\nok\r\nzz\r\n\r\n", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 204 No Content\r\n\r\nbody", False),
        (OK + b"\r\nok", False),
        (OK + b"Content-Length: 1001\r\n\r\n" + bytes(1001), False),
    ],
)
def test_a_connection_is_asked_again_only_where_nothing_else_can_be_on_it(data, reusable):
    assert read(data).is_reusable is reusable


def test_what_the_owner_refuses_by_the_head_is_raised():
    def refuse(_head):
        raise LookupError

    with pytest.raises(LookupError):
        AnswerReader(refuse).feed(OK + b"\r\n")


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_do_anything_else(junk, step):
    for start in (b"", OK, CHUNKED):
        reason, n_bytes = "", 0
        try:
            n_bytes = len(read(start + junk, step).body)
        except WireError as error:
            reason = error.reason
        assert reason in ("", "bad_response", "connection", "head_too_large")
        assert n_bytes <= LIMIT
