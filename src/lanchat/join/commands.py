"""What the commands of a terminal do; what the room's own do is the server's."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from lanchat.errors import LanchatError
from lanchat.join.lines import Line
from lanchat.join.people import listed
from lanchat.join.rooms import LOBBY
from lanchat.join.talk import Talk
from lanchat.join.typed import OWN, is_file, named_file, numbered
from lanchat.sizes import rough_size

Answer = dict[str, Any]

_EARLIER = 20
_NAMED = 50
"""So many messages are shown at a time, and so many people named."""


class Seat(Protocol):
    """Where somebody sits who has typed a command."""

    talk: Talk

    def print(self, lines: list[Line]) -> None: ...

    def trouble(self, text: str) -> None: ...

    def say(self, text: str, **fields: Any) -> None: ...

    def ask(self, event: str, payload: Any, take: Callable[[Answer], None] = ...) -> None: ...

    def upload(self, path: Path) -> str: ...

    def later(self, act: Callable[[], None]) -> None:
        """Do it in the thread of all this, whatever thread calls."""

    def end(self) -> None: ...


class Commands:
    """A method each, by the names that ``typed.OWN`` has."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._searched: dict[str, Any] | None = None

    def do(self, name: str, text: str) -> bool:
        """Do what a command is for; whether it is one of these."""
        if name not in OWN:
            return False
        getattr(self, f"_{name}")(text)
        return True

    @property
    def _talk(self) -> Talk:
        return self._seat.talk

    def _note(self, text: str) -> None:
        self._seat.print([Line("note", text)])

    def _usage(self, command: str) -> None:
        self._seat.trouble(f"it is written like this: {OWN[command]}")

    def _with_number(self, command: str, text: str) -> tuple[int, str] | None:
        found = numbered(text)
        if found is None:
            self._usage(command)
        return found

    # Messages.

    def _reply(self, text: str) -> None:
        if found := self._with_number("reply", text):
            answered = self._talk.messages.get(found[0])
            room = answered["room"] if answered else self._talk.rooms.shown
            self._seat.say(found[1], reply_to=found[0], room=room)

    def _react(self, text: str) -> None:
        if found := self._with_number("react", text):
            is_on = not self._talk.messages.has_reacted(*found)
            self._seat.ask("react", {"id": found[0], "emoji": found[1], "on": is_on})

    def _edit(self, text: str) -> None:
        if found := self._with_number("edit", text):
            edit = {"id": found[0], "message": found[1], "client_id": str(uuid.uuid4())}
            self._seat.ask("edit_message", edit)

    def _delete(self, text: str) -> None:
        if found := self._with_number("delete", text):
            self._seat.ask("delete_message", {"id": found[0]})

    def _file(self, text: str) -> None:
        path, words = named_file(text)
        if path is None:
            self._usage("file")
        elif not is_file(path):
            self._seat.trouble(f"{path} is no file")
        else:
            self._note(f"{path.name} ({rough_size(path.stat().st_size)}) is on its way")
            sending = partial(self._send, path, words, self._talk.rooms.shown)
            threading.Thread(target=sending, daemon=True).start()

    def _send(self, path: Path, words: str, room: str) -> None:
        try:
            sent = self._seat.upload(path)
        except (LanchatError, OSError) as error:
            said = f"{path.name} was not sent: {error}"
            self._seat.later(lambda: self._seat.trouble(said))
        else:
            self._seat.later(lambda: self._seat.say(words, files=[sent], room=room))

    def _vote(self, text: str) -> None:
        """For an option, of the newest poll where none is named; again, it is taken back."""
        words = text.split()
        found = [numbered(word) for word in words]
        numbers = [one[0] for one in found if one is not None]
        if len(numbers) != len(words) or len(words) not in {1, 2}:
            self._usage("vote")
            return
        poll = numbers[0] if numbers[1:] else self._talk.messages.open_poll(self._talk.rooms.shown)
        if not poll:
            self._seat.trouble("there is no poll here in which one can vote")
            return
        option: int | None = numbers[-1] - 1
        if option == self._talk.messages.vote(poll):
            option = None
        self._seat.ask("vote", {"id": poll, "option": option})

    def _show(self, text: str) -> None:
        if found := self._with_number("show", text):
            message = self._talk.messages.get(found[0])
            if message is None or message.get("deleted"):
                self._seat.trouble(
                    "there is no such message here; /search and /more find older ones"
                )
            else:
                self._seat.print([self._talk.line(message)._replace(kind="found")])

    def _pins(self, _text: str) -> None:
        self._seat.print(self._talk.pinned())

    def _search(self, text: str) -> None:
        asked = {"text": text} if text else self._searched
        if asked is None:
            self._usage("search")
            return

        def take(answer: Answer) -> None:
            is_whole = answer["complete"]
            self._searched = None if is_whole else {**asked, "before": answer["before"]}
            self._seat.print(self._talk.found(answer))
            if answer.get("indexing"):
                self._note("older messages are not all searched yet: ask again later")
            elif not is_whole:
                self._note("/search alone shows older ones")
            elif not answer["messages"]:
                self._note("nothing was found")

        self._seat.ask("search", asked, take)

    def _more(self, _text: str) -> None:
        room = self._talk.rooms.shown
        asked = {"room": room, "before": self._talk.messages.oldest(room), "limit": _EARLIER}
        self._seat.ask("history", asked, self._earlier)

    def _earlier(self, answer: Answer) -> None:
        self._seat.print(self._talk.earlier(answer))

    # Rooms and people.

    def _go(self, text: str) -> None:
        room = self._talk.rooms.named(text or "main")
        if room is None:
            self._seat.trouble(f"there is no room called {text}; /rooms shows those that there are")
        elif room == LOBBY:
            self._seat.print(self._talk.show(LOBBY))
        else:
            self._seat.ask("enter_room", {"room": room}, self.entered)

    def entered(self, answer: Answer) -> None:
        self._seat.print(self._talk.entered(answer))

    def _leave(self, _text: str) -> None:
        if self._talk.rooms.shown != LOBBY:
            self._seat.ask("leave_room", {"room": self._talk.rooms.shown})

    def _msg(self, text: str) -> None:
        name = self._talk.people.begun(text)
        person = self._talk.people.named(name) if name else None
        if person is None:
            self._seat.trouble("nobody called so is here; /who shows who is")
            return

        def opened(answer: Answer) -> None:
            self.entered(answer)
            if said := text[len(name) :].strip():
                self._seat.say(said)

        self._seat.ask("open_direct", {"person": person}, opened)

    def _rooms(self, _text: str) -> None:
        rooms = self._talk.rooms
        for room_id, room in rooms.own.items():
            new = f", {room['unread']} new" if room.get("unread") else ""
            here = " (shown)" if room_id == rooms.shown else ""
            self._note(f"{rooms.name_of(room_id)}{new}{here}")
        for room_id in rooms.others:
            self._note(f"{rooms.name_of(room_id)}, to be entered by /go")

    def _who(self, text: str) -> None:
        people = self._talk.people
        if people.hands and not text:
            self._note(f"hands are up: {listed(list(people.hands.values()), _NAMED)}")
        key = text.casefold()
        names = [name for name in people.names() if name.casefold().startswith(key)]
        self._note(listed(names, _NAMED) or "nobody")

    def _hand(self, text: str) -> None:
        """One's own, up or down; a host lets down those of others."""
        people = self._talk.people
        word, _, name = text.partition(" ")
        wish = word.casefold() or ("down" if people.you["id"] in people.hands else "up")
        if wish not in {"up", "down"} or (wish == "up" and name):
            self._usage("hand")
            return
        whose: dict[str, Any] = {"all": True} if name.casefold() == "all" else {}
        if name and not whose:
            whose = {"person": people.whose_hand(name)}
            if whose["person"] is None:
                self._seat.trouble(f"no hand of {name} is up")
                return
        self._seat.ask("hand", {"up": wish == "up", **whose})

    # The rest.

    def _help(self, _text: str) -> None:
        self._seat.print([Line("note", words) for words in OWN.values()])

        def take(answer: Answer) -> None:  # what one may do oneself
            lines = answer["message"].split("\n")
            others = [each for each in lines if each.partition(" ")[0].removeprefix("/") not in OWN]
            self._seat.print([Line("note", each) for each in others])

        self._seat.ask("host_command", {"name": "help", "room": self._talk.rooms.shown}, take)

    def _quit(self, _text: str) -> None:
        self._seat.end()
