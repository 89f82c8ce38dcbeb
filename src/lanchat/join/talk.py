"""What a terminal knows of the chat, and what there is to print of it: pure, as the log tells.

A terminal does not take back what it has printed. So a message is printed once, and what becomes of
it later is another line, which names it by its number.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

LOBBY = "lobby"

KEPT = 2_000
"""So many messages are known, to tell what has changed of them."""

TYPING_SECONDS = 5.0

Kind = Literal["message", "changed", "deleted", "reactions", "note", "trouble", "room"]


class Line(NamedTuple):
    """Something to print: a ``message``, what became of it, or a ``text``."""

    kind: Kind
    text: str = ""
    message: Mapping[str, Any] = {}
    is_own: bool = False
    concerns_you: bool = False


class Talk:
    """``room`` is the id of the one that is shown; ``seq`` and ``epoch`` are the cursor."""

    def __init__(self) -> None:
        self.you: dict[str, str] = {"id": "", "name": ""}
        self.people: dict[str, str] = {}  # id → name, of who is here
        self.rooms: dict[str, dict[str, Any]] = {LOBBY: {"id": LOBBY, "name": ""}}
        self.others: dict[str, dict[str, Any]] = {}  # open rooms that one is not in
        self.room = LOBBY
        self.seq = 0
        self.epoch = ""
        self._known: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._typing: dict[tuple[str, str], tuple[str, float]] = {}

    # What is asked.

    def name_of(self, room_id: str) -> str:
        """What a room is called; the main one is called so."""
        room = self.rooms.get(room_id) or self.others.get(room_id) or {}
        if person := room.get("person"):
            return str(person["user"])
        name = str(room.get("name") or "main")
        return f"group {name}" if room.get("kind") == "group" and name.isdecimal() else name

    def room_named(self, name: str) -> str | None:
        """The id of the room of this name, of those that one is in or may enter."""
        key = name.casefold()
        ids = [*self.rooms, *self.others]
        return next((each for each in ids if self.name_of(each).casefold() == key), None)

    def person_named(self, name: str) -> str | None:
        """The id of who is here by this name."""
        key = name.casefold()
        found = (each for each, called in self.people.items() if called.casefold() == key)
        return next(found, None)

    def message(self, number: int) -> Mapping[str, Any] | None:
        """A message by its number, as far as it is known."""
        return self._known.get(number)

    def newest(self, room_id: str) -> int:
        """The newest message of a room that is known, 0 for none."""
        return max((one["id"] for one in self._known.values() if one["room"] == room_id), default=0)

    def mentioned(self, text: str) -> list[str]:
        """The ids of those whose name stands behind an ``@`` in the text, longer names first."""
        found, rest = [], text.casefold()
        for person, name in sorted(self.people.items(), key=lambda one: -len(one[1])):
            at = f"@{name.casefold()}"
            if at in rest:
                rest = rest.replace(at, "")
                found.append(person)
        return found[:20]

    def typing(self, now: float) -> list[str]:
        """Who is writing in the room that is shown."""
        self._typing = {key: one for key, one in self._typing.items() if one[1] > now}
        return [name for (room, _), (name, _) in self._typing.items() if room == self.room]

    # What happens.

    def show(self, room_id: str) -> list[Line]:
        """Show another room: what was said there last, as far as it is known."""
        self.room = room_id
        room = self.rooms[room_id]
        room["unread"] = room["mentions"] = 0
        said = [one for one in self._known.values() if one["room"] == room_id]
        lines = [self._line(one) for one in said[-20:] if not one.get("deleted")]
        return [Line("room", self.name_of(room_id)), *lines]

    def join(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to ``new_host``: at first, or after a break."""
        self.you = answer["you"]
        self.people = {one["id"]: one["name"] for one in answer["hosts"]}
        anew = bool(answer.get("anew")) or not self.epoch
        lines = [Line("note", "connected again")] if self.epoch else []
        self.seq, self.epoch = answer["seq"], answer["epoch"]
        rooms = answer.get("rooms") or []
        if rooms:
            self.rooms = {one["id"]: dict(one) for one in rooms}
            self.others = {one["id"]: one for one in answer.get("open", ())}
        if self.room not in self.rooms:
            self.room = LOBBY
            lines.append(Line("room", self.name_of(LOBBY)))
        if anew:
            self._known.clear()
        here = next((one for one in rooms if one["id"] == self.room), answer)
        if not here.get("complete", True) and not anew:
            lines.append(Line("note", "some of what was said meanwhile is left out"))
        for message in answer["messages"]:
            lines += self._posted(message, live=False)
        for message in answer.get("changed", ()):
            lines += self._changed(message)
        return lines

    def entered(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to a wish to be in a room."""
        room = answer["room"]
        self.rooms[room["id"]] = {**room, "unread": 0, "mentions": 0}
        self.others.pop(room["id"], None)
        for message in answer["messages"]:
            self._keep(message)
        return self.show(room["id"])

    def take(self, event: str, payload: Any, now: float) -> list[Line]:
        """What the server tells."""
        seq = payload.get("seq") if isinstance(payload, dict) else None
        if isinstance(seq, int):
            self.seq = max(self.seq, seq)
        handle = getattr(self, f"_on_{event}", None)
        if handle is None:
            return []
        lines: list[Line] = handle(payload, now) if event == "typing" else handle(payload)
        return lines

    def _on_add_chat_message(self, message: dict[str, Any]) -> list[Line]:
        self._typing.pop((message["room"], message["user_id"]), None)
        return self._posted(message, live=True)

    def _on_message_changed(self, message: dict[str, Any]) -> list[Line]:
        return self._changed(message)

    def _on_reactions_changed(self, payload: dict[str, Any]) -> list[Line]:
        message = self._known.get(payload["id"])
        if message is None:
            return []
        if "counts" in payload and "poll" in message:
            message["poll"] = {**message["poll"], "counts": payload["counts"]}
        if "reactions" not in payload:
            return []
        message["reactions"] = payload["reactions"]
        return [Line("reactions", message=message)] if message["room"] == self.room else []

    def _on_typing(self, payload: dict[str, Any], now: float) -> list[Line]:
        key = payload["room"], payload["user_id"]
        self._typing[key] = payload["user"], now + TYPING_SECONDS
        return []

    def _on_host_join_room(self, person: dict[str, Any]) -> list[Line]:
        return self._came([person])

    def _on_host_leave_room(self, person: dict[str, Any]) -> list[Line]:
        return self._left([person])

    def _on_hosts_changed(self, moment: dict[str, Any]) -> list[Line]:
        return [*self._left(moment["left"]), *self._came(moment["joined"])]

    def _on_person_changed(self, person: dict[str, Any]) -> list[Line]:
        before = self.people.get(person["id"])
        self.people[person["id"]] = person["user"]
        if person["id"] == self.you["id"]:
            self.you = {"id": person["id"], "name": person["user"]}
        if before is None or before == person["user"]:
            return []
        return [Line("note", f"{before} is now called {person['user']}")]

    def _on_notice(self, payload: dict[str, Any]) -> list[Line]:
        said = _NOTICES.get(payload["code"])
        return [Line("trouble", said)] if said else []

    def _on_server_stop(self, _payload: dict[str, Any]) -> list[Line]:
        return [Line("note", "the server stops; this comes back when it does")]

    def _on_room_opened(self, room: dict[str, Any]) -> list[Line]:
        if not room["member"]:
            self.others[room["id"]] = room
            return []
        is_new = room["id"] not in self.rooms
        self.rooms[room["id"]] = {"unread": 0, "mentions": 0, **room}
        return [Line("note", f"you are in {self.name_of(room['id'])}")] if is_new else []

    def _on_room_changed(self, room: dict[str, Any]) -> list[Line]:
        for known in (self.rooms, self.others):
            if room.get("id") in known:
                known[room["id"]].update(room)
        return []

    def _on_room_closed(self, room: dict[str, Any]) -> list[Line]:
        self._on_room_changed(room)
        self.others.pop(room["id"], None)
        known = room["id"] in self.rooms
        return [Line("note", f"{self.name_of(room['id'])} was closed")] if known else []

    def _on_room_deleted(self, room: dict[str, Any]) -> list[Line]:
        return self._gone(room["id"])

    def _on_member_left(self, payload: dict[str, Any]) -> list[Line]:
        return self._gone(payload["room"]) if payload["id"] == self.you["id"] else []

    def _on_read(self, payload: dict[str, Any]) -> list[Line]:
        if payload["room"] in self.rooms:
            counts = {"unread": payload["unread"], "mentions": payload["mentions"]}
            self.rooms[payload["room"]].update(counts)
        return []

    # How.

    def _gone(self, room_id: str) -> list[Line]:
        self.others.pop(room_id, None)
        if self.rooms.pop(room_id, None) is None or self.room != room_id:
            return []
        return self.show(LOBBY)

    def _came(self, people: Iterable[Mapping[str, Any]]) -> list[Line]:
        new = [one for one in people if one["id"] not in self.people]
        self.people.update((one["id"], one["user"]) for one in new)
        return [Line("note", f"{_listed(new)} joined")] if new else []

    def _left(self, people: Iterable[Mapping[str, Any]]) -> list[Line]:
        known = [one for one in people if self.people.pop(one["id"], None) is not None]
        return [Line("note", f"{_listed(known)} left")] if known else []

    def _posted(self, message: dict[str, Any], *, live: bool) -> list[Line]:
        if message["id"] in self._known:
            return self._changed(message)
        self._keep(message)
        if message.get("deleted"):
            return []
        line = self._line(message)
        if message["room"] == self.room:
            return [line]
        room = self.rooms.get(message["room"])
        if live and room is not None and not line.is_own:
            room["unread"] = room.get("unread", 0) + 1
            if line.concerns_you:
                said = f"{message['user']} mentions you in {self.name_of(message['room'])}"
                return [Line("note", said, concerns_you=True)]
        return []

    def _changed(self, message: dict[str, Any]) -> list[Line]:
        before = self._known.get(message["id"])
        if before is None or before["seq"] >= message["seq"]:
            return []
        self._keep(message)
        if message["room"] != self.room or before.get("deleted"):
            return []
        if message.get("deleted"):
            return [Line("deleted", message=before)]
        if message["message"] != before["message"]:
            return [Line("changed", message=message)]
        if message.get("reactions") != before.get("reactions"):
            return [Line("reactions", message=message)]
        return []

    def _line(self, message: Mapping[str, Any]) -> Line:
        own = message["user_id"] == self.you["id"]
        room = self.rooms.get(message["room"], {})
        concerns = self.you["id"] in message.get("mentions", ()) or room.get("kind") == "direct"
        return Line("message", message=message, is_own=own, concerns_you=concerns and not own)

    def _keep(self, message: dict[str, Any]) -> None:
        self._known[message["id"]] = message
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


_NOTICES = {
    "kicked": "a host has put you out",
    "banned": "a host keeps you out",
    "muted": "a host has muted you: you can read, and not write",
    "unmuted": "you may write again",
    "host": "you are host now: /help shows what you can do",
    "unhost": "you are not host any more",
    "deleted": "a host has deleted a message of yours",
}


def _listed(people: Iterable[Mapping[str, Any]]) -> str:
    names = [str(one["user"]) for one in people]
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} others"  # noqa: PLR2004
