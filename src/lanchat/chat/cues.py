"""A host asks everybody to send something at once: a class that wants to see what then happens.

Nothing is stored, and nothing is sent for anybody: a page shows a button, and who presses it says
that text as they would say any other.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.chat.events import CueGiven, Event
from lanchat.chat.model import check_text
from lanchat.chat.permissions import Permissions
from lanchat.chat.presence import Presence
from lanchat.errors import Forbidden, MessageTooLong

CUE_LIMIT = 100
"""Characters of what everybody is asked to send."""


class Cues:
    """Tells everybody; ``publish`` tells an event to all processes."""

    def __init__(
        self, presence: Presence, permissions: Permissions, publish: Callable[[Event], None]
    ) -> None:
        self._presence = presence
        self._permissions = permissions
        self._publish = publish

    def check(self, connection: str, text: str) -> None:
        """Look whether somebody may ask for this.

        Raises NotJoined, Forbidden, MessageTooLong or PayloadInvalid.
        """
        if not self._permissions.is_moderator(self._presence.here(connection).user.id):
            raise Forbidden
        if len(text) > CUE_LIMIT:
            raise MessageTooLong(limit=CUE_LIMIT)
        check_text(text)

    def give(self, connection: str, text: str) -> int:
        """Ask for it; returns how many people are here. Raises what ``check`` does."""
        self.check(connection, text)
        self._publish(CueGiven(self._presence.here(connection).user, text))
        return self._presence.count
