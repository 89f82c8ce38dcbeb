"""Commands count for the room in which they are given, for those who may do so there."""

import pytest

from lanchat.chat.commands import COMMANDS
from lanchat.chat.events import HistoryCleared, PinsChanged, RulesChanged
from lanchat.chat.model import LOBBY
from lanchat.chat.permissions import Act, Standing, may
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.chat.room_events import RoomChanged, RoomDeleted, RoomTold
from lanchat.chat.room_settings import Rules
from lanchat.chat.rooms import Room
from lanchat.errors import (
    CommandUnusable,
    Forbidden,
    NotAMember,
    ReadOnly,
    Refusal,
    RoomClosed,
    RoomNameUnusable,
    UnknownRoom,
)
from tests.chat.conftest import LAPTOP
from tests.world.deadline import DEADLINE

NAMES = ("Ana", "Rui", "Bia", "Carla", "Davi")
STANDINGS = {
    "Ana": Standing(host=True, member=True),
    "Rui": Standing(host=True),
    "Bia": Standing(member=True, opener=True),
    "Carla": Standing(member=True),
    "Davi": Standing(),
}
LINES = {
    "topic Robots": Act.CHANGE,
    "lock": Act.CHANGE,
    "unlock": Act.CHANGE,
    "readonly": Act.CHANGE,
    "slow 10s": Act.CHANGE,
    "rename Bots": Act.CHANGE,
    "pin": Act.PIN,
    "unpin": Act.PIN,
    "poll Tea? | yes | no": Act.PIN,
    "clear": Act.CLEAR,
    "close": Act.CLOSE,
    "erase": Act.CLOSE,
}


@pytest.fixture
def hub(start):
    """A hub at which everybody opens rooms, and all talk in private."""
    return start(history=100, openers="all", privacy="all")


@pytest.fixture
def people(hub):
    """Two hosts and three guests, by their names, as are their connections."""
    found = {}
    for name in NAMES:
        user = hub.identities.log_in(name, LAPTOP, host=name in {"Ana", "Rui"})
        hub.connect(name, user)
        hub.join(name, user, LAPTOP, traits=[TAKES_ROOMS])
        found[name] = user
    return found


@pytest.fixture
def room(hub, people):
    """A room that Bia has opened, with Ana and Carla in it, where something was said and pinned."""
    room = hub.rooms.open_room("Bia", "Robots").room.id
    for name in ("Ana", "Carla"):
        hub.rooms.enter(name, room)
    say(hub, "Carla", "one", room)
    hub.command("Ana", "pin", "", room=room)
    return room


def say(hub, connection, text, room):
    """Let somebody say something in a room."""
    return hub.posting.post(connection, text, f"{connection} {text}", room=room).result(DEADLINE)


def test_all_commands_about_a_room_are_tried_here():
    """A new one is not forgotten."""
    assert {line.split()[0]: act for line, act in LINES.items()} == {
        command.name: command.act for command in COMMANDS.values() if command.act
    }


@pytest.mark.parametrize("who", NAMES)
@pytest.mark.parametrize("line", LINES)
def test_who_may_use_a_command_in_a_room(hub, room, audit, line, who):
    """Those who may do so by the table, and nobody else; the log says in which room it was."""
    name, _, text = line.partition(" ")
    logged = list(audit.lines)
    try:
        hub.command(who, name, text, room=room)
        done = True
    except (Forbidden, NotAMember):
        done = False
    assert done == may(STANDINGS[who], LINES[line], Room(room, "open"))
    new = audit.lines[len(logged) :]
    assert [entry[:3] for entry in new] == [("command", COMMANDS[name].event, who)] * len(new)
    # It was unlocked before; and what is asked is a message, which is not logged.
    assert len(new) == (done and line != "unlock" and name != "poll")
    assert all(entry[4]["room"] == "Robots" for entry in new)
    assert hub.rules == Rules()


@pytest.mark.parametrize("line", LINES)
def test_nobody_commands_in_a_room_for_two(hub, people, audit, line):
    """Not even a host who is one of them; and to all others there is none."""
    room = hub.rooms.open_direct("Ana", people["Bia"].id).room.id
    say(hub, "Ana", "a word", room)
    logged = list(audit.lines)
    name, _, text = line.partition(" ")
    for who, refusal in (("Ana", Forbidden), ("Bia", Forbidden), ("Rui", UnknownRoom)):
        with pytest.raises(refusal):
            hub.command(who, name, text, room=room)
    assert audit.lines == logged


