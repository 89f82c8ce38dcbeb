"""Which messages are young enough to be edited, whatever happens to the clocks."""

from lanchat.chat.ages import Ages
from lanchat.chat.model import Clock, Message, timestamp


def said_at(times, message_id, seconds=0.0):
    """A message of so many seconds ago, by the wall clock."""
    time = timestamp(times.wall - seconds)
    return Message(message_id, "", "lobby", "1", "Ana", "", "hello", time, message_id)


def test_before_the_start_the_wall_clock_tells(times):
    """And what was said since is told by the other one."""
    recent, old = said_at(times, 1, 800), said_at(times, 2, 901)
    ages = Ages(times.clock, 900)
    assert (recent in ages.young(), old in ages.young()) == (True, False)
    ages.posted(3)
    times.go_on(101)
    assert recent not in ages.young()
    assert said_at(times, 3, 5_000) in ages.young()


def test_a_clock_that_is_behind_opens_the_past_for_so_long_alone(times):
    """As much as a life of the server, if it was set back before the start."""
    message = said_at(times, 1, 100_000)
    times.wall -= 200_000
    ages = Ages(times.clock, 900)
    assert message in ages.young()
    times.go_on(900)
    assert message not in ages.young()


def test_a_clock_that_was_ahead_at_the_start_and_is_set_right(times):
    """What was said just before can be edited again."""
    message = said_at(times, 1)
    ages = Ages(Clock(times.clock.monotonic, lambda: times.wall + 86_400), 900)
    assert message not in ages.young()
    ages._clock = times.clock
    assert message in ages.young()


def test_ages_of_many_messages_cost_little(times):
    """One mark a second, and none of what is too old anyway."""
    ages = Ages(times.clock, 60)
    for number in range(5_000):
        times.go_on(0.1)
        ages.posted(number)
    assert len(ages._marks) <= 62
