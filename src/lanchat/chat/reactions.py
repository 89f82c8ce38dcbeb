"""Reactions: who may react and with what, and when the others are told.

A reaction is stored and acknowledged at once. It is told at once, too, where nothing was told of
its message for a while; otherwise with the next tick, for all that have come by then: a class that
reacts to one message is four frames a second and not a thousand. How many messages are told of in
one tick is limited as well; those that wait longest come first. What is not told when the server
ends is told by its next life (``Tell``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import cache
from math import inf

from lanchat.chat.changes import React, Tell
from lanchat.chat.entering import Entering
from lanchat.chat.events import Event, Reacted, ReactionsChanged
from lanchat.chat.model import Clock, Message, User
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import EventLog
from lanchat.chat.presence import Presence
from lanchat.errors import NotJoined, PayloadInvalid, StoreUnavailable

PAUSE = 0.25
"""Seconds at least between two times that a message's reactions are told."""

AT_ONCE = 25
"""Messages of whose reactions all are told in one tick: as many as may be posted in that time."""

_STYLE = "\ufe0f"
"""Asks for the picture of what can also be drawn as text; keyboards leave it out, or do not."""


@cache
def _emoji() -> dict[str, str]:
    """Every emoji of Unicode's emoji-test.txt, as it is to be written, by itself without selectors.

    It takes 10 MB and some 50 ms: not before somebody reacts.
    """
    from emoji import EMOJI_DATA, STATUS

    return {
        sequence.replace(_STYLE, ""): sequence
        for sequence, about in EMOJI_DATA.items()
        if about["status"] == STATUS["fully_qualified"]
    }


def clean(text: str) -> str:
    """The one emoji that the text is, as Unicode has it written. Raises PayloadInvalid."""
    try:
        return _emoji()[text.replace(_STYLE, "")]
    except KeyError:
        raise PayloadInvalid from None


class Reactions:
    """Lets people react; ``tell`` is to be called several times a second.

    ``publish`` tells an event without a position to all processes.
    """

    def __init__(
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        rooms: Entering,
        *,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = permissions
        self._rooms = rooms
        self._publish = publish
        self._clock = clock
        self._waiting: dict[int, None] = {}  # messages with something to tell, as they came
        self._told: dict[int, float] = {}  # when something was told last, for a pause
        self._left = AT_ONCE  # until the next tick

    def react(self, connection: str, message_id: int, emoji: str, *, on: bool) -> Future[Reacted]:
        """Let somebody react, or take it back, which also those may do who may not write.

        Raises NotJoined, PayloadInvalid, Muted, ReadOnly or StoreUnavailable; the future fails with
        the latter, or with UnknownMessage or TooManyReactions.
        """
        entry = self._presence.entry_of(connection)
        if entry is None:
            raise NotJoined
        emoji = clean(emoji)
        now = self._clock.monotonic()
        if on:
            self._permissions.check_writing(entry.user, entry.connections[connection], now)
        user = entry.user

        def check(message: Message) -> None:
            self._rooms.check_writing(user, message.room)

        reacted = self._log.append(React(message_id, user.id, user.name, emoji, on, check))
        reacted.add_done_callback(self._reacted)
        if self._left and self._is_due(message_id, now):
            # Right behind it, and so in the same commit.
            self._left -= 1
            self._tell(message_id, now)
        return reacted

    def mine(self, user: User, messages: Iterable[Message]) -> dict[int, tuple[str, ...]]:
        """What the user reacted to which of these messages. Waits for the disk.

        Raises StoreUnavailable.
        """
        return self._log.mine(user.id, [message.id for message in messages])

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

    def _reacted(self, reacted: Future[Reacted]) -> None:
        if not reacted.exception() and reacted.result().changed:
            self.wait([reacted.result().message_id])
            self._publish(reacted.result())

    def _was_told(self, message_id: int, now: float, told: Future[ReactionsChanged]) -> None:
        self._told[message_id] = now
        if not isinstance(told.exception(), StoreUnavailable):
            self._waiting.pop(message_id, None)