def test_what_is_set_in_a_room_holds_there_alone(hub, recorder, room):
    """And who is there learns of it; what holds for all holds in it, too."""
    hub.command("Bia", "readonly", "", room=room)
    assert recorder.heard("Carla")[-1] == RoomChanged(hub.rooms.enter("Carla", room).room)
    with pytest.raises(ReadOnly):
        say(hub, "Carla", "two", room)
    assert say(hub, "Carla", "hello", LOBBY)
    hub.command("Bia", "readonly", "off", room=room)
    hub.command("Ana", "readonly", "")
    with pytest.raises(ReadOnly):
        say(hub, "Carla", "two", room)
    assert not hub.rooms.enter("Carla", room).room.readonly


def test_pins_and_clearing_are_the_rooms(hub, recorder, room):
    """Elsewhere nothing is pinned or gone."""
    said = say(hub, "Carla", "hello", LOBBY).message
    hub.command("Ana", "pin", "", room=room)
    with pytest.raises(CommandUnusable):
        hub.command("Ana", "pin", str(said.id), room=room)
    hub.command("Ana", "clear", "", room=room)
    assert {event.room for event in recorder.all(PinsChanged)} == {room}
    assert [event.room for event in recorder.all(HistoryCleared)] == [room]
    assert hub.rooms.enter("Carla", room).page.messages == []
    assert HistoryCleared not in map(type, recorder.heard("Davi"))


def test_other_commands_mean_everybody_wherever_they_are_given(hub, room, people):
    """So does one that is about a person, which no guest gives."""
    hub.command("Ana", "files", "off", room=room)
    assert not hub.rules.files
    for line in ("files on", "clear Carla", "mute Carla"):
        with pytest.raises(Forbidden):
            hub.command("Bia", *line.split(), room=room)
    hub.command("Ana", "mute", "Carla", room=room)
    with pytest.raises(Refusal):
        say(hub, "Carla", "hello", LOBBY)


def test_a_closed_room_is_neither_changed_nor_pinned_in(hub, room):
    """It is cleared, and closed again, which is nothing new."""
    hub.command("Bia", "close", "", room=room)
    for line in (("topic", "X"), ("rename", "X"), ("pin", "")):
        with pytest.raises(RoomClosed):
            hub.command("Ana", *line, room=room)
    hub.command("Ana", "clear", "", room=room)
    assert hub.command("Ana", "close", "", room=room).key == "command.close.done"


def test_a_deleted_room_is_nobodys_from_then_on(hub, recorder, room, people):
    """Who knew of it learns that, and who was in it hears nothing of it any more."""
    hub.command("Bia", "erase", "", room=room)
    gone = [event for event in recorder.told if isinstance(event, RoomDeleted)]
    for name in NAMES:
        assert recorder.heard(name).count(gone[0]) == 1
    assert f"room:{room}" not in set().union(*recorder.channels.values())
    assert hub.rooms_of("Carla") == [LOBBY]
    assert hub.command("Ana", "rooms", "").key == "command.rooms.none"
    for attempt in (
        lambda: say(hub, "Carla", "two", room),
        lambda: hub.rooms.enter("Carla", room),
        lambda: hub.command("Bia", "erase", "", room=room),
    ):
        with pytest.raises((UnknownRoom, Forbidden)):
            attempt()
    again = hub.rooms.open_room("Bia", "Robots")
    assert again.room.id != room
    assert again.page.messages == []


def test_the_main_room_is_neither_renamed_nor_closed(hub, people):
    """It has no name but the chat's."""
    for line in (("rename", "Robots"), ("close", ""), ("erase", "")):
        with pytest.raises(CommandUnusable) as refusal:
            hub.command("Ana", *line)
        assert refusal.value.reason == "main_room"


def test_a_room_is_opened_and_entered_by_a_command(start, audit, recorder):
    """Which says where its giver is; guests enter where they may open none."""
    hub = start()
    for name in ("Ana", "Bia"):
        user = hub.identities.log_in(name, LAPTOP, host=name == "Ana")
        hub.connect(name, user)
        hub.join(name, user, LAPTOP, traits=[TAKES_ROOMS])
    with pytest.raises(Forbidden):
        hub.command("Bia", "room", "Robots")
    opened = hub.command("Ana", "room", " Robots ")
    entered = hub.command("Bia", "room", "ROBOTS")
    assert [opened.key, entered.key] == ["command.room.done", "command.room.entered"]
    assert opened.room == entered.room
    assert len(hub.rooms.enter("Ana", opened.room).members) == 2
    assert audit.named("command")[1:] == [("room_opened", "Ana", None, {"room": "Robots"})]
    assert len(recorder.all(RoomTold)) == 2


