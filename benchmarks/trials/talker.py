"""Somebody who talks by one of several servers, goes to another one, and notes what they hear."""

from __future__ import annotations

# isort: off
from guests import Guest, Server, wait_for  # first: it patches the standard library

# isort: on
import json
import secrets
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import gevent
from gevent.event import AsyncResult

_ANSWER_SECONDS = 20.0
_AGAIN_SECONDS = 0.05
_AWAY_SECONDS = 0.25
"""How long a page waits before it connects again, and up to half a second more by chance."""

EDITED, REACTED = 10, 5
"""Each so-manieth message is edited, or reacted to."""

PASSING = {"unavailable", "not_joined"}


class Talker:
    """``acknowledged`` is by id what was answered with ok, ``heard`` the ids in their order.

    ``shown`` is what their page shows, ``wrong`` counts events that came out of their order.
    ``here`` are the names of all in the list of people, and ``moves`` what was told of it: who, and
    whether they came. ``slowest`` is the longest wait for an answer, in seconds.
    """

    def __init__(self, servers: Sequence[Server], home: int, name: str) -> None:
        self.name = name
        self.acknowledged: dict[int, str] = {}
        self.heard: list[int] = []
        self.shown: dict[int, str] = {}
        self.reactions: dict[int, Any] = {}
        self.here: set[str] = set()
        self.moves: list[tuple[str, bool]] = []
        self.seq, self.epoch = 0, ""
        self.wrong = self.double = self.left_out = self.refused = 0
        self.slowest = 0.0
        self.is_in = False
        self.first = home
        self._joined_at = 0
        self._asking = ""
        self._servers, self._home = servers, home
        self._answers: dict[int, AsyncResult[Any]] = {}
        self._number = 0
        self._over = False
        self._guest = Guest(servers[home], name)
        self._reader = gevent.spawn(self._live)
        wait_for(lambda: self.is_in)

    @property
    def moved(self) -> bool:
        """Whether they are in at another server than the first one."""
        return self.is_in and self._home != self.first

    @property
    def state(self) -> str:
        """What they wait for."""
        if not self.is_in:
            return f"{self.name} is not let in"
        if self._asking:
            return f"{self.name} waits for an answer to {self._asking}"
        return f"{self.name} knows all up to {self.seq}"

    def talk(self, count: int) -> None:
        """Say so much, each thing until it is acknowledged; edit and react now and then."""
        for turn in range(count):
            text, client_id = f"{self.name} {turn}", str(uuid.uuid4())
            said = self._until_ok("new_message", {"message": text, "client_id": client_id})
            self.acknowledged[said["id"]] = text
            if turn % EDITED == 0:
                better, client_id = f"{text}, better", str(uuid.uuid4())
                edit = {"id": said["id"], "message": better, "client_id": client_id}
                self._until_ok("edit_message", edit)
                self.acknowledged[said["id"]] = better
            if turn % REACTED == 0:
                chosen = secrets.choice(self.heard[-20:] or [said["id"]])
                self._until_ok("react", {"id": chosen, "emoji": "👍", "on": True})

    def leave(self) -> None:
        """Hang up for good."""
        self._over = True
        self._guest.cut()
        self._reader.join()

    # Speaking.

    def _until_ok(self, event: str, payload: dict[str, Any]) -> Any:
        while True:
            begin, self._asking = time.monotonic(), event
            answer = self._ask(event, payload)
            self.slowest = max(self.slowest, time.monotonic() - begin)
            if answer is not None and answer["ok"]:
                self._asking = ""
                return answer
            if answer is not None:
                if answer["error"]["code"] not in PASSING:
                    raise AssertionError(answer)
                self.refused += 1
            gevent.sleep(_AGAIN_SECONDS)

    def _ask(self, event: str, payload: dict[str, Any]) -> Any:
        if not self.is_in:
            return None
        self._number += 1
        number = self._number
        answer: AsyncResult[Any] = AsyncResult()
        self._answers[number] = answer
        with suppress(OSError, gevent.Timeout):
            self._guest.send(f"42{number}" + json.dumps([event, payload]))
            return answer.get(timeout=_ANSWER_SECONDS)
        return None

    # Hearing.

    def _live(self) -> None:
        """Be connected to one of the servers as long as it goes, then to another one."""
        while not self._over:
            with suppress(OSError):
                self._guest.connect()
                self._enter()
                while True:
                    self._hear(self._guest.receive())
            self.is_in = False
            self._guest.cut()
            waiting, self._answers = self._answers, {}
            for answer in waiting.values():
                answer.set(None)
            gevent.sleep(_AWAY_SECONDS + secrets.randbelow(500) / 1_000)
            self._home += 1
            self._guest.go_to(self._servers[self._home % len(self._servers)])

    def _enter(self) -> None:
        """Join, and take what was missed; what comes before the answer is merged with it."""
        while True:
            asked = {"batches": True, "last_seq": self.seq, "epoch": self.epoch}
            self._guest.send("420" + json.dumps(["new_host", asked]))
            early: list[str] = []
            while not (packet := self._guest.receive()).startswith("430"):
                early.append(packet)
            answer = json.loads(packet[3:])[0]
            if answer["ok"]:
                break
            if answer["error"]["code"] not in {*PASSING, "too_fast"}:
                raise AssertionError(answer)
            gevent.sleep(answer["error"].get("retry_after", 0.5))
        if answer.get("anew"):
            self.heard, self.shown, self.reactions, self.seq = [], {}, {}, 0
        self.left_out += not answer["complete"] and self.seq > 0
        known = self.heard[-1] if self.heard else 0
        for each in answer["messages"]:
            if each["id"] > known:
                self.heard.append(each["id"])
            self._show(each)
        for each in answer["changed"]:
            self._show(each)
        self.seq = self._joined_at = answer["seq"]
        self.epoch = answer["epoch"]
        self.here = {each["name"] for each in answer["hosts"]}
        for packet in early:
            self._hear(packet)
        self.is_in = True

    def _hear(self, packet: str) -> None:
        if packet.startswith("43"):
            number, _, rest = packet[2:].partition("[")
            if answer := self._answers.pop(int(number), None):
                answer.set(json.loads(f"[{rest}")[0])
            return
        if not packet.startswith("42["):
            return
        event, payload = json.loads(packet[2:])
        if event in {"add_chat_message", "message_changed", "reactions_changed"}:
            self._take(event, payload)
        elif event in {"host_join_room", "host_leave_room"}:
            self._see(payload["user"], came=event == "host_join_room")
        elif event == "hosts_changed":
            for each in payload["left"]:
                self._see(each["user"], came=False)
            for each in payload["joined"]:
                self._see(each["user"], came=True)

    def _see(self, name: str, *, came: bool) -> None:
        self.moves.append((name, came))
        if came:
            self.here.add(name)
        else:
            self.here.discard(name)

    def _take(self, event: str, payload: dict[str, Any]) -> None:
        if payload["seq"] <= self.seq:
            # What was in the answer may come besides; otherwise nothing comes twice.
            if payload["seq"] > self._joined_at:
                self.wrong += 1
                self.double += event == "add_chat_message"
            return
        self.seq = payload["seq"]
        if event == "add_chat_message":
            self.heard.append(payload["id"])
        if event == "reactions_changed":
            self.reactions[payload["id"]] = payload["reactions"]
        else:
            self._show(payload)

    def _show(self, message: dict[str, Any]) -> None:
        self.shown[message["id"]] = message["message"]
        self.reactions[message["id"]] = message.get("reactions", [])
