"""People open, enter and leave rooms, and hear what is said where they are, and nothing else."""

import pytest

from lanchat.chat import entering
from lanchat.chat.events import MessagePosted, Typing
from lanchat.chat.model import LOBBY, Cursor
from lanchat.chat.room_changes import OpenRoom
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.chat.room_events import (
    MarkedRead,
    RoomChanged,
    RoomEntered,
    RoomLeft,
    RoomTold,
)
from lanchat.chat.rooms import Room
from lanchat.errors import (
    Forbidden,
    NotAMember,
    NotJoined,
    ReadOnly,
    RoomClosed,
    RoomLocked,
    RoomNameUnusable,
    SlowMode,
    TooManyRooms,
    UnknownPerson,
    UnknownRoom,
)
from tests.chat.conftest import LAPTOP, PHONE
from tests.world.deadline import DEADLINE

ANEW = Cursor(0, "")
ROOM_EVENTS = (MarkedRead, RoomTold, RoomChanged, RoomEntered, RoomLeft)


@pytest.fixture
def hub(start):
    """A hub at which two people may talk privately where one of them is host."""
    return start(history=100)


@pytest.fixture
def arrive(hub):
    """Let somebody log in and join by a connection, called like them, that takes rooms."""

    def arrive(name, origin=LAPTOP, *, host=False):
        user = hub.identities.log_in(name, origin, host=host)
        tab(hub, user, name, origin)
        return user

    return arrive


@pytest.fixture
def ana(arrive):
    """Ana, who is host."""
    return arrive("Ana", host=True)


@pytest.fixture
def bia(ana, arrive):
    """Bia, who is a guest; Ana is here, too."""
    return arrive("Bia", PHONE)


@pytest.fixture
def davi(bia, arrive):
    """Davi, who is another one."""
    return arrive("Davi", PHONE)


def tab(hub, user, connection, origin=LAPTOP, *, takes_rooms=True, cursor=ANEW):
    """Let a user join by one more connection."""
    hub.connect(connection, user)
    traits = [TAKES_ROOMS] if takes_rooms else []
    return hub.join(connection, user, origin, cursor, traits=traits)


def say(hub, connection, text, room):
    """Let somebody say something in a room."""
    posted = hub.posting.post(connection, text, f"{connection} {text}", room=room)
    return posted.result(DEADLINE).message


def close(hub, connection, room):
    """Let somebody close a room; returns what it is then."""
    hub.command(connection, "close", "", room=room)
    return hub.rooms.enter(connection, room).room


def heard(recorder, connection, *kinds):
    """Which events of these kinds a connection has heard."""
    return [
        event for event in recorder.heard(connection) if isinstance(event, kinds or ROOM_EVENTS)
    ]


def texts(recorder, connection):
    """What a connection has heard people say."""
    return [event.message.message for event in heard(recorder, connection, MessagePosted)]


def test_a_room_is_opened_entered_and_left(hub, recorder, ana, bia):
    """Whoever takes rooms learns that there is one, and who is in it who comes and goes."""
    opened = hub.rooms.open_room("Ana", " Robots ")
    room = opened.room
    assert (room.name, room.kind, opened.members) == ("Robots", "open", [ana])
    entered = hub.rooms.enter("Bia", room.id)
    assert entered.members == [ana, bia]
    hub.rooms.leave("Bia", room.id)
    hub.rooms.leave("Ana", room.id)
    offered = RoomTold("room:lobby", room, 1, member=False)
    seq = room.seq
    assert heard(recorder, "Bia") == [
        offered,
        RoomEntered(seq + 1, room.id, bia),
        RoomLeft(seq + 2, room.id, bia),
    ]
    assert heard(recorder, "Ana") == [
        offered,
        RoomTold(f"room:{room.id}", room, 1, member=True),
        RoomEntered(seq + 1, room.id, bia),
        RoomLeft(seq + 2, room.id, bia),
        RoomLeft(seq + 3, room.id, ana),
    ]


