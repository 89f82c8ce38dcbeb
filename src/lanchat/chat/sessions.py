"""What outlives a restart of who is who: reserved names, and who has logged out.

Nobody is kept from chatting by a disk that refuses: it is said in the server's own log, and the
next start knows less. Logouts that it refuses are noted as soon as it takes them.

A login is answered when its note is on disk, and so is a logout: a server that is killed in the
next moment has given nobody's name away, and lets no old cookie in. A flush takes as long for
one note as for a hundred, so notes that wait for the disk share one, as messages do.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence

from lanchat.chat.changes import LoggedOut, Note, Released, Reserved
from lanchat.chat.model import User
from lanchat.chat.ports import Reservations
from lanchat.errors import StoreUnavailable

_log = logging.getLogger(__name__)

LOGOUTS_KEPT = 100_000
"""So many logouts are remembered at most, the newest ones: about 15 MB."""


class Logouts:
    """The ids that have logged out, the newest LOGOUTS_KEPT; ``known`` are earlier ones, in order.

    No clock says when one is forgotten: set ahead and back again, it would let old cookies in.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._ids = dict.fromkeys(known)

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._ids

    def add(self, user_id: str) -> None:
        self._ids.pop(user_id, None)
        self._ids[user_id] = None
        while len(self._ids) > LOGOUTS_KEPT:
            del self._ids[next(iter(self._ids))]


class Sessions:
    """Reservations that may fail: the methods wait for the disk, and none raises."""

    def __init__(self, reservations: Reservations) -> None:
        self._reservations = reservations
        self._waiting: deque[Note] = deque()
        self._is_failing = False
        self._writing = threading.Lock()
        self.logouts = Logouts()
        self.restored: list[tuple[User, str]] = []
        """Who had a name when the server ended, and on which device."""
        try:
            self.logouts = Logouts(reservations.logged_out(LOGOUTS_KEPT))
            self.restored = reservations.reserved()
        except StoreUnavailable as error:
            _log.warning("it is not known any more whose name is whose: %s", error)
        # What is noted already, by the users' ids: a second tab costs nothing.
        self._reserved = {user.id: Reserved(user, device) for user, device in self.restored}

    def reserve(self, user: User, device: str) -> None:
        """The user has this name."""
        note = Reserved(user, device)
        if self._reserved.get(user.id) != note:
            self._reserved[user.id] = note
            self._note([note])

    def release(self, user_ids: Sequence[str]) -> None:
        """These people, or none, have left their names to others; what could not be noted is."""
        self.forget(user_ids)
        if user_ids or self._waiting:
            self._note([Released(user_id) for user_id in user_ids])

    def log_out(self, user_id: str, wall: float) -> None:
        """The person does not come back as the same."""
        self.logouts.add(user_id)
        self.forget([user_id])
        self._note([LoggedOut(user_id, wall)])

    def logged_out_elsewhere(self, user_id: str) -> None:
        """The same where another process has noted it."""
        self.logouts.add(user_id)
        self.forget([user_id])

    def _note(self, notes: Sequence[Note]) -> None:
        self._waiting.extend(notes)
        with self._writing:
            # Whoever waited here while others wrote often finds the own notes written, too.
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if batch:
                self._write(batch)

    def _write(self, batch: Sequence[Note]) -> None:
        try:
            self._reservations.note(batch)
        except StoreUnavailable as error:
            if not self._is_failing:  # else a full disk would fill the log, too
                _log.warning("a restart may not know whose name is whose: %s", error)
            self._is_failing = True
            self.forget([note.user.id for note in batch if isinstance(note, Reserved)])
            self._waiting.extendleft(note for note in batch if isinstance(note, LoggedOut))
        else:
            self._is_failing = False

    def forget(self, user_ids: Sequence[str]) -> None:
        """What is noted of these people may be nothing any more."""
        for user_id in user_ids:
            self._reserved.pop(user_id, None)
