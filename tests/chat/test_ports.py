"""What is counted behind the ports."""

from lanchat.chat.ports import Histogram


def test_values_are_counted_by_their_upper_bound():
    """A value on a bound belongs below it, as Prometheus has it; what is larger is last."""
    histogram = Histogram((1, 5))
    for value in (0.5, 1, 2, 5, 100):
        histogram.add(value)
    assert histogram.counts == [2, 2, 1]
    assert histogram.total == 108.5
