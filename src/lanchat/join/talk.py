"""What a terminal knows of the chat, and what is to be printed of what happens.

No socket and no screen: answers and events of docs/protocol.md come in, lines to print go out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lanchat.join.lines import Line, gist
from lanchat.join.messages import Message, Messages
from lanchat.join.people import People
from lanchat.join.rooms import LOBBY, Room, Rooms


class Talk:
    """``seq`` and ``epoch`` are the cursor."""

    def __init__(self) -> None:
        self.people = People()
        self.messages = Messages()
        self.rooms = Rooms()
        self.seq = 0
        self.epoch = ""
        self._voted: set[int] = set()

    def line(self, message: Mapping[str, Any]) -> Line:
        """A message as it is printed."""
        you = self.people.you["id"]
        room = self.rooms.own.get(message["room"], {})
        concerns = you in message.get("mentions", ()) or room.get("kind") == "direct"
        return Line(
            "message",
            message=message,
            is_own=message["user_id"] == you,
            concerns_you=concerns and message["user_id"] != you,
            voted=self.messages.vote(message["id"]),
        )

    def show(self, room_id: str) -> list[Line]:
        """Show another room: what was said there last, as far as it is known."""
        lines = self.rooms.show(room_id)
        said = self.messages.of_room(room_id)[-20:]
        return [*lines, *(self.line(one) for one in said if not one.get("deleted"))]

    def join(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to ``new_host``: at first, or after a break."""
        self.people.join(answer)
        anew = bool(answer.get("anew")) or not self.epoch
        lines = [Line("note", "connected again")] if self.epoch else []
        self.seq, self.epoch = answer["seq"], answer["epoch"]
        lines += self.rooms.join(answer)
        if anew:
            self.messages = Messages()
        rooms = answer.get("rooms", ())
        here = next((one for one in rooms if one["id"] == self.rooms.shown), answer)
        if not here.get("complete", True) and not anew:
            lines.append(Line("note", "some of what was said meanwhile is left out"))
        self.messages.take_mine(answer.get("mine", {}))
        self.messages.pins = {one["id"]: one for one in answer.get("pins", ())}
        for message in answer["messages"]:
            lines += self._posted(message, live=False)
        for message in answer.get("changed", ()):
            lines += self._changed(message)
        return [*lines, *(self.rooms.topic() if anew else ())]

    def entered(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to a wish to be in a room."""
        room = answer["room"]
        self.rooms.entered(room)
        self.messages.take_mine(answer.get("mine", {}))
        for message in (*answer["messages"], *answer.get("pins", ())):
            if not message.get("deleted"):
                self.messages.pin(message)
        for message in answer["messages"]:
            self.messages.keep(message)
        return self.show(room["id"])

    def earlier(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to a wish for what was said in the shown room before."""
        self.messages.take_mine(answer.get("mine", {}))
        self.messages.look_up(answer["messages"], self.rooms.shown)
        if not answer["messages"]:
            return [Line("note", "nothing was said here before that")]
        return [self.line(one) for one in answer["messages"]]

    def found(self, answer: Mapping[str, Any]) -> list[Line]:
        """The answer to a search, the newest at the end."""
        self.messages.take_mine(answer.get("mine", {}))
        self.messages.look_up(answer["messages"])
        return [
            self.line(one)._replace(kind="found", text=self._elsewhere(one))
            for one in reversed(answer["messages"])
        ]

    def pinned(self) -> list[Line]:
        """What is pinned in the room that is shown."""
        return [
            self.line(one)._replace(kind="found") for one in self.messages.pins_of(self.rooms.shown)
        ] or [Line("note", "nothing is pinned here")]

    # What happens.

    def take(self, event: str, payload: Any, now: float) -> list[Line]:
        """What the server tells."""
        seq = payload.get("seq") if isinstance(payload, dict) else None
        if isinstance(seq, int):
            self.seq = max(self.seq, seq)
        if event == "typing":
            self.people.types(payload, now)
            return []
        handle = getattr(self, f"_on_{event}", None)
        lines: list[Line] = [] if handle is None else handle(payload)
        return lines

    def _on_add_chat_message(self, message: Message) -> list[Line]:
        self.people.said(message["room"], message["user_id"])
        return self._posted(message, live=True)

    def _on_message_changed(self, message: Message) -> list[Line]:
        return self._changed(message)

    def _on_reactions_changed(self, payload: dict[str, Any]) -> list[Line]:
        number, lines = payload["id"], []
        message = self.messages.told(number)
        for known in filter(None, (message, self.messages.pins.get(number))):
            if "counts" in payload and "poll" in known:
                known["poll"] = {**known["poll"], "counts": payload["counts"]}
            if "reactions" in payload:
                known["reactions"] = payload["reactions"]
        if message is not None and message["room"] == self.rooms.shown and "reactions" in payload:
            lines.append(Line("reactions", message=message))
        if "counts" in payload and number in self._voted:
            self._voted.discard(number)
            lines += self.poll(number)
        return lines

    def poll(self, number: int) -> list[Line]:
        """How a poll stands, where there is one of this number."""
        message = self.messages.get(number)
        if message is None or "poll" not in message:
            return []
        return [self.line(message)._replace(kind="poll", concerns_you=False)]

    def _on_mine(self, mine: dict[str, dict[str, Any]]) -> list[Line]:
        self.messages.take_mine(mine)
        # How many they are now is told a moment later.
        self._voted |= {int(number) for number, done in mine.items() if "vote" in done}
        return []

    def _on_host_join_room(self, person: dict[str, Any]) -> list[Line]:
        return self.people.came([person])

    def _on_host_leave_room(self, person: dict[str, Any]) -> list[Line]:
        return self.people.left([person])

    def _on_hosts_changed(self, moment: dict[str, Any]) -> list[Line]:
        return [*self.people.left(moment["left"]), *self.people.came(moment["joined"])]

    def _on_person_changed(self, person: dict[str, Any]) -> list[Line]:
        return self.people.changed(person)

    def _on_hands_changed(self, payload: dict[str, Any]) -> list[Line]:
        return self.people.hands_changed(payload)

    def _on_announced(self, payload: dict[str, Any]) -> list[Line]:
        message = self.messages.get(payload["id"])
        if message is None or self.rooms.shown == LOBBY:  # where it stands already
            return []
        return [Line("note", f"to everybody: {gist(message)}", concerns_you=True)]

    def _on_send_now(self, cue: dict[str, Any]) -> list[Line]:
        asked = f"{cue['user']} asks everybody to say: {cue['text']}"
        return [Line("note", asked, concerns_you=True)]

    def _on_notice(self, payload: dict[str, Any]) -> list[Line]:
        said = _NOTICES.get(payload["code"])
        return [Line("trouble", said)] if said else []

    def _on_server_stop(self, _payload: dict[str, Any]) -> list[Line]:
        return [Line("note", "the server stops; this comes back when it does")]

    def _on_history_cleared(self, payload: dict[str, Any]) -> list[Line]:
        room, up_to = payload["room"], payload["up_to"]
        self.messages.forget(lambda one: one["room"] == room and one["id"] <= up_to)
        return [Line("note", "what was said here is cleared")] if room == self.rooms.shown else []

    def _on_user_cleared(self, payload: dict[str, Any]) -> list[Line]:
        user, up_to = payload["user_id"], payload["up_to"]
        self.messages.forget(lambda one: one["user_id"] == user and one["id"] <= up_to)
        name = self.people.here.get(user)
        return [Line("note", f"what {name} has said is cleared")] if name else []

    def _on_messages_retired(self, payload: dict[str, Any]) -> list[Line]:
        ranges = payload["ranges"]
        self.messages.forget(lambda one: any(first <= one["id"] <= last for first, last in ranges))
        return []

    # Rooms.

    def _on_room_opened(self, room: Room) -> list[Line]:
        return self.rooms.opened(room)

    def _on_room_changed(self, room: Room) -> list[Line]:
        return self.rooms.changed(room)

    def _on_room_closed(self, room: Room) -> list[Line]:
        return self.rooms.closed(room)

    def _on_room_deleted(self, room: Room) -> list[Line]:
        return self._gone(room["id"])

    def _on_member_left(self, payload: dict[str, Any]) -> list[Line]:
        return self._gone(payload["room"]) if payload["id"] == self.people.you["id"] else []

    def _on_read(self, payload: dict[str, Any]) -> list[Line]:
        self.rooms.read(payload)
        return []

    # How.

    def _gone(self, room_id: str) -> list[Line]:
        return self.show(LOBBY) if self.rooms.gone(room_id) else []

    def _elsewhere(self, message: Mapping[str, Any]) -> str:
        return "" if message["room"] == self.rooms.shown else self.rooms.name_of(message["room"])

    def _posted(self, message: Message, *, live: bool) -> list[Line]:
        if self.messages.told(message["id"]):
            return self._changed(message)
        self.messages.keep(message)
        if message.get("deleted"):
            return []
        line = self.line(message)
        if message["room"] == self.rooms.shown:
            return [line]
        room = self.rooms.own.get(message["room"])
        if live and room is not None and not line.is_own:
            room["unread"] = room.get("unread", 0) + 1
            if line.concerns_you:
                said = f"{message['user']} mentions you in {self.rooms.name_of(message['room'])}"
                return [Line("note", said, concerns_you=True)]
        return []

    def _changed(self, message: Message) -> list[Line]:
        before = self.messages.told(message["id"])
        if before is None:
            self.messages.pin(message)
            return []
        if before["seq"] >= message["seq"]:
            return []
        self.messages.keep(message)
        if message["room"] != self.rooms.shown or before.get("deleted"):
            return []
        return self._became(before, message)

    def _became(self, before: Message, message: Message) -> list[Line]:
        """What there is to be said of a message of which an older version was shown."""
        if message.get("deleted"):
            return [Line("deleted", message=before)]
        if message["message"] != before["message"]:
            return [Line("changed", message=message)]
        if message.get("poll", {}).get("closed") and not before["poll"]["closed"]:
            return self.poll(message["id"])
        if message.get("pinned") and not before.get("pinned") and "poll" not in message:
            return [Line("note", f"pinned: #{message['id']} {gist(message)}")]
        if message.get("reactions") != before.get("reactions"):
            return [Line("reactions", message=message)]
        return []


_NOTICES = {
    "kicked": "a host has put you out",
    "banned": "a host keeps you out",
    "muted": "a host has muted you: you can read, and not write",
    "unmuted": "you may write again",
    "host": "you are host now: /help shows what you can do",
    "unhost": "you are not host any more",
    "deleted": "a host has deleted a message of yours",
}
