"""What people do to a message of theirs or of others, of which many may do the same at once."""

from __future__ import annotations

from lanchat.chat.entering import Entering
from lanchat.chat.model import Clock
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import EventLog
from lanchat.chat.presence import Presence
from lanchat.chat.telling import Telling


class Acting:
    """Who may do so is asked of ``permissions`` and ``rooms``; ``telling`` has it told."""

    def __init__(  # noqa: PLR0917
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        rooms: Entering,
        telling: Telling,
        clock: Clock,
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = permissions
        self._rooms = rooms
        self._telling = telling
        self._clock = clock
