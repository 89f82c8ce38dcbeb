"""Rooms go out with what was said in them, and come back; what is private where one says so."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lanchat.archive.exporter import Asked
from lanchat.archive.importer import import_messages
from lanchat.archive.places import Folder
from lanchat.archive.room_lines import room_of
from lanchat.archive.room_zip import RoomZip
from lanchat.archive.zip_importer import RoomImport
from lanchat.chat.model import User
from lanchat.chat.rooms import Room, direct_room_id
from lanchat.errors import LineRefused, NoSuchRoom
from lanchat.rows.room_bulk import ArchivedRoom
from lanchat.store.bulk import load
from lanchat.store.database import Database
from lanchat.store.datadir import DATABASE, DataDir
from lanchat.store.eventlog import SqliteEventLog
from tests.world.drafts import draft

Exported = Callable[..., str]

ANA, BIA, DAVI = User("1", "Ana"), User("2", "Bia"), User("3", "Davi <b>")
TWO = direct_room_id("1", "2")
ROOMS = [
    ArchivedRoom(Room("0a", "open", "Robots", "1", "=gears", locked=True, slow=9), (BIA, ANA)),
    ArchivedRoom(Room("0b", "group", "3", closed=1), (DAVI,)),
    ArchivedRoom(Room(TWO, "direct", opener="2"), (ANA, BIA)),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with rooms, in each of which Ana has said its name."""
    said = [draft("hall"), draft("gear", room="0a"), draft("three", room="0b")]
    with closing(DataDir(tmp_path / "house")) as data:
        load(data.database, [*ROOMS, *said, draft("secret", room=TWO)])
    return data.path


def rooms(folder: Path) -> list[ArchivedRoom]:
    """The rooms as a server finds them, without their positions."""
    with closing(Database(folder / DATABASE)) as database, closing(SqliteEventLog(database)) as log:
        _, found, memberships = log.rooms()
    return [
        ArchivedRoom(
            Room(
                *(room.id, room.kind, room.name, room.opener, room.topic),
                *(room.locked, room.readonly, room.slow),
                closed=int(room.closed > 0),
            ),
            tuple(each.user for each in memberships if each.room == room.id),
        )
        for room in found
    ]


def take_in(folder: Path, archive: str) -> tuple[int, int]:
    source = io.BytesIO(archive.encode())
    return import_messages(Folder(folder), source, "the archive", lambda _: None)


def test_rooms_come_back_as_they_were(house: Path, tmp_path: Path, exported: Exported) -> None:
    """With who was in them, in their order; and all that was said is still in its room."""
    archive = exported(house, private=True)
    assert take_in(tmp_path / "new", archive) == (4, 4)
    assert rooms(tmp_path / "new") == rooms(house) == ROOMS
    assert exported(tmp_path / "new", private=True) == archive


def test_so_they_do_from_a_zip_file(house: Path, tmp_path: Path, exported: Exported) -> None:
    """Its messages are the same lines."""
    path, new = tmp_path / "house.zip", Folder(tmp_path / "new")
    with closing(RoomZip(Folder(house), Asked(private=True))) as made, path.open("wb") as target:
        made.write(target, lambda _: None)
    with closing(RoomImport(path)) as archive:
        assert archive.take_in(new, lambda _: None)[:2] == (4, 4)
    assert rooms(tmp_path / "new") == ROOMS
    assert exported(tmp_path / "new", private=True) == exported(house, private=True)


def test_what_is_private_is_left_out(house: Path, exported: Exported) -> None:
    """Neither what was said is there, nor that there is such a room; people are told so."""
    for name in ("jsonl", "txt", "csv", "html"):
        text = exported(house, name)
        assert "gear" in text
        assert "secret" not in text
        assert TWO not in text
        assert ("in private is left out" in text) == (name in {"txt", "html"})
        assert "in private is left out" not in exported(house, name, private=True)


def test_nothing_is_said_where_nothing_is_left_out(data_dir: Path, exported: Exported) -> None:
    """A chat without rooms is exported as it always was."""
    assert "private" not in exported(data_dir, "html")
    assert exported(data_dir, "txt").startswith("2026-11-20 ")
    assert exported(data_dir, "csv").splitlines()[0].endswith(",files")
    assert all("message" in json.loads(line) for line in exported(data_dir).splitlines())


