"""People leave: who is told, and what is noted."""

import pytest

from lanchat.chat.departures import Departures
from lanchat.chat.logouts import Logouts
from lanchat.chat.model import Guest, Origin
from lanchat.chat.people import People
from lanchat.chat.room import Room

ANA = Guest("1", "Ana")
HERE = Origin("192.168.1.33")


class Recorder:
    """Stands where presence, notes and the log are; writes down what is called."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments: self.calls.append((name, arguments))

    def names(self):
        """What was called, in order."""
        return [name for name, _ in self.calls]


@pytest.fixture
def world():
    """Presence, notes and log in one."""
    return Recorder()


@pytest.fixture
def room():
    """A room with a grace period of ten seconds."""
    return Room(grace=10, logouts=Logouts())


@pytest.fixture
def people(room):
    """Its people."""
    return People(room)


@pytest.fixture
def departures(room, people, world):
    """Its departures."""
    return Departures(room, people, world, world, world)


def test_who_is_shown_out_is_remembered(room, people, departures, world):
    """All are told and the log says why; the name is noted as free when that is done."""
    room.enter(ANA, "tab", HERE, now=0)
    departures.log_out(ANA.id, "kicked", 5)
    assert world.names() == ["leave", "left", "log_out"]
    assert world.calls[0][1][-1] == "kicked"
    assert people.named("Ana") == (ANA, HERE)


def test_who_only_held_a_name_is_not_told_of(room, departures, world):
    """Nobody has seen them come."""
    room.reserve(ANA, HERE, now=0)
    departures.expire(100)
    assert world.names() == ["tell", "free"]


def test_a_stop_is_written_down_and_told_nobody(room, departures, world):
    """The names stay noted."""
    room.enter(ANA, "tab", HERE, now=0)
    departures.stop(5)
    assert world.names() == ["leave"]
