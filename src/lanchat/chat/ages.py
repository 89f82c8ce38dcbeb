"""How old messages are: which ones may still be edited, whatever happens to the clocks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf

from lanchat.chat.model import Clock, Message, timestamp

_MARK_SECONDS = 1.0
"""Between two notes of when a message was posted: so exactly is known how old the others are."""

_NEVER = "~"
"""Behind every time."""


@dataclass(frozen=True, slots=True)
class Young:
    """The messages of less than a certain age.

    Those posted since the one ``of_life`` are told by their ids, from ``first`` on; those before
    it by their times.
    """

    of_life: float
    first: float
    after: str

    def __contains__(self, message: Message) -> bool:
        if message.id >= self.of_life:
            return message.id >= self.first
        return message.time > self.after


class Ages:
    """Knows which messages are younger than ``most`` seconds, to a second.

    Of those posted in this life of the server it is known by the monotonic clock. Of those before
    it, by the wall clock as it was at the start, or as it is now where it has been set back since;
    at the least they are as old as this life. So a clock that is set shuts nobody out who was
    just in time, and opens nothing for longer than a life of ``most`` seconds.
    """

    def __init__(self, clock: Clock, most: float) -> None:
        self._clock = clock
        self._most = most
        self._start = clock.monotonic()
        self._wall = clock.wall()
        self._of_life = inf  # the first id
        self._marks: deque[tuple[float, int]] = deque()  # at most one a second

    def posted(self, message_id: int) -> None:
        """A message has just been stored."""
        now, marks = self._clock.monotonic(), self._marks
        if marks and now < marks[-1][0] + _MARK_SECONDS:
            return
        self._of_life = min(self._of_life, message_id)
        marks.append((now, message_id))
        self._forget(now)

    def young(self) -> Young:
        """Which messages are young now."""
        now = self._clock.monotonic()
        self._forget(now)
        first = self._marks[0][1] if self._marks else inf
        life = now - self._start
        if life >= self._most:
            return Young(self._of_life, first, _NEVER)
        start = min(self._wall, self._clock.wall() - life)
        return Young(self._of_life, first, timestamp(start + life - self._most))

    def _forget(self, now: float) -> None:
        while self._marks and self._marks[0][0] <= now - self._most - _MARK_SECONDS:
            self._marks.popleft()
