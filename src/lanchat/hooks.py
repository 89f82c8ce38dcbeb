"""Telling other programs what is said in the main room, at the addresses that the operator names.

Nothing is queued: each address has a position, up to which it has been told, and what comes behind
it is read from the store when it is its turn. So an address that is slow, or away, holds up nobody;
it is tried again and again, and after GIVE_UP seconds what it has missed is left out, which the log
says. It begins with what is said after the server has started.

    POST, {"room": "lobby", "messages": [message as it is now, …], "seq": 57, "epoch": "…"}
    X-Lanchat-Signature: t=1795435200,v1=<HMAC-SHA256 of "1795435200." and the body, in hex>
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import lanchat
from lanchat.asking import ask
from lanchat.chat.feeds import Feeds, Waiter
from lanchat.chat.model import LOBBY, Cursor
from lanchat.chat.reading import Feed, Reading
from lanchat.errors import StoreUnavailable
from lanchat.web import outgoing

ANSWER_SECONDS = 5.0
"""So long an address has to take what it is told."""

GIVE_UP = 600.0
"""So long it is tried."""

_LONGEST_PAUSE = 30.0
_AT_ONCE = 100
_LOOK_SECONDS = 60.0
_log = logging.getLogger(__name__)


class Source(NamedTuple):
    """Where what was said is read, and who is woken by it."""

    reading: Reading
    feeds: Feeds
    epoch: str


class Hooks:
    """One worker for each address."""

    def __init__(self, urls: Sequence[str], secret: str, source: Source) -> None:
        self._hooks = [_Hook(url, secret.encode(), source) for url in urls]

    def close(self) -> None:
        """Tell nobody any more; what is on its way may still arrive."""
        for hook in self._hooks:
            hook.close()


class _Hook:
    def __init__(self, url: str, secret: bytes, source: Source) -> None:
        self._url = url
        self._secret = secret
        self._source = source
        self._closed = threading.Event()
        # The path may hold a secret of the other side's: the log has the place alone.
        self._place = urlsplit(url).netloc
        self._is_failing = False
        self._thread = threading.Thread(target=self._run, name=f"hook {self._place}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()

    def _run(self) -> None:
        with self._source.feeds.waiting(LOBBY) as waiter:
            cursor = self._now()
            while not (waiter.is_over or self._closed.is_set()):
                cursor = self._step(cursor, waiter)

    def _step(self, cursor: Cursor, waiter: Waiter) -> Cursor:
        """Tell what is new, or wait for it; returns up to where is told."""
        waiter.look()
        try:
            feed = self._source.reading.feed(LOBBY, cursor, _AT_ONCE)
        except StoreUnavailable:
            waiter.wait(1.0)
            return cursor
        reached = Cursor(feed.seq, self._source.epoch)
        if not feed.messages or feed.anew:  # of another history the newest were told before
            waiter.wait(_LOOK_SECONDS)
            return reached
        return reached if self._tell(feed) else self._skip(cursor)

    def _tell(self, feed: Feed) -> bool:
        """Try until it is taken; returns whether it was, before that took too long."""
        body = json.dumps(
            {
                "room": LOBBY,
                "messages": [outgoing.message(each) for each in feed.messages],
                "seq": feed.seq,
                "epoch": self._source.epoch,
            }
        ).encode()
        end, pause = time.monotonic() + GIVE_UP, 1.0
        while not self._closed.is_set():
            failure = self._send(body)
            self._note(failure)
            if failure is None:
                return True
            if time.monotonic() + pause > end:
                return False
            self._closed.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True  # nobody is to be told any more

    def _send(self, body: bytes) -> str | None:
        """What keeps the address from taking it, None where it has."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"lanchat/{lanchat.__version__}",
            "X-Lanchat-Signature": signature(self._secret, int(time.time()), body),
        }
        try:
            status = ask("POST", self._url, headers, body, ANSWER_SECONDS, 0).status
        except OSError as error:
            return str(error)
        return None if 200 <= status < 300 else f"it answers {status}"  # noqa: PLR2004 (2xx)

    def _note(self, failure: str | None) -> None:
        """Say once that an address takes nothing, and once that it does again."""
        if failure is not None and not self._is_failing:
            _log.warning(
                "the hook at %s takes nothing, and is tried again: %s", self._place, failure
            )
        elif failure is None and self._is_failing:
            _log.warning("the hook at %s takes messages again", self._place)
        self._is_failing = failure is not None

    def _skip(self, cursor: Cursor) -> Cursor:
        """Leave out what was missed; returns where to go on."""
        now = self._now()
        _log.warning(
            "the hook at %s has taken nothing for %d s: all up to position %d is left out",
            *(self._place, GIVE_UP, now.seq),
        )
        return now if now.seq > cursor.seq else cursor

    def _now(self) -> Cursor:
        try:
            seq = self._source.reading.feed(LOBBY, None, 1).seq
        except StoreUnavailable:
            seq = 0
        return Cursor(seq, self._source.epoch)


def signature(secret: bytes, moment: int, body: bytes) -> str:
    """By which the other side knows who it is from, and since when."""
    digest = hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
