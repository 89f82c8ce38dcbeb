"""What the disk notes of a room, so that a restart costs nobody their name.

Nobody is kept from chatting by a disk that refuses: it is said in the server's own log, and the
next start knows less.

A login is answered when its note is on disk, and so is a logout: a server that is killed in the
next moment has given nobody's name away, and lets no old cookie in. A flush takes as long for
one note as for a hundred, so notes that wait for the disk share one, as messages do.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Sequence

from lanchat.chat.logouts import LOGOUTS_KEPT, Logouts
from lanchat.chat.model import SESSION_LIFETIME, Freed, Guest, Held, LoggedOut, Note
from lanchat.chat.ports import SeatKeeper
from lanchat.chat.room import Room
from lanchat.errors import NameTaken, StoreUnavailable

_log = logging.getLogger(__name__)


class SeatNotes:
    """A SeatKeeper that may fail. Every method waits for the disk, and none raises."""

    def __init__(self, keeper: SeatKeeper) -> None:
        self._keeper = keeper
        self._waiting: deque[Note] = deque()
        self._writing = threading.Lock()
        self._held: set[str] = set()  # whose name is noted already: a second tab costs nothing

    def room(self, grace: float, now: float) -> Room:
        """A room with a place held for everybody who had one when the server ended."""
        try:
            logouts = Logouts(self._keeper.logged_out(now - SESSION_LIFETIME, LOGOUTS_KEPT))
            guests = self._keeper.held()
        except StoreUnavailable as error:
            _log.warning("it is not known any more whose name is whose: %s", error)
            return Room(grace, Logouts())
        room = Room(grace, logouts)
        for guest in guests:
            self._held.add(guest.id)
            # Two names that an earlier lanchat told apart may count as the same now.
            with contextlib.suppress(NameTaken):
                room.restore(guest, now)
        return room

    def hold(self, guest: Guest) -> None:
        """The guest has their name."""
        if guest.id not in self._held:
            self._held.add(guest.id)
            self._note([Held(guest)])

    def free(self, user_ids: Sequence[str]) -> None:
        """These people have left their names to others."""
        self._held.difference_update(user_ids)
        self._note([Freed(user_id) for user_id in user_ids])

    def log_out(self, user_id: str, now: float) -> None:
        """The person does not come back as the same."""
        self._held.discard(user_id)
        self._note([LoggedOut(user_id, now)])

    def _note(self, notes: Sequence[Note]) -> None:
        self._waiting.extend(notes)
        with self._writing:
            # Whoever waited here while others wrote often finds the own notes written, too.
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if batch:
                self._write(batch)

    def _write(self, batch: Sequence[Note]) -> None:
        try:
            self._keeper.note(batch)
        except StoreUnavailable as error:
            _log.warning("a restart may not know whose name is whose: %s", error)
            self._held.difference_update(note.guest.id for note in batch if isinstance(note, Held))
