"""Programs that wait: for the next message (a long poll), or for all of them, line by line.

A stream has a message a line, as JSON, each time that it is posted or changes: its ``seq`` is where
to go on after a break. A line without an ``id`` says what concerns all messages: ``anew`` or
``cleared``. An empty line says that nobody has gone: so either end learns when the other one has.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from werkzeug.wrappers import Response

from lanchat.chat.feeds import Waiter
from lanchat.chat.model import Cursor
from lanchat.chat.reading import Feed
from lanchat.chat.room_settings import Bot
from lanchat.errors import Refusal, StoreUnavailable, TooManyConnections
from lanchat.web import outgoing
from lanchat.web.site import Site

LINES = "application/x-ndjson"

OF_A_PROGRAM = 5
IN_ALL = 100
"""So many may wait at a time."""

_ALIVE_SECONDS = 15.0

_AT_ONCE = 100
"""Messages that are read for a stream at a time."""


class Streams:
    """Everything that waits."""

    def __init__(self, site: Site) -> None:
        self._hub = site.hub
        self._reading = site.reading
        self._open: Counter[str] = Counter()

    def wait(self, bot: Bot, cursor: Cursor | None, limit: int, seconds: float) -> Feed:
        """What has changed since the cursor, as soon as something has, but no later than this.

        Raises TooManyConnections, Forbidden, UnknownRoom or StoreUnavailable.
        """
        feed = self._reading.feed(bot.room, cursor, limit)
        if cursor is None or not seconds or _tells_something(feed):
            return feed
        end = time.monotonic() + seconds
        with self._place(bot), self._hub.feeds.waiting(bot.room) as waiter:
            while not waiter.is_over:
                waiter.look()
                self._hub.bots.check_reading(bot)
                feed = self._reading.feed(bot.room, cursor, limit)
                left = end - time.monotonic()
                if _tells_something(feed) or left <= 0:
                    break
                waiter.wait(left)
        return feed

    def open(self, bot: Bot, cursor: Cursor | None) -> Response:
        """The same for ever; without a cursor it begins with what happens from now on.

        It ends when the server does, or when the token is good for nothing any more.
        """
        if cursor is None:
            cursor = Cursor(self._reading.feed(bot.room, None, 1).seq, self._hub.epoch)
        with ExitStack() as undo:
            undo.enter_context(self._place(bot))
            waiter = undo.enter_context(self._hub.feeds.waiting(bot.room))
            lines = self._lines(bot, cursor, waiter)
            response = Response(lines, mimetype=LINES)
            response.call_on_close(undo.pop_all().close)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # nginx would keep lines until it has more
        return response

    def _lines(self, bot: Bot, cursor: Cursor, waiter: Waiter) -> Iterator[bytes]:
        yield b"\n"
        with suppress(Refusal, StoreUnavailable):  # whoever reads comes again, and is told
            while not waiter.is_over:
                waiter.look()
                self._hub.bots.check_reading(bot)
                feed = self._reading.feed(bot.room, cursor, _AT_ONCE)
                cursor = Cursor(feed.seq, self._hub.epoch)
                if lines := b"".join(_encoded(feed, self._hub.epoch)):
                    yield lines
                if not feed.more and not waiter.wait(_ALIVE_SECONDS):
                    yield b"\n"

    @contextmanager
    def _place(self, bot: Bot) -> Iterator[None]:
        if self._open[bot.id] >= OF_A_PROGRAM or self._open.total() >= IN_ALL:
            raise TooManyConnections
        self._open[bot.id] += 1
        try:
            yield
        finally:
            self._open[bot.id] -= 1
            if not self._open[bot.id]:
                del self._open[bot.id]


def told(feed: Feed, epoch: str) -> dict[str, object]:
    """What there is to be said of a feed beside its messages."""
    wire: dict[str, object] = {"seq": feed.seq, "epoch": epoch}
    if feed.anew:
        wire["anew"] = True
    if feed.cleared:
        wire["cleared"] = feed.cleared
    return wire


def _encoded(feed: Feed, epoch: str) -> Iterator[bytes]:
    if feed.anew or feed.cleared:
        yield json.dumps(told(feed, epoch)).encode() + b"\n"
    for message in feed.messages:
        yield json.dumps(outgoing.message(message), ensure_ascii=False).encode() + b"\n"


def _tells_something(feed: Feed) -> bool:
    return bool(feed.messages or feed.anew or feed.cleared)
