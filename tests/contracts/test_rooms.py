"""The contract of EventLog for rooms: who is in them, and what those alone can do."""

from dataclasses import replace

import pytest

from lanchat.chat.changes import Delete, Pin, React, Resent, Reserved
from lanchat.chat.events import MessagePosted
from lanchat.chat.model import LOBBY, Cursor, User
from lanchat.chat.room_changes import (
    ChangeRoom,
    DeleteRoom,
    EnterRoom,
    LeaveAll,
    LeaveRoom,
    MarkRead,
    OpenRoom,
    RenameMember,
)
from lanchat.chat.room_events import (
    MemberRenamed,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
)
from lanchat.chat.rooms import Room, direct_room_id
from lanchat.chat.search import Query
from lanchat.errors import (
    Forbidden,
    Muted,
    NotAMember,
    RoomClosed,
    RoomNameUnusable,
    TooManyRooms,
    UnknownMessage,
    UnknownRoom,
)
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say

ANA, BIA, DAVI = User("1", "Ana"), User("2", "Bia"), User("3", "Davi")
ROBOTS = Room("r", "open", "Robots", opener="1")


def do(log, change):
    """Let it happen; returns what has."""
    return log.append(change).result(DEADLINE)


def let(_what):
    """Anybody may."""


def refuse(_room):
    """Nobody may."""
    raise Forbidden


def opened(log, room=ROBOTS, members=(ANA,), limit=10):
    """Open the room; returns it as it is stored."""
    return do(log, OpenRoom(room, members, limit)).room


def close(log, room):
    return do(log, ChangeRoom(room.id, lambda now: now, close=True)).room


def test_a_room_is_opened_with_people_in_it(log, told):
    """At a position of its own, of which all servers are told."""
    (before,) = say(log, "a")
    event = do(log, OpenRoom(ROBOTS, (ANA, BIA), 10))
    seq = before.id + 1
    assert event == RoomOpened(replace(ROBOTS, opened=seq, seq=seq), (ANA, BIA))
    assert (told[-1], event.seq, event.channel) == (event, seq, "room:r")


@pytest.mark.parametrize("again", [ROBOTS, replace(ROBOTS, id="s", name="ROBOTS", opener="2")])
def test_a_room_is_opened_once(log, told, again):
    """By its id, and by its name: whoever opens it again finds the one that is there."""
    room = opened(log)
    assert do(log, OpenRoom(again, (BIA,), 10)) == RoomOpened(room, (ANA,))
    assert len(told) == 1


def test_the_name_of_a_closed_room_is_free(log):
    """And so is that of a group, for any other."""
    close(log, opened(log))
    other = opened(log, replace(ROBOTS, id="s"))
    assert (other.id, other.is_open) == ("s", True)
    assert opened(log, Room("t", "group", "Robots")).id == "t"


def test_nobody_opens_more_than_they_may(log):
    """Of the same kind, and closed ones do not count."""
    first = opened(log, limit=1)
    assert opened(log, Room("d", "direct", opener="1"), limit=1).id == "d"
    assert opened(log, Room("s", "open", "Other", opener="2"), limit=1).id == "s"
    with pytest.raises(TooManyRooms):
        opened(log, Room("t", "open", "More", opener="1"), limit=1)
    close(log, first)
    assert opened(log, Room("t", "open", "More", opener="1"), limit=1).id == "t"


def test_people_enter_and_leave(log, told):
    """Who is in it already enters at no position, and who is not cannot leave."""
    room = opened(log)
    entered = do(log, EnterRoom("r", BIA, let))
    assert entered == RoomEntered(room.seq + 1, "r", BIA)
    do(log, EnterRoom("r", BIA, refuse))
    left = do(log, LeaveRoom("r", "2", let))
    assert left == RoomLeft(room.seq + 2, "r", BIA)
    assert told[1:] == [entered, left]
    with pytest.raises(UnknownRoom):
        do(log, LeaveRoom("r", "2", let))


@pytest.mark.parametrize(
    "change",
    [
        EnterRoom("r", BIA, refuse),
        LeaveRoom("r", "1", refuse),
        ChangeRoom("r", refuse),
        DeleteRoom("r", refuse),
    ],
)
def test_who_may_is_asked_of_the_room_as_it_is(log, told, change):
    """What is refused leaves nothing behind."""
    opened(log)
    with pytest.raises(Forbidden):
        do(log, change)
    assert len(told) == 1


