"""What the disk notes of a room, so that a restart costs nobody their name.

Nobody is kept from chatting by a disk that refuses: it is said in the server's own log, and the
next start knows less.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence

from lanchat.chat.logouts import LOGOUTS_KEPT, Logouts
from lanchat.chat.model import SESSION_LIFETIME, Guest
from lanchat.chat.ports import SeatKeeper
from lanchat.chat.room import Room
from lanchat.errors import NameTaken, StoreUnavailable

_log = logging.getLogger(__name__)


class SeatNotes:
    """A SeatKeeper that may fail. Every method waits for the disk, and none raises."""

    def __init__(self, keeper: SeatKeeper) -> None:
        self._keeper = keeper

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
            # Two names that an earlier lanchat told apart may count as the same now.
            with contextlib.suppress(NameTaken):
                room.restore(guest, now)
        return room

    def hold(self, guest: Guest) -> None:
        self._try(lambda: self._keeper.hold(guest))

    def free(self, user_ids: Sequence[str]) -> None:
        self._try(lambda: self._keeper.free(user_ids))

    def log_out(self, user_id: str, now: float) -> None:
        self._try(lambda: self._keeper.log_out(user_id, now))

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except StoreUnavailable as error:
            _log.warning("a restart may not know whose name is whose: %s", error)
