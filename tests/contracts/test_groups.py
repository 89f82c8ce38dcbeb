"""The contract of EventLog for groups: each has one place, and what is announced is pinned."""

from dataclasses import replace

import pytest

from lanchat.chat.changes import Amend, Announce, LoggedOut, Pin
from lanchat.chat.events import Announced, MessagePosted
from lanchat.chat.model import LOBBY, PINS, Cursor, User
from lanchat.chat.room_changes import (
    ChangeRoom,
    EnterRoom,
    LeaveAll,
    OpenRoom,
    PutIntoGroup,
    ShareOut,
)
from lanchat.chat.room_events import GroupEntered, GroupsShared, RoomOpened
from lanchat.chat.rooms import Room
from lanchat.errors import RoomClosed, UnknownPerson, UnknownRoom
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft, say, texts

ANA, BIA, CAIO, DAVI = (User(str(n), name) for n, name in enumerate(["Ana", "Bia", "Caio", "Davi"]))


def do(log, change):
    """Let it happen; returns what has."""
    return log.append(change).result(DEADLINE)


def share(log, *groups):
    """Share these out into groups, whose ids begin with a."""
    ids = "abcdef"
    wanted = [(Room(ids[n], "group", str(n + 1)), users) for n, users in enumerate(groups)]
    return do(log, ShareOut(tuple(wanted)))


def members(log):
    """Who is in which room."""
    found: dict[str, list[User]] = {}
    for room, user, _ in log.rooms()[2]:
        found.setdefault(room, []).append(user)
    return found


def close(log, room_id):
    return do(log, ChangeRoom(room_id, lambda room: room, close=True)).room


def test_people_are_shared_out_at_one_position(log, told):
    """Each group with who is in it; all servers are told of all of it together."""
    (before,) = say(log, "a")
    shared = share(log, (ANA, CAIO), (BIA,))
    seq = before.id + 1
    opened = [
        RoomOpened(Room("a", "group", "1", opened=seq, seq=seq), (ANA, CAIO)),
        RoomOpened(Room("b", "group", "2", opened=seq, seq=seq), (BIA,)),
    ]
    assert shared == GroupsShared(seq, (), tuple(opened))
    assert (told[-1], log.rooms()[0]) == (shared, seq)
    assert members(log) == {"a": [ANA, CAIO], "b": [BIA]}


def test_groups_take_the_place_of_those_before(log, told):
    """Which stay as they are, but closed; whoever was in one reads it on."""
    first = share(log, (ANA,), (BIA,))
    (said,) = say(log, [draft("x", room="b", user_id=BIA.id)])
    second = do(log, ShareOut(((Room("g", "group", "1"), (ANA, BIA)),)))
    closed = [replace(each.room, closed=second.seq, seq=second.seq) for each in first.opened]
    assert (list(second.closed), told[-1]) == (closed, second)
    with pytest.raises(RoomClosed):
        do(log, draft("y", room="b", user_id=BIA.id))
    assert log.newest("b", 10).messages == [said]
    assert members(log) == {"a": [ANA], "b": [BIA], "g": [ANA, BIA]}


def test_groups_end(log, told):
    """All that are open; where there are none nothing happens."""
    share(log, (ANA,), (BIA,))
    close(log, "a")
    do(log, OpenRoom(Room("r", "open", "Robots"), (ANA,), 10))
    ended = do(log, ShareOut(()))
    assert [room.id for room in ended.closed] == ["b"]
    assert ended.opened == ()
    assert do(log, ShareOut(())) == GroupsShared(ended.seq, (), ())
    assert told[-1] == ended
    assert [room.id for room in log.rooms()[1] if room.is_open] == ["r"]


def test_who_comes_late_is_put_into_the_smallest(log, told):
    """The first one of them; hosts who look at it do not count."""
    do(log, Amend(lambda state: replace(state, moderators=frozenset({DAVI.id}))))
    seq = share(log, (ANA,), ()).seq
    do(log, EnterRoom("b", DAVI, lambda _room: None))
    entered = do(log, PutIntoGroup(BIA))
    assert entered == GroupEntered(seq + 2, "b", BIA)
    assert do(log, PutIntoGroup(CAIO)).room == "a"
    assert told[-2] == entered