@pytest.mark.parametrize("room_id", ["none", LOBBY])
def test_what_is_no_room_to_enter(log, room_id):
    """Nor is the one that everybody is in."""
    for change in (
        EnterRoom(room_id, BIA, let),
        LeaveRoom(room_id, "1", let),
        ChangeRoom(room_id, lambda room: replace(room, name="x")),
        DeleteRoom(room_id, let),
    ):
        with pytest.raises(UnknownRoom):
            do(log, change)


def test_a_room_is_changed_and_closed(log, told):
    """At one position each; what changes nothing has none."""
    room = opened(log)
    other = replace(room, name="Bots", topic="Arms", locked=True, readonly=True, slow=10)
    changed = do(log, ChangeRoom("r", lambda _room: other))
    assert changed == RoomChanged(replace(other, seq=room.seq + 1))
    assert do(log, ChangeRoom("r", lambda now: now)) == changed
    closed = close(log, room)
    assert closed == replace(other, closed=room.seq + 2, seq=room.seq + 2)
    assert close(log, room) == closed
    assert told[1:] == [changed, RoomChanged(closed)]


def test_two_open_rooms_have_two_names(log):
    """Unless one of them is a group; by its own name, written otherwise, a room can be called."""
    room = opened(log)
    other = opened(log, replace(ROBOTS, id="s", name="Chess"))
    with pytest.raises(RoomNameUnusable):
        do(log, ChangeRoom("s", lambda now: replace(now, name="ROBOTS")))
    assert do(log, ChangeRoom("r", lambda now: replace(now, name="ROBOTS"))).room.name == "ROBOTS"
    close(log, room)
    assert do(log, ChangeRoom("s", lambda now: replace(now, name="Robots"))).seq > other.seq


def test_a_deleted_room_is_out_of_every_look(ports, told):
    """At once, for who was in it, too; who sends again what they had said there is refused."""
    log = ports.log
    opened(log, members=(ANA, BIA))
    (here,), (said,) = say(log, "a"), say(log, [draft("secret", room="r")])
    do(log, Pin("r", said.id))
    known = Cursor(here.seq, log.epoch)
    deleted = do(log, DeleteRoom("r", let))
    assert told[-1] == deleted == RoomDeleted(said.id + 2, "r")
    assert log.rooms() == (deleted.seq, [], [])
    for cursor in (known, Cursor(0, "")):
        found = log.overview("1", cursor, 10, 100)
        assert (found.rooms, found.others) == ([], [])
    assert log.newest("r", 10).messages == log.newest("r", 10).pins == []
    ports.index()
    assert ports.search.find(Query([["secret"]], ("r", LOBBY)), 10).messages == []
    for change, refusal in (
        (draft("b", room="r"), NotAMember),
        (EnterRoom("r", ANA, let), UnknownRoom),
        (MarkRead("r", ANA, said.id), UnknownRoom),
        (edit(said.id, "b"), UnknownMessage),
        (DeleteRoom("r", let), UnknownRoom),
    ):
        with pytest.raises(refusal):
            do(log, change)
    assert opened(log, replace(ROBOTS, id="s")).name == "Robots"


def test_two_people_can_begin_anew(log):
    """As soon as what they had is deleted, with nothing of what they said."""
    pair = Room(direct_room_id("1", "2"), "direct", opener="1")
    opened(log, pair, (ANA, BIA))
    say(log, [draft("a", room=pair.id)])
    close(log, pair)
    do(log, DeleteRoom(pair.id, let))
    again = opened(log, pair, (ANA, BIA))
    assert (again.kind, again.is_open) == ("direct", True)
    assert log.newest(pair.id, 10).messages == []
    (said,) = say(log, [draft("b", room=pair.id)])
    assert log.newest(pair.id, 10).messages == [said]


