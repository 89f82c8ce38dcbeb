"""What waits for the next commit: a single change goes at once, the first of many waits."""

import pytest

from lanchat.errors import StoreUnavailable
from lanchat.rows.batches import Batches
from tests.world.drafts import draft

FEW = 10


class Loop:
    """An event loop whose turns each bring so many changes."""

    def __init__(self, *brings: int) -> None:
        self.batches = Batches(self._turn)
        self._brings = list(brings)
        self.turns = 0

    def arrive(self, count: int) -> None:
        """Let so many changes be handed in."""
        for _ in range(count):
            self.batches.append(draft("hello"))

    def _turn(self) -> None:
        self.turns += 1
        self.arrive(self._brings.pop(0) if self._brings else 0)


def test_a_single_change_waits_for_nothing():
    """Where people speak one by one each change is taken at once, without a turn of the loop."""
    loop = Loop(FEW)
    for _ in range(3):
        loop.arrive(1)
        assert len(loop.batches.take()) == 1
    assert loop.turns == 0


def test_the_first_of_many_waits_for_those_that_are_read_next():
    """Where several came together the next batch has all that the loop's next turns bring."""
    loop = Loop(0, 3, 2)
    loop.arrive(2)
    assert len(loop.batches.take()) == 2
    loop.arrive(1)
    assert len(loop.batches.take()) == 1 + 3 + 2
    assert loop.turns == 1 + 3  # the last of each has brought nothing


def test_a_single_change_after_many_waits_once():
    """Where nobody else goes on speaking one turn is waited for, and then none any more."""
    loop = Loop()
    loop.arrive(2)
    loop.batches.take()
    for _ in range(3):
        loop.arrive(1)
        assert len(loop.batches.take()) == 1
    assert loop.turns == 2


def test_a_flood_keeps_no_batch_waiting():
    """However much every turn brings, a batch is taken after a few of them."""
    loop = Loop(*[1] * FEW)
    loop.arrive(2)
    assert len(loop.batches.take()) < FEW
    assert loop.turns < FEW


def test_what_was_handed_in_before_the_end_is_the_last_batch():
    """What waits when nothing more is taken is stored, and then there is nothing."""
    loop = Loop()
    loop.arrive(3)
    loop.batches.close()
    with pytest.raises(StoreUnavailable):
        loop.arrive(1)
    assert len(loop.batches.take()) == 3
    assert loop.batches.take() == []
