"""One connection to a server, on which one request at a time is asked."""

from __future__ import annotations

import asyncio
from typing import Final

from crawl.download.names import Route
from crawl.download.wire import AnswerReader, WireError

IDLE_SECONDS: Final = 20.0  # that a connection is kept for the next request
LARGE_BYTES: Final = 1 << 20  # a body that grows beyond this goes on when it has one of few places


class Connection(asyncio.Protocol):
    """Feeds what comes to the reader of the answer that is due; what comes when none is due closes it.

    `places` bounds the bodies of more than LARGE_BYTES that are being received; waiting for a place is not counted
    against the deadline.
    """

    def __init__(self, route: Route, places: asyncio.Semaphore) -> None:
        self.route = route
        self.address = ""
        self.tls = ""  # its version, where it is used
        self._loop = asyncio.get_running_loop()
        self._places = places
        self._transport: asyncio.Transport
        self._reader: AnswerReader | None = None
        self._answered: asyncio.Future[None] = self._loop.create_future()
        self._asked_at = self._until = self._seconds = self._idle_since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._has_place = False
        self._is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        secured = transport.get_extra_info("ssl_object")
        self.tls = str(secured.version()) if secured else ""

    async def ask(self, request: bytes, reader: AnswerReader, until: float) -> float:
        """Have the reader take the answer; returns the seconds until its head was there.

        Raises what the reader raises, and TimeoutError where there is no head at `until`; a body is cut then.
        """
        self._reader, self._answered = reader, self._loop.create_future()
        self._asked_at, self._until, self._seconds = self._loop.time(), until, 0.0
        self._timer = self._loop.call_at(until, self._expire)
        try:
            if self._is_lost:
                reader.end()
            self._transport.write(request)
            await self._answered
        except BaseException:
            self.abort()
            raise
        finally:
            self._settle()
        return self._seconds

    def _settle(self) -> None:
        self._reader, self._idle_since = None, self._loop.time()
        if self._timer:
            self._timer.cancel()
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        if self._has_place:
            self._has_place = False
            self._places.release()

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        if reader is None or reader.is_done:
            self.abort()
            return
        try:
            is_done = reader.feed(data)
        except Exception as error:  # the reader's and its owner's; it is the asker's to judge
            self._end(error)
            return
        if reader.head and not self._seconds:
            self._seconds = self._loop.time() - self._asked_at
        if is_done:
            self._end(None)
        elif len(reader.body) > LARGE_BYTES and self._waiting is None:
            self._transport.pause_reading()
            self._waiting = self._loop.create_task(self._take_place())

    async def _take_place(self) -> None:
        """Go on when there is a place for a large body."""
        if self._timer:
            self._timer.cancel()
        paused_at = self._loop.time()
        await self._places.acquire()
        self._has_place = True
        self._timer = self._loop.call_at(self._until + self._loop.time() - paused_at, self._expire)
        self._transport.resume_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        self._is_lost = True
        if self._reader is not None and not self._reader.is_done:
            try:
                self._reader.end()
            except WireError as error:
                self._end(error)
            else:
                self._end(None)

    def _expire(self) -> None:
        assert self._reader is not None
        if self._reader.head is None:
            self._end(TimeoutError("no answer within the deadline"))
        else:
            self._reader.cut("time")
            self._end(None)

    def _end(self, error: Exception | None) -> None:
        if self._answered.done():
            return
        if error is None:
            self._answered.set_result(None)
        else:
            self._answered.set_exception(error)

    @property
    def is_fresh(self) -> bool:
        """Whether it may be asked again."""
        is_open = not (self._is_lost or self._transport.is_closing())
        return is_open and self._loop.time() - self._idle_since < IDLE_SECONDS

    def abort(self) -> None:
        """Close it at once."""
        self._transport.abort()