def test_who_is_not_in_a_room_says_nothing_there(log):
    """Nor does anybody in one that is closed; what was stored before is answered again."""
    room = opened(log)
    (said,) = (do(log, draft("a", room="r")).message,)
    for user_id, name in (("2", "r"), ("1", "none")):
        with pytest.raises(NotAMember):
            do(log, draft("b", user_id=user_id, room=name))
    close(log, room)
    with pytest.raises(RoomClosed):
        do(log, draft("b", room="r"))
    assert do(log, draft("a", room="r")).message == said
    do(log, LeaveRoom("r", "1", let))
    assert do(log, draft("a", room="r")).message == said
    assert do(log, Resent("1", "a", Muted(None))).message == said


def test_what_is_refused_leaves_the_others_alone(log, told):
    """However many are stored together, in whichever rooms."""
    opened(log)
    drafts = [draft(n, room=("r", LOBBY, "q")[n % 3]) for n in range(30)]
    asked = [log.append(one) for one in drafts]
    refused = [isinstance(one.exception(DEADLINE), NotAMember) for one in asked]
    assert refused == [n % 3 == 2 for n in range(30)]
    posted = [event.message for event in told if isinstance(event, MessagePosted)]
    assert [message.message for message in posted] == [str(n) for n in range(30) if n % 3 < 2]
    assert {message.room for message in posted} == {"r", LOBBY}


def test_what_is_said_in_a_room_is_there_for_who_is_in_it(log, told):
    """Others do not even learn that it is there; once they are in, they do what people do."""
    opened(log)
    (said,) = say(log, [draft("a", room="r")])
    changes = [
        edit(said.id, "b", user_id="2"),
        Delete(said.id, NOON, "2"),
        Delete(said.id, NOON, "2", let),
        React(said.id, "2", "Bia", "👍"),
    ]
    for change in changes:
        with pytest.raises(UnknownMessage):
            do(log, change)
    count = len(told)
    do(log, EnterRoom("r", BIA, let))
    for change in changes[:2]:
        with pytest.raises(Forbidden):
            do(log, change)
    assert do(log, changes[3]).reactions == ("👍",)
    assert do(log, changes[2]).message.deleted
    assert len(told) == count + 2


def test_in_a_closed_room_people_take_things_back_and_no_more(log):
    """What they have said and reacted, but nothing new."""
    room = opened(log)
    said, other = say(log, [draft(text, room="r") for text in "ab"])
    do(log, React(said.id, "1", "Ana", "👍"))
    close(log, room)
    for change in (edit(said.id, "c"), React(said.id, "1", "Ana", "🎉")):
        with pytest.raises(RoomClosed):
            do(log, change)
    assert do(log, React(said.id, "1", "Ana", "👍", on=False)).reactions == ()
    assert do(log, Delete(other.id, NOON, "1")).message.deleted


def test_rooms_have_nothing_of_each_other(log):
    """Neither answers nor pins."""
    opened(log)
    (here,), (there,) = say(log, "a"), say(log, [draft("b", room="r")])
    for change in (
        draft("c", room="r", reply_to=here.id),
        draft("c", reply_to=there.id),
        Pin("r", here.id),
    ):
        with pytest.raises(UnknownMessage):
            do(log, change)
    assert do(log, draft("c", room="r", reply_to=there.id)).message.quoted.message == "b"
    do(log, Pin("r", there.id))
    assert log.newest(LOBBY, 10).pins == []


def test_who_logs_out_is_in_no_room(log, told):
    """Rooms for two are closed, and the other one reads on; nobody is told where there was none."""
    pair = direct_room_id("1", "2")
    opened(log, members=(ANA, BIA))
    direct = opened(log, Room(pair, "direct", opener="1"), (ANA, BIA))
    left = do(log, LeaveAll("2"))
    assert left == RoomsLeft(direct.seq + 1, BIA, ("r",), (pair,))
    assert told[-1] == left
    with pytest.raises(RoomClosed):
        do(log, draft("a", room=pair))
    with pytest.raises(NotAMember):
        do(log, draft("a", user_id="2", room="r"))
    assert do(log, LeaveAll("2")).left == do(log, LeaveAll("3")).closed == ()
    assert told[-1] == left


