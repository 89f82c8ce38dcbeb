"""What one process says of its own people after a break, when others may know otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg

from lanchat.chat.confusables import skeletons
from lanchat.chat.model import User
from lanchat.cluster.bus import Bus, ComeAgain
from lanchat.cluster.people import Line, People, Person

_AT_ONCE = 500
"""So many people are said to be here by one call."""

_SAY = b"SELECT presence(%s, %s, %s, '{}')"
_MINE = b"SELECT user_id FROM person WHERE %s = ANY(processes)"


class Lease(NamedTuple):
    """A process's number, and how many seconds its word holds; ``grace`` is its people's."""

    mine: int
    lasts: float
    grace: float


class OwnPeople:
    """Those of the process with this lease, as ``people`` has them.

    ``owed`` are those whose name was to be freed while it could not be. Everything may raise
    psycopg.Error.
    """

    def __init__(self, lease: Lease, people: People, bus: Bus, owed: set[str]) -> None:
        self._lease = lease
        self._people = people
        self._bus = bus
        self._owed = owed

    def remain(self, connection: psycopg.Connection[Any]) -> bool:
        """Say that they are here; tells whether it could be said."""
        asked: list[dict[str, Any]] = [{"do": "release", "id": each} for each in list(self._owed)]
        asked += [
            self._remaining(entry) for entry in list(self._people.entries.values()) if entry.is_ours
        ]
        for first in range(0, len(asked), _AT_ONCE):
            some = asked[first : first + _AT_ONCE]
            answers = self._said(connection, some)
            if answers is None:
                return False
            for each, (came, line, _) in zip(some, answers, strict=True):
                self._remained(each["id"], came, line)
        return True

    def compare(self, connection: psycopg.Connection[Any]) -> bool:
        """Let those go who are said to be here, and are not; tells whether nobody is missing.

        What was asked for them may have happened after nobody waited for it any more, where the
        database hung or a network was cut; then nobody else would say that they have gone.
        """
        there = {user_id for (user_id,) in connection.execute(_MINE, (self._lease.mine,))}
        entries = list(self._people.entries.items())
        here = {user_id for user_id, entry in entries if entry.connections}
        gone = [{"do": "leave", "id": user_id} for user_id in there - here]
        for first in range(0, len(gone), _AT_ONCE):
            for _, line, _ in self._said(connection, gone[first : first + _AT_ONCE]) or ():
                if line is not None:
                    self._people.take(line)
        return here <= there

    def _said(
        self, connection: psycopg.Connection[Any], asked: Sequence[Mapping[str, Any]]
    ) -> Sequence[tuple[str, Line | None, Line | None]] | None:
        """What comes of each thing; None where this process has no lease."""
        lasts = timedelta(seconds=self._lease.lasts)
        row = connection.execute(_SAY, (self._lease.mine, lasts, json.dumps(asked))).fetchone()
        return row[0]  # type: ignore[index, no-any-return]

    def _remaining(self, entry: Person) -> dict[str, Any]:
        member, origin = entry.member, entry.origin
        return {
            "do": "remain",
            "id": entry.user.id,
            "user": entry.user.name,
            "keys": sorted(skeletons(entry.user.name)),
            "ip": origin.ip,
            "agent": origin.agent,
            "device": origin.device,
            "since": member and member.since,
            "role": member.role if member else "guest",
            "muted": bool(member and member.muted),
            "here": self._people.seconds(entry),
            "connected": bool(entry.connections),
            "hand": self._people.hand(entry.user.id),
        }

    def _remained(self, user_id: str, came: str, line: Line | None) -> None:
        self._owed.discard(user_id)
        if came in {"taken", "logged out"} and (entry := self._people.remove(user_id)):
            self._bus.let_go(entry)
        if line is None or came not in {"done", "anew"}:
            return
        entry = self._people.take(line)
        if came == "anew" and (member := entry.member):
            user = User(member.id, member.name)
            again = ComeAgain(user, member.ip, member.since, member.role, member.muted)
            self._bus.say(again)
