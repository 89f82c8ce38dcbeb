"""Who may do what in which room: the table as a table, and what is stricter in one room."""

import itertools

import pytest

from lanchat.chat.model import LOBBY, Origin, User
from lanchat.chat.permissions import (
    Act,
    Permissions,
    Standing,
    may,
    may_open,
    may_talk_privately,
    sees,
)
from lanchat.chat.room_settings import Mute, Rules, State
from lanchat.chat.rooms import MAIN, Room
from lanchat.errors import Muted, ReadOnly, SlowMode

# A guest or a host, who is in the room (+) or not (-); who has opened it (o) is a guest.
TABLE = """
kind     act     guest-  guest+  opener-  opener+  host-  host+
main     read    .       yes     .        yes      .      yes
main     write   .       yes     .        yes      .      yes
main     enter   .       .       .        .        .      .
main     leave   .       .       .        .        .      .
main     change  .       .       .        .        .      yes
main     close   .       .       .        .        .      .
main     pin     .       .       .        .        .      yes
main     clear   .       .       .        .        .      yes
main     delete  .       .       .        .        .      yes
open     read    .       yes     .        yes      .      yes
open     write   .       yes     .        yes      .      yes
open     enter   yes     .       yes      .        yes    .
open     leave   .       yes     .        yes      .      yes
open     change  .       .       yes      yes      yes    yes
open     close   .       .       yes      yes      yes    yes
open     pin     .       .       .        .        .      yes
open     clear   .       .       .        .        .      yes
open     delete  .       .       .        .        .      yes
group    read    .       yes     .        yes      .      yes
group    write   .       yes     .        yes      .      yes
group    enter   .       .       .        .        yes    .
group    leave   .       .       .        .        .      yes
group    change  .       .       .        .        yes    yes
group    close   .       .       .        .        yes    yes
group    pin     .       .       .        .        .      yes
group    clear   .       .       .        .        .      yes
group    delete  .       .       .        .        .      yes
direct   read    .       yes     .        yes      .      yes
direct   write   .       yes     .        yes      .      yes
direct   enter   .       .       .        .        .      .
direct   leave   .       .       .        .        .      .
direct   change  .       .       .        .        .      .
direct   close   .       .       .        .        .      .
direct   pin     .       .       .        .        .      .
direct   clear   .       .       .        .        .      .
direct   delete  .       .       .        .        .      .
"""
STANDINGS = {
    "guest-": Standing(),
    "guest+": Standing(member=True),
    "opener-": Standing(opener=True),
    "opener+": Standing(opener=True, member=True),
    "host-": Standing(host=True),
    "host+": Standing(host=True, member=True),
}
HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())
ANA, LAPTOP = User("1", "Ana"), Origin("192.168.1.33", device="laptop")
ROOM = Room("r", "open", "Robots")


def alone(_address):
    """How many people are here from an address."""
    return 1


@pytest.fixture
def permissions():
    """Those of a new server."""
    return Permissions()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:2]))
def test_the_table(row):
    """Each role in each kind of room, and everything that can be done there."""
    kind, act, *expected = row
    found = [may(STANDINGS[name], Act(act), Room("r", kind)) for name in HEAD[2:]]
    assert ["yes" if one else "." for one in found] == expected


def test_the_table_is_whole():
    """A kind or an act that is added has to be thought of for everybody."""
    kinds = ["main", "open", "group", "direct"]
    assert [tuple(row[:2]) for row in ROWS] == [
        (kind, act.value) for kind, act in itertools.product(kinds, Act)
    ]


@pytest.mark.parametrize("who", STANDINGS.values(), ids=STANDINGS)
@pytest.mark.parametrize("kind", ["open", "group", "direct"])
def test_a_closed_room_is_read_and_no_more(kind, who):
    """Whoever was in it reads it, and leaves, and what was said there can be deleted."""
    open_room, closed = Room("r", kind), Room("r", kind, closed=7)
    for act in Act:
        stays = act in {Act.READ, Act.LEAVE, Act.CLOSE, Act.CLEAR, Act.DELETE}
        assert may(who, act, closed) == (stays and may(who, act, open_room))


