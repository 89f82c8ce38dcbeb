"""Whoever follows "Catching up" of docs/protocol.md ends with what is there, however it came."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from lanchat.chat import catchup
from lanchat.chat.changes import Clear, ClearUser, Delete, Pin, React, Tell
from lanchat.chat.events import HistoryCleared, LogEvent, PinsChanged, ReactionsChanged, UserCleared
from lanchat.chat.model import LOBBY, QUOTE_LIMIT, Cursor, Message, Page, Quoted
from lanchat.chat.ports import EventLog
from lanchat.errors import UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit

LATEST = 2**63
"""Behind every position."""

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
    versions: dict[int, Message] = field(default_factory=dict)
    """What was told of messages, also of those that are quoted and not shown."""
    cleared: int = 0
    cleared_of: dict[str, int] = field(default_factory=dict)
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
            elif isinstance(one, UserCleared):
                self._clear_user(one)
            else:
                self._learn(one)
                if self.joined:
                    self.cursor = Cursor(max(self.cursor.seq, one.seq), self.cursor.epoch)

    def drop_out(self) -> None:
        """What is on its way is lost."""
        self._coming.clear()
        self.early.clear()
        self.reacted.clear()
        self.versions.clear()
        self.cleared, self.cleared_of = 0, {}
        self._looked_up, self.joined = None, False

    def _learn(self, one: LogEvent) -> None:
        if isinstance(one, ReactionsChanged):
            self.reacted[one.message_id] = one
            if known := self.shown.get(one.message_id):
                self._take(known, LATEST)
            return
        messages = one.messages if isinstance(one, PinsChanged) else [one.message]  # type: ignore[union-attr]  # no rules here
        for message in messages:
            self._take(message, one.seq)
            self._quote(message)
            if not self.joined:
                self.early.add(message.id)

    def _catch_up(self, page: Page) -> None:
        last = -1 if page.anew else self.cursor.seq
        self.shown = {n: one for n, one in self.shown.items() if n <= last or n in self.early}
        self._clear(page.cleared)
        for message in (*page.changed, *page.messages):
            self._take(message, page.seq)
            self._quote(message)
        if not page.complete:
            self.gap = page.messages[0].id - 1 if page.messages else page.seq
        self.cursor, self.joined = Cursor(page.seq, self.log.epoch), True
        self.early.clear()

    def _take(self, message: Message, seq: int) -> None:
        """Of two versions the one with the greater position counts; it was read at ``seq``."""
        quoted = self.versions.get(message.reply_to or 0)
        if quoted is not None and quoted.seq > seq:
            message = message._replace(quoted=quote(quoted))
        message = self._without_cleared(message)
        reacted = self.reacted.get(message.id)
        if reacted is not None and reacted.seq > message.seq:
            message = message._replace(seq=reacted.seq, reactions=reacted.reactions or None)
        known = self.shown.get(message.id) or self.gone.get(message.id)
        if known is not None and known.seq > message.seq:
            return
        if self._is_cleared(message.id, message.user_id):
            return
        self.shown.pop(message.id, None)
        (self.gone if message.deleted else self.shown)[message.id] = message

    def _quote(self, version: Message) -> None:
        """Show answers to a message with what it says now."""
        known = self.versions.get(version.id)
        if known is None or known.seq <= version.seq:
            self.versions[version.id] = version
            for number, one in self.shown.items():
                if one.reply_to == version.id:
                    self.shown[number] = one._replace(quoted=quote(version))

    def _clear(self, up_to: int) -> None:
        self.cleared = max(self.cleared, up_to)
        self._forget()

    def _clear_user(self, event: UserCleared) -> None:
        self.cleared_of[event.user.id] = event.up_to
        self._forget()
        if self.joined:
            self.cursor = Cursor(max(self.cursor.seq, event.seq), self.cursor.epoch)

    def _forget(self) -> None:
        """Let go of what was cleared, also where it is quoted."""
        for number, one in list(self.shown.items()):
            if self._is_cleared(number, one.user_id):
                del self.shown[number]
            else:
                self.shown[number] = self._without_cleared(one)

    def _without_cleared(self, message: Message) -> Message:
        """The message as it is where what it quotes was cleared."""
        quoted = message.quoted
        if quoted is None or not self._is_cleared(quoted.id, quoted.user_id):
            return message
        return message._replace(quoted=quoted._replace(message="", deleted=True))

    def _is_cleared(self, number: int, user_id: str) -> bool:
        return number <= max(self.cleared, self.cleared_of.get(user_id, 0))


def quote(message: Message) -> Quoted:
    """What an answer quotes of it."""
    said = (message.id, message.user_id, message.user, message.message[:QUOTE_LIMIT])
    return Quoted(*said, deleted=message.deleted)


def happen(log: EventLog, random: Random) -> None:
    """Somebody says, edits or reacts, all learn of it, or a moderator does something."""
    what = random.random()
    newest = log.newest(LOBBY, 10).messages
    if what < 0.4 or not newest:
        answered = random.choice(newest).id if newest and what < 0.2 else None
        said = draft(random.random(), user_id=random.choice("123"), reply_to=answered)
        log.append(said).result(DEADLINE)
        return
    message = random.choice(newest)
    number = message.id
    if what < 0.5:
        text = str(random.random())
        log.append(edit(number, text, text, message.user_id)).result(DEADLINE)
    elif what < 0.6:
        user_id, emoji, on = random.choice("123"), random.choice("👍🎉"), random.random() < 0.7
        log.append(React(number, user_id, "Ana", emoji, on)).result(DEADLINE)
    elif what < 0.8:
        tell(log, number)
    elif what < 0.86:
        log.append(Pin(LOBBY, number)).result(DEADLINE)
    elif what < 0.95:
        log.append(Delete(number, NOON)).result(DEADLINE)
    elif what < 0.98:
        log.append(ClearUser(message.user_id, "", NOON)).result(DEADLINE)
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
