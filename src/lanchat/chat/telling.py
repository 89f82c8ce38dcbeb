"""What a thousand people may do to one message at once, told a few times a second.

A reaction or a vote is stored and acknowledged at once. It is told at once, too, where nothing was
told of its message for a while; otherwise with the next tick, for all that have come by then: a
class that reacts to one message is four frames a second and not a thousand. How many messages are
told of in one tick is limited as well; those that wait longest come first. What is not told when
the server ends is told by its next life (``Tell``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import TypeVar

from lanchat.chat.changes import Change, Tell
from lanchat.chat.events import Event, Reacted, ReactionsChanged, Voted
from lanchat.chat.futures import Future
from lanchat.chat.model import Clock
from lanchat.chat.ports import EventLog
from lanchat.errors import StoreUnavailable

PAUSE = 0.25
"""Seconds at least between two times that a message is told of."""

AT_ONCE = 25
"""Messages of which all are told in one tick: as many as may be posted in that time."""


ToldT = TypeVar("ToldT", bound=Reacted | Voted)


class Telling:
    """Lets changes be stored that are told together; ``tell`` is for several times a second.

    ``publish`` tells an event without a position to all processes.
    """

    def __init__(self, log: EventLog, *, publish: Callable[[Event], None], clock: Clock) -> None:
        self._log = log
        self._publish = publish
        self._clock = clock
        self._waiting: dict[int, None] = {}  # messages with something to tell, as they came
        self._told: dict[int, float] = {}  # when something was told last, for a pause
        self._left = AT_ONCE  # until the next tick

    def append(self, message_id: int, change: Change[ToldT]) -> Future[ToldT]:
        """Let a change to a message be stored; who has made it learns of it on all connections."""
        now = self._clock.monotonic()
        stored = self._log.append(change)
        stored.add_done_callback(self._stored)
        if self._left and self._is_due(message_id, now):
            # Right behind it, and so in the same commit.
            self._left -= 1
            self._tell(message_id, now)
        return stored

    def tell(self, now: float) -> None:
        """Let all learn what has come of late; ``now`` is the monotonic clock's."""
        self._told = {each: at for each, at in list(self._told.items()) if at > now - PAUSE}
        due = [each for each in list(self._waiting) if self._is_due(each, now)]
        self._left = AT_ONCE
        for message_id in due[:AT_ONCE]:
            self._left -= 1
            self._tell(message_id, now)

    def wait(self, message_ids: Iterable[int]) -> None:
        """These messages are marked in the log, and are to be told of in their turn."""
        self._waiting.update(dict.fromkeys(message_ids))

    def _is_due(self, message_id: int, now: float) -> bool:
        return self._told.get(message_id, now - PAUSE) <= now - PAUSE

    def _tell(self, message_id: int, now: float) -> None:
        self._told[message_id] = inf  # until it is stored, once is enough
        told = self._log.append(Tell(message_id))
        told.add_done_callback(lambda future: self._was_told(message_id, now, future))

    # Both are called in the order of the log, so that nothing is forgotten that came between.

    def _stored(self, stored: Future[ToldT]) -> None:
        if stored.exception() or not (event := stored.result()).changed:
            return
        self.wait([event.message_id])
        self._publish(event)
        for user_id in event.replaced if isinstance(event, Voted) else ():
            self._publish(Voted(event.message_id, user_id, None, changed=True))

    def _was_told(self, message_id: int, now: float, told: Future[ReactionsChanged]) -> None:
        self._told[message_id] = now
        if not isinstance(told.exception(), StoreUnavailable):
            self._waiting.pop(message_id, None)
