"""A room moves from a folder into the database of several servers, and back: `lanchat` as typed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lanchat.chat.changes import Ask, Change, Clear, Delete, Draft, Pin, React, Tell, Vote
from lanchat.chat.model import User
from lanchat.chat.polls import poll_text
from lanchat.chat.room_changes import ChangeRoom, EnterRoom, OpenRoom
from lanchat.chat.rooms import Room, direct_room_id
from lanchat.cli import ExitCode
from lanchat.cluster.bulk import Loading
from lanchat.cluster.database import PostgresDatabase
from lanchat.rows import bulk_loading, bulk_reading
from lanchat.store.database import Database
from lanchat.store.datadir import DataDir
from lanchat.store.eventlog import SqliteEventLog
from tests.cluster.conftest import Process
from tests.world.command_line import CommandLine
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say

pytestmark = pytest.mark.empty_database


@pytest.fixture
def typed(tmp_path: Path) -> CommandLine:
    """The command line, in the test's own folder."""
    return CommandLine(tmp_path)


@pytest.fixture
def lived_in(tmp_path: Path) -> Path:
    """A folder with all that a message can have, and with gaps between their numbers."""
    with ExitStack() as undo:
        data = DataDir(tmp_path / "before")
        undo.callback(data.close)
        database = Database(data.database)
        undo.callback(database.close)
        log = SqliteEventLog(database)
        undo.callback(log.close)
        say(log, ["before the room was cleared"])
        log.append(Clear("lobby")).result(DEADLINE)
        said = say(log, [draft(n, user_id=str(n % 3)) for n in range(9)])
        text = poll_text("Lunch?", ["Pizza", "Rice | Soup"])
        poll = log.append(Ask(replace(draft(text, "poll"), options=2))).result(DEADLINE).message
        first, second, gone, *_ = (message.id for message in said)
        changes: tuple[Change[Any], ...] = (
            edit(first, "another text", user_id="0"),
            *(Pin("lobby", said[n].id) for n in (5, 3, 7)),
            *(React(second, f"u{n}", f"Ümit {n}", "👍") for n in range(12)),
            *(React(second, "u3", "Ümit 3", emoji) for emoji in ("🎉", "👎")),
            React(second, "u5", "Ümit 5", "👍", on=False),
            Tell(second),
            Vote(poll.id, "u1", "laptop", 1),
            Vote(poll.id, "u2", "", 1),
        )
        for change in changes:
            log.append(change).result(DEADLINE)
        say(log, [draft("yes", reply_to=second), draft("what?", reply_to=gone)])
        say(log, [draft("@Ana", mentions=("1", "2"), user_id="2", reply_to=first)])
        log.append(Delete(gone, NOON)).result(DEADLINE)
        in_rooms(log)
    return data.path


def in_rooms(log: SqliteEventLog) -> None:
    """Let two rooms be opened, one with a pin and closed, and something be said in private."""
    ana, bia, davi = User("1", "Ana"), User("2", "Bia"), User("3", "Davi")
    two = direct_room_id("1", "2")
    robots = Room("00aa", "open", "Robots", "1", "gears", locked=True, slow=9)
    changes: tuple[Change[Any], ...] = (
        OpenRoom(robots, (davi,), 9),
        EnterRoom("00aa", ana, lambda _room: None),
        OpenRoom(Room("00bb", "group", "2"), (davi, bia), 9),
        OpenRoom(Room(two, "direct", opener="2"), (bia, ana), 9),
    )
    for change in changes:
        log.append(change).result(DEADLINE)
    asked = [draft("gear", room="00aa"), draft("secret", room=two)]
    said = [log.append(each).result(DEADLINE).message.id for each in asked]
    log.append(draft("why?", room="00aa", reply_to=said[0])).result(DEADLINE)
    log.append(Pin("00aa", said[0])).result(DEADLINE)
    log.append(ChangeRoom("00bb", lambda room: room, close=True)).result(DEADLINE)


def test_there_and_back(lived_in, typed, address, tmp_path, monkeypatch):
    """All three exports are the same, byte for byte, be they read and stored in many pieces."""
    monkeypatch.setattr(bulk_reading, "PAGE", 4)
    monkeypatch.setattr(bulk_loading, "PAGE", 4)
    asked = [["--data-dir", lived_in], ["--database", address], ["--data-dir", tmp_path / "after"]]
    archives = [typed("export", "--with-private", *asked[0]).stdout]
    for where in asked[1:]:
        assert typed("import", *where, "-", given=archives[-1]).stdout.startswith("15 messages ")
        archives.append(typed("export", "--with-private", *where).stdout)
    assert archives[1] == archives[0]
    assert archives[2] == archives[0]
    rooms, lines = map(json.loads, archives[0].splitlines()[:3]), archives[0].splitlines()[3:]
    assert [[user["user"] for user in one["room"]["members"]] for one in rooms] == [
        ["Davi", "Ana"],
        ["Bia", "Davi"],
        ["Ana", "Bia"],
    ]
    lines = list(map(json.loads, lines))
    assert [one["message"] for one in lines if one.get("pinned")] == ["3", "5", "7", "gear"]
    lines = [one for one in lines if one["room"] == "lobby"]
    (poll,) = (one["poll"] for one in lines if "poll" in one)
    assert poll == {"question": "Lunch?", "options": ["Pizza", "Rice | Soup"], "counts": [0, 2]}
    assert [one["reply_to"] - lines[0]["id"] for one in lines if "reply_to" in one] == [1, 2, 0]


