"""Which rooms there are for somebody in front of a terminal, and which one is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lanchat.join.lines import Line

LOBBY = "lobby"

Room = dict[str, Any]


class Rooms:
    """``own`` are those that one is in, ``others`` open ones, ``shown`` is an id of the former."""

    def __init__(self) -> None:
        self.own: dict[str, Room] = {LOBBY: {"id": LOBBY, "name": ""}}
        self.others: dict[str, Room] = {}
        self.shown = LOBBY

    def name_of(self, room_id: str) -> str:
        """What a room is called; the main one is called so."""
        room = self.own.get(room_id) or self.others.get(room_id) or {}
        if person := room.get("person"):
            return str(person["user"])
        name = str(room.get("name") or "main")
        return f"group {name}" if room.get("kind") == "group" and name.isdecimal() else name

    def named(self, name: str) -> str | None:
        """The id of the room of this name, of those that one is in or may enter."""
        key = name.casefold()
        ids = [*self.own, *self.others]
        return next((each for each in ids if self.name_of(each).casefold() == key), None)

    def join(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to ``new_host``: where the room that was shown is gone, the main one is."""
        if rooms := answer.get("rooms"):
            self.own = {one["id"]: dict(one) for one in rooms}
            self.others = {one["id"]: one for one in answer.get("open", ())}
        self.own[LOBBY].update(answer.get("room", {}))
        if self.shown in self.own:
            return []
        self.shown = LOBBY
        return [Line("room", self.name_of(LOBBY))]

    def entered(self, room: Room) -> None:
        self.own[room["id"]] = {**room, "unread": 0, "mentions": 0}
        self.others.pop(room["id"], None)

    def show(self, room_id: str) -> list[Line]:
        """Show another room, of which nothing is new then."""
        self.shown = room_id
        room = self.own[room_id]
        room["unread"] = room["mentions"] = 0
        return [Line("room", self.name_of(room_id)), *self.topic()]

    def topic(self) -> list[Line]:
        """What the room that is shown is about."""
        topic = self.own[self.shown].get("topic")
        return [Line("note", f"the topic is {topic}")] if topic else []

    def read(self, payload: Mapping[str, Any]) -> None:
        """How much is new in a room."""
        if payload["room"] in self.own:
            counts = {"unread": payload["unread"], "mentions": payload["mentions"]}
            self.own[payload["room"]].update(counts)

    def opened(self, room: Room) -> list[Line]:
        if not room["member"]:
            self.others[room["id"]] = room
            return []
        is_new = room["id"] not in self.own
        self.own[room["id"]] = {"unread": 0, "mentions": 0, **room}
        return [Line("note", f"you are in {self.name_of(room['id'])}")] if is_new else []

    def changed(self, room: Room) -> list[Line]:
        """What holds in a room from now on, in the main one where it has no id."""
        room_id = room.get("id", LOBBY)
        before = dict(self.own.get(room_id, {}))
        for known in (self.own, self.others):
            if room_id in known:
                known[room_id].update(room)
        if room_id != self.shown:
            return []
        lines = [] if room.get("topic") == before.get("topic") else self.topic()
        if room.get("readonly", False) != before.get("readonly", False):
            who = "hosts alone may" if room["readonly"] else "everybody may"
            lines.append(Line("note", f"{who} write here now"))
        return lines

    def closed(self, room: Room) -> list[Line]:
        self.changed(room)
        self.others.pop(room["id"], None)
        known = room["id"] in self.own
        return [Line("note", f"{self.name_of(room['id'])} was closed")] if known else []

    def gone(self, room_id: str) -> bool:
        """Nobody is in it any more, or one is not; whether it was shown."""
        self.others.pop(room_id, None)
        return self.own.pop(room_id, None) is not None and self.shown == room_id
