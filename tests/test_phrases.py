"""Refusals and results, in somebody's language."""

import pytest

from lanchat import phrases
from lanchat.chat.commands import COMMANDS
from lanchat.chat.moderation import Done
from lanchat.chat.room_settings import Ban
from lanchat.chat.rooms import Room
from lanchat.errors import Banned, CommandUnusable, Muted, ReadOnly, SlowMode
from lanchat.i18n import LANGUAGES

NOON = 1_795_435_200.0  # 2026-11-23 12:00 UTC


@pytest.mark.parametrize(
    ("refusal", "code", "retry_after"),
    [
        (SlowMode(7), "slow_mode", 7),
        (Muted(90), "muted", 90),
        (Muted(None), "muted", None),
        (ReadOnly(), "read_only", None),
    ],
)
def test_a_refusal_says_when_to_try_again(refusal, code, retry_after):
    """It says so where that is known."""
    error = phrases.refusal(refusal, "en")["error"]
    assert (error["code"], error.get("retry_after")) == (code, retry_after)


@pytest.mark.parametrize(("lang", "text"), [("en", "2 min"), ("pt-BR", "em 2 min")])
def test_a_refusal_is_in_the_persons_language(lang, text):
    """Its numbers are in place."""
    assert text in phrases.why(Muted(90), lang)


def test_a_moment_is_an_instant():
    """The server's own zone is nobody's business: whoever shows it knows the reader's."""
    for lang in LANGUAGES:
        assert "2026-11-23 12:00 UTC" in phrases.why(Banned("person", NOON), lang)


def test_a_command_is_written_like_this():
    """Its arguments are in the reader's language."""
    refusal = CommandUnusable("usage", command=COMMANDS["ban"])
    assert phrases.why(refusal, "pt-BR").endswith("/ban nome [tempo] [address] [clear]")


def test_bans_are_listed_a_line_each():
    """Each has its end."""
    bans = [Ban("Ana", "", "", None, "Rui"), Ban("Bia", "", "", NOON, "Rui")]
    message = phrases.done(Done("command.bans.done", {"bans": bans}), "en")["message"]
    assert message.splitlines() == ["Banned:", "Ana: for ever", "Bia: 2026-11-23 12:00 UTC"]


def test_rooms_are_listed_a_line_each():
    """With how many are in them; a group without a name has its number."""
    robots, group = Room("r", "open", "Robots", locked=True), Room("g", "group", "2", closed=7)
    done = Done("command.rooms.done", {"rooms": [(robots, 3), (group, 4)]})
    message = phrases.done(done, "en")["message"]
    assert message.splitlines() == ["Rooms:", "Robots (3), locked", "Group 2 (4), closed"]


def test_a_page_completes_all_commands():
    """It knows which are hosts', and which are asked for."""
    offered = {command["name"]: command for command in phrases.offered("en")}
    assert offered.keys() == COMMANDS.keys()
    assert offered["clear"]["grave"]
    assert not offered["help"]["host"]
    assert offered["ban"]["person"]
    assert not offered["unban"]["person"]  # nobody who is here is banned
