"""Whom a command means: somebody who is here, or one of those who have just left."""

from __future__ import annotations

from collections import OrderedDict

from lanchat.chat.commands import Call
from lanchat.chat.likeness import skeletons
from lanchat.chat.model import Guest, Origin
from lanchat.chat.room import Room
from lanchat.errors import CommandUnusable

REMEMBERED = 200
"""So many of those who left last are known: some leave in order not to be banned."""


class People:
    """The people of a room, as commands name them."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._gone: OrderedDict[str, tuple[Guest, Origin]] = OrderedDict()

    def left(self, guest: Guest, origin: Origin) -> None:
        """Remember who has just left."""
        self._gone[guest.id] = guest, origin
        while len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)

    def meant(self, call: Call) -> tuple[Guest, Origin]:
        """Whom the command is about. Raises CommandUnusable where nobody is known by that."""
        found = self._by_id(call.person_id) if call.person_id else self.named(call.person)
        if found is None:
            raise CommandUnusable("nobody", name=call.person)
        return found

    def named(self, name: str) -> tuple[Guest, Origin] | None:
        """Who has the name, or had it last; or one that looks like it."""
        if not name:
            return None
        if seat := self._room.named(name):
            return seat.guest, seat.origin
        keys = skeletons(name)
        gone = reversed(self._gone.values())
        return next((one for one in gone if not keys.isdisjoint(skeletons(one[0].name))), None)

    def _by_id(self, user_id: str) -> tuple[Guest, Origin] | None:
        seat = self._room.seat(user_id)
        return (seat.guest, seat.origin) if seat else self._gone.get(user_id)
