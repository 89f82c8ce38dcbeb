"""The messages that a terminal knows, to tell what has changed of them, and what is one's own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Message = dict[str, Any]

KEPT = 2_000
"""So many messages are known."""


class Messages:
    """Those that were told, the ``pins`` of all rooms, and others that were asked for."""

    def __init__(self) -> None:
        self.pins: dict[int, Message] = {}
        self._known: OrderedDict[int, Message] = OrderedDict()
        self._looked_up: OrderedDict[int, Message] = OrderedDict()
        self._mine: dict[int, dict[str, Any]] = {}
        self._oldest: dict[str, int] = {}

    def told(self, number: int) -> Message | None:
        """One that was told, and may be told of again."""
        return self._known.get(number)

    def get(self, number: int) -> Message | None:
        """One of all that there are."""
        return self._known.get(number) or self.pins.get(number) or self._looked_up.get(number)

    def of_room(self, room: str) -> list[Message]:
        """Those of a room that were told."""
        return [one for one in self._known.values() if one["room"] == room]

    def newest(self, room: str) -> int:
        """The newest message of a room, 0 for none."""
        return max((one["id"] for one in self.of_room(room)), default=0)

    def oldest(self, room: str) -> int:
        """The oldest one that was shown of it, 0 for none."""
        return self._oldest.get(room, min((one["id"] for one in self.of_room(room)), default=0))

    def keep(self, message: Message) -> None:
        self._known[message["id"]] = message
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        if message.get("pinned") or message["id"] in self.pins:
            self.pin(message)

    def look_up(self, messages: Iterable[Message], room: str | None = None) -> None:
        """Keep what was asked for; with ``room`` it is what was said there before the oldest."""
        for message in messages:
            self._looked_up[message["id"]] = message
            if room is not None:
                self._oldest[room] = min(self.oldest(room) or message["id"], message["id"])
        while len(self._looked_up) > KEPT:
            self._looked_up.popitem(last=False)

    def pin(self, message: Message) -> None:
        """A message is pinned now, or not any more."""
        if message.get("pinned") and not message.get("deleted"):
            self.pins[message["id"]] = message
        else:
            self.pins.pop(message["id"], None)

    def pins_of(self, room: str) -> list[Message]:
        """What is pinned in a room, the newest at the end."""
        return [one for one in self.pins.values() if one["room"] == room]

    def open_poll(self, room: str) -> int:
        """The newest poll of a room in which one can vote, 0 for none."""
        known = (*self.pins_of(room), *self.of_room(room))  # however old, it is pinned
        return max(
            (one["id"] for one in known if not one.get("poll", _CLOSED)["closed"]), default=0
        )

    def take_mine(self, mine: Mapping[str, Mapping[str, Any]]) -> None:
        """What one has done oneself: reactions and votes."""
        for number, done in mine.items():
            self._mine.setdefault(int(number), {}).update(done)

    def has_reacted(self, number: int, emoji: str) -> bool:
        return emoji in self._mine.get(number, {}).get("reactions", ())

    def vote(self, number: int) -> int | None:
        """Which option of a poll one has chosen."""
        chosen: int | None = self._mine.get(number, {}).get("vote")
        return chosen

    def forget(self, is_gone: Callable[[Message], bool]) -> None:
        """Let go what was cleared."""
        for known in (self._known, self.pins, self._looked_up):
            for message in [one for one in known.values() if is_gone(one)]:
                del known[message["id"]]


_CLOSED = {"closed": True}
