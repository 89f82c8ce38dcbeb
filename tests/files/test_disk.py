"""A disk that does not answer holds up those alone who have asked it."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lanchat.errors import DiskFull, StoreUnavailable, UnknownFile
from lanchat.files.disk import PATIENCE, Disk, refusal
from tests.world.clock import Clock
from tests.world.deadline import DEADLINE


def test_a_disk_that_is_stuck_is_given_no_more(clock: Clock, until: Callable[..., object]) -> None:
    """Once all threads have waited for so long; when it answers again all is as before."""
    answers, waiting = threading.Event(), threading.Semaphore(0)

    def wait() -> bool:
        waiting.release()
        return answers.wait(DEADLINE)

    with ThreadPoolExecutor(2) as threads:
        disk = Disk(threads, 2, clock)
        first = disk.start(wait)
        assert waiting.acquire(timeout=DEADLINE)
        clock.now += 2 * PATIENCE
        assert disk.call(lambda: "the other one") == "the other one"
        second = disk.start(wait)
        assert waiting.acquire(timeout=DEADLINE)
        clock.now += PATIENCE
        third = disk.start(lambda: "a little later")
        clock.now += 1
        with pytest.raises(StoreUnavailable, match="does not answer"):
            disk.start(lambda: None)
        answers.set()
        assert [first.result(), second.result()] == [True, True]
        assert third.result() == "a little later"
        assert disk.call(lambda: "again") == "again"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a niceness on Linux alone")
def test_the_disk_is_never_hurried() -> None:
    """Not even to what is usual: who has started lanchat with ``nice`` may not take that back."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(os.setpriority, os.PRIO_PROCESS, 0, 19).result()
        assert Disk(threads, 1).call(lambda: os.getpriority(os.PRIO_PROCESS, 0)) == 19


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.ENOENT, UnknownFile),
        (errno.EROFS, StoreUnavailable),
        (errno.ESTALE, StoreUnavailable),
        (errno.EIO, StoreUnavailable),
    ],
)
def test_what_is_said_of_an_error(number: int, kind: type[Exception]) -> None:
    """Room may be made, and a disk may come back: only what is not there is gone."""
    assert type(refusal(OSError(number, "no"))) is kind
