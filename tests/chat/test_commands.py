"""A typed line becomes a command with its arguments, or says how it is written."""

import pytest

from lanchat import i18n
from lanchat.chat.commands import COMMANDS, read
from lanchat.errors import CommandUnusable


@pytest.mark.parametrize(
    ("text", "person", "seconds", "by_address"),
    [
        ("Ana", "Ana", 43_200, False),
        ("Ana 2h", "Ana", 7_200, False),
        ("Ana Maria 2h", "Ana Maria", 7_200, False),
        ("Ana  forever", "Ana", None, False),
        ("Ana address", "Ana", 43_200, True),
        ("Ana 7D ADDRESS", "Ana", 604_800, True),
        ("2h", None, 7_200, False),
    ],
)
def test_a_ban_is_read(text, person, seconds, by_address):
    """The name may have several words; what comes behind it is recognised by how it looks."""
    if person is None:
        with pytest.raises(CommandUnusable):
            read("ban", text)
        return
    call = read("ban", text)
    assert (call.person, call.seconds, call.by_address) == (person, seconds, by_address)


def test_somebody_may_be_called_like_a_time():
    """Where the whole text is somebody's name, it is a name."""
    call = read("mute", "Agent 2h", is_somebody=lambda name: name == "Agent 2h")
    assert (call.person, call.seconds) == ("Agent 2h", 600)


def test_an_id_stands_for_a_name():
    """Then the text holds the rest alone."""
    call = read("mute", "1h", person_id="7")
    assert (call.person, call.person_id, call.seconds) == ("", "7", 3_600)
    with pytest.raises(CommandUnusable):
        read("mute", "Ana 1h", person_id="7")


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("readonly", "", "on", True),
        ("readonly", "off", "on", False),
        ("slow", "10s", "seconds", 10),
        ("slow", "off", "seconds", None),
        ("topic", " Fractions  today ", "text", "Fractions today"),
        ("delete", "42", "number", 42),
        ("delete", "#42", "number", 42),
    ],
)
def test_other_arguments_are_read(name, text, field, value):
    """Each kind as its own value."""
    assert getattr(read(name, text), field) == value


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
        ("readonly", "maybe"),
        ("delete", ""),
        ("delete", "Ana"),
        ("delete", "9" * 40),
        ("delete", "²"),
    ],
)
def test_what_does_not_fit_is_refused(name, text):
    """The refusal knows the command, to say how it is written."""
    with pytest.raises(CommandUnusable) as refusal:
        read(name, text)
    assert (refusal.value.reason, refusal.value.params) == ("usage", {"command": COMMANDS[name]})


def test_an_unknown_command_is_refused():
    """It is said which one."""
    with pytest.raises(CommandUnusable) as refusal:
        read("explode", "")
    assert (refusal.value.reason, refusal.value.params) == ("unknown", {"name": "explode"})


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_every_command_has_its_help(command):
    """And its arguments have words."""
    texts = i18n.strings("pt-BR", "command.")
    assert command.help_key in texts
    assert {f"command.argument.{each.kind.value}" for each in command.arguments} <= texts.keys()
