"""`lanchat host` on a computer on which no server of the chat runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from lanchat.cli import ExitCode
from lanchat.cluster.database import PostgresDatabase
from tests.world.command_line import CommandLine, Ended
from tests.world.person import Person
from tests.world.server import ServerProcess

pytestmark = pytest.mark.empty_database

Typed = Callable[..., Ended]


@pytest.fixture
def typed(tmp_path: Path, address: str) -> Typed:
    """A command of hosts, for the database."""
    line = CommandLine(tmp_path)
    return lambda *words: line("host", *words, "--database", address)


@pytest.fixture
def server(server_factory: Callable[..., ServerProcess], address: str) -> ServerProcess:
    """One of the servers."""
    return server_factory("--database", address)


def test_a_server_elsewhere_obeys(typed, ana, bia, until, tmp_path):
    """Who is banned is shown out; the others learn of all; it is written down here."""
    ana.join()
    bia.join()
    people = json.loads(typed("list", "--json").stdout)["people"]
    assert [person["name"] for person in people] == ["Ana", "Bia"]
    assert typed("ban", "Bia", "2h").stdout.startswith("Bia is banned until")
    ana.hears("host_leave_room", user="Bia")
    until(lambda: not bia.socket.connected)
    # The notice may overtake the log, by which the ban holds.
    until(lambda: bia.log_in("Bia").status_code == 403)
    assert typed("topic", "Exams").returncode == 0
    ana.hears("room_changed", topic="Exams")
    shown = typed("list").stdout
    assert "Topic: Exams" in shown
    assert "Bia" in shown
    written = (tmp_path / ".local/state/lanchat/log/connections.log").read_text()
    assert [json.loads(line)["event"] for line in written.splitlines()] == [
        *("ban", "leave", "topic")
    ]


def test_where_none_runs_it_holds_from_the_next_start(
    typed: Typed, address: str, server_factory, person_factory
) -> None:
    """Nobody's word is needed, and who comes is refused."""
    PostgresDatabase(address).close()
    assert typed("ban", "Troll", "forever").returncode == 0
    assert typed("lock").returncode == 0
    assert json.loads(typed("list", "--json").stdout)["people"] == []
    troll: Person = person_factory(None, server_factory("--database", address))
    assert troll.log_in("Troll").status_code == 403


def test_the_link_has_no_address(typed, server):
    """Which way leads to the room nobody knows here; what makes one host there is said."""
    ended = typed("link")
    assert ended.stdout.startswith("/host#")
    assert ended.stdout.strip() in server.output()
    assert "behind the address of the room" in ended.stderr


def test_what_a_room_refuses(typed, address):
    """In its own words."""
    PostgresDatabase(address).close()
    ended = typed("kick", "Nobody")
    assert ended.returncode == ExitCode.FAILED
    assert "Nobody called Nobody is here" in ended.stderr


def test_where_no_server_ever_was(typed, address):
    """Nothing is made."""
    assert "no server has used this database yet" in typed("list").stderr
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT to_regclass('message')").fetchone() == (None,)


def test_a_server_here_is_asked_first(typed, server, address, tmp_path):
    """Where its folder is named, or all comes from the same settings."""
    line, settings = CommandLine(tmp_path), {"LANCHAT_DATABASE": address}
    assert line("host", "link", "--data-dir", server.data_dir, **settings).stdout.startswith("http")
    settings["LANCHAT_DATA_DIR"] = str(server.data_dir)
    assert line("host", "link", **settings).stdout.startswith("http")
    assert typed("link").stdout.startswith("/host#")
