"""How much of the log strangers may fill."""

import pytest

from lanchat.connlog.allowance import (
    MOST_ADDRESSES,
    REFUSALS_OF_ALL,
    REFUSALS_OF_ONE,
    VISITS_OF_ALL,
    VISITS_OF_ONE,
    Allowance,
)


class Time:
    """A clock that stands still until it is moved."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def allowance(time: Time) -> Allowance:
    return Allowance(time)


def refuse(allowance: Allowance, times: int, address: str = "192.0.2.1") -> int:
    """How many of so many refusals have a line."""
    return sum(allowance.refusal("refused", address, "host") for _ in range(times))


def test_an_address_has_its_lines_again_with_time(time: Time, allowance: Allowance) -> None:
    """First there are ten, then one a minute, and ten again after a long silence."""
    assert refuse(allowance, 100) == REFUSALS_OF_ONE.lines
    time.now += 120
    assert refuse(allowance, 100) == 2
    time.now += 3_600
    assert refuse(allowance, 100) == REFUSALS_OF_ONE.lines


def test_one_address_leaves_the_others_theirs(allowance: Allowance) -> None:
    """Whoever is refused once has a line beside one who is refused without end."""
    refuse(allowance, 10_000)
    assert refuse(allowance, 1, "192.0.2.2") == 1


def test_all_addresses_together_have_a_limit(allowance: Allowance) -> None:
    """Thousands of addresses, as one laptop has them, are no way around."""
    written = sum(refuse(allowance, 3, f"fd00::{number:x}") for number in range(5_000))
    assert written == REFUSALS_OF_ALL.lines
    assert sum(fields["count"] for _, fields in allowance.sums(over=True)) == 15_000 - written


def test_what_is_remembered_has_a_limit(time: Time, allowance: Allowance) -> None:
    """Of more addresses than have place those that were quiet are forgotten first."""
    for number in range(10 * MOST_ADDRESSES):
        refuse(allowance, 20, f"fd00::{number:x}")
        time.now += 0.01
    assert len(allowance._refusals._known) <= MOST_ADDRESSES + 1
    assert len(allowance._left_out) <= MOST_ADDRESSES + 1
    time.now += 86_400
    assert refuse(allowance, 20, "192.0.2.9") == REFUSALS_OF_ONE.lines


def test_sums_name_the_busiest(time: Time, allowance: Allowance) -> None:
    """Five addresses have lines of their own in a sum, and all others one together."""
    for number in range(20):
        refuse(allowance, 110 + number, f"192.0.2.{number}")
    assert list(allowance.sums()) == []
    time.now += 60.4
    sums = list(allowance.sums())
    busiest = {"ip": "192.0.2.19", "reason": "host", "count": 119, "seconds": 60}
    assert ("refused", busiest) in sums
    *named, rest = sums
    assert len(named) == 5
    assert rest == ("refused", {"count": sum(range(100, 115)), "seconds": 60})
    assert list(allowance.sums(over=True)) == []


def test_a_departure_has_a_line_where_the_arrival_had_one(allowance: Allowance) -> None:
    """So the log knows of no visit without an end."""
    for number in range(int(VISITS_OF_ONE.lines)):
        assert allowance.join(str(number), "192.0.2.1")
    assert allowance.join("early", "192.0.2.1")
    for number in range(int(VISITS_OF_ONE.lines)):
        assert allowance.leave(str(number), "192.0.2.1")
    assert not allowance.join("late", "192.0.2.1")
    assert allowance.leave("early", "192.0.2.1")
    assert not allowance.leave("late", "192.0.2.1")
    assert allowance.join("other", "192.0.2.2")
    assert list(allowance.sums(over=True)) == [
        ("visits", {"ip": "192.0.2.1", "count": 1, "seconds": 1})
    ]


def test_visits_of_all_have_a_limit(allowance: Allowance) -> None:
    """Many addresses together may come and go so often, and no more."""
    written = 0
    for number in range(10_000):
        written += allowance.join(str(number), f"10.0.0.{number % 100}")
        allowance.leave(str(number), f"10.0.0.{number % 100}")
    assert written == VISITS_OF_ALL.lines


def test_files_beyond_an_allowance_are_counted(allowance: Allowance) -> None:
    """Whoever sends small ones without end fills no more of the log by it, and hides no visit."""
    written = sum(allowance.file("192.0.2.1") for _ in range(2_000))
    assert written == VISITS_OF_ONE.lines
    assert allowance.join("1", "192.0.2.1")
    rest = {"ip": "192.0.2.1", "count": 2_000 - written, "seconds": 1}
    assert list(allowance.sums(over=True)) == [("file", rest)]


def test_changes_of_names_share_what_there_is_for_visits(time: Time, allowance: Allowance) -> None:
    """Whoever changes theirs without end fills no more of the log by it."""
    written = sum(allowance.rename("192.0.2.1") for _ in range(2_000))
    assert written == VISITS_OF_ONE.lines
    assert not allowance.join("1", "192.0.2.1")
    time.now += 60
    sums = dict(allowance.sums())
    assert sums["rename"] == {"ip": "192.0.2.1", "count": 2_000 - written, "seconds": 60}
