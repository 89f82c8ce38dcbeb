"""Answers that wait until what they are about was told in this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NamedTuple

from lanchat.errors import StoreUnavailable
from lanchat.rows.outcomes import Outcome


class Answer(NamedTuple):
    """What came of a change: to be answered once the position ``told`` was."""

    told: int
    outcome: Outcome
    future: Future[Any]


class Answers:
    """Between the committer, who has stored something, and the listener, who tells it.

    What the committer has stored is told by its notification, perhaps before the committer itself
    learns that it is stored. So the listener, when it is notified of that, waits for the answers.
    """

    def __init__(self) -> None:
        self._told = 0
        self._waiting: deque[Answer] = deque()
        self._settling = threading.Lock()
        self._giving = threading.RLock()
        self.pid = 0
        """Which process of the database the committer speaks to: who notifies of its commits."""

    @contextmanager
    def settling(self) -> Iterator[Callable[[Iterable[Answer]], None]]:
        """While a batch is being stored; what is yielded takes the answers to it."""
        with self._settling:
            yield self._waiting.extend
        self._give()

    def wait(self) -> None:
        """Return once all that was stored before has its answers here."""
        with self._settling:
            pass

    def give(self, told: int) -> None:
        """Everything up to this position was told: answer what is about it."""
        self._told = told
        self._give()

    def fail(self, reason: str) -> None:
        """Answer nobody any more: what was stored could not be told."""
        while self._waiting:
            self._waiting.popleft().future.set_exception(StoreUnavailable(reason))

    def __len__(self) -> int:
        return len(self._waiting)

    def _give(self) -> None:
        with self._giving:  # in their order, whoever of the two is here
            while self._waiting and self._waiting[0].told <= self._told:
                _answer(self._waiting.popleft())


def _answer(answer: Answer) -> None:
    if answer.outcome.refusal is not None:
        answer.future.set_exception(answer.outcome.refusal)
    else:
        answer.future.set_result(answer.outcome.event)
