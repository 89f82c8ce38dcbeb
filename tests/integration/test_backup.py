"""A backup of a room that goes on, and what comes of it."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lanchat.archive.backup import MANIFEST
from tests.world.command_line import CommandLine, Ended
from tests.world.person import Person
from tests.world.pictures import screenshot
from tests.world.server import ServerProcess


@pytest.fixture
def typed(tmp_path: Path, server: ServerProcess) -> Any:
    """`lanchat` with the folder of the server, in a folder of the test's own."""
    command_line = CommandLine(tmp_path)

    def run(*arguments: object, **variables: str) -> Ended:
        return command_line(*arguments, LANCHAT_DATA_DIR=str(server.data_dir), **variables)

    return run


@pytest.mark.own_server
def test_a_page_that_slept_while_a_backup_came_back(
    typed: Any, server: ServerProcess, ana: Person
) -> None:
    """It is still logged in, drops what the backup does not have, and its files are there."""
    ana.come_in()
    picture = screenshot(40, 30)
    ana.send_file("one.png", picture)
    assert "and 1 file written to" in typed("backup", "room.zip").stderr
    ana.say("two")
    before = ana.come_in()
    link = server.host_secret
    ended = typed("restore", "--force", "room.zip")
    assert (ended.returncode, "in use by another lanchat" in ended.stderr) == (3, True)
    server.stop()
    ended = typed("restore", "room.zip")
    assert (ended.returncode, "--force replaces them" in ended.stderr) == (1, True)
    ended = typed("restore", "--force", "room.zip")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not list(server.data_dir.glob(".restored*"))
    server.start()
    assert server.host_secret == link
    ana.socket = ana.new_socket()
    answer = ana.come_in(before["seq"], before["epoch"])
    assert answer["anew"]
    (message,) = answer["messages"]
    (file,) = message["files"]
    assert ana.get(f"/files/{file['id']}/one.png").content == picture
    assert ana.say("three")["ok"]


@pytest.mark.server_options("--rate", "0")
def test_a_backup_is_of_one_moment_while_others_write(
    typed: Any, ana: Person, tmp_path: Path
) -> None:
    """What it has is a beginning of what was said, and each file that it names is in it."""
    ana.come_in()
    enough = threading.Event()

    def go_on() -> None:
        for number in range(1, 200):
            sent = ana.send_file("picture.png", screenshot(40 + number, 30))
            ana.say(str(number))
            if number % 2:
                ana.call("delete_message", {"id": sent["id"]})
            if enough.is_set():
                break

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        for number in range(3):
            assert typed("backup", f"{number}.zip").returncode == 0
    finally:
        enough.set()
        writer.join()
    counts = []
    for number in range(3):
        data = tmp_path / str(number)
        ended = typed("restore", "--data-dir", data, f"{number}.zip")
        assert (ended.returncode, ended.stderr) == (0, "")
        lines = typed("export", "--data-dir", data).stdout.splitlines()
        said = [text for line in lines if (text := json.loads(line)["text"])]
        assert said == [str(each + 1) for each in range(len(said))]
        counts.append(len(said))
    assert counts == sorted(counts)


def test_a_backup_through_a_pipe_and_what_is_none(typed: Any, ana: Person, tmp_path: Path) -> None:
    """What is damaged, of a newer lanchat or something else is refused, and changes nothing."""
    ana.come_in()
    ana.say("one")
    assert typed("backup", "room.zip").returncode == 0
    assert typed("backup", "room.zip").returncode == 1
    assert oct((tmp_path / "room.zip").stat().st_mode)[-3:] == "600"
    whole = (tmp_path / "room.zip").read_bytes()
    place = whole.index(b"SQLite") if b"SQLite" in whole else len(whole) // 2
    damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
    other, newer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x", "y")
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr(MANIFEST, json.dumps({"backup": 99}))
    for content in (damaged, whole[: len(whole) // 2], other.getvalue(), newer.getvalue(), b""):
        (tmp_path / "bad.zip").write_bytes(content)
        ended = typed("restore", "--data-dir", tmp_path / "new", "bad.zip")
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
        assert "nothing was restored" in ended.stderr
        assert not (tmp_path / "new" / "messages.db").exists()


def test_a_shared_database_has_its_own_tools(typed: Any) -> None:
    """Which, is said; a folder that is typed counts more than a variable."""
    shared = {"LANCHAT_DATABASE": "postgresql://chat@db.example/room"}
    for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        ended = typed(command, __file__, **shared)
        assert (ended.returncode, tool in ended.stderr) == (2, True)
    assert typed("backup", "--data-dir", "none", "x.zip", **shared).returncode == 1
