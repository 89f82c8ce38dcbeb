"""Hosts share people out, whoever comes late has a place, and somebody asks for a host."""

import pytest

from lanchat.chat.events import Announced, MessagePosted
from lanchat.chat.grouping import GROUPS_LIMIT, ROUNDS_KEPT
from lanchat.chat.model import LOBBY, Cursor
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.chat.room_events import (
    HostCalled,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomLeft,
    RoomTold,
)
from lanchat.errors import (
    CommandUnusable,
    Forbidden,
    NotAMember,
    NotJoined,
    PayloadInvalid,
    RoomClosed,
    UnknownRoom,
)
from tests.chat.conftest import LAPTOP, PHONE
from tests.world.deadline import DEADLINE

ANEW = Cursor(0, "")
GUESTS = ["Bia", "Caio", "Davi", "Eva", "Fabio"]


@pytest.fixture
def hub(start):
    """A hub without people."""
    return start(history=100)


@pytest.fixture
def arrive(hub):
    """Let somebody log in and join by a connection, called like them, that takes rooms."""

    def arrive(name, *, host=False):
        user = hub.identities.log_in(name, LAPTOP if host else PHONE, host=host)
        tab(hub, user, name)
        return user

    return arrive


@pytest.fixture
def ana(arrive):
    """Ana, who is host."""
    return arrive("Ana", host=True)


@pytest.fixture
def guests(ana, arrive):
    """Five guests; Ana is here, too."""
    return {name: arrive(name) for name in GUESTS}


@pytest.fixture
def give(hub, guests):
    """Let Ana type a command, without its slash."""
    return lambda line: hub.command("Ana", *line.partition(" ")[::2])


def tab(hub, user, connection, *, takes_rooms=True, cursor=ANEW):
    """Let a user join by one more connection."""
    hub.connect(connection, user)
    traits = [TAKES_ROOMS] if takes_rooms else []
    return hub.join(connection, user, PHONE, cursor, traits=traits)


def heard(recorder, connection, *kinds):
    """Which events of these kinds a connection has heard."""
    return [event for event in recorder.heard(connection) if isinstance(event, kinds)]


def groups(hub):
    """The names of who is in which group, of those that are open."""
    return [
        sorted(user.name for user in hub.rooms.enter("Ana", room.id).members if user.name != "Ana")
        for room in hub.groups.there()
        if room.is_open
    ]


def say(hub, connection, text, room):
    """Let somebody say something in a room."""
    return hub.posting.post(connection, text, text, room=room).result(DEADLINE).message


# Sharing out.


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("2", [2, 3]),
        ("7", [0, 0, 1, 1, 1, 1, 1]),
        ("2 each", [1, 2, 2]),
        ("5 Each", [5]),
        ("9 each", [5]),
    ],
)
def test_guests_are_dealt_out(hub, give, text, sizes):
    """By number or size, evenly; hosts are in none."""
    done = give(f"groups {text}")
    assert (done.key, done.params) == ("command.groups.done", {"groups": len(sizes), "people": 5})
    found = groups(hub)
    assert sorted(map(len, found)) == sizes
    assert sorted(name for group in found for name in group) == GUESTS
    assert [room.name for room in hub.groups.there()] == [str(n + 1) for n in range(len(sizes))]


def test_guests_are_shared_out_by_name(hub, give):
    """Whoever is not named is put into the smallest; a name may have a comma, and any case."""
    give("groups bia ,CAIO, Davi | Eva |")
    assert groups(hub) == [["Bia", "Caio", "Davi"], ["Eva", "Fabio"]]
    hub.identities.log_in("Silva, Rui", PHONE)
    give("groups Silva, Rui | Bia, Caio, Davi, Eva, Fabio")
    assert [len(group) for group in groups(hub)] == [1, 5]


