"""Somebody in the chat: one thread takes what happens and what is typed, in its order.

What is typed while there is no connection waits, and is said by the same id once there is one:
so nothing is lost, and nothing is said twice.
"""

from __future__ import annotations

import queue
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from lanchat.chat.model import MESSAGE_LIMIT
from lanchat.join.commands import Commands
from lanchat.join.door import Away, Door, NotLetIn
from lanchat.join.lines import Line
from lanchat.join.talk import Talk
from lanchat.join.typed import Typed, read
from lanchat.times import in_own_zone

Show = Callable[[list[Line]], None]

_LONGEST_PAUSE = 10.0
_TYPING_EVERY = 3.0
_MARK_EVERY = 2.0
_AHEAD = 1_000
_LOOK_SECONDS = 0.02
_SOON = 2.0


class Session:
    """``show`` prints lines; ``is_over`` is set once it ends, with ``failure`` if that is why."""

    def __init__(self, url: str, name: str, code: str | None, show: Show) -> None:
        self.talk = Talk()
        self.is_over = False
        self.is_connected = False
        self.failure: Exception | None = None
        self.door = Door(url, self._hear)
        self.upload = self.door.upload
        self._commands = Commands(self)
        self.name = name
        self.code = code
        self._show = show
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._waiting: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._early: list[tuple[str, Any]] | None = None
        self._is_broken = self._ends_when_said = False
        self.refused = 0
        """How many messages were not said."""
        self._told_typing = self._marked = self._not_before = 0.0
        self._on_its_way = ""
        self._read: dict[str, int] = {}

    # From other threads.

    def typed(self, line: str) -> None:
        """Somebody has typed a line."""
        self._queue.put(lambda: self._do(read(line)))

    def said(self, line: str) -> None:
        """A line is to be said, whatever it begins with; waits while much is to be said before."""
        while len(self._waiting) + self._queue.qsize() > _AHEAD and not self.is_over:
            time.sleep(_LOOK_SECONDS)
        self._queue.put(lambda: self._do(Typed(None, line)))

    def is_typing(self) -> None:
        """Somebody is about to type one."""
        self._queue.put(self._tell_typing)

    def end(self, *, when_said: bool = False) -> None:
        """Leave the chat, at once or when all that was typed has been stored."""
        self._queue.put(lambda: self._end(when_said=when_said))

    def later(self, act: Callable[[], None]) -> None:
        """Do something in the thread of all this."""
        self._queue.put(act)

    # The one thread.

    def log_in(self) -> None:
        """Take the name. Raises NotLetIn, Away or CommandFailed."""
        self.door.log_in(self.name, self.code)

    def run(self) -> None:
        """Take part until the end."""
        try:
            while not self.is_over:
                self._connect()
                self._take_part()
        except Exception as error:  # noqa: BLE001 (whoever waits for the end tells of it)
            self.failure = error
        finally:
            with suppress(Exception):  # else the name is free in a few seconds
                self.door.close()
                self.door.log_out()
            self.is_over = True

    def _connect(self) -> None:
        pause = 1.0
        while not self.is_over and not self._try_to_connect():
            self._pass_time(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _try_to_connect(self) -> bool:
        self._early = []
        try:
            self.door.connect()
            self._is_broken = False
            self._join()
        except Away:
            return False
        return True

    def _join(self) -> None:
        talk = self.talk
        asked = {"last_seq": talk.seq, "epoch": talk.epoch, "batches": True, "rooms": True}
        self.door.send("new_host", asked, self._answered(self._joined))

    def _joined(self, answer: dict[str, Any]) -> None:
        if not answer.get("ok"):
            if answer["error"]["code"] in {"unauthorized", "not_joined"}:
                raise NotLetIn(answer["error"]["message"])
            self._pass_time(answer["error"].get("retry_after", 1))
            self._join()
            return
        self.is_connected = True
        self.print(self.talk.join(answer))
        seq, early, self._early = self.talk.seq, self._early or [], None
        for event, payload in early:
            told = payload.get("seq") if isinstance(payload, dict) else None
            if not isinstance(told, int) or told > seq:
                self.print(self.talk.take(event, payload, time.monotonic()))
        self._on_its_way = ""
        if self._ends_when_said:
            self._end(when_said=True)

    def _take_part(self) -> None:
        """Until the connection ends, or everything does."""
        while not self.is_over and not self._is_broken:
            left = self._not_before - time.monotonic()
            self._next(left if 0 < left < 1 else 1.0, self._mark_read)
            self._do_now(self._say_next)

    def _next(self, seconds: float, otherwise: Callable[[], None]) -> None:
        """Do what is next in the queue, or something else where nothing is."""
        try:
            act = self._queue.get(timeout=seconds)
        except queue.Empty:
            act = otherwise
        self._do_now(act)

    def _do_now(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Away:
            self._disconnected()

    def _disconnected(self) -> None:
        if self.is_connected:
            self.trouble("the connection is gone; this comes back by itself")
        self.is_connected, self._is_broken = False, True

    def _pass_time(self, seconds: float) -> None:
        """Wait; what is typed meanwhile is taken."""
        end = time.monotonic() + seconds
        while not self.is_over and (left := end - time.monotonic()) > 0:
            self._next(left, lambda: None)

    # What comes.

    def _hear(self, event: str, payload: Any) -> None:
        self._queue.put(lambda: self._heard(event, payload))

    def _heard(self, event: str, payload: Any) -> None:
        if event == "disconnect":
            self._disconnected()
        elif self._early is not None:
            self._early.append((event, payload))
        else:
            self.print(self.talk.take(event, payload, time.monotonic()))

    def _answered(self, take: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
        return lambda answer: self._queue.put(lambda: take(answer))

    def print(self, lines: Iterable[Line]) -> None:
        """Show them, one after the other."""
        if shown := list(lines):
            self._show(shown)

    def trouble(self, text: str) -> None:
        """Tell of something that did not go as it should."""
        self._show([Line("trouble", text)])

    # What is typed.

    def _do(self, typed: Typed) -> None:
        if typed.command is None:
            if typed.text.strip():
                self.say(typed.text)
        elif typed.command == "unknown":
            self.trouble(f"there is no command /{typed.text}; /help shows all of them")
        elif not self._commands.do(typed.command, typed.text):
            asked = {"name": typed.command, "text": typed.text, "room": self.talk.rooms.shown}
            self.ask("host_command", asked, self._commanded)

    def say(self, text: str, **fields: Any) -> None:
        """Have something said, in the room that is shown unless ``fields`` name another."""
        if len(text) > MESSAGE_LIMIT:  # of much more the server would hang up
            self._not_said(f"a message has at most {MESSAGE_LIMIT:,} characters")
            return
        client_id = str(uuid.uuid4())
        mentions = self.talk.people.mentioned(text)
        said = {"message": text, "client_id": client_id, "room": self.talk.rooms.shown, **fields}
        self._waiting[client_id] = {**said, **({"mentions": mentions} if mentions else {})}
        if not self.is_connected and self.talk.epoch:
            self.trouble("it is said as soon as there is a connection")

    def _say_next(self) -> None:
        """Send what has waited longest: one at a time, so that it keeps its order."""
        if not self.is_connected or self._on_its_way or time.monotonic() < self._not_before:
            return
        client_id = next(iter(self._waiting), "")
        if client_id:
            self._on_its_way = client_id
            take = self._answered(partial(self._stored, client_id))
            self.door.send("new_message", self._waiting[client_id], take)

    def _not_said(self, why: str) -> None:
        self.refused += 1
        self.trouble(f"not said: {why}")

    def _stored(self, client_id: str, answer: dict[str, Any]) -> None:
        if client_id == self._on_its_way:  # and not of a connection before
            self._on_its_way = ""
        if not answer.get("ok"):
            error = answer["error"]
            if error["code"] in {"too_fast", "slow_mode", "unavailable"}:
                self._not_before = time.monotonic() + error.get("retry_after", 1)
                return
            self._not_said(error["message"])
        self._waiting.pop(client_id, None)
        if self._ends_when_said:
            self._end(when_said=True)

    def ask(
        self, event: str, payload: Any, take: Callable[[dict[str, Any]], None] = lambda _: None
    ) -> None:
        """Ask for something; where it is refused that is said, unless it was a moment too early."""

        def answered(answer: dict[str, Any], *, is_last: bool = False) -> None:
            if answer.get("ok"):
                take(answer)
                return
            error = answer["error"]
            if not is_last and error.get("retry_after", _LONGEST_PAUSE) <= _SOON:
                self._pass_time(error["retry_after"])
                self._ask(event, payload, partial(answered, is_last=True))
            else:
                self.trouble(error["message"])

        self._ask(event, payload, answered)

    def _ask(self, event: str, payload: Any, take: Callable[[dict[str, Any]], None]) -> None:
        if self.is_connected:
            self.door.send(event, payload, self._answered(take))
        else:
            self.trouble("there is no connection just now")

    def _commanded(self, answer: dict[str, Any]) -> None:
        said = in_own_zone(answer["message"])
        self._show([Line("note", line) for line in said.split("\n")])
        if room := answer.get("room"):
            self.ask("enter_room", {"room": room}, self._commands.entered)

    # What is told besides.

    def _tell_typing(self) -> None:
        now = time.monotonic()
        if self.is_connected and now - self._told_typing >= _TYPING_EVERY:
            self._told_typing = now
            self.door.send("typing", {"room": self.talk.rooms.shown}, lambda _answer: None)

    def _mark_read(self) -> None:
        """Say how far the room that is shown has been read, now and then."""
        now, room = time.monotonic(), self.talk.rooms.shown
        newest = self.talk.messages.newest(room)
        if not self.is_connected or now - self._marked < _MARK_EVERY:
            return
        if newest > self._read.get(room, 0):
            self._marked, self._read[room] = now, newest
            self.door.send("mark_read", {"room": room, "id": newest}, lambda _answer: None)

    def _end(self, *, when_said: bool = False) -> None:
        self._ends_when_said = when_said
        if not when_said or (self.is_connected and not self._waiting):
            self.is_over = True
