"""Whoever follows "Catching up" of docs/protocol.md ends with what is there, however it came."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from lanchat.chat import catchup
from lanchat.chat.changes import Clear, Delete, Pin, React, Tell
from lanchat.chat.events import HistoryCleared, LogEvent, PinsChanged, ReactionsChanged
from lanchat.chat.model import LOBBY, Cursor, Message, Page
from lanchat.chat.ports import EventLog
from lanchat.errors import UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft

HISTORY = 5
"""Messages that a newcomer gets."""


@dataclass
class Client:
    """A client that does what the protocol says, and whose network is slow."""

    log: EventLog
    shown: dict[int, Message] = field(default_factory=dict)
    gone: dict[int, Message] = field(default_factory=dict)
    early: set[int] = field(default_factory=set)
    reacted: dict[int, ReactionsChanged] = field(default_factory=dict)
    """What was told of reactions to messages that were not shown then."""
    cleared: int = 0
    cursor: Cursor = Cursor(0, "")  # noqa: RUF009  frozen
    joined: bool = False
    gap: int = 0
    """Up to this position messages may be missing."""
    _looked_up: Page | None = None
    _coming: deque[LogEvent | Page] = field(default_factory=deque)

    def hear(self, event: LogEvent) -> None:
        """Something is told live."""
        self._coming.append(event)

    def ask(self) -> None:
        """The server looks up what the client has missed; what is told next may overtake it."""
        if not self.joined and self._looked_up is None:
            self._looked_up = catchup.missed(self.log, LOBBY, self.cursor, None, HISTORY)

    def answer(self) -> None:
        """The server answers."""
        if self._looked_up is not None:
            self._coming.append(self._looked_up)
            self._looked_up = None

    def receive(self, most: int) -> None:
        """Some of what was sent arrives."""
        for _ in range(min(most, len(self._coming))):
            one = self._coming.popleft()
            if isinstance(one, Page):
                self._catch_up(one)
            elif isinstance(one, HistoryCleared):
                self._clear(one.up_to)
            else:
                self._learn(one)
                if self.joined:
                    self.cursor = Cursor(max(self.cursor.seq, one.seq), self.cursor.epoch)

    def drop_out(self) -> None:
        """What is on its way is lost."""
        self._coming.clear()
        self.early.clear()
        self.reacted.clear()
        self._looked_up, self.joined = None, False

    def _learn(self, one: LogEvent) -> None:
        if isinstance(one, ReactionsChanged):
            self.reacted[one.message_id] = one
            if known := self.shown.get(one.message_id):
                self._take(known)
            return
        messages = one.messages if isinstance(one, PinsChanged) else [one.message]  # type: ignore[union-attr]  # no rules here
        for message in messages:
            self._take(message)
            if not self.joined:
                self.early.add(message.id)

    def _catch_up(self, page: Page) -> None:
        last = -1 if page.anew else self.cursor.seq
        self.shown = {n: one for n, one in self.shown.items() if n <= last or n in self.early}
        if page.anew:
            self.cleared = 0
        self._clear(page.cleared)
        for message in (*page.changed, *page.messages):
            self._take(message)
        if not page.complete:
            self.gap = page.messages[0].id - 1 if page.messages else page.seq
        self.cursor, self.joined = Cursor(page.seq, self.log.epoch), True
        self.early.clear()

    def _take(self, message: Message) -> None:
        """Of two versions the one with the greater position counts."""
        reacted = self.reacted.get(message.id)
        if reacted is not None and reacted.seq > message.seq:
            message = message._replace(seq=reacted.seq, reactions=reacted.reactions or None)
        known = self.shown.get(message.id) or self.gone.get(message.id)
        if message.id <= self.cleared or (known is not None and known.seq > message.seq):
            return
        self.shown.pop(message.id, None)
        (self.gone if message.deleted else self.shown)[message.id] = message

    def _clear(self, up_to: int) -> None:
        self.cleared = max(self.cleared, up_to)
        self.shown = {number: one for number, one in self.shown.items() if number > self.cleared}


def happen(log: EventLog, random: Random) -> None:
    """Somebody says something or reacts, all learn of it, or a moderator does something."""
    what = random.random()
    newest = log.newest(LOBBY, 10).messages
    if what < 0.4 or not newest:
        log.append(draft(random.random())).result(DEADLINE)
        return
    number = random.choice(newest).id
    if what < 0.6:
        user_id, emoji, on = random.choice("123"), random.choice("👍🎉"), random.random() < 0.7
        log.append(React(number, user_id, "Ana", emoji, on)).result(DEADLINE)
    elif what < 0.8:
        tell(log, number)
    elif what < 0.86:
        log.append(Pin(LOBBY, number)).result(DEADLINE)
    elif what < 0.97:
        log.append(Delete(number, NOON)).result(DEADLINE)
    else:
        log.append(Clear(LOBBY)).result(DEADLINE)


def tell(log: EventLog, number: int) -> None:
    """Let all learn of the reactions to a message, if there is anything that they do not know."""
    with suppress(UnknownMessage):
        log.append(Tell(number)).result(DEADLINE)


@pytest.mark.parametrize("seed", range(12))
def test_all_see_the_same_in_the_end(log, seed, monkeypatch):
    """What a client shows is there as it is, and what a newcomer is shown it shows, too."""
    monkeypatch.setattr(catchup, "CATCH_UP_LIMIT", 8)
    random = Random(seed)  # noqa: S311  a test's
    clients = [Client(log) for _ in range(5)]
    for client in clients:
        log.listen(client.hear)
    for _ in range(150):
        happen(log, random)
        client = random.choice(clients)
        client.receive(random.randrange(6))
        random.choice([client.ask, client.answer, client.answer, client.drop_out])()
        client.receive(random.randrange(3))
    for message in log.newest(LOBBY, 1_000).messages:
        tell(log, message.id)
    for client in clients:
        client.ask()
        client.answer()
        client.receive(1_000)
    there = {message.id: message for message in log.newest(LOBBY, 1_000).messages}
    newcomer = {message.id for message in log.newest(LOBBY, HISTORY).messages}
    for client in clients:
        assert client.shown.items() <= there.items()
        assert {number for number in newcomer if number > client.gap} <= client.shown.keys()