@pytest.mark.parametrize(
    ("text", "reason", "params"),
    [
        ("Bia, Rui | Iara", "nobody", {"name": "Rui, Iara"}),
        ("five", "nobody", {"name": "five"}),
        ("Bia, Ana | Caio", "in_no_group", {"names": "Ana"}),
        ("Bia, Caio | bia, Eva", "named_twice", {"names": "Bia"}),
        ("0", "too_many_groups", {"limit": GROUPS_LIMIT}),
        ("0 each", "too_many_groups", {"limit": GROUPS_LIMIT}),
        (str(GROUPS_LIMIT + 1), "too_many_groups", {"limit": GROUPS_LIMIT}),
        ("|", "too_many_groups", {"limit": GROUPS_LIMIT}),
        ("end", "no_groups", {}),
    ],
)
def test_what_cannot_be_shared_out_changes_nothing(hub, give, *, text, reason, params):
    """One answer says why, and names whom it is about."""
    with pytest.raises(CommandUnusable) as refusal:
        give(f"groups {text}")
    assert (refusal.value.reason, refusal.value.params) == (reason, params)
    assert hub.groups.there() == []


def test_only_hosts_share_out(hub, guests):
    """And nobody without saying how."""
    for command in ("groups", "group", "announce"):
        with pytest.raises(Forbidden):
            hub.command("Bia", command, "2")
        with pytest.raises(CommandUnusable):
            hub.command("Ana", command, "")


def test_each_learns_of_their_own_place_alone(hub, recorder, give):
    """With who is there; hosts learn of all groups, and what was said there is for its members."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    one, two = hub.groups.there()
    (told,) = heard(recorder, "Bia", RoomTold)
    assert (told.room, told.members, told.member) == (one, 2, True)
    assert sorted(user.name for user in told.people) == ["Bia", "Caio"]
    assert [(event.room, event.member) for event in heard(recorder, "Ana", RoomTold)] == [
        (one, False),
        (two, False),
    ]
    message = say(hub, "Bia", "in one", one.id)
    for name in ("Ana", "Davi"):
        assert heard(recorder, name, MessagePosted) == []
    assert heard(recorder, "Caio", MessagePosted) == [MessagePosted(message)]
    with pytest.raises(UnknownRoom):
        say(hub, "Davi", "in one, too", one.id)
    with pytest.raises(NotAMember):
        say(hub, "Ana", "in one, too", one.id)


def test_a_second_sharing_out_gives_everybody_exactly_their_new_place(hub, recorder, give, guests):
    """Nothing more is said in the old one, which is read on."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    old = hub.groups.there()[0]
    message = say(hub, "Bia", "old", old.id)
    give("groups Bia, Davi | Caio, Eva, Fabio")
    new = hub.groups.there()[0]
    closed, opened = heard(recorder, "Bia", RoomChanged, RoomTold)[-2:]
    assert (closed.room.id, bool(closed.room.closed)) == (old.id, True)
    assert (opened.room, opened.member) == (new, True)
    assert hub.rooms.readable(guests["Bia"].id) == [LOBBY, old.id, new.id]
    with pytest.raises(RoomClosed):
        say(hub, "Bia", "old, too", old.id)
    said = say(hub, "Bia", "new", new.id)
    assert MessagePosted(said) in heard(recorder, "Davi", MessagePosted)
    assert MessagePosted(said) not in heard(recorder, "Caio", MessagePosted)
    assert hub.rooms.enter("Bia", old.id).page.messages == [message]


def test_groups_of_long_ago_are_deleted(hub, recorder, give, guests):
    """With what was said there; nothing of a sharing out stays for ever."""
    rounds = []
    for _ in range(ROUNDS_KEPT + 2):
        give("groups 2")
        rounds.append([room.id for room in hub.groups.there()])
        give("groups end")
    say(hub, "Bia", "wait", LOBBY)  # behind what was deleted
    gone = sorted(room_id for each in rounds[:2] for room_id in each)
    assert sorted(event.room for event in heard(recorder, "Ana", RoomDeleted)) == gone
    own = hub.rooms.readable(guests["Bia"].id)
    assert [room_id in each for room_id, each in zip(own[1:], rounds[2:], strict=True)] == (
        [True] * ROUNDS_KEPT
    )


