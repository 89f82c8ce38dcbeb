"""What a process knows of rooms: what was stored, and what the log has told since, once each."""

import pytest

from lanchat.chat.memberships import Memberships
from lanchat.chat.model import LOBBY, User
from lanchat.chat.permissions import Standing
from lanchat.chat.room_events import RoomChanged, RoomEntered, RoomLeft, RoomOpened, RoomsLeft
from lanchat.chat.rooms import MAIN, Membership, Room

ANA, BIA = User("1", "Ana"), User("2", "Bia")
ROOM = Room("r", "open", "Robots", opener="1", opened=5, seq=5)


@pytest.fixture
def memberships():
    """Ana is in a room, as it was stored at position 10."""
    memberships = Memberships()
    memberships.load(10, [ROOM], [Membership("r", ANA, 5)])
    return memberships


def test_everybody_is_in_the_main_room(memberships):
    """And it stands in no list."""
    assert memberships.room(LOBBY) is MAIN
    assert memberships.is_member("anybody", LOBBY)
    assert memberships.rooms_of("1") == ["r"]
    assert memberships.rooms_of("2") == []


def test_it_goes_on_as_the_log_tells(memberships):
    """Each event once."""
    assert memberships.take(RoomEntered(11, "r", BIA))
    assert not memberships.take(RoomEntered(11, "r", BIA))
    assert (memberships.members("r"), memberships.count("r")) == ([ANA, BIA], 2)
    assert memberships.other("1", "r") == BIA
    memberships.take(RoomLeft(12, "r", ANA))
    assert memberships.members("r") == [BIA]
    closed = Room("r", "open", "Robots", opened=5, closed=13, seq=13)
    memberships.take(RoomChanged(closed))
    assert memberships.room("r") == closed


def test_who_logs_out_is_in_no_room_and_closes_those_for_two(memberships):
    """Where the other one stays."""
    pair = Room("d", "direct", opened=11, seq=11)
    memberships.take(RoomOpened(pair, (ANA, BIA)))
    memberships.take(RoomsLeft(12, ANA, ("r",), ("d",)))
    assert (memberships.members("r"), memberships.members("d")) == ([], [ANA, BIA])
    assert memberships.room("d").closed == 12
    assert not memberships.room("r").closed


def test_what_is_told_while_it_loads_comes_on_top(memberships):
    """What was stored at the position already is left out."""
    memberships.begin()
    assert not memberships.take(RoomEntered(20, "r", BIA))
    assert not memberships.take(RoomLeft(21, "r", ANA))
    memberships.load(20, [ROOM], [Membership("r", ANA, 5), Membership("r", BIA, 20)])
    assert memberships.members("r") == [BIA]


def test_another_history_is_taken_as_it_is(memberships):
    """Also where it has not come so far: nothing is left of the one before."""
    memberships.begin()
    memberships.load(3, [], [])
    assert (memberships.room("r"), memberships.rooms_of("1")) == (None, [])
    assert memberships.take(RoomOpened(Room("q", "open", opened=4, seq=4), (BIA,)))
    assert memberships.rooms_of("2") == ["q"]


def test_what_somebody_is_in_a_room(memberships):
    """A room that nobody has opened, as those of an import, is nobody's."""
    assert memberships.standing("1", ROOM, host=False) == Standing(member=True, opener=True)
    assert memberships.standing("2", ROOM, host=True) == Standing(host=True)
    assert memberships.standing("", Room("x", "open"), host=False) == Standing()
