"""Reactions: who may react, and with what. When others are told stands in ``telling.py``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from lanchat.chat.acting import Acting
from lanchat.chat.changes import React
from lanchat.chat.events import Reacted
from lanchat.chat.futures import Future
from lanchat.chat.model import Message, Own, User
from lanchat.errors import PayloadInvalid

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


class Reactions(Acting):
    """Lets people react."""

    def react(self, connection: str, message_id: int, emoji: str, *, on: bool) -> Future[Reacted]:
        """Let somebody react, or take it back, which also those may do who may not write.

        Raises NotJoined, PayloadInvalid, Muted, ReadOnly or StoreUnavailable; the future fails with
        the latter, or with UnknownMessage or TooManyReactions.
        """
        entry = self._presence.here(connection)
        emoji = clean(emoji)
        if on:
            origin = entry.connections[connection]
            self._permissions.check_writing(entry.user, origin, self._clock.monotonic())
        user = entry.user

        def check(message: Message) -> None:
            self._rooms.check_writing(user, message.room)

        change = React(message_id, user.id, user.name, emoji, on, check)
        return self._telling.append(message_id, change)

    def mine(self, user: User, messages: Iterable[Message]) -> dict[int, Own]:
        """What the user has done to which of these messages: votes, too. Waits for the disk.

        Raises StoreUnavailable.
        """
        return self._log.mine(user.id, [message.id for message in messages])