def test_groups_end_and_one_can_be_closed_alone(hub, recorder, give, audit):
    """Nobody who was in it is put into another one because of that."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    one, two = hub.groups.there()
    hub.command("Ana", "close", "", room=one.id)
    bia = tab(hub, hub.identities.current(heard(recorder, "Bia", RoomTold)[0].people[0]), "tab")
    assert [found.room.id for found in bia.rooms.rooms] == [one.id]
    assert give("groups end").key == "command.groups.end"
    assert heard(recorder, "Davi", RoomChanged)[-1].room.id == two.id
    assert hub.groups.there() == []
    fields = [line[-1] for line in audit.named("command") if line[0] == "groups"]
    assert fields == [{"value": "2"}, {"value": "end"}]


def test_members_stay_and_hosts_come_and_go(hub, give):
    """A host can be in as many as they like."""
    give("groups 2")
    one, two = (room.id for room in hub.groups.there())
    inside = groups(hub)[0][0]
    hub.rooms.leave("Ana", one)
    hub.rooms.leave("Ana", two)
    with pytest.raises(Forbidden):
        hub.rooms.leave(inside, one)
    for room in (one, two):
        hub.rooms.enter("Ana", room)
        say(hub, "Ana", f"hello {room}", room)
    hub.rooms.leave("Ana", one)
    with pytest.raises(UnknownRoom):
        hub.rooms.enter(inside, two)


# Who comes late, or moves.


def test_who_comes_late_is_put_into_the_smallest(hub, recorder, give, arrive):
    """The answer has it; who is there learns of it, and so do their other tabs."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    one, _ = hub.groups.there()
    gil = hub.identities.log_in("Gil", PHONE)
    tab(hub, gil, "old tab", takes_rooms=False)
    assert heard(recorder, "Bia", RoomEntered) == []
    snapshot = tab(hub, gil, "Gil")
    (found,) = snapshot.rooms.rooms
    assert (found.room, found.members) == (one, 3)
    assert [event.user for event in heard(recorder, "Bia", RoomEntered)] == [gil]
    assert RoomTold(f"user:{gil.id}", one, 3, member=True) in heard(recorder, "Gil", RoomTold)
    assert [found.room.id for found in tab(hub, gil, "Gil 2").rooms.rooms] == [one.id]


def test_hosts_are_put_nowhere(hub, give, arrive):
    """They find all groups, and enter which they like."""
    give("groups 2")
    rui = hub.identities.log_in("Rui", LAPTOP, host=True)
    snapshot = tab(hub, rui, "Rui")
    assert snapshot.rooms.rooms == []
    assert [room for room, _ in snapshot.rooms.others] == hub.groups.there()


def test_who_is_host_no_more_has_a_place(hub, give, arrive):
    """Unless they are in a group already."""
    give("groups 3")
    users = [arrive(name, host=True) for name in ("Rui", "Gil")]
    two = hub.groups.there()[1]
    hub.rooms.enter("Gil", two.id)
    for user in users:
        give(f"unhost {user.name}")
    hub.rooms.mark_read("Ana", LOBBY, 0).result(DEADLINE)  # behind it in the log
    (_, place), (_, kept) = (hub.rooms.readable(user.id) for user in users)
    assert (place in {room.id for room in hub.groups.there()}, kept) == (True, two.id)


def test_who_has_come_while_others_were_shared_out_has_a_place(hub, give, guests, log):
    """Also where whoever shared them out did not know of them."""
    before = hub.groups.guests
    hub.groups.guests = lambda: [user for user in before() if user.name != "Eva"]
    give("groups 2")
    hub.rooms.mark_read("Ana", LOBBY, 0).result(DEADLINE)  # behind it in the log
    assert sorted(name for group in groups(hub) for name in group) == GUESTS


def test_a_break_and_a_restart_keep_the_group(hub, start, give, guests, ana):
    """Whoever comes back finds theirs, and no other."""
    give("groups 3")
    before = groups(hub)
    hub.disconnect("Bia")
    places = hub.rooms.readable(guests["Bia"].id)
    tab(hub, guests["Bia"], "Bia")
    assert hub.rooms.readable(guests["Bia"].id) == places
    hub.close()
    again = start()
    tab(again, ana, "Ana")
    for user in guests.values():
        tab(again, user, user.name)
    assert groups(again) == before