def test_a_locked_room_takes_hosts_alone():
    """Who is in it stays."""
    locked = Room("r", "open", locked=True)
    assert may(STANDINGS["host-"], Act.ENTER, locked)
    assert not may(STANDINGS["guest-"], Act.ENTER, locked)
    assert may(STANDINGS["guest+"], Act.WRITE, locked)


@pytest.mark.parametrize(
    ("room", "knowing"),
    [
        (MAIN, {"guest+", "opener+", "host+"}),
        (Room("r", "open"), set(STANDINGS)),
        (Room("r", "open", closed=7), {"guest+", "opener+", "host+"}),
        (Room("r", "group"), {"guest+", "opener+", "host-", "host+"}),
        (Room("r", "group", closed=7), {"guest+", "opener+", "host+"}),
        (Room("r", "direct"), {"guest+", "opener+", "host+"}),
    ],
)
def test_who_knows_of_a_room(room, knowing):
    """Of others' private rooms not even a host does."""
    assert {name for name, who in STANDINGS.items() if sees(who, room)} == knowing


def test_who_opens_rooms():
    """Hosts always, everybody where it is so set."""
    assert [may_open("hosts", host=host) for host in (False, True)] == [False, True]
    assert may_open("all", host=False)


def test_who_talks_privately():
    """With a host where that is so set, or everybody, or nobody."""
    for host in (False, True):
        assert not may_talk_privately("off", one_is_host=host)
        assert may_talk_privately("hosts", one_is_host=host) == host
        assert may_talk_privately("all", one_is_host=host)


def test_a_room_can_only_be_stricter(permissions):
    """What holds for all holds there, too, and hosts write in any case."""
    permissions.check_writing(ANA, LAPTOP, 0.0, ROOM)
    quiet = Room("r", "open", readonly=True)
    with pytest.raises(ReadOnly):
        permissions.check_writing(ANA, LAPTOP, 0.0, quiet)
    permissions.check_writing(ANA, LAPTOP, 0.0, MAIN)
    permissions.take(State(rules=Rules(readonly=True)), 0.0, 0.0)
    with pytest.raises(ReadOnly):
        permissions.check_writing(ANA, LAPTOP, 0.0, ROOM)
    permissions.take(State(moderators=frozenset({"1"})), 0.0, 0.0)
    permissions.check_writing(ANA, LAPTOP, 0.0, quiet)


def test_a_mute_holds_in_every_room(permissions):
    """Whoever is muted writes nowhere."""
    permissions.take(State(mutes=(Mute("1", "Ana", "", None),)), 0.0, 0.0)
    with pytest.raises(Muted):
        permissions.check_writing(ANA, LAPTOP, 0.0, ROOM)


def wait(permissions, now, room):
    """In how many seconds Ana may write in the room, 0 where she has just done so."""
    try:
        permissions.take_turn(ANA, LAPTOP, now, alone, room)
    except SlowMode as refusal:
        return refusal.retry_after
    return 0


def test_a_slow_room_counts_what_is_said_in_it(permissions):
    """Elsewhere one writes as before."""
    slow = Room("r", "open", slow=30)
    assert [wait(permissions, 0.0, slow), wait(permissions, 10.0, slow)] == [0, 20]
    assert [wait(permissions, 10.0, room) for room in (MAIN, ROOM, ROOM)] == [0, 0, 0]


def test_a_slow_chat_counts_what_is_said_in_all_rooms(permissions):
    """Who writes in one waits in the others, and in a slower one longer."""
    permissions.take(State(rules=Rules(slow=10)), 0.0, 0.0)
    slow = Room("r", "open", slow=30)
    assert wait(permissions, 0.0, slow) == 0
    assert [wait(permissions, 4.0, room) for room in (MAIN, ROOM, slow)] == [6, 6, 26]
    assert [wait(permissions, 10.0, room) for room in (slow, MAIN, ROOM)] == [20, 0, 10]


def test_a_turn_that_came_to_nothing_counts_nowhere(permissions):
    """Neither in the room nor for all."""
    permissions.take(State(rules=Rules(slow=10)), 0.0, 0.0)
    slow = Room("r", "open", slow=30)
    permissions.give_back(permissions.take_turn(ANA, LAPTOP, 0.0, alone, slow))
    assert [wait(permissions, 0.0, slow), wait(permissions, 1.0, Room(LOBBY, "main"))] == [0, 9]
