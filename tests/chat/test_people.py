"""Whom a command means."""

import pytest

from lanchat.chat.logouts import Logouts
from lanchat.chat.model import Guest, Origin
from lanchat.chat.people import REMEMBERED, People
from lanchat.chat.room import Room

ANA = Guest("1", "Ana")
HERE = Origin("192.168.1.33")
THERE = Origin("192.168.1.34")


@pytest.fixture
def room():
    """An empty room."""
    return Room(grace=10, logouts=Logouts())


@pytest.fixture
def people(room):
    """Its people."""
    return People(room)


def test_who_is_here_is_found_by_name(room, people):
    """However the name is written; where they come from is known."""
    room.enter(ANA, "tab", HERE, now=0)
    assert people.named("ANA") == (ANA, HERE)
    assert people.named("Bia") is None
    assert people.named("") is None


def test_of_those_who_have_left_the_last_one_is_meant(people):
    """And who is here rather than any of them."""
    people.left(Guest("7", "ana"), HERE)
    people.left(Guest("8", "Ana"), THERE)
    assert people.named("Ana") == (Guest("8", "Ana"), THERE)


def test_not_everybody_is_remembered(people):
    """The oldest are forgotten first."""
    for number in range(REMEMBERED + 1):
        people.left(Guest(str(number), f"Guest {number}"), HERE)
    assert people.named("Guest 0") is None
    assert people.named("Guest 1") is not None
