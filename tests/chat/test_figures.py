"""What is counted of a log."""

from lanchat.chat.figures import CommitStatistics, Histogram


def test_values_are_counted_by_their_upper_bound():
    """A value on a bound belongs below it, as Prometheus has it; what is larger is last."""
    histogram = Histogram((1, 5))
    for value in (0.5, 1, 2, 5, 100):
        histogram.add(value)
    assert histogram.counts == [2, 2, 1]
    assert histogram.total == 108.5


def test_commits_are_counted_in_ranges_that_do_not_change():
    """Whoever watches a server has figures of earlier versions by the same ranges."""
    statistics = CommitStatistics()
    seconds, sizes = list(statistics.seconds.bounds), list(statistics.sizes.bounds)
    assert seconds == [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    assert sizes == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
    assert (sum(statistics.seconds.counts), sum(statistics.sizes.counts)) == (0, 0)
    assert statistics.messages == 0
