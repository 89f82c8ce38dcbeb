"""The table of commands: what belongs to each, who may use it, and how a typed line is read."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

import lanchat
from lanchat import i18n, phrases
from lanchat.chat import people_commands
from lanchat.chat.arguments import LONGEST, LONGEST_INTERVAL, Argument, Kind
from lanchat.chat.commands import COMMANDS, Command, Menu, read
from lanchat.chat.events import RulesChanged
from lanchat.chat.model import LOBBY, Origin
from lanchat.chat.moderation import Call
from lanchat.connlog import log_record
from lanchat.errors import CommandUnusable, Forbidden, PayloadInvalid

CATALOGUES = sorted((Path(lanchat.__file__).parent / "locales").glob("*.json"))
PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"
NOON = 1_795_435_200.0  # the clock's

each_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda each: each.name)
each_language = pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda file: file.stem)


# What belongs to a command.


@each_language
@each_command
def test_every_command_has_its_texts_in_every_language(command, catalogue):
    """Its help is there, and so are the words for its arguments."""
    texts = json.loads(catalogue.read_text("utf-8"))
    assert texts[command.help_key]
    for argument in command.arguments:
        assert texts[f"command.argument.{argument.kind.value}"]


@each_language
def test_no_language_has_texts_of_a_command_that_there_is_not(catalogue):
    """A command that goes takes its texts along."""
    texts = json.loads(catalogue.read_text("utf-8"))
    with_help = {key.split(".")[1] for key in texts if re.fullmatch(r"command\.\w+\.help", key)}
    assert with_help == COMMANDS.keys()


def test_the_connection_log_knows_what_is_logged():
    """Its reader shows each of these events, and waits for no other command."""
    logged = [command.event for command in COMMANDS.values() if command.logged]
    assert sorted(log_record.HOST_COMMANDS) == sorted(logged)
    assert set(logged) <= set(log_record.EVENTS)


def test_the_contract_names_what_is_logged():
    """Each event of a command is in the table of the connection log, and what is not, is not."""
    _, _, chapter = PROTOCOL.read_text("utf-8").partition("\n## The connection log\n")
    rows = re.findall(r"^\| (`[^|]*) \|", chapter, re.MULTILINE)
    events = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    logged = {each.event for each in COMMANDS.values() if each.logged}
    assert events & (COMMANDS.keys() | logged) - {"rename"} == logged  # which is of a person


def test_a_page_asks_before_it_clears_or_closes():
    """Nothing else cannot be undone for all at once."""
    grave = [command.name for command in COMMANDS.values() if command.grave]
    assert grave == ["clear", "close", "erase"]


ANSWERS = {
    "kick Bia": ("kick.done", {"name": "Bia"}),
    "ban Bia 1m": ("ban.done", {"name": "Bia", "until": NOON + 60}),
    "ban Bia forever": ("ban.forever", {"name": "Bia"}),
    "bans": ("bans.none", {"bans": []}),
    "unban Troll": ("unban.done", {"name": "Troll"}),
    "mute Bia 1m": ("mute.done", {"name": "Bia", "until": NOON + 60}),
    "mute Bia forever": ("mute.forever", {"name": "Bia"}),
    "unmute Carla": ("unmute.done", {"name": "Carla"}),
    "host Bia": ("host.done", {"name": "Bia"}),
    "unhost Ana": ("unhost.done", {"name": "Ana"}),
    "lock": ("lock.done", {}),
    "unlock": ("unlock.done", {}),
    "readonly": ("readonly.done", {}),
    "readonly off": ("readonly.off", {}),
    "slow 1m": ("slow.done", {"seconds": 60}),
    "slow off": ("slow.off", {}),
    "edits": ("edits.done", {}),
    "edits off": ("edits.off", {}),
    "files": ("files.done", {}),
    "files off": ("files.off", {}),
    "private": ("private.hosts", {}),
    "private off": ("private.off", {}),
    "private all": ("private.all", {}),
    "hands": ("hands.done", {}),
    "hands off": ("hands.off", {}),
    "topic X": ("topic.done", {}),
    "topic": ("topic.off", {}),
    "pin": ("pin.done", {"number": 1}),
    "pin 1": ("pin.done", {"number": 1}),
    "unpin": ("unpin.done", {"number": 1}),
    "poll Tea? | yes | no": ("poll.done", {"number": 1}),
    "poll end": ("poll.closed", {"number": 1}),
    "delete 1": ("delete.done", {"name": "Carla"}),
    "clear": ("clear.done", {}),
    "clear carla": ("clear.user", {"name": "Carla"}),
    "announce X": ("announce.done", {}),
    "groups 2": ("groups.done", {"groups": 2, "people": 2}),
    "groups end": ("groups.end", {}),
    "group Bia 1": ("group.done", {"name": "Bia", "number": 1}),
    "room Robots": ("room.done", {"room": "Robots"}),
    "room Chess": ("room.entered", {"room": "Chess"}),
    "rooms": ("rooms.none", {"rooms": []}),
    "rename Robots": ("rename.done", {"name": "Robots"}),
    "close": ("close.done", {"room": "Chess"}),
    "erase": ("erase.done", {"room": "Chess"}),
    "report 1": ("report.done", {"number": 1}),
    "help": (
        "help.done",
        {"commands": [one for one in COMMANDS.values() if one.name != "report"]},
    ),
}


@pytest.mark.parametrize("line", ANSWERS)
def test_a_command_answers_what_it_did(hub, come, line):
    """There are words for that in every language."""
    for name in ("Ana", "Bia", "Carla"):
        carla = come(name, Origin("192.0.2.1", device=name), host=name == "Ana")
    private = hub.rooms.open_direct("Ana", carla.id).room.id if line == "report 1" else LOBBY
    said = hub.posting.post("Carla", "hello", "1", room=private).result(10).message
    hub.command("Ana", "mute", "Carla")
    if line.startswith("unban"):
        hub.command("Ana", "ban", "Troll")
    elif line == "unpin":
        hub.command("Ana", "pin", "")
    elif line in {"groups end", "group Bia 1"}:
        hub.command("Ana", "groups", "1")
    elif line == "poll end":
        hub.command("Ana", "poll", "Tea? | yes | no")
    name, _, text = line.partition(" ")
    room = LOBBY if name == "rooms" else hub.rooms.open_room("Ana", "Chess").room.id
    room = room if name in {"rename", "close", "erase", "help"} else LOBBY
    done = hub.command("Ana", name, str(said.id) if text == "1" else text, room=room)
    key, params = ANSWERS[line]
    numbered = {"number": 1} if "number" in done.params else {}
    named = {"room": done.params["room"].name} if "room" in done.params else {}
    assert (done.key, {**done.params, **numbered, **named}) == (f"command.{key}", params)
    for lang in i18n.LANGUAGES:
        assert phrases.done(done, lang)["message"]


def test_every_command_has_its_answer_here():
    """A new one is not forgotten."""
    assert {line.split()[0] for line in ANSWERS} == COMMANDS.keys()


# Who may use it.


@each_command
def test_guests_may_use_help_alone(hub, come, recorder, audit, command):
    """A guest who tries any other command changes nothing, and nothing is logged."""
    come("Ana", host=True)
    come("Bia")
    told, logged = list(recorder.told), list(audit.lines)
    try:
        hub.command("Bia", command.name, "Bia")
    except Forbidden:
        assert command.name != "help"
    except CommandUnusable:
        assert command.name in {"help", "rooms", "report"}  # which take no name
    assert (recorder.told, audit.lines) == (told, logged)


def test_everybody_sees_the_commands_that_they_may_use(hub, come):
    """Help is all that a guest is shown; a moderator is shown everything, in the table's order.

    As long as there is one room, nothing is said of others, but for how to open one.
    """
    come("Ana", host=True)
    come("Bia")
    assert hub.command("Bia", "help", "").params["commands"] == [COMMANDS["help"]]
    known = [one for one in COMMANDS.values() if one.name == "room" or not one.of_rooms]
    for shown in (hub.command("Ana", "help", ""), hub.command_from_terminal("help", "")):
        assert shown.key == "command.help.done"
        assert shown.params["commands"] == known


@pytest.mark.parametrize("name", ["explode", "", "LOCK"])
def test_an_unknown_command_is_refused(hub, come, name):
    """The refusal says which one; a guest learns that, too."""
    come("Bia")
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Bia", name, "now")
    assert (refusal.value.reason, refusal.value.params) == ("unknown", {"name": name})


@pytest.mark.parametrize(
    ("name", "text"), [("topic", "a\ud83d"), ("ban", "\ude00"), ("to\ud83dpic", "a")]
)
def test_half_a_pair_of_surrogates_is_no_command(hub, recorder, audit, name, text):
    """It could neither be stored nor sent, and changes nothing."""
    with pytest.raises(PayloadInvalid):
        hub.command_from_terminal(name, text)
    assert (hub.rules.topic, hub.bans(), audit.lines) == ("", [], [])
    assert recorder.all(RulesChanged) == []


# How a line is read.


@pytest.mark.parametrize(
    ("text", "person", "seconds", "by_address"),
    [
        ("Ana", "Ana", 43_200, False),
        ("Ana 2h", "Ana", 7_200, False),
        ("Ana Maria 2h", "Ana Maria", 7_200, False),
        ("Ana  forever", "Ana", None, False),
        ("Ana address", "Ana", 43_200, True),
        ("Ana 7D ADDRESS", "Ana", 604_800, True),
        ("Ana address 7d", "Ana", 604_800, True),
        ("Ana 2h 3h", "Ana 2h", 10_800, False),
    ],
)
def test_a_ban_is_read(text, person, seconds, by_address):
    """The name may have several words; what comes behind it is recognised by how it looks."""
    call = read(COMMANDS["ban"], text)
    assert call == Call(person=person, seconds=seconds, by_address=by_address)


def test_a_time_alone_means_nobody():
    """Somebody has to be named."""
    with pytest.raises(CommandUnusable):
        read(COMMANDS["ban"], "2h")


def test_somebody_may_be_called_like_a_time():
    """Where the whole text is somebody's name, it is a name."""
    call = read(COMMANDS["mute"], "Agent 2h", is_somebody=lambda name: name == "Agent 2h")
    assert (call.person, call.seconds) == ("Agent 2h", 600)