def test_people_go_on_where_they_were(lived_in, typed, address, join):
    """What is said later comes behind it, and what was imported is found and pinned."""
    archive = typed("export", "--data-dir", lived_in).stdout
    typed("import", "--database", address, "-", given=archive)
    again = typed("import", "--database", address, "-", given=archive)
    assert "0 messages imported" in again.stdout
    assert "14 were there already" in again.stdout
    process = join()
    (later,) = say(process.log, ["later"])
    page = process.log.newest("lobby", 50)
    assert page.messages[-1] == later
    assert len(page.messages) == 13
    assert [message.message for message in page.pins] == ["3", "5", "7"]
    assert max(message.seq for message in page.pins) < later.id


def test_servers_have_to_be_stopped(typed, address, join, tmp_path):
    """It is said which ones are there; nothing is stored, and an export may be made."""
    process = join()
    say(process.log, ["hello"])
    archive = typed("export", "--database", address).stdout
    ended = typed("import", "--database", address, "-", given=archive)
    assert ended.returncode == ExitCode.CANNOT_START
    assert ended.stderr.count("\n") == 1
    assert f"in use by process {os.getpid()} on " in ended.stderr
    assert " since 2" in ended.stderr
    assert "stop every server of it" in ended.stderr
    process.close()
    assert typed("import", "--database", address, "-", given=archive).returncode == 0


def test_one_that_was_killed_is_waited_for(typed, address):
    """Its lease says that it may be back in a moment."""
    PostgresDatabase(address).close()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("INSERT INTO lease VALUES (7, clock_timestamp(), clock_timestamp())")
        ended = typed("import", "--database", address, "-", given="")
        assert "in use by server 7 since " in ended.stderr
        connection.execute("UPDATE lease SET renewed = renewed - interval '1 minute'")
    assert typed("import", "--database", address, "-", given="").returncode == 0


def test_all_or_nothing(typed, address):
    """A line that is no message leaves the database as it was."""
    line = json.dumps(
        {"client_id": "c", "room": "lobby", "user_id": "u", "user": "Ana", "ip": "", "time": NOON}
        | {"message": "hello", "id": 7}
    )
    ended = typed("import", "--database", address, "-", given=f"{line}\njunk\n")
    assert "standard input, line 2: " in ended.stderr
    assert typed("export", "--database", address).stdout == ""


def test_a_server_that_starts_meanwhile_waits(address, join, until):
    """It begins once all is stored, behind it and in the life that began with it."""
    started = list[Process]()

    def drafts() -> Iterator[Draft]:
        yield draft(1)
        thread.start()
        with psycopg.connect(address, autocommit=True) as connection:
            until(lambda: connection.execute(_WAITING).fetchone() == (1,))
        yield draft(2)

    thread = threading.Thread(target=lambda: started.append(join()))
    with closing(Loading(address)) as loading:
        assert loading.load(drafts()) == 2
    thread.join()
    assert len(started[0].log.newest("lobby", 9).messages) == 2
    assert started[0].log.epoch


_WAITING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 3"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def test_there_is_no_room_yet(typed, address):
    """It is said what to name, and nothing is made there."""
    ended = typed("export", "--database", address)
    assert (ended.returncode, ended.stdout) == (ExitCode.FAILED, "")
    assert "no server has used this database yet" in ended.stderr
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT to_regclass('message')").fetchone() == (None,)


def test_the_database_is_that_of_the_variable(typed, address, lived_in, tmp_path):
    """Or of the settings; unless somebody types a folder, or both."""
    (tmp_path / "settings.toml").write_text(f'database = "{address}"\n')
    assert "no server has used" in typed("export", LANCHAT_CONFIG="settings.toml").stderr
    variable = {"LANCHAT_DATABASE": address}
    assert "no server has used" in typed("export", **variable).stderr
    assert typed("export", "--data-dir", lived_in, **variable).stdout.count("\n") == 16
    ended = typed("export", "--data-dir", lived_in, "--database", address)
    assert ended.returncode == ExitCode.USAGE
    assert "choose one of the two" in ended.stderr


def test_the_password_is_not_shown(typed, tmp_path):
    """Neither where it works nor where it does not."""
    url = f"postgresql://chat:s3cret@/room?host={tmp_path}"
    for command in ("export", "import"):
        ended = typed(command, "--database", url, *["-"] * (command == "import"))
        assert ended.returncode == ExitCode.CANNOT_START
        assert "the database cannot be used" in ended.stderr
        assert "s3cret" not in ended.stderr
