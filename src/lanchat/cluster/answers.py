"""Answers that wait until what they are about was told in this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from lanchat.chat.futures import Future
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
        self._batch = 0
        self._is_settling = False
        self._settled = 0
        self._changed = threading.Condition()
        self._giving = threading.RLock()
        self.pid = 0
        """Which process of the database the committer speaks to: who notifies of its commits."""

    @contextmanager
    def settling(self) -> Iterator[Callable[[Sequence[Answer]], None]]:
        """While a batch is being stored; what is yielded takes the answers to it."""
        self._batch += 1
        self._is_settling = True
        try:
            yield self._settle
        finally:
            with self._changed:
                self._is_settling = False
                self._changed.notify_all()
        self._give()

    def wait(self, position: int) -> None:
        """Return once all up to the position has its answers here, if it is this process's own.

        The batch that is being stored now may be the one; a later one is not waited for.
        """
        with self._changed:
            batch = self._batch
            while self._is_settling and self._batch == batch and self._settled < position:
                self._changed.wait()

    def give(self, told: int) -> None:
        """Everything up to this position was told: answer what is about it."""
        self._told = told
        self._give()

    def fail(self, reason: str) -> None:
        """Say to all who wait that nobody knows: what was stored could not be told."""
        with self._giving:
            while self._waiting:
                self._waiting.popleft().future.set_exception(StoreUnavailable(reason))

    def __len__(self) -> int:
        return len(self._waiting)

    def _settle(self, answers: Sequence[Answer]) -> None:
        self._waiting.extend(answers)
        self._settled = max(self._settled, answers[-1].told)

    def _give(self) -> None:
        if not self._waiting:
            return
        with self._giving:  # in their order, whoever of the two is here
            while self._waiting and self._waiting[0].told <= self._told:
                _answer(self._waiting.popleft())


def _answer(answer: Answer) -> None:
    if answer.outcome.refusal is not None:
        answer.future.set_exception(answer.outcome.refusal)
    else:
        answer.future.set_result(answer.outcome.event)