def test_what_is_said_in_a_room_is_heard_there_alone(hub, recorder, davi):
    """On all connections of those who are in it that take rooms, until they leave."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    bia = hub.identities.current(hub.rooms.enter("Bia", room).members[1])
    tab(hub, bia, "Bia's tab")
    tab(hub, bia, "Bia's old tab", takes_rooms=False)
    say(hub, "Ana", "one", room)
    say(hub, "Ana", "hello all", LOBBY)
    hub.posting.typing("Ana", room)
    hub.rooms.leave("Bia", room)
    say(hub, "Ana", "two", room)
    assert texts(recorder, "Ana") == ["one", "hello all", "two"]
    assert texts(recorder, "Bia") == texts(recorder, "Bia's tab") == ["one", "hello all"]
    assert texts(recorder, "Bia's old tab") == texts(recorder, "Davi") == ["hello all"]
    assert [len(heard(recorder, name, Typing)) for name in ("Bia", "Davi")] == [1, 0]


def test_who_is_not_in_a_room_does_nothing_there(hub, davi):
    """Where they may know of it they are told so, and else there is none."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    message = say(hub, "Ana", "one", room)
    for refusal, where in ((NotAMember, room), (UnknownRoom, "none")):
        with pytest.raises(refusal):
            say(hub, "Bia", "two", where)
        with pytest.raises(refusal):
            hub.posting.typing("Bia", where)
    with pytest.raises(UnknownRoom):
        hub.rooms.leave("Bia", room)
    assert hub.rooms_of("Ana") == [LOBBY, room]
    assert hub.rooms_of("Bia") == [LOBBY]
    assert [hub.rooms.may_read(user.id, message.room) for user in (davi,)] == [False]


def test_a_client_that_takes_no_rooms_reads_the_main_one_alone(hub, bia):
    """Whatever its person is in, on the same connection, too, if it says so later."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    hub.rooms.enter("Bia", room)
    assert tab(hub, bia, "old", takes_rooms=False).rooms is None
    assert hub.rooms_of("old") == (LOBBY,)
    tab(hub, bia, "Bia", takes_rooms=False)
    assert hub.rooms_of("Bia") == (LOBBY,)


def test_it_hears_nothing_any_more_of_what_it_takes_no_more(hub, recorder, bia):
    """Not even what it has heard before."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    hub.rooms.enter("Bia", room)
    say(hub, "Ana", "one", room)
    tab(hub, bia, "Bia", takes_rooms=False)
    say(hub, "Ana", "two", room)
    assert texts(recorder, "Bia") == ["one"]
    tab(hub, bia, "Bia")
    say(hub, "Ana", "three", room)
    assert texts(recorder, "Bia") == ["one", "three"]


def test_the_same_name_is_the_same_room(hub, ana, start, arrive, bia):
    """Whoever opens it again enters it, also who may open none."""
    room = hub.rooms.open_room("Ana", "Robots").room
    with pytest.raises(Forbidden):
        hub.rooms.open_room("Bia", "Chess")
    arrive("Rui", host=True)
    for name in ("Rui", "Bia"):
        assert hub.rooms.open_room(name, "ROBOTS").room == room
    assert hub.rooms.enter("Ana", room.id).members[2] == bia
    with pytest.raises(RoomNameUnusable):
        hub.rooms.open_room("Ana", " ")


def test_everybody_opens_rooms_where_that_is_so_set(start, monkeypatch):
    """So many at the same time, and closes their own ones."""
    monkeypatch.setattr(entering, "OPENED_LIMIT", 1)
    hub = start(openers="all")
    tab(hub, hub.identities.log_in("Bia", LAPTOP), "Bia")
    room = hub.rooms.open_room("Bia", "Robots").room
    with pytest.raises(TooManyRooms):
        hub.rooms.open_room("Bia", "More")
    hub.command("Bia", "close", "", room=room.id)
    assert hub.rooms.open_room("Bia", "More").room.is_open


def test_a_room_that_is_closed_is_read_on(hub, recorder, bia):
    """By who was in it; nobody else enters it, and nobody writes."""
    room = hub.rooms.open_room("Ana", "Robots").room
    message = say(hub, "Ana", "one", room.id)
    closed = close(hub, "Ana", room.id)
    assert heard(recorder, "Bia")[-1] == RoomChanged(closed)
    assert heard(recorder, "Ana").count(RoomChanged(closed)) == 1
    assert hub.rooms.enter("Ana", room.id).page.messages == [message]
    with pytest.raises(RoomClosed):
        hub.rooms.enter("Bia", room.id)
    with pytest.raises(RoomClosed):
        say(hub, "Ana", "two", room.id)
    with pytest.raises(RoomClosed):
        hub.command("Ana", "rename", "Bots", room=room.id)
    with pytest.raises(RoomClosed):
        hub.posting.edit("Ana", message.id, "edited", "e").result(DEADLINE)
    assert hub.posting.delete("Ana", message.id).result(DEADLINE).message.deleted