def test_nobody_is_put_anywhere_twice(log, told):
    """Who has had a place stays where they are, also where their group was closed by itself."""
    share(log, (ANA,), (BIA,))
    assert do(log, PutIntoGroup(ANA)).room == "a"
    close(log, "a")
    heard = len(told)
    assert do(log, PutIntoGroup(ANA)).room == "a"
    assert len(told) == heard
    do(log, ShareOut(()))
    with pytest.raises(UnknownRoom):
        do(log, PutIntoGroup(CAIO))
    share_again = do(log, ShareOut(((Room("g", "group", "1"), (BIA,)),)))
    assert do(log, PutIntoGroup(ANA)) == GroupEntered(share_again.seq + 1, "g", ANA)


def test_who_has_logged_out_has_no_place(log):
    """Whoever comes by their name is somebody else."""
    share(log, (ANA,), (BIA,))
    do(log, LeaveAll(ANA.id))
    assert do(log, PutIntoGroup(CAIO)).room == "a"


def test_who_has_just_logged_out_is_put_nowhere(ports):
    """As at another server: whoever shares out may not know of it yet."""
    log = ports.log
    ports.reservations.note([LoggedOut(ANA.id, 1.0)])
    shared = share(log, (ANA, CAIO), (BIA,), (ANA,))
    assert [one.members for one in shared.opened] == [(CAIO,), (BIA,), ()]
    for change in (PutIntoGroup(ANA), PutIntoGroup(ANA, "b")):
        with pytest.raises(UnknownPerson):
            do(log, change)
    assert members(log) == {"a": [CAIO], "b": [BIA]}


def test_somebody_is_moved(log, told):
    """At one position, out of the group that they are in; rooms of other kinds are as before."""
    share(log, (ANA,), (BIA,))
    do(log, OpenRoom(Room("r", "open", "Robots"), (ANA,), 10))
    moved = do(log, PutIntoGroup(ANA, "b"))
    assert moved == GroupEntered(moved.seq, "b", ANA, ("a",))
    assert told[-1] == moved
    assert do(log, PutIntoGroup(ANA, "b")) == GroupEntered(moved.seq, "b", ANA)
    assert told[-1] == moved
    assert members(log) == {"b": [BIA, ANA], "r": [ANA]}


@pytest.mark.parametrize(("room", "refusal"), [("r", UnknownRoom), ("x", UnknownRoom)])
def test_nobody_is_moved_into_what_is_no_group(log, room, refusal):
    """Nor into one that has ended."""
    share(log, (ANA,), (BIA,))
    do(log, OpenRoom(Room("r", "open", "Robots"), (), 10))
    with pytest.raises(refusal):
        do(log, PutIntoGroup(ANA, room))
    close(log, "b")
    with pytest.raises(RoomClosed):
        do(log, PutIntoGroup(ANA, "b"))
    assert members(log)["a"] == [ANA]


def test_somebody_who_was_moved_gets_what_was_said_there(log):
    """As who enters a room does: they begin it anew, and are out of the other one."""
    share(log, (ANA,), (BIA,))
    say(log, [draft("in b", room="b", user_id=BIA.id)])
    cursor = Cursor(log.rooms()[0], log.epoch)
    do(log, PutIntoGroup(ANA, "b"))
    (found,) = log.overview(ANA.id, cursor, 10, 10).rooms
    assert (found.room.id, found.page.anew, found.unread) == ("b", True, 0)
    assert texts(found.page.messages) == ["in b"]


def test_what_is_announced_is_said_and_pinned(log, told):
    """The two at once: first it is told as said, then as pinned, and that it is an announcement."""
    say(log, "a")
    event = do(log, Announce(draft("b")))
    posted, announced = told[-2:]
    assert (type(posted), type(announced), event) == (MessagePosted, Announced, announced)
    assert posted.message.message == "b"
    assert announced.messages[-1] == posted.message._replace(pinned=True, seq=announced.seq)
    page = log.newest(LOBBY, 10)
    assert (texts(page.messages), texts(page.pins)) == (["a", "b"], ["b"])


def test_the_oldest_pin_makes_room_for_what_is_announced(log, told):
    """All learn of both at once."""
    for number in range(PINS):
        do(log, Announce(draft(number)))
    event = do(log, Announce(draft("new")))
    assert [(one.message, one.pinned) for one in event.messages] == [("0", False), ("new", True)]
    assert told[-1] == event
    assert texts(log.newest(LOBBY, 1).pins) == ["1", "2", "new"]


def test_who_comes_later_is_told_which_pins_were_announced(log):
    """Others are what hosts have pinned."""
    (said,) = say(log, "a")
    do(log, Announce(draft("b")))
    do(log, Pin(LOBBY, said.id))
    page = log.newest(LOBBY, 10)
    assert texts(page.pins) == ["b", "a"]
    assert page.announced == {page.pins[0].id}
