"""The whole room as a class sees it on the projector: lanes and dots, while a host looks.

    Listening ──dots──┐
                      ├──► beat ──► lines ──► ClassLook, ClassLook
    who is here ──────┘

All looks have the same lines, made once. While nobody looks there is nothing of it.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import msgspec

from lanchat.errors import TooManyConnections
from lanchat.live.classroom.dots import Dot, Dots
from lanchat.live.classroom.lanes import Lanes, Standing, standings
from lanchat.live.classroom.listening import Listening
from lanchat.live.looking import LONGEST_SECONDS, Looking
from lanchat.periodic import Periodic

IN_ALL = 5
"""So many may look at a time: hosts, each perhaps on a phone and on the projector."""

_BEAT_SECONDS = 0.1
_TROUBLE_SECONDS = 1.0
_KEPT_LINES = 5_000
"""So many lines wait for the slowest of those who look."""

_WAIT_SECONDS = 1.0

Troubles = Callable[[], Mapping[str, tuple[int, int]]]
"""Whose network is slow, by the ids of connections: frames that wait, and how often TCP tried."""


class ClassView:
    """Made once; ``attach`` connects it with the stack, and ``grace`` is what the server waits.

    ``connections`` are pairs of a user's id and a connection, ``away`` says for how many more
    seconds who is awaited, ``whose`` whose a connection is. With ``shared`` there may be people at
    other servers, too.
    """

    def __init__(self, grace: float, *, shared: bool) -> None:
        self.connections: Callable[[], Iterable[tuple[str, str]]] = tuple
        self.away: Callable[[], Mapping[str, float]] = dict
        self.whose: Callable[[str], str | None] = lambda _: None
        self._grace = grace
        self._shared = shared
        self._secret = secrets.token_bytes()
        self._looks: list[ClassLook] = []
        self._lanes: Lanes | None = None

    def attach(self, listening: Listening, troubles: Troubles, ping: float) -> None:
        """``ping`` is the interval between two pings."""
        self._listening, self._troubles, self._ping = listening, troubles, ping

    def lane_of(self, user_id: str) -> int | None:
        """The number of a person's lane; None while nobody looks."""
        return None if self._lanes is None else self._lanes.known(user_id)

    @contextmanager
    def looking(self, user_id: str) -> Iterator[ClassLook]:
        """Let somebody look at all. Raises TooManyConnections."""
        if len(self._looks) >= IN_ALL:
            raise TooManyConnections
        if self._lanes is None:
            self._begin()
        look = ClassLook(self, user_id)
        self._looks.append(look)
        try:
            yield look
        finally:
            self._looks.remove(look)
            if not self._looks:
                self._finish()

    def close(self) -> None:
        """Let nobody look any more."""
        for look in self._looks:
            look.close()

    def greeting(self, user_id: str) -> bytes:
        """The first line of this person's look, and how everybody is."""
        lanes: Lanes = self._lanes  # type: ignore[assignment]
        now = perf_counter()
        hello = {
            "kind": "hello",
            "grace": self._grace,
            "ping": self._ping,
            "beat": _BEAT_SECONDS,
            "shared": self._shared,
            "seconds": LONGEST_SECONDS,
            "own": lanes.known(user_id),
            "at": self._seconds(now),
        }
        return _line(hello) + b"".join(map(_line, self._dated(lanes.all(now), now)))

    def since(self, number: int, user_id: str) -> tuple[int, bytes]:
        """The lines behind so many, and how many there have been; all anew where some are lost."""
        first = self.noted - len(self._lines)
        if number >= first:
            return self.noted, b"".join(list(self._lines)[number - first :])
        return self.noted, _line({"kind": "lost", "lines": first - number}) + self.greeting(user_id)

    def _begin(self) -> None:
        self._began_at = perf_counter()
        self._lines: deque[bytes] = deque(maxlen=_KEPT_LINES)
        self.noted = 0
        self._dots = Dots(self._seconds)
        self._trouble_due = 0.0
        lanes = self._lanes = Lanes(self._secret)
        lanes.begin(self._people(), self._began_at)
        self._listening.start(self._note, self._cue, self._lane, lanes.known)
        self._beats = Periodic(self._beat, _BEAT_SECONDS, name="class view")

    def _finish(self) -> None:
        self._listening.stop()
        self._lanes = None
        self._lines.clear()
        self._beats.close()

    def _people(self) -> dict[str, Standing]:
        return standings(self.connections(), self.away())

    def _note(self, dot: Dot) -> None:
        lanes = self._lanes
        if lanes is None:
            return  # the last look has ended since this began
        if dot.what == "copy":
            lanes.told()
        self._dots.add(dot)

    def _cue(self, now: float) -> None:
        self._keep([{"kind": "send_now", "at": self._seconds(now)}])

    def _lane(self, connection: str) -> int | None:
        user_id, lanes = self.whose(connection), self._lanes
        return None if user_id is None or lanes is None else lanes.number(user_id)

    def _beat(self) -> None:
        lanes = self._lanes
        if lanes is None:
            return
        now = perf_counter()
        facts = lanes.compare(self._people(), now)
        if now >= self._trouble_due:
            self._trouble_due = now + _TROUBLE_SECONDS
            facts += lanes.troubles(self._by_person(self._troubles()))
        self._keep(self._dated(facts, now) + self._dots.take())

    def _by_person(self, troubles: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for connection, (waiting, again) in troubles.items():
            if (user_id := self.whose(connection)) is not None:
                before = found.get(user_id, (0, 0))
                found[user_id] = (before[0] + waiting, max(before[1], again))
        return found

    def _dated(self, facts: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        return [{"kind": "lane", **fact, "at": self._seconds(now)} for fact in facts]

    def _keep(self, facts: list[dict[str, Any]]) -> None:
        if not facts:
            return
        self._lines.extend(map(_line, facts))
        self.noted += len(facts)
        for look in self._looks:
            look.wake()

    def _seconds(self, at: float) -> float:
        """A time by the view's own clock, which begins with the first look."""
        return round(at - self._began_at, 4)


class ClassLook(Looking):
    """One who looks: lines of JSON, until they have looked long enough."""

    def __init__(self, view: ClassView, user_id: str) -> None:
        super().__init__()
        self._view = view
        self._user_id = user_id
        self._seen = view.noted

    def greeting(self) -> bytes:
        """The first lines."""
        return self._view.greeting(self._user_id)

    def lines(self) -> bytes:
        """What was seen since the last call; waits for up to a second, and may be empty."""
        self._more.wait(_WAIT_SECONDS)
        self._more.clear()
        self._seen, lines = self._view.since(self._seen, self._user_id)
        return lines


def _line(fact: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(fact) + b"\n"
