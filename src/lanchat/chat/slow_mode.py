"""Slow mode: who has said something, and how long they wait until they may again.

All behind one address have a turn each together, so that who deletes their cookies and comes in
anew waits like everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from lanchat.chat.model import Origin, User
from lanchat.chat.room_settings import is_same
from lanchat.errors import SlowMode


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A message of a guest's in slow mode: stored, or on its way.

    ``neighbours`` and ``pauses`` are what it was taken with.
    """

    at: float
    user_id: str
    origin: Origin
    neighbours: int
    pauses: tuple[tuple[str, int], ...]

    def is_of(self, user: User, origin: Origin) -> bool:
        return self.user_id == user.id or is_same(self.origin.device, origin.device)


class Turns:
    """Those that count still, by the pause that they count for, oldest first."""

    def __init__(self) -> None:
        self._taken: dict[str, list[Turn]] = {}

    def clear(self, pause: str) -> None:
        """Let everybody begin anew."""
        self._taken.pop(pause, None)

    def give_back(self, turn: Turn) -> None:
        """Nothing new was said in this turn."""
        for taken in self._taken.values():
            if turn in taken:
                taken.remove(turn)

    def take(
        self, user: User, origin: Origin, now: float, neighbours: int, pauses: Mapping[str, int]
    ) -> Turn:
        """Let somebody write now; ``neighbours`` is how many people are here from their address.

        ``pauses`` are seconds that are to lie between two messages, by what they hold for.
        Raises SlowMode.
        """
        wait = max(
            self._wait(name, seconds, user, origin, now, neighbours)
            for name, seconds in pauses.items()
        )
        if wait > 0:
            raise SlowMode(ceil(wait))
        turn = Turn(now, user.id, origin, neighbours, tuple(pauses.items()))
        for name in pauses:
            self._taken.setdefault(name, []).append(turn)
        return turn

    def _wait(  # noqa: PLR0917
        self, name: str, seconds: int, user: User, origin: Origin, now: float, neighbours: int
    ) -> float:
        taken = [turn for turn in self._taken.get(name, ()) if turn.at > now - seconds]
        self._taken[name] = taken
        counting = [turn.at for turn in taken if turn.is_of(user, origin)]
        there = [turn.at for turn in taken if is_same(turn.origin.ip, origin.ip)]
        if len(there) >= neighbours > 0:
            counting.append(there[-neighbours])
        return max(counting, default=now - seconds) + seconds - now