def test_two_open_rooms_are_not_called_alike(hub, room, people):
    """One that is closed lends its name."""
    other = hub.rooms.open_room("Bia", "Chess").room.id
    with pytest.raises(RoomNameUnusable) as refusal:
        hub.command("Bia", "rename", "ROBOTS", room=other)
    assert refusal.value.reason == "taken"
    hub.command("Bia", "rename", "robots", room=room)
    hub.command("Bia", "close", "", room=room)
    hub.command("Bia", "rename", "Robots", room=other)
    assert hub.rooms.enter("Bia", other).room.name == "Robots"


def test_rooms_are_listed_for_who_may_know_of_them(hub, room, people):
    """Those for two are nobody else's concern, and in the list of nobody."""
    hub.rooms.open_direct("Ana", people["Bia"].id)
    for list_rooms in (
        lambda: hub.command("Davi", "rooms", ""),
        lambda: hub.command_from_terminal("rooms", ""),
    ):
        ((found, count),) = list_rooms().params["rooms"]
        assert (found.id, count) == (room, 3)
    hub.command("Bia", "close", "", room=room)
    assert hub.command("Davi", "rooms", "").key == "command.rooms.none"
    assert hub.command("Carla", "rooms", "").params["rooms"][0][0].closed


def test_help_is_about_what_one_may_do_there(hub, room):
    """Whoever has opened a room may do more in it than elsewhere."""

    def helped(who, where):
        return {each.name for each in hub.command(who, "help", "", room=where).params["commands"]}

    assert helped("Davi", LOBBY) == helped("Carla", room) == {"help", "room", "rooms"}
    mine = {"topic", "lock", "unlock", "readonly", "slow", "rename", "close", "erase"}
    assert helped("Bia", room) == {"help", "room", "rooms"} | mine
    assert helped("Ana", room) == COMMANDS.keys() - {"report"}
    assert helped("Ana", LOBBY) == COMMANDS.keys() - {"rename", "close", "erase", "report"}


def test_hosts_say_who_talks_in_private(hub, recorder, people):
    """From then on, in rooms that are there already, too; what was said is read on."""
    room = hub.rooms.open_direct("Bia", people["Carla"].id).room.id
    said = say(hub, "Bia", "a word", room).message
    hub.command("Ana", "private", "off")
    assert recorder.all(RulesChanged)[-1].policies == ("all", "off")
    for attempt in (
        lambda: say(hub, "Bia", "two", room),
        lambda: hub.rooms.open_direct("Bia", people["Ana"].id),
    ):
        with pytest.raises(Forbidden) as refusal:
            attempt()
        assert refusal.value.reason == "private_off"
    assert hub.rooms.enter("Carla", room).page.messages == [said]
    hub.command("Ana", "private", "hosts")
    with pytest.raises(Forbidden) as refusal:
        say(hub, "Bia", "two", room)
    assert refusal.value.reason == "private"
    assert hub.rooms.open_direct("Bia", people["Ana"].id)
    assert hub.command("Ana", "private", "").key == "command.private.all"
    assert say(hub, "Bia", "three", room)


def test_where_a_server_has_no_private_rooms_hosts_cannot_allow_them(start):
    """It was started like this by whoever answers for it."""
    hub = start(privacy="off")
    with pytest.raises(CommandUnusable) as refusal:
        hub.command_from_terminal("private", "all")
    assert refusal.value.reason == "no_private"
    assert hub.command_from_terminal("private", "").key == "command.private.off"
    assert hub.policies.private == "off"


def test_a_group_is_named_by_its_number(hub, people, audit):
    """In the connection log, and by whoever is at the server's computer."""
    hub.command("Ana", "groups", "2")
    hub.command_from_terminal("topic", "Arms", "Group 2")
    assert audit.named("command")[-1] == (
        *("topic", "terminal", None),
        {"value": "Arms", "room": "group 2"},
    )
    assert hub.rooms.named("2") == hub.groups.there()[1].id


def test_a_terminal_names_rooms(hub, room, people):
    """By their names or ids, the open one before a closed one; those for two it does not reach."""
    hub.command_from_terminal("topic", "Robots", "robots")
    hub.command_from_terminal("pin", "", room)
    assert hub.rooms.enter("Ana", room).room.topic == "Robots"
    hub.command_from_terminal("close", "", "Robots")
    assert hub.rooms.named("Robots") == room
    again = hub.command_from_terminal("room", "Robots").room
    assert hub.rooms.named("Robots") == again != room
    direct = hub.rooms.open_direct("Ana", people["Bia"].id).room.id
    for name in ("Chess", "", direct):
        with pytest.raises(CommandUnusable):
            hub.rooms.named(name)