def test_a_room_is_stricter(hub, bia):
    """Locked, it takes nobody new; for reading, hosts alone write; in a slow one people wait."""
    room = hub.rooms.open_room("Ana", "Robots").room.id

    hub.command("Ana", "lock", "", room=room)
    with pytest.raises(RoomLocked):
        hub.rooms.enter("Bia", room)
    hub.command("Ana", "unlock", "", room=room)
    hub.command("Ana", "slow", "30s", room=room)
    hub.rooms.enter("Bia", room)
    message = say(hub, "Bia", "one", room)
    with pytest.raises(SlowMode):
        say(hub, "Bia", "two", room)
    assert say(hub, "Bia", "hello", LOBBY)
    hub.command("Ana", "slow", "off", room=room)
    hub.command("Ana", "readonly", "", room=room)
    for attempt in (
        lambda: say(hub, "Bia", "three", room),
        lambda: hub.posting.edit("Bia", message.id, "edited", "e").result(DEADLINE),
        lambda: hub.reactions.react("Bia", message.id, "👍", on=True).result(DEADLINE),
        lambda: hub.posting.typing("Bia", room),
    ):
        with pytest.raises(ReadOnly):
            attempt()
    assert say(hub, "Ana", "four", room)


def test_two_people_have_a_room_of_their_own(hub, recorder, bia, davi, ana):
    """Which both of them find, and nobody else hears of: not even a host."""
    found = hub.rooms.open_direct("Bia", ana.id)
    again = hub.rooms.open_direct("Ana", bia.id)
    assert (found.room, found.person, again.person) == (again.room, ana, bia)
    room, seq = found.room, found.room.seq
    for person, other in ((ana, bia), (bia, ana)):
        told = RoomTold(f"user:{person.id}", room, 2, member=True, person=other)
        assert heard(recorder, person.name) == [told]
    say(hub, "Bia", "a word", room.id)
    assert texts(recorder, "Ana") == texts(recorder, "Bia") == ["a word"]
    assert heard(recorder, "Davi") == []
    for attempt in (hub.rooms.enter, hub.rooms.leave):
        with pytest.raises(UnknownRoom):
            attempt("Davi", room.id)
    with pytest.raises(Forbidden):
        close(hub, "Ana", room.id)
    with pytest.raises(Forbidden):
        hub.rooms.leave("Ana", room.id)
    assert seq == room.opened


def test_guests_talk_privately_with_hosts(hub, bia, davi, ana):
    """Not with each other, with themselves, or with nobody; and no more when nobody is host."""
    with pytest.raises(Forbidden):
        hub.rooms.open_direct("Bia", davi.id)
    for nobody in ("nobody", bia.id):
        with pytest.raises(UnknownPerson):
            hub.rooms.open_direct("Bia", nobody)
    room = hub.rooms.open_direct("Bia", ana.id).room.id
    hub.command_from_terminal("unhost", "Ana")
    with pytest.raises(Forbidden):
        say(hub, "Bia", "a word", room)
    assert hub.rooms.enter("Bia", room).room.id == room