def test_who_has_another_name_has_it_in_all_rooms(log, told):
    """At one position, and nobody is told where they are in none."""
    opened(log, members=(ANA, BIA))
    room = opened(log, Room(direct_room_id("1", "2"), "direct", opener="1"), (ANA, BIA))
    renamed = do(log, RenameMember(User("2", "Beatriz")))
    assert told[-1] == renamed == MemberRenamed(room.seq + 1, User("2", "Beatriz"))
    _, _, members = log.rooms()
    assert sorted(each.user.name for each in members) == ["Ana", "Ana", "Beatriz", "Beatriz"]
    (_, direct) = log.overview("1", Cursor(0, ""), 10, 100).rooms
    assert direct.person == User("2", "Beatriz")
    for user in (User("2", "Beatriz"), DAVI):
        do(log, RenameMember(user))
    assert told[-1] == renamed


def read(log, room, user, up_to):
    """Let somebody have read so far; returns how much is left, and how much mentions them."""
    event = do(log, MarkRead(room, user, up_to))
    assert (event.user_id, event.room) == (user.id, room)
    return event.up_to, event.unread, event.mentions


@pytest.mark.parametrize("room", [LOBBY, "r"])
def test_what_is_not_read_is_counted(ports, told, room):
    """What others have said, and of that what mentions somebody; nothing goes back."""
    log = ports.log
    opened(log, members=(ANA, BIA))
    do(log, LeaveAll("nobody"))
    say(log, [draft("known", "k", user_id="2")])  # who has said something can be mentioned
    said = say(log, [draft(text, room=room, mentions=("2",) * (text == "b")) for text in "abc"])
    say(log, [draft("mine", user_id="2", room=room), draft("elsewhere", "e", user_id="3")])
    ids = [message.id for message in said]
    count = len(told)
    assert read(log, room, BIA, ids[0])[:2] == (ids[0], 2 + (room == LOBBY))
    assert read(log, room, BIA, ids[0] - 1) == (ids[0], 2 + (room == LOBBY), 1)
    assert read(log, room, BIA, ids[1]) == (ids[1], 1 + (room == LOBBY), 0)
    do(log, Delete(ids[2], NOON))
    assert read(log, room, BIA, 2**53)[1:] == (0, 0)
    assert len(told) == count + 1


def test_what_was_said_before_somebody_came_counts_as_read(log):
    """They may read it all the same."""
    opened(log)
    say(log, [draft("a", room="r")])
    do(log, EnterRoom("r", BIA, let))
    say(log, [draft("b", room="r")])
    assert read(log, "r", BIA, 0)[1] == 1
    with pytest.raises(UnknownRoom):
        read(log, "r", DAVI, 0)


def test_a_room_outlives_the_server(start_durable):
    """With who is in it, and how far they have read."""
    first = start_durable()
    room = opened(first.log, members=(BIA, ANA))
    (said,) = say(first.log, [draft("a", room="r")])
    read(first.log, "r", BIA, said.id)
    first.close()
    second = start_durable()
    assert do(second.log, OpenRoom(ROBOTS, (), 10)) == RoomOpened(room, (ANA, BIA))
    assert read(second.log, "r", BIA, 0) == (said.id, 0, 0)


def test_who_has_not_come_for_long_is_in_no_room(ports):
    """Unless they have their name still; so is it forgotten how far somebody has read."""
    log = ports.log
    opened(log, members=(ANA, BIA, DAVI))
    ports.reservations.note([Reserved(DAVI)])
    for user, day in ((ANA, 100), (BIA, 99), (DAVI, 99), (User("4", "Eva"), 99)):
        do(log, MarkRead(LOBBY, user, 0, day))
        if user.id != "4":
            do(log, MarkRead("r", user, 0, day))
    assert log.tidy(189) == ([], [])
    assert log.tidy(190) == (["2"], [])
    do(log, LeaveAll("2"))
    assert log.tidy(190) == ([], [])
    marked = [log.overview(user_id, Cursor(0, ""), 10, 100).marked for user_id in "1234"]
    assert marked == [True, False, True, False]


def test_closed_rooms_with_nothing_in_them_are_named(log):
    """Those with a history stay, and so do open ones; who entered of late has come of late."""
    for room_id, text in (("r", None), ("s", "a"), ("t", None)):
        opened(log, replace(ROBOTS, id=room_id, name=room_id))
        if text:
            say(log, [draft(text, room=room_id)])
    for room_id in "rs":
        close(log, Room(room_id, "open"))
    assert log.tidy(1) == ([], ["r"])
    assert log.tidy(90) == ([], ["r"])
