"""One life of a server without its sockets: a hub on a database, and what each connection hears."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from lanchat.chat.changes import Amend, Ask, ClosePoll, Draft
from lanchat.chat.channels import room_channel
from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import Event, MessagesRetired
from lanchat.chat.hub import Hub
from lanchat.chat.model import LOBBY, Clock, Message, Origin, User
from lanchat.chat.polls import poll_text
from lanchat.chat.ports import LeaveReason, LoginRefusal
from lanchat.chat.reading import Place, Reading, Stretch
from lanchat.errors import Refusal
from lanchat.rows.reading import StoredHistory
from lanchat.rows.retention import Keep, joined
from lanchat.rows.retention import Place as Begin
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store import retention
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.web import answers, event_packets, outgoing
from lanchat.web.incoming import AskHistory, NewHost
from tests.world.deadline import DEADLINE
from tests.world.files import put_file

HISTORY = 5
"""Messages that a newcomer gets."""

_NOON = "2026-11-23T12:00:00.000Z"
_HERE = Origin("192.0.2.1", "Browser/1", "laptop")


def as_sent(payload: object) -> Any:
    """A payload as it comes out at the other end of the wire."""
    return json.loads(msgspec.json.encode(payload))


class Wires:
    """A Delivery that keeps what each connection is told, as it stands on the wire."""

    def __init__(self) -> None:
        self.heard: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        self._channels: dict[str, set[str]] = defaultdict(set)
        self._traits: dict[str, frozenset[str]] = {}

    def subscribe(self, connection: str, channel: str, traits: Collection[str] = ()) -> None:
        self._channels[connection].add(channel)
        if channel == room_channel(LOBBY):
            self._traits[connection] = frozenset(traits)

    @property
    def connections(self) -> Collection[str]:
        """Those that there are."""
        return self._channels.keys()

    def leave(self, connection: str, channel: str) -> None:
        self._channels[connection].discard(channel)

    def unsubscribe(self, connection: str) -> None:
        self._channels.pop(connection, None)

    def deliver(self, channel: str, event: Event) -> None:
        for name, payload, only in event_packets.packets(event):
            sent = as_sent(payload)
            for connection, channels in self._channels.items():
                traits = self._traits.get(connection, frozenset())
                if channel in channels and (only is None or only(traits)):
                    self.heard[connection].append((name, sent))


class NoLog:
    """An Audit that keeps nothing."""

    def join(self, user: User, origin: Origin) -> None: ...

    def leave(self, user: User, origin: Origin, seconds: float, reason: LeaveReason) -> None: ...

    def rename(self, user: User, before: str, origin: Origin) -> None: ...

    def file(self, user: User, origin: Origin, kind: str, size: int) -> None: ...

    def login_refused(self, name: str, origin: Origin, reason: LoginRefusal) -> None: ...

    def refused(self, origin: Origin, reason: str) -> None: ...

    def command(
        self, name: str, by: str, person: tuple[User, Origin] | None, **fields: object
    ) -> None: ...


class Life:
    """The server from a start to its end; people do things by name, also what is refused."""

    def __init__(self, path: Path | None, clock: Clock, people: Collection[User]) -> None:
        self._database = Database(path)
        # The disk is not what is tried here, and waiting for it would be most of the time.
        self._database.call(lambda connection: connection.execute("PRAGMA synchronous = OFF"))
        self.log = SqliteEventLog(self._database)
        self._wires = Wires()
        self._clock = clock
        self._hub = Hub(
            log=self.log,
            settings=StoredSettings(self._database),
            reservations=StoredReservations(self._database),
            directory=LocalDirectory(10.0),
            delivery=self._wires,
            audit=NoLog(),
            history=HISTORY,
            edit_seconds=1e9,
            clock=clock,
        )
        self._reading = Reading(StoredHistory(self._database))
        for user in people:
            self._hub.join(user.id, user, _HERE)

    def close(self) -> None:
        """The server ends, without a word to anybody."""
        self._hub.close()
        self._database.close()

    # Connections.

    def join(self, connection: str, user: User, request: object) -> Any:
        """The answer to ``new_host``, read now."""
        asked = msgspec.convert(request, NewHost)
        self._hub.connect(connection, user)
        snapshot = self._hub.join(connection, user, _HERE, asked.cursor, traits=asked.traits)
        return as_sent(answers.snapshot(snapshot))

    def history(self, user: User, request: object) -> Any:
        """The answer to ``history``, read now; None where there is nothing around."""
        asked = msgspec.convert(request, AskHistory)
        with suppress(Refusal):
            stretch = self._reading.stretch((LOBBY,), LOBBY, asked.place, asked.limit)
            mine = outgoing.mine(self._hub.reactions.mine(user, stretch.messages))
            return as_sent({**answers.stretch(stretch, asked.place), "mine": mine})
        return None

    def heard(self, connection: str) -> list[tuple[str, Any]]:
        """What the connection was told since this was asked last."""
        return self._wires.heard.pop(connection, [])

    def leave(self, connection: str) -> None:
        """The connection is gone."""
        self._hub.disconnect(connection)
        self._wires.heard.pop(connection, None)

    # People.

    def post(self, user: User, text: str, reply_to: int | None, *, file: bool = False) -> None:
        """Say something, perhaps by a picture alone, whose id is the text then."""
        files = [put_file(self._database, text, user.id).id] if file else []
        said, refers = ("" if file else text), (reply_to, (), files)
        with suppress(Refusal):
            self._hub.posting.post(user.id, said, text, *refers).result(DEADLINE)

    def edit(self, message: Message, text: str) -> None:
        with suppress(Refusal):
            self._hub.posting.edit(message.user_id, message.id, text, text).result(DEADLINE)

    def delete(self, message: Message) -> None:
        with suppress(Refusal):
            self._hub.posting.delete(message.user_id, message.id).result(DEADLINE)

    def react(self, user: User, message_id: int, emoji: str, *, on: bool) -> None:
        with suppress(Refusal):
            self._hub.reactions.react(user.id, message_id, emoji, on=on).result(DEADLINE)
        self.settle()

    def hand(self, user: User, *, up: bool) -> None:
        """Raise it, or lower it."""
        deed = self._hub.hands.raise_hand if up else self._hub.hands.lower_hand
        deed(user.id)

    def ask(self, question: str) -> None:
        """A host's poll."""
        text = poll_text(question, ["yes", "no"])
        draft = Draft(question, LOBBY, "host", "Host", "", text, _NOON, options=2)
        self.log.append(Ask(draft)).result(DEADLINE)

    def vote(self, user: User, message_id: int, option: int | None) -> None:
        with suppress(Refusal):
            self._hub.polls.vote(user.id, message_id, option).result(DEADLINE)
        self.settle()

    def close_poll(self, message_id: int) -> None:
        with suppress(Refusal):
            self.log.append(ClosePoll(message_id)).result(DEADLINE)

    def command(self, name: str, text: str) -> None:
        """A host's."""
        with suppress(Refusal):
            self._hub.command_from_terminal(name, text)

    def tick(self) -> None:
        """Let reactions be told that wait."""
        self._hub.tick(self._clock.monotonic())
        self.settle()

    def settle(self) -> None:
        """Wait until all that was asked for is stored, and told."""
        self.log.append(Amend(lambda state: state)).result(DEADLINE)

    # What the host's computer does by itself.

    def retire(self, count: int) -> None:
        """Keep so many messages."""
        keep, place = Keep(None, count), Begin()
        ranges = list[tuple[int, int]]()
        while not place.done:
            place = self._database.call(partial(retention.step, keep=keep, place=place))
            ranges += place.retired
        if ranges:
            self.log.announce(MessagesRetired(tuple(joined(ranges))))
            self.settle()

    def erase(self) -> None:
        """Let the rows go that were cleared."""
        self._database.call(retention.clear_marked)
        self._database.call(retention.delete_cleared)

    # What is there.

    def newest(self) -> list[Message]:
        """All that is there, oldest first."""
        return self.log.newest(LOBBY, 1_000).messages

    def hands(self) -> Any:
        """Those that are up, as all have been told."""
        return as_sent(list(map(outgoing.hand, self._hub.hands.told())))

    def everything(self, user: User) -> tuple[dict[int, Any], list[Any], dict[str, Any]]:
        """All that is there as one would be sent it: messages by their ids, pins, one's own."""
        page = self.log.newest(LOBBY, 1_000)
        sent, pins = map(_sent, (page.messages, page.pins))
        mine = outgoing.mine(self._hub.reactions.mine(user, page.messages))
        return {each["id"]: each for each in sent}, pins, as_sent(mine)


def _sent(messages: list[Message]) -> Any:
    return as_sent(answers.stretch(Stretch(messages), Place())["messages"])
