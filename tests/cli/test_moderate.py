"""`lanchat host`, as it is typed."""

import json

import pytest
from click.testing import CliRunner

from lanchat.cli import run
from lanchat.cli.moderate import host


@pytest.fixture
def typed(server, monkeypatch):
    """Run a command on the test's server; returns exit code, output and errors."""
    monkeypatch.setenv("LANCHAT_DATA_DIR", str(server.data_dir))
    monkeypatch.setenv("LANCHAT_LOG_FILE", str(server.log_file))

    def run_it(*words, answer=None):
        result = CliRunner().invoke(host, words, input=answer)
        return result.exit_code, result.stdout

    return run_it


def test_the_link_is_that_of_the_banner(typed, server):
    """The link is the one that opens the room for its host."""
    code, link = typed("link")
    assert code == 0
    assert link.strip() in server.output()


def test_a_name_may_have_several_words(typed, person_factory, until):
    """A name of several words need not be quoted."""
    ana = person_factory("Ana Maria")
    ana.join()
    assert typed("mute", "Ana", "Maria", "forever") == (0, "Ana Maria is muted.\n")
    assert ana.hears("notice", code="muted")


def test_the_list_shows_people_bans_and_rules(typed, ana):
    """The list shows a line for each person and ban, and the rules that hold."""
    ana.join()
    typed("ban", "Troll", "forever")
    typed("slow", "10s")
    _, shown = typed("list")
    assert "Slow mode: 10 s between two messages." in shown
    assert [line.split()[:3] for line in shown.splitlines() if "Ana" in line] == [
        ["Ana", "127.0.0.1", "guest"]
    ]
    assert "Troll" in shown


def test_the_list_is_for_programs_too(typed, ana):
    """The list is one object of JSON where a program reads it."""
    ana.join()
    _, shown = typed("list", "--json")
    assert [person["name"] for person in json.loads(shown)["people"]] == ["Ana"]


def test_a_room_is_named(typed, ana):
    """A command about a room names it, and the list shows which ones there are."""
    ana.join()
    assert typed("room", "Robots", "and", "more") == (0, "The room Robots and more is open.\n")
    assert typed("topic", "--room", "robots and more", "Arms") == (0, "The topic is set.\n")
    assert typed("list")[1].splitlines()[-1].split() == ["Robots", "and", "more", "0", "Arms"]
    assert ana.join()["room"]["topic"] == ""
    assert typed("close")[0] == 2
    assert typed("close", "--room", "Robots and more", answer="y\n")[0] == 0
    assert typed("close", "--room", "Chess", answer="y\n")[0] == 1


def test_what_cannot_be_brought_back_is_asked_for(typed, ana):
    """A command that cannot be taken back is carried out after a yes alone."""
    ana.join()
    ana.say("hello")
    assert typed("clear", answer="n\n")[0] == 1
    assert typed("clear", answer="y\n") == (0, "Everything that was said is deleted.\n")
    assert ana.join()["messages"] == []


def test_an_error_is_one_line(typed, capsys):
    """An error is the room's reason in one line."""
    assert run(["host", "kick", "Troll"]) == 1
    assert capsys.readouterr().err == "lanchat: Nobody called Troll is here.\n"


def test_where_no_server_runs_that_is_said(tmp_path, capsys):
    """Where no server runs, the folder that was looked into is named."""
    assert run(["host", "link", "--data-dir", str(tmp_path / "none")]) == 1
    assert f"no lanchat is running here with this data dir: {tmp_path}" in capsys.readouterr().err


def test_who_cannot_be_asked_says_yes_beforehand(typed, ana):
    """Without a terminal and without an answer nothing is done, and the option is named."""
    ana.join()
    ana.say("hello")
    assert typed("clear", answer="")[0] == 2
    shown = CliRunner().invoke(host, ["clear"], input="").stderr.splitlines()
    assert shown[0].endswith("[y/N]: ")
    assert typed("clear", "--yes", answer="")[0] == 0


def test_nobody_is_asked_about_a_room_that_is_not_there(typed, monkeypatch, tmp_path):
    """That there is none is said first."""
    monkeypatch.setenv("LANCHAT_DATA_DIR", str(tmp_path))
    code, shown = typed("clear", answer="y\n")
    assert (code, shown) == (1, "")


@pytest.mark.parametrize("command", ["ban", "kick", "topic"])
def test_a_command_without_what_it_needs(command, typed):
    """A name that is missing is wrong usage; where nothing is needed, nothing is asked for."""
    assert typed(command)[0] == (0 if command == "topic" else 2)


def test_bans_are_for_programs_too(typed):
    """They are an array of JSON, or lines."""
    assert json.loads(typed("bans", "--json")[1]) == []
    typed("ban", "Troll", "forever")
    (ban,) = json.loads(typed("bans", "--json")[1])
    assert (ban["name"], ban["until"], ban["by"]) == ("Troll", None, "terminal")
    assert "Troll" in typed("bans")[1]
