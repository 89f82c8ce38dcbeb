"""What keeps `lanchat serve --database` from starting is said in one line."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lanchat.cli import ExitCode
from lanchat.cluster.unusable import MAKE
from tests.world.server import start_in_vain

pytestmark = pytest.mark.empty_database

Serve = Callable[..., str]


@pytest.fixture
def refused(tmp_path: Path) -> Serve:
    """Let it try to start with an address; returns what it says."""

    def serve(address: str) -> str:
        options = ["--port", "0", "--no-mdns", "--database", address]
        options += ["--data-dir", str(tmp_path), "--log-file", str(tmp_path / "log")]
        code, said = start_in_vain(tmp_path / "said", *options)
        assert code == ExitCode.CANNOT_START, said
        assert said.count("\n") == 1
        return said

    return serve


@pytest.fixture
def powerless(address: str) -> Iterator[str]:
    """The address for a user who may make nothing there."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE ROLE powerless LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        yield address.replace("lanchat_tests@", "powerless@")
        connection.execute("DROP ROLE powerless")


def test_there_is_nobody(refused, tmp_path):
    """The server is not started yet, or somewhere else."""
    said = refused(f"postgresql://chat:s3cret@/room?host={tmp_path}")
    assert "the database cannot be used: " in said
    assert said.endswith("; see to it that it runs and can be reached from here\n")
    assert "s3cret" not in said


def test_an_address_that_is_not_understood_is_not_shown(refused):
    """Neither is what may be of the password."""
    said = refused("postgresql://chat:s3c%ret@db.example/room")
    assert "its address cannot be read; see how the words behind ? are written" in said
    assert "s3c" not in said


def test_the_user_may_do_nothing_there(refused, powerless):
    """It is said what is needed."""
    assert "let the user make tables" in refused(powerless)


def test_the_database_is_not_made_yet(refused, address):
    """The command is said that makes it."""
    said = refused(re.sub(r"/chat_\w+", "/none", address))
    assert said.endswith('"none" does not exist; make it: ' + MAKE + "\n")


def test_the_database_is_something_elses(refused, address):
    """Nothing of it is touched."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE message (theirs text)")
        said = refused(address)
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == [("message",)]
    assert 'relation "message" already exists; something else has its tables there' in said


def test_the_database_has_another_room(server_factory, refused, address):
    """Notifications go to all who listen in a database, whatever their schema."""
    server_factory("--database", address).stop()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA another")
        said = refused(f"{address}&options=-c%20search_path%3Danother")
        connection.execute("DROP SCHEMA another CASCADE")
    assert "its schema public has a room already" in said


def test_the_database_cannot_hold_every_text(refused, postgres):
    """What people write has all alphabets and pictures in it."""
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
        )
        said = refused(postgres.address("ascii"))
        connection.execute("DROP DATABASE ascii WITH (FORCE)")
    assert "its texts are SQL_ASCII" in said
    assert MAKE in said


def test_a_standby_takes_no_changes(refused, address):
    """It is said which server to name."""
    standby = f"{address}&options=-c%20default_transaction_read_only%3Don"
    assert "name the server that takes changes" in refused(standby)


def test_the_package_is_an_extra(tmp_path):
    """Without it nothing else of lanchat is missing, and what to install can be copied."""
    options = ["serve", "--database", "postgresql://db.example/room", "--data-dir", str(tmp_path)]
    program = (
        "import sys; sys.modules['psycopg'] = None; from lanchat.cli import main;"
        f" sys.argv[1:] = {options}; main()"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.CANNOT_START, 1), done.stderr
    assert "pip install 'psycopg[binary]'" in done.stderr


def test_servers_that_differ_are_noticed(server_factory, refused, address):
    """With another access code, one would let in whom the other one shows out."""
    options = ("--database", address, "--access-code", "tulip", "--retention", "7d")
    server_factory(*options)
    assert "another" not in server_factory(*options).output()
    other = server_factory(*options, "--no-files", "--rate", "4", "--private", "off").output()
    assert "runs already has another --no-files, --private, --rate; give all the same" in other
    assert "stop all others first" in refused(address)


def test_whoever_starts_alone_differs_from_nobody(server_factory, address):
    """Settings may change, once all servers have stopped."""
    server_factory("--database", address, "--rate", "4", "--access-code", "tulip").stop()
    assert "another" not in server_factory("--database", address).output()