def test_an_id_stands_for_a_name():
    """Where an id says who is meant, the text holds the rest alone."""
    call = read(COMMANDS["mute"], "1h", person_id="7", is_somebody=lambda _name: True)
    assert (call.person, call.person_id, call.seconds) == ("", "7", 3_600)
    assert read(COMMANDS["mute"], "", person_id="7").seconds == 600
    with pytest.raises(CommandUnusable):
        read(COMMANDS["mute"], "Ana 1h", person_id="7")


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("readonly", "", "on", True),
        ("readonly", "ON", "on", True),
        ("readonly", "off", "on", False),
        ("slow", "10s", "seconds", 10),
        ("slow", "1h", "seconds", LONGEST_INTERVAL),
        ("slow", "OFF", "seconds", None),
        ("mute", "Ana 1s", "seconds", 1),
        ("mute", "Ana 3650d", "seconds", LONGEST),
        ("topic", " Fractions  today ", "text", "Fractions today"),
        ("topic", "", "text", ""),
        ("private", "", "text", ""),
        ("private", "ALL", "text", "all"),
        ("room", "Robots  and more", "text", "Robots and more"),
        ("delete", "42", "number", 42),
        ("delete", "#42", "number", 42),
        ("delete", "9007199254740992", "number", 2**53),
    ],
)
def test_other_arguments_are_read(name, text, field, value):
    """Each kind has its own value."""
    assert getattr(read(COMMANDS[name], text), field) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kick", ""),
        ("kick", "  "),
        ("lock", "please"),
        ("slow", ""),
        ("slow", "10"),
        ("slow", "0s"),
        ("slow", "2h"),
        ("slow", "3601s"),
        ("slow", "forever"),
        ("slow", "now 10s"),
        ("readonly", "maybe"),
        ("private", "Ana"),
        ("room", " "),
        ("rename", ""),
        ("readonly", "on off"),
        ("delete", ""),
        ("delete", "Ana"),
        ("delete", "9" * 40),
        ("delete", "9" * 17),
        ("delete", "-1"),
        ("delete", "##1"),
        ("delete", "1 2"),
        ("delete", "²"),
        ("delete", "٣"),
    ],
)
def test_what_does_not_fit_is_refused(name, text):
    """The refusal knows the command, to say how it is written."""
    with pytest.raises(CommandUnusable) as refusal:
        read(COMMANDS[name], text)
    assert (refusal.value.reason, refusal.value.params) == ("usage", {"command": COMMANDS[name]})


@pytest.mark.parametrize("text", ["Ana 0s", "Ana 3651d", "Ana 99999999999d"])
def test_what_is_no_usable_time_belongs_to_the_name(text):
    """Nobody is called like that, and the moderator is told so."""
    assert read(COMMANDS["mute"], text) == Call(person=text, seconds=600)


def test_a_command_is_one_record():
    """What its record says is all that reading needs."""
    poke = Command("poke", people_commands.kick, (Argument(Kind.PERSON), Argument(Kind.NUMBER)))
    assert read(poke, "Ana Maria 3") == Call(person="Ana Maria", number=3)
    with pytest.raises(CommandUnusable):
        read(poke, "Ana")
    assert (poke.help_key, poke.logged, poke.for_all) == ("command.poke.help", True, False)


def test_a_page_offers_beside_a_name_what_can_be_done_about_that_person():
    """Every menu has something, and only what takes a person and nothing else that is needed."""
    offered = [command for command in COMMANDS.values() if command.menu]
    assert {command.menu for command in offered} == set(get_args(Menu))
    for command in offered:
        person, *others = command.arguments
        assert person.kind is Kind.PERSON, command.name
        assert all(argument.optional for argument in others), command.name
