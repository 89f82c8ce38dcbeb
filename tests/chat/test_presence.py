"""What is told of arrivals and departures, and what of it together."""

import pytest

from lanchat.chat.model import Arrival
from lanchat.chat.presence import CROWD, Presence

FEW, MANY = CROWD, CROWD + 1


def person(number):
    """Somebody who comes or goes."""
    return Arrival(number, f"Guest {number}", "192.0.2.1", "2026-11-23T02:08:00.123Z")


ANA, BIA, CAIO = person("1"), person("2"), person("3")


class Listener:
    """Stands where the sockets are: what those who take batches hear, and what the others do."""

    def __init__(self):
        self.batched, self.singly = [], []

    def host_joined(self, arrival, *, crowd):
        self._tell(f"+{arrival.id}", crowd)

    def host_left(self, departure, *, crowd):
        self._tell(f"-{departure.id}", crowd)

    def hosts_changed(self, changes):
        left, joined = (("-", changes.left), ("+", changes.joined))
        self.batched.append([sign + one.id for sign, people in (left, joined) for one in people])

    def _tell(self, what, crowd):
        self.singly.append(what)
        if not crowd:
            self.batched.append(what)


@pytest.fixture
def heard():
    """What is heard."""
    return Listener()


@pytest.fixture
def presence(heard):
    """The teller."""
    return Presence(heard)


def test_a_small_room_is_told_at_once(presence, heard):
    """Up to fifty people, each by itself and the same to everybody."""
    presence.joined(ANA, FEW)
    presence.left(ANA, FEW - 1)
    presence.tell()
    assert heard.batched == heard.singly == ["+1", "-1"]


def test_a_crowd_is_told_when_the_moment_is_over(presence, heard):
    """In one piece, once; whoever takes no batches hears of each at once."""
    presence.left(CAIO, MANY)
    presence.joined(ANA, MANY)
    presence.joined(BIA, MANY)
    assert (heard.batched, heard.singly) == ([], ["-3", "+1", "+2"])
    presence.tell()
    presence.tell()
    assert heard.batched == [["-3", "+1", "+2"]]


def test_who_comes_and_goes_within_a_moment_is_told_in_that_order(presence, heard):
    """A piece reads as first left, then come: so there are two."""
    presence.joined(ANA, MANY)
    presence.joined(BIA, MANY)
    presence.left(ANA, MANY)
    presence.tell()
    assert heard.batched == [["+1", "+2"], ["-1"]]


def test_who_goes_and_comes_back_within_a_moment_is_here(presence, heard):
    """One piece says both, in the order in which it is read."""
    presence.left(ANA, MANY)
    presence.joined(ANA, MANY)
    presence.tell()
    assert heard.batched == [["-1", "+1"]]


def test_a_room_that_becomes_small_is_told_in_order(presence, heard):
    """What was to be told together does not come after what is told at once."""
    presence.joined(ANA, MANY)
    presence.left(BIA, FEW)
    assert heard.batched == [["+1"], "-2"]
    assert heard.singly == ["+1", "-2"]
