"""Who is behind which connection."""

import pytest

from lanchat.chat.model import Guest, Origin
from lanchat.web.visitors import Visitor, Visitors

ANA, BIA = Guest("1", "Ana"), Guest("2", "Bia")
HERE, THERE = Origin("192.0.2.1"), Origin("192.0.2.2")


@pytest.fixture
def visitors():
    """Ana with two tabs, one of them on another network, and Bia beside her."""
    visitors = Visitors()
    for connection, guest, origin in (("a", ANA, HERE), ("b", ANA, THERE), ("c", BIA, HERE)):
        visitors.add(connection, Visitor(guest, origin, "en"))
    return visitors


def test_connections_are_counted_by_person_and_address(visitors):
    """A person may come from two places, and two people from one."""
    assert (len(visitors), "a" in visitors) == (3, True)
    assert (visitors.connections(ANA), visitors.connections(BIA)) == (["a", "b"], ["c"])
    assert (visitors.from_address(HERE.ip), visitors.from_address(THERE.ip)) == (2, 1)


def test_who_has_gone_is_not_counted(visitors):
    """Also where it is said twice."""
    visitors.remove("a")
    visitors.remove("a")
    assert (len(visitors), visitors.get("a")) == (2, None)
    assert (visitors.connections(ANA), visitors.from_address(HERE.ip)) == (["b"], 1)


def test_nothing_is_kept_of_who_has_gone(visitors):
    """Addresses and people of a year would fill the memory."""
    for connection in "abc":
        visitors.remove(connection)
    assert visitors.from_address(HERE.ip) == 0
    assert not any(vars(visitors).values())
