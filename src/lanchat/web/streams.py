"""Programs that wait: for the next message (a long poll), or for all of them, line by line.

A stream has a message a line, as JSON, each time that it is posted or changes: its ``seq`` is where
to go on after a break. A line without an ``id`` says what concerns all messages: ``anew`` or
``cleared``. An empty line says that nobody has gone: so either end learns when the other one has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import flask
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


@dataclass(eq=False, frozen=True, slots=True)
class _Wait:
    bot: str
    waiter: Waiter
    has_gone: Callable[[], bool]
    """Whether whoever waits is known to have hung up."""


class Streams:
    """Everything that waits."""

    def __init__(self, site: Site) -> None:
        self._hub = site.hub
        self._reading = site.reading
        self._open: list[_Wait] = []

    def wait(self, bot: Bot, cursor: Cursor | None, limit: int, seconds: float) -> Feed:
        """What has changed since the cursor, as soon as something has, but no later than this.

        Raises TooManyConnections, Forbidden, UnknownRoom or StoreUnavailable.
        """
        feed = self._reading.feed(bot.room, cursor, limit)
        if cursor is None or not seconds or _tells_something(feed):
            return feed
        end = time.monotonic() + seconds
        with self._waiting(bot) as waiter:
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
            waiter = undo.enter_context(self._waiting(bot))
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
    def _waiting(self, bot: Bot) -> Iterator[Waiter]:
        """One of the places. Raises TooManyConnections."""
        if not self._has_place(bot):
            self._end_gone()
            if not self._has_place(bot):
                raise TooManyConnections
        with self._hub.feeds.waiting(bot.room) as waiter:
            has_gone = flask.request.environ.get("lanchat.has_gone", bool)
            wait = _Wait(bot.id, waiter, has_gone)
            self._open.append(wait)
            try:
                yield waiter
            finally:
                with suppress(ValueError):  # it is not there any more where it was ended
                    self._open.remove(wait)

    def _has_place(self, bot: Bot) -> bool:
        own = sum(wait.bot == bot.id for wait in self._open)
        return own < OF_A_PROGRAM and len(self._open) < IN_ALL

    def _end_gone(self) -> None:
        """Let nobody wait who has hung up: a long poll says nothing by which that is noticed."""
        for wait in [each for each in self._open if each.has_gone()]:
            self._open.remove(wait)
            wait.waiter.is_over = True
            wait.waiter.wake()


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
