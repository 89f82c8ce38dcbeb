"""How fast a transfer has to be, and how fast it may."""

from __future__ import annotations

import pytest

from lanchat.http.progress import BYTES_OF_A_TURN, LEAST_BYTES, LEAST_SECONDS, Progress
from tests.world.clock import Clock


@pytest.fixture
def turns() -> list[float]:
    """The moments at which a turn was waited for."""
    return []


@pytest.fixture
def progress(clock: Clock, turns: list[float]) -> Progress:
    """A transfer that waits for half a minute for each of its turns."""

    def await_turn() -> None:
        turns.append(clock.now)
        clock.now += 30

    return Progress(await_turn, clock)


def test_enough_bytes_give_more_time(progress: Progress, clock: Clock) -> None:
    """Too few do not, however often they come."""
    clock.now += LEAST_SECONDS - 1
    progress.count(LEAST_BYTES - 1)
    assert progress.left() == pytest.approx(1)
    progress.count(1)
    assert progress.left() == pytest.approx(LEAST_SECONDS)
    clock.now += LEAST_SECONDS + 1
    assert progress.left() == 0


def test_a_transfer_costs_turns_as_requests_do(progress: Progress, turns: list[float]) -> None:
    """A slice of 8 MiB costs two, and one of 1 MiB is a part of one."""
    for _ in range(8):
        progress.count(1 << 20)
    assert len(turns) == (8 << 20) // BYTES_OF_A_TURN


def test_waiting_for_a_turn_is_not_slow(progress: Progress, clock: Clock) -> None:
    """It was not the other side that was waited for."""
    progress.count(BYTES_OF_A_TURN - LEAST_BYTES)
    clock.now += 1
    progress.count(LEAST_BYTES - 1)
    progress.count(1)
    assert progress.left() >= LEAST_SECONDS - 1
    clock.now += 1
    progress.spare(1)
    assert progress.left() >= LEAST_SECONDS - 1
