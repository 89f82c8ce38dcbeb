"""The newest messages of the room that everybody is in, kept for those who come.

A class that comes in at once asks for the same again and again, so it is looked up once, and what
is said is appended. Whatever else may change a message there (an edit, a deletion, a reaction, a
history that is cleared or too old) lets go of all of it, and who comes next looks it up anew.

It follows the log: what is kept is how the room is at the position of the last event, and every
event comes here before it is delivered. So who has subscribed to the room and then gets the page
hears all that follows on it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from lanchat.chat.catchup import bounded
from lanchat.chat.channels import room_channel
from lanchat.chat.events import (
    LogEvent,
    MessageChanged,
    MessagePosted,
    PinsChanged,
    ReactionsChanged,
    SettingsChanged,
)
from lanchat.chat.model import LOBBY, Message, Page
from lanchat.chat.room_events import (
    GroupEntered,
    GroupsShared,
    MemberRenamed,
    RoomChanged,
    RoomEntered,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
)

_OTHERS = (
    SettingsChanged,
    RoomOpened,
    RoomChanged,
    RoomEntered,
    RoomLeft,
    RoomsLeft,
    GroupsShared,
    GroupEntered,
    MemberRenamed,
)
"""What changes no message."""

_EVERYBODY = room_channel(LOBBY)
_OF_MESSAGES = (MessageChanged, PinsChanged, ReactionsChanged)
"""What changes none where everybody is, unless it happens there."""


class Newest:
    """At most ``limit`` of them; ``look`` finds them in the log, and may raise StoreUnavailable."""

    def __init__(self, look: Callable[[], Page], limit: int) -> None:
        self._look = look
        self._limit = limit
        self._changing = threading.Lock()
        self._looking = threading.Lock()
        self._kept: _Kept | None = None
        self._missed: list[LogEvent] | None = None  # while somebody looks

    def take(self, event: LogEvent) -> None:
        """This has happened; each event comes, in the order of positions. Does not wait."""
        with self._changing:
            if self._missed is not None:
                self._missed.append(event)
            if self._kept is not None and not self._kept.take(event):
                self._kept = None

    @property
    def kept(self) -> Page | None:
        """The page as it is now, the same object until something happens; None if none is kept."""
        with self._changing:
            return None if self._kept is None else self._kept.page

    def page(self) -> Page:
        """The same, looked up where none is kept. May wait for the disk, or raise what that does.

        Of those who come at the same time one looks, and the others wait for it.
        """
        page = self.kept
        if page is not None:
            return page
        with self._looking:
            return self.kept or self._found()

    def _found(self) -> Page:
        with self._changing:
            self._missed = []
        try:
            page = self._look()
        except BaseException:
            self._missed = None
            raise
        found = _Kept(page, self._limit)
        with self._changing:
            missed, self._missed = self._missed or [], None
            if all(map(found.take, missed)):
                self._kept = found
        return self.kept or bounded(page)


class _Kept:
    """A page that goes on."""

    def __init__(self, page: Page, limit: int) -> None:
        self._page: Page | None = None
        self._base = page
        self._limit = limit
        self._messages: deque[Message] = deque(page.messages)
        self._complete = page.complete
        self._seq = page.seq

    @property
    def page(self) -> Page:
        if self._page is None:
            page = replace(self._base, messages=list(self._messages), complete=self._complete)
            self._page = bounded(replace(page, seq=self._seq, shared=True))
        return self._page

    def take(self, event: LogEvent) -> bool:
        """Go on to the event; False where the page is another one by it."""
        if isinstance(event, MessagePosted):
            self._append(event.message)
        elif isinstance(event, _OTHERS) or (
            isinstance(event, _OF_MESSAGES) and event.channel != _EVERYBODY
        ):
            self._go_on(event.seq)
        else:
            return False
        return True

    def _append(self, message: Message) -> None:
        if message.id <= self._seq:
            return  # it was there when the page was looked up
        self._go_on(message.id)
        if message.room == LOBBY and not message.deleted:
            self._messages.append(message)
            if len(self._messages) > self._limit:
                self._messages.popleft()
                self._complete = False

    def _go_on(self, seq: int) -> None:
        if seq > self._seq:
            self._seq = seq
            self._page = None
