from __future__ import annotations

from lanchat.chat.tally import Tally


def test_values_are_counted_by_their_upper_bound() -> None:
    """A value on a bound belongs below it, as Prometheus has it; what is larger is last."""
    tally = Tally((1, 5))
    for value in (0.5, 1, 2, 5, 100):
        tally.add(value)
    assert tally.counts == [2, 2, 1]
    assert tally.total == 108.5