def test_a_host_moves_somebody(hub, recorder, give, guests, audit):
    """Out of one group and into another, of which they are told."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    one, two = hub.groups.there()
    done = give("group Bia 2")
    assert (done.key, done.params) == ("command.group.done", {"name": "Bia", "number": 2})
    assert hub.rooms.readable(guests["Bia"].id) == [LOBBY, two.id]
    left, told, entered = heard(recorder, "Bia", RoomTold, RoomLeft, RoomEntered)[1:]
    assert (left.room, told.room, told.member, told.people) == (one.id, two, True, ())
    assert entered == RoomEntered(left.seq, two.id, guests["Bia"])
    assert heard(recorder, "Caio", RoomLeft) == [left]
    assert audit.named("command")[-1][2][0] == guests["Bia"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("Bia 3", "no_group"), ("Bia 0", "no_group"), ("Rui 1", "nobody"), ("Ana 1", "is_host")],
)
def test_a_move_that_cannot_be(give, text, reason):
    """Each has its answer."""
    give("groups 2")
    with pytest.raises(CommandUnusable) as refusal:
        give(f"group {text}")
    assert refusal.value.reason == reason


def test_nobody_is_moved_where_there_are_no_groups(hub, give):
    """Nor into one that has ended."""
    with pytest.raises(CommandUnusable) as refusal:
        give("group Bia 1")
    assert refusal.value.reason == "no_groups"
    give("groups 2")
    hub.command("Ana", "close", "", room=hub.groups.there()[0].id)
    with pytest.raises(CommandUnusable) as refusal:
        give("group Bia 1")
    assert refusal.value.reason == "no_group"


# Speaking to all, and being asked to come.


def test_an_announcement_reaches_everybody(hub, recorder, give, guests, audit):
    """In whatever room they are, and whatever their client takes; a terminal can speak, too."""
    give("groups 2")
    tab(hub, guests["Bia"], "old tab", takes_rooms=False)
    give("announce  Five minutes  left ")
    for name in ("Ana", *GUESTS, "old tab"):
        posted, announced = heard(recorder, name, MessagePosted, Announced)
        message = posted.message
        assert (message.message, message.room) == ("Five minutes left", LOBBY)
        assert (message.user, message.ip) == ("Ana", PHONE.ip)
        assert announced.messages[-1] == message._replace(pinned=True, seq=announced.seq)
    assert audit.named("command")[-1] == ("announce", "Ana", None, {"value": f"#{message.id}"})
    hub.command_from_terminal("announce", "Tea")
    assert heard(recorder, "Bia", MessagePosted)[-1].message.user == "lanchat"


def test_a_guest_calls_a_host(hub, recorder, give, guests, audit):
    """All hosts who are here learn from which group, once each; and those in it."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    rui = hub.identities.log_in("Rui", LAPTOP, host=True)
    tab(hub, rui, "Rui")
    one, _ = hub.groups.there()
    hub.rooms.enter("Rui", one.id)
    logged = len(audit.lines)
    assert hub.groups.call_host("Bia", one.id) == 2
    for name in ("Ana", "Rui", "Caio", "Bia"):
        (call,) = heard(recorder, name, HostCalled)
        assert (call.room, call.name, call.user) == (one.id, "1", guests["Bia"])
    assert heard(recorder, "Davi", HostCalled) == []
    assert len(audit.lines) == logged


def test_who_is_not_in_a_group_calls_nobody(hub, recorder, give):
    """Nor does anybody from another room, or from one that has ended."""
    give("groups Bia, Caio | Davi, Eva, Fabio")
    one, two = hub.groups.there()
    other = hub.rooms.open_room("Ana", "Robots").room
    for connection, room, refusal in (
        ("Bia", two.id, UnknownRoom),
        ("Bia", "none", UnknownRoom),
        ("nobody", one.id, NotJoined),
        ("Ana", other.id, PayloadInvalid),
        ("Bia", LOBBY, PayloadInvalid),
    ):
        with pytest.raises(refusal):
            hub.groups.call_host(connection, room)
    give("groups end")
    with pytest.raises(RoomClosed):
        hub.groups.call_host("Bia", one.id)
    assert recorder.all(HostCalled) == []