@pytest.mark.parametrize(
    ("name", "texts"),
    [("ROBOTS", ["gear"]), ("3", ["three"]), ("lobby", ["hall"]), ("0a", ["gear"])],
)
def test_one_room(name: str, texts: list[str], house: Path, exported: Exported) -> None:
    """By its name, or by its id."""
    lines = list(map(json.loads, exported(house, room=name).splitlines()))
    assert [line["message"] for line in lines if "message" in line] == texts
    assert len(lines) == len(texts) + (name != "lobby")
    assert "private" not in exported(house, "txt", room=name)


def test_a_room_that_is_not_there(house: Path, exported: Exported) -> None:
    """It is said which ones there are; a private one is there with the others alone."""
    for name in ("Robot", "", TWO):
        with pytest.raises(NoSuchRoom, match="there are 'lobby', 'Robots', '3'"):
            exported(house, room=name)
    assert "secret" in exported(house, room=TWO, private=True)


def test_people_see_where_something_was_said(house: Path, exported: Exported) -> None:
    """Two spaces are in no name, so that nobody can pass for somebody in a room."""
    said = [line.split("  ", 1)[1] for line in exported(house, "txt", private=True).splitlines()]
    assert said == [
        "Ana: hall",
        "[Robots]  Ana: gear",
        "[Group 3]  Ana: three",
        "[Ana ↔ Bia]  Ana: secret",
    ]
    table = exported(house, "csv").splitlines()
    assert table[0].endswith(",files,room_name")
    assert table[2].endswith(",Robots")
    page = exported(house, "html")
    assert "<li><bdi>Robots</bdi> <small>=gears · Bia, Ana</small></li>" in page
    assert "Davi &lt;b&gt;" in page
    assert re.search(r"</time> <small><bdi>Robots</bdi></small>\s+<p dir=\"auto\">gear<", page)


def test_a_room_that_is_there_stays_as_it_is(house: Path, exported: Exported) -> None:
    """Whoever imports twice finds nobody in a room who has left it since."""
    archive = exported(house, private=True)
    with closing(sqlite3.connect(house / DATABASE)) as connection, connection:
        connection.execute("DELETE FROM member WHERE user_id = '2' AND room = '0a'")
        connection.execute("UPDATE room SET name = 'Cars' WHERE id = '0a'")
    assert take_in(house, archive) == (0, 4)
    (robots, *_) = rooms(house)
    assert (robots.room.name, robots.members) == ("Cars", (ANA,))


def test_behind_what_is_there(house: Path, data_dir: Path, exported: Exported) -> None:
    """Into a folder with messages of its own they come, too, with new ids."""
    assert take_in(data_dir, exported(house)) == (3, 3)
    assert [each.room.id for each in rooms(data_dir)] == ["0a", "0b"]
    assert "gear" in exported(data_dir, room="Robots")


def test_nothing_private_goes_into_the_main_room(house: Path, exported: Exported) -> None:
    """What has lost the line of its room is refused; of other rooms it goes there as ever."""
    lines = exported(house, private=True).splitlines(keepends=True)
    with pytest.raises(LineRefused, match=r"line 4: it was said in private"):
        take_in(house.parent / "new", "".join(lines[3:]))
    assert take_in(house.parent / "new", "".join(lines[3:-1])) == (3, 3)
    assert len(exported(house.parent / "new", room="lobby").splitlines()) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "main"},
        {"kind": "deleted"},
        {"id": "lobby"},
        {"id": "a b"},
        {"id": ""},
        {"name": ""},
        {"name": "a\u202eb"},
        {"name": "n" * 41},
        {"topic": "t" * 201},
        {"slow": -1},
        {"opener": "a b"},
        {"members": [{"id": "1", "user": "A\nB"}]},
        {"members": [{"id": "1", "user": "Ana"}] * 2},
        {"kind": "direct", "members": [{"id": "1", "user": "Ana"}, {"id": "2", "user": "Bia"}]},
        {"kind": "direct", "members": [{"id": f"{n}", "user": f"U{n}"} for n in range(3)]},
    ],
)
def test_a_room_that_nobody_could_have_opened(changes: dict[str, Any]) -> None:
    """It is refused as any other line that is none; a room for two is that of its members."""
    fields = {"id": "0a", "kind": "open", "name": "Robots"}
    assert room_of(json.dumps({"room": fields}).encode()).room.name == "Robots"
    with pytest.raises(ValueError, match=r"."):
        room_of(json.dumps({"room": fields | changes}).encode())
