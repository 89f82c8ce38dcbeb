"""People leave: by themselves, because they were away too long, or because a host wants it.

The connection log and the room are told, names that are free are noted, and who has just left is
remembered.
"""

from __future__ import annotations

from lanchat.chat.notes import SeatNotes
from lanchat.chat.people import People
from lanchat.chat.ports import ConnectionLog, LeaveReason
from lanchat.chat.presence import Presence
from lanchat.chat.room import Departure, Room


class Departures:
    """All departures from one room; ``now`` is in seconds since the epoch."""

    def __init__(
        self, room: Room, people: People, presence: Presence, notes: SeatNotes, log: ConnectionLog
    ) -> None:
        self._room = room
        self._people = people
        self._presence = presence
        self._notes = notes
        self._log = log

    def log_out(self, user_id: str, reason: LeaveReason, now: float) -> None:
        """Free the person's name at once and for good. Waits for the disk."""
        departure = self._room.log_out(user_id, now, reason)
        if departure is not None:
            self._tell(departure)
        self._notes.log_out(user_id, now)

    def expire(self, now: float) -> None:
        """Free the seats whose time is over, and end the moment. Waits for the disk."""
        departures = self._room.expire(now)
        for departure in departures:
            self._tell(departure)
        self._presence.tell()
        if departures:
            self._notes.free([departure.guest.id for departure in departures])

    def stop(self, now: float) -> None:
        """Everybody leaves, because the server stops: there is nobody to tell, and names stay."""
        for departure in self._room.clear(now):
            self._write(departure)

    def _tell(self, departure: Departure) -> None:
        self._write(departure)
        self._people.left(departure.guest, departure.origin)
        if departure.seconds is not None:
            self._presence.left(departure.announcement, self._room.present)

    def _write(self, departure: Departure) -> None:
        if departure.seconds is not None:
            origin, reason = departure.origin, departure.reason
            self._log.leave(departure.guest, origin, departure.seconds, reason)
