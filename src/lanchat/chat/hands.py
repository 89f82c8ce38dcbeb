"""Raised hands: who raises and lowers them, and when all learn of it.

A hand is a person's, on whatever connection, and ends when they leave: the Directory has it. All
are told at once where nothing was told for a moment, otherwise with the next tick, by comparing
what is so with what was told last: a class that raises its hands is told of in four pieces a
second, on each of several servers by what that one has read.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from lanchat.chat.events import Event, HandsChanged
from lanchat.chat.model import Clock, Hand, timestamp
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import Directory, Entry
from lanchat.errors import Forbidden, NotJoined

PAUSE = 0.25
"""Seconds at least between two times that all are told."""


class Hands:
    """Lets people raise their hands; ``tell`` is to be called several times a second.

    ``deliver`` tells an event to the connections of this process. Who may not write may ask to
    speak all the same.
    """

    def __init__(
        self,
        directory: Directory,
        permissions: Permissions,
        *,
        deliver: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._permissions = permissions
        self._deliver = deliver
        self._clock = clock
        self._told_at = -inf
        self._told: tuple[Hand, ...] = ()

    def raise_hand(self, connection: str) -> None:
        """Let the hand of whoever is behind the connection be up, which it may be already.

        May wait for the database. Raises NotJoined or StoreUnavailable.
        """
        user_id = self._here(connection).user.id
        self._directory.raise_hand(user_id, timestamp(self._clock.wall()))
        self.tell(self._clock.monotonic())

    def lower_hand(self, connection: str, person_id: str | None = None) -> None:
        """The same the other way; a moderator may lower that of another person.

        Raises Forbidden, too.
        """
        own = self._here(connection).user.id
        if person_id is not None and person_id != own:
            self._check_host(own)
        self._directory.lower_hands([own if person_id is None else person_id])
        self.tell(self._clock.monotonic())

    def lower_all(self, connection: str) -> None:
        """Let a moderator lower all hands."""
        self._check_host(self._here(connection).user.id)
        self._directory.lower_hands([hand.user.id for hand in self._directory.hands()])
        self.tell(self._clock.monotonic())

    def told(self) -> tuple[Hand, ...]:
        """Those that are up as this process has told it, by the names that people have now."""
        entries = ((self._directory.entry(hand.user.id), hand) for hand in self._told)
        return tuple(Hand(entry.user, hand.since) if entry else hand for entry, hand in entries)

    def tell(self, now: float) -> None:
        """Let all learn what has come of late; ``now`` is the monotonic clock's."""
        if now < self._told_at + PAUSE:
            return
        hands = tuple(self._directory.hands())
        before, self._told = self._told, hands
        if not hands and not before:
            return
        was = {hand.user.id: hand.since for hand in before}
        raised = tuple(hand for hand in hands if was.pop(hand.user.id, "") != hand.since)
        if raised or was:
            self._told_at = now
            self._deliver(HandsChanged(hands, raised, tuple(was)))

    def _here(self, connection: str) -> Entry:
        entry = self._directory.entry_of(connection)
        if entry is None:
            raise NotJoined
        return entry

    def _check_host(self, user_id: str) -> None:
        if not self._permissions.is_moderator(user_id):
            raise Forbidden
