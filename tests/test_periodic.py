from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lanchat.periodic import Periodic

Until = Callable[..., Any]

NEVER = 3_600.0
"""Seconds that no test waits for: what is called was woken."""


class Calls:
    """Counts calls; each raises the next of ``errors``, as long as there are some."""

    def __init__(self, *errors: Exception | None) -> None:
        self.count = 0
        self._errors = list(errors)

    def __call__(self) -> None:
        self.count += 1
        error = self._errors.pop(0) if self._errors else None
        if error is not None:
            raise error


@pytest.fixture
def runner() -> Iterator[Callable[..., Periodic]]:
    """Makes runners, and closes them after the test."""
    made: list[Periodic] = []

    def make(call: Callable[[], object], seconds: float = 0.001) -> Periodic:
        made.append(Periodic(call, seconds, name="the test"))
        return made[-1]

    yield make
    for periodic in made:
        periodic.close()


def failures(caplog: pytest.LogCaptureFixture) -> list[BaseException | None]:
    """What was logged as an error, in order."""
    return [
        record.exc_info[1]
        for record in caplog.records
        if record.levelno == logging.ERROR and record.exc_info
    ]


def test_it_calls_again_and_again(runner: Callable[..., Periodic], until: Until) -> None:
    """Nobody has to ask for the next call."""
    calls = Calls()
    runner(calls)
    until(lambda: calls.count > 2)


def test_nothing_is_called_after_closing(runner: Callable[..., Periodic], until: Until) -> None:
    """A closed runner has ended its thread."""
    calls = Calls()
    periodic = runner(calls)
    until(lambda: calls.count > 0)
    periodic.close()
    assert not periodic._thread.is_alive()


def test_closing_does_not_wait_for_the_next_call(runner: Callable[..., Periodic]) -> None:
    """A runner whose next call is an hour away is closed at once, without that call."""
    calls = Calls()
    runner(calls, NEVER).close()
    assert calls.count == 0


def test_closing_waits_for_the_call_that_is_under_way(
    runner: Callable[..., Periodic], until: Until
) -> None:
    """What the call uses can be closed after its runner."""
    begun, finish = threading.Event(), threading.Event()
    ended: list[str] = []

    def call() -> None:
        begun.set()
        assert finish.wait(20)
        ended.append("call")

    def close() -> None:
        periodic.close()
        ended.append("closing")

    periodic = runner(call)
    assert begun.wait(20)
    closing = threading.Thread(target=close)
    closing.start()
    until(lambda: periodic._closed)
    finish.set()
    closing.join()
    assert ended == ["call", "closing"]


def test_a_call_can_close_its_own_runner(runner: Callable[..., Periodic], until: Until) -> None:
    """A runner that is closed by its own call does not wait for itself."""

    def call() -> None:
        periodic.close()

    periodic = runner(call, NEVER)
    periodic.wake()
    until(lambda: not periodic._thread.is_alive())


def test_a_woken_runner_calls_at_once(runner: Callable[..., Periodic], until: Until) -> None:
    """Who has something to do at once need not wait for the interval."""
    calls = Calls()
    periodic = runner(calls, NEVER)
    for count in (1, 2):
        periodic.wake()
        until(lambda count=count: calls.count == count)


def test_waking_during_a_call_brings_another_one(
    runner: Callable[..., Periodic], until: Until
) -> None:
    """What came up after the call had looked is seen by the next call."""
    count = 0

    def call() -> None:
        nonlocal count
        count += 1
        if count == 1:
            periodic.wake()

    periodic = runner(call, NEVER)
    periodic.wake()
    until(lambda: count == 2)


def test_a_call_that_fails_is_not_the_last_one(
    runner: Callable[..., Periodic], until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure is logged under the runner's name, and the next call comes."""
    calls = Calls(ZeroDivisionError())
    runner(calls)
    until(lambda: calls.count > 1)
    assert "the test failed" in caplog.text


def test_a_failure_that_repeats_is_logged_once(
    runner: Callable[..., Periodic], until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk is one entry in the log, however long it stays full."""
    errors = [OSError(errno.ENOSPC, "full", f"file-{number}") for number in range(5)]
    calls = Calls(*errors)
    runner(calls)
    until(lambda: calls.count > 5)
    assert failures(caplog) == errors[:1]


def test_another_failure_is_logged_too(
    runner: Callable[..., Periodic], until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure of another kind, or after a call that went well, is news."""
    full, unreadable = OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "unreadable")
    defect, again = ValueError(), ValueError()
    calls = Calls(full, unreadable, defect, None, again)
    runner(calls)
    until(lambda: calls.count > 5)
    assert failures(caplog) == [full, unreadable, defect, again]
