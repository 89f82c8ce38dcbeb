"""What moves between browsers and server, as dots: which way, of which lane, of which kind.

Each is told by itself as long as they are few. Of a crowd the rest of a moment is summed up, so
that who looks gets so many lines a second at most, however much is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

End = Literal["browser", "server"]
What = Literal["message", "ack", "copy", "ping", "pong", "other"]

SINGLE = 40
"""So many dots of a moment are told one by one."""


class Dot(NamedTuple):
    """``lane`` is None where it goes to all; a copy is ``of`` what that lane has said."""

    at: float
    end: End
    """Where it begins."""
    what: What
    lane: int | None = None
    of: int | None = None
    copies: int = 0
    """To how many connections it goes, where it goes to all."""


@dataclass(slots=True)
class _Sum:
    first: float
    last: float
    count: int = 0
    copies: int = 0
    lanes: set[int] = field(default_factory=set)


class Dots:
    """Those of a moment; ``seconds`` makes times of the clock of `perf_counter` those of lines."""

    def __init__(self, seconds: Callable[[float], float]) -> None:
        self._seconds = seconds
        self._single: list[Dot] = []
        self._sums: dict[tuple[End, What, bool], _Sum] = {}

    def add(self, dot: Dot) -> None:
        """Count one more."""
        if len(self._single) < SINGLE:
            self._single.append(dot)
            return
        key = (dot.end, dot.what, dot.lane is None)
        found = self._sums.setdefault(key, _Sum(dot.at, dot.at))
        found.last = dot.at
        found.count += 1
        found.copies += dot.copies
        if dot.lane is not None:
            found.lanes.add(dot.lane)

    def take(self) -> list[dict[str, Any]]:
        """What the moment has brought, as facts; the next one begins."""
        single, self._single = self._single, []
        sums, self._sums = self._sums, {}
        return [
            *map(self._fact, single),
            *(self._summed(*key, found) for key, found in sums.items()),
        ]

    def _fact(self, dot: Dot) -> dict[str, Any]:
        fact = {"kind": "dot", "from": dot.end, "what": dot.what, "at": self._seconds(dot.at)}
        if dot.lane is not None:
            return {**fact, "lane": dot.lane}
        return {**fact, "lanes": "all", "of": dot.of, "copies": dot.copies}

    def _summed(self, end: End, what: What, to_all: bool, found: _Sum) -> dict[str, Any]:
        return {
            "kind": "dots",
            "from": end,
            "what": what,
            "lanes": "all" if to_all else sorted(found.lanes),
            "count": found.count,
            "copies": found.copies,
            "at": self._seconds(found.first),
            "until": self._seconds(found.last),
        }