def test_who_logs_out_leaves_all_rooms(hub, recorder, bia, ana):
    """Whoever has the name next sees nothing of them, and whoever is left reads on."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    hub.rooms.enter("Bia", room)
    direct = hub.rooms.open_direct("Bia", ana.id).room
    message = say(hub, "Bia", "a word", direct.id)
    hub.identities.log_out(bia)
    hub.rooms.mark_read("Ana", LOBBY, 0).result(DEADLINE)  # behind it in the log
    left, closed = heard(recorder, "Ana")[-2:]
    assert (left.room, left.user) == (room, bia)
    assert (closed.room.id, closed.room.closed) == (direct.id, closed.seq)
    found = hub.rooms.enter("Ana", direct.id)
    assert (found.page.messages, found.person) == ([message], bia)
    again = hub.identities.log_in("Bia", PHONE)
    assert [one.room.id for one in tab(hub, again, "B2").rooms.rooms] == []
    with pytest.raises(UnknownRoom):
        hub.rooms.enter("B2", direct.id)


def test_who_takes_another_name_is_known_by_it_in_rooms(hub, start, bia, ana):
    """By the other one of a room for two as well, who reads on when they are gone."""
    hub.rooms.open_direct("Bia", ana.id)
    hub.identities.rename(bia, "Beatriz", LAPTOP)
    hub.rooms.mark_read("Ana", LOBBY, 0).result(DEADLINE)  # behind it in the log
    hub.close()
    again = start()
    (direct,) = tab(again, ana, "Ana").rooms.rooms
    assert direct.person.name == "Beatriz"


def test_who_becomes_host_learns_of_groups(start, log, recorder):
    """Which are there already, and which guests who are in none do not see."""
    hub = start(log=log)
    for name in ("Ana", "Bia", "Davi"):
        user = hub.identities.log_in(name, LAPTOP, host=name == "Ana")
        tab(hub, user, name)
    log.append(OpenRoom(Room("g", "group", "Group 1"), (user,), 10)).result(DEADLINE)
    assert [len(heard(recorder, name)) for name in ("Ana", "Bia", "Davi")] == [1, 0, 1]
    hub.command("Ana", "host", "Bia")
    (told,) = heard(recorder, "Bia")
    assert (told.room.id, told.members, told.member) == ("g", 1, False)


def test_what_is_read_is_told_to_ones_other_tabs(hub, recorder, bia):
    """And to nobody else."""
    tab(hub, bia, "Bia's tab")
    message = say(hub, "Ana", "one", LOBBY)
    say(hub, "Ana", "two", LOBBY)
    read = hub.rooms.mark_read("Bia", LOBBY, message.id).result(DEADLINE)
    assert (read.up_to, read.unread) == (message.id, 1)
    for connection in ("Bia", "Bia's tab"):
        assert heard(recorder, connection, MarkedRead) == [read]
    hub.rooms.mark_read("Bia", LOBBY, message.id).result(DEADLINE)
    assert len(heard(recorder, "Bia", MarkedRead)) == 1
    assert heard(recorder, "Ana", MarkedRead) == []
    with pytest.raises(UnknownRoom):
        hub.rooms.mark_read("Bia", "none", 1).result(DEADLINE)
    with pytest.raises(NotJoined):
        hub.rooms.mark_read("nobody", LOBBY, 1)


def test_who_comes_now_and_then_stays_in_their_rooms(hub, times, bia):
    """And who has not come for 90 days, and has no name here any more, is in none."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    hub.rooms.enter("Bia", room)

    def settle():
        hub.rooms.mark_read("Ana", LOBBY, 0).result(DEADLINE)  # behind all else in the log

    def pass_days(number):
        settle()
        times.go_on(number * 86_400)
        hub.tick(times.monotonic)
        settle()
        return hub.rooms.readable(bia.id)

    hub.disconnect("Bia")
    assert pass_days(1) == [LOBBY, room]
    assert pass_days(60) == [LOBBY, room]
    tab(hub, bia, "later")
    hub.disconnect("later")
    assert pass_days(60) == [LOBBY, room]
    assert pass_days(60) == [LOBBY]


def test_who_comes_back_finds_their_rooms(hub, bia, davi):
    """With all that was said there meanwhile, and those that they could enter."""
    room = hub.rooms.open_room("Ana", "Robots").room.id
    other = hub.rooms.open_room("Ana", "Chess").room
    hub.rooms.enter("Bia", room)
    before = tab(hub, bia, "Bia's tab")
    hub.disconnect("Bia's tab")
    say(hub, "Ana", "one", room)
    say(hub, "Ana", "two", other.id)
    snapshot = tab(hub, bia, "Bia's tab", cursor=Cursor(before.page.seq, before.epoch))
    (found,) = snapshot.rooms.rooms
    assert (found.room.id, found.unread, found.members) == (room, 1, 2)
    assert [message.message for message in found.page.messages] == ["one"]
    assert snapshot.rooms.others == [(other, 1)]
    assert snapshot.page is snapshot.rooms.main.page


def test_a_restart_changes_nothing(hub, start, database, bia, ana):
    """Rooms and who is in them are there again."""
    room = hub.rooms.open_room("Ana", "Robots").room
    hub.rooms.enter("Bia", room.id)
    hub.close()
    again = start()
    tab(again, ana, "Ana")
    tab(again, bia, "Bia")
    assert again.rooms.enter("Bia", room.id).members == [ana, bia]
    assert again.rooms_of("Ana") == [LOBBY, room.id]
