"""Whoever follows "Catching up" of docs/protocol.md ends with what is there, however it came."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random

import pytest

from lanchat.chat import catchup
from lanchat.chat.changes import Clear, Delete
from lanchat.chat.events import HistoryCleared, LogEvent
from lanchat.chat.model import LOBBY, Cursor, Message, Page
from lanchat.chat.ports import EventLog
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
                self._take(one.message)  # type: ignore[union-attr]  # no rules here
                if self.joined:
                    self.cursor = Cursor(max(self.cursor.seq, one.seq), self.cursor.epoch)
                else:
                    self.early.add(one.message.id)  # type: ignore[union-attr]  # the same

    def drop_out(self) -> None:
        """What is on its way is lost."""
        self._coming.clear()
        self.early.clear()
        self._looked_up, self.joined = None, False

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
        known = self.shown.get(message.id) or self.gone.get(message.id)
        if message.id <= self.cleared or (known is not None and known.seq > message.seq):
            return
        self.shown.pop(message.id, None)
        (self.gone if message.deleted else self.shown)[message.id] = message

    def _clear(self, up_to: int) -> None:
        self.cleared = max(self.cleared, up_to)
        self.shown = {number: one for number, one in self.shown.items() if number > self.cleared}


def happen(log: EventLog, random: Random) -> None:
    """Somebody says something, or a moderator deletes or clears."""
    what = random.random()
    if what < 0.6:
        log.append(draft(random.random())).result(DEADLINE)
    elif what < 0.97:
        newest = log.newest(LOBBY, 10).messages
        if newest:
            number = random.choice(newest).id
            log.append(Delete(number, NOON)).result(DEADLINE)
    else:
        log.append(Clear(LOBBY)).result(DEADLINE)


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
    for client in clients:
        client.ask()
        client.answer()
        client.receive(1_000)
    there = {message.id: message for message in log.newest(LOBBY, 1_000).messages}
    newcomer = {message.id for message in log.newest(LOBBY, HISTORY).messages}
    for client in clients:
        assert client.shown.items() <= there.items()
        assert {number for number in newcomer if number > client.gap} <= client.shown.keys()
