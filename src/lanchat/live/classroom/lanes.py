"""Everybody in the room as a lane: a number, and how they are here; never who they are.

         connects               loses the last connection          grace is over, or logs out
    (none) ─────► open, back ─────────────────────► away ─────────────────────► left
                      ▲                               │
                      └──────── connects again ───────┘

A number is a person's for as long as anybody looks, and says nothing about when they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

Facts = list[dict[str, Any]]


class Standing(NamedTuple):
    """How somebody is here: by these connections, or away and awaited for so many seconds."""

    connections: frozenset[str]
    grace: float | None = None


@dataclass(slots=True)
class _Lane:
    number: int
    connections: frozenset[str]
    left_at: float | None = None
    """When the last connection was lost."""
    free_at: float = 0.0
    """When nobody waits any more for who is away."""
    told_before: int = 0
    """How many messages had been told by then."""
    trouble: tuple[int, int] = (0, 0)


class Lanes:
    """Those of a room; times are by the clock of `perf_counter`.

    Among the first ones a keyed hash says whose number comes first: with the same ``secret`` the
    same people have the same numbers again.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._numbers: dict[str, int] = {}
        self._lanes: dict[str, _Lane] = {}
        self._told = 0

    def number(self, user_id: str) -> int:
        """A person's number, for as long as this lasts."""
        return self._numbers.setdefault(user_id, len(self._numbers) + 1)

    def known(self, user_id: str) -> int | None:
        """The same of those alone who have one."""
        return self._numbers.get(user_id)

    def begin(self, people: Mapping[str, Standing], now: float) -> None:
        """These are here when somebody begins to look."""
        for user_id in sorted(people, key=self._place):
            standing = people[user_id]
            lane = _Lane(self.number(user_id), standing.connections)
            self._lanes[user_id] = lane
            if not lane.connections:
                self._leave(lane, standing, now)

    def told(self) -> None:
        """All who are here are told of a message."""
        self._told += 1

    def compare(self, people: Mapping[str, Standing], now: float) -> Facts:
        """What has become of them since the last time."""
        facts: Facts = []
        for user_id, standing in people.items():
            lane = self._lanes.get(user_id)
            if lane is None:
                if standing.connections:  # others wait at another server
                    lane = _Lane(self.number(user_id), standing.connections)
                    self._lanes[user_id] = lane
                    facts.append({"lane": lane.number, "state": "open"})
            elif lane.connections == standing.connections:
                continue
            elif not standing.connections:
                self._leave(lane, standing, now)
                facts.append(self._fact(lane, now))
            else:
                if lane.left_at is not None or lane.connections.isdisjoint(standing.connections):
                    facts.append(self._back(lane, now))
                lane.connections = standing.connections
        for user_id in self._lanes.keys() - people.keys():
            facts.append({"lane": self._lanes.pop(user_id).number, "state": "left"})
        return facts

    def troubles(self, seen: Mapping[str, tuple[int, int]]) -> Facts:
        """Whose network takes less than there is, by user id: all others have no trouble.

        How many frames wait for it, and how often in a row TCP has sent something again.
        """
        facts: Facts = []
        for user_id, lane in self._lanes.items():
            trouble = seen.get(user_id, (0, 0))
            if lane.left_at is None and lane.trouble != trouble:
                lane.trouble = trouble
                facts.append(self._fact(lane, 0.0))
        return facts

    def all(self, now: float) -> Facts:
        """How all are, for who begins to look."""
        return [self._fact(lane, now) for lane in self._lanes.values()]

    def _leave(self, lane: _Lane, standing: Standing, now: float) -> None:
        lane.connections, lane.left_at = standing.connections, now
        lane.free_at = now + (standing.grace or 0.0)
        lane.told_before = self._told
        lane.trouble = (0, 0)

    def _back(self, lane: _Lane, now: float) -> dict[str, Any]:
        away = 0.0 if lane.left_at is None else now - lane.left_at
        missed = 0 if lane.left_at is None else self._told - lane.told_before
        lane.left_at = None
        fact = {"lane": lane.number, "state": "back"}
        return {**fact, "away": round(away, 3), "behind": missed}

    def _fact(self, lane: _Lane, now: float) -> dict[str, Any]:
        if lane.left_at is None:
            behind, again = lane.trouble
            fact = {"lane": lane.number, "state": "open"}
            return {**fact, "behind": behind, "again": again}
        return {
            "lane": lane.number,
            "state": "away",
            "grace": round(max(0.0, lane.free_at - now), 3),
            "behind": self._told - lane.told_before,
        }

    def _place(self, user_id: str) -> bytes:
        return blake2b(user_id.encode(), key=self._secret).digest()


def standings(
    connections: Iterable[tuple[str, str]], away: Mapping[str, float]
) -> dict[str, Standing]:
    """How people are here, of pairs of a user's id and a connection, and of who is away."""
    found: dict[str, list[str]] = {}
    for user_id, connection in connections:
        found.setdefault(user_id, []).append(connection)
    here = {user_id: Standing(frozenset(each)) for user_id, each in found.items()}
    nobody = frozenset[str]()
    return {**{user_id: Standing(nobody, grace) for user_id, grace in away.items()}, **here}
