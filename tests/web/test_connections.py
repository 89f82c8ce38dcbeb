"""Who is behind which connection, and how many there may be."""

from unittest.mock import create_autospec

import pytest

from lanchat.chat.model import Origin, User
from lanchat.chat.ports import Audit
from lanchat.errors import TooManyConnections
from lanchat.web.connections import Connections, Visitor

ANA, BIA, CARLA = User("1", "Ana"), User("2", "Bia"), User("3", "Carla")
HERE, THERE = Origin("192.0.2.1"), Origin("192.0.2.2")
TABS = {
    "a": Visitor(ANA, HERE, "en"),
    "b": Visitor(ANA, THERE, "en"),
    "c": Visitor(BIA, HERE, "en"),
}


@pytest.fixture
def audit():
    """The connection log."""
    return create_autospec(Audit, instance=True)


@pytest.fixture
def crowded(audit):
    """Ana with two tabs, one of them on another network, and Bia beside her; so many may come."""

    def fill(most, most_per_ip):
        connections = Connections(most, most_per_ip, audit)
        for connection, visitor in TABS.items():
            connections.add(connection, visitor)
        return connections

    return fill


def may_come(connections, origin):
    """Whether one more connection may come from there."""
    try:
        connections.check_room(origin)
    except TooManyConnections:
        return False
    return True


def test_a_connection_has_its_person(crowded):
    """A person may have several, and somebody else none."""
    connections = crowded(0, 0)
    assert connections.get("b") == TABS["b"]
    assert ("a" in connections, "d" in connections, connections.get("d")) == (True, False, None)
    assert (connections.has(ANA), connections.has(CARLA)) == (True, False)


@pytest.mark.parametrize(
    ("most", "most_per_ip", "here", "there"),
    [
        (3, 0, False, False),
        (4, 0, True, True),
        (0, 2, False, True),
        (0, 1, False, False),
        (0, 3, True, True),
        (4, 2, False, True),
        (0, 0, True, True),
    ],
)
def test_there_are_so_many_at_most(crowded, most, most_per_ip, here, there):
    """They are counted in all and by address; 0 is no limit."""
    connections = crowded(most, most_per_ip)
    assert (may_come(connections, HERE), may_come(connections, THERE)) == (here, there)


def test_one_too_many_is_logged(crowded, audit):
    """The log says where it came from, and nothing of who gets in."""
    connections = crowded(0, 2)
    connections.check_room(THERE)
    with pytest.raises(TooManyConnections):
        connections.check_room(HERE)
    audit.refused.assert_called_once_with(HERE, "too_many_connections")


def test_who_has_gone_is_not_counted(crowded):
    """It may be said twice."""
    connections = crowded(3, 2)
    connections.remove("a")
    connections.remove("a")
    assert ("a" in connections, connections.get("a")) == (False, None)
    assert (connections.has(ANA), may_come(connections, HERE)) == (True, True)
    connections.remove("b")
    assert not connections.has(ANA)


def test_nothing_is_kept_of_who_has_gone(crowded):
    """Addresses and people of a year would fill the memory."""
    connections = crowded(0, 0)
    for connection in TABS:
        connections.remove(connection)
    assert not any(each for each in vars(connections).values() if hasattr(each, "__len__"))
