"""`lanchat export` and `lanchat import`, as a person types them."""

import json
import os
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.world.command_line import CommandLine
from tests.world.person import Person
from tests.world.sender import Sender
from tests.world.server import ServerProcess


@pytest.fixture
def talk(server: ServerProcess, ana: Person) -> ServerProcess:
    """A server that runs, in which Ana has said three things."""
    ana.join()
    for text in ("one", "two", "=three"):
        assert ana.say(text)["ok"]
    return server


def test_while_the_chat_goes_on(talk: ServerProcess, typed: CommandLine) -> None:
    """What was acknowledged is in the export, as clients get it."""
    ended = typed("export", "--data-dir", talk.data_dir)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(message["user"], message["message"]) for message in said] == [
        ("Ana", "one"),
        ("Ana", "two"),
        ("Ana", "=three"),
    ]


def test_the_file_name_says_the_format(
    talk: ServerProcess, typed: CommandLine, tmp_path: Path
) -> None:
    """The ending of the name decides unless --format says another one."""
    for options in (["-o", "a.html"], ["-o", "b.CSV"], ["-o", "c.html", "--format", "txt"]):
        assert typed("export", "--data-dir", talk.data_dir, *options).returncode == 0
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!doctype html>")
    assert ",'=three," in (tmp_path / "b.CSV").read_text("utf-8")
    assert (tmp_path / "c.html").read_text("utf-8").endswith("  Ana: =three\n")


def test_an_ending_that_is_no_format(typed: CommandLine, tmp_path: Path) -> None:
    """Nobody gets lines of JSON in a file that is called a PDF, or compressed."""
    for name in ("a.pdf", "a.jsonl.gz"):
        ended = typed("export", "-o", name)
        assert ended.returncode == 2
        assert "none of .jsonl, .txt, .html, .csv, .zip; say the format" in ended.stderr
    assert list(tmp_path.glob("a.*")) == []


def test_a_file_that_is_there(talk: ServerProcess, typed: CommandLine) -> None:
    """A file that is there is kept, and one line says how to go on."""
    export = ["export", "--data-dir", talk.data_dir, "--output", "a.txt"]
    assert typed(*export).stderr.startswith("lanchat: 3 messages written to ")
    ended = typed(*export)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "--force" in ended.stderr
    assert typed(*export, "--force").returncode == 0


def test_no_messages_there(typed: CommandLine, tmp_path: Path) -> None:
    """One line says where messages were looked for, and nothing is written."""
    ended = typed("export", "--data-dir", "nowhere", "-o", "a.txt")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(tmp_path / "nowhere" / "messages.db") in ended.stderr
    assert list(tmp_path.glob("*a.txt*")) == []


@pytest.mark.own_server
def test_moving_house(talk: ServerProcess, typed: CommandLine, tmp_path: Path) -> None:
    """Messages move into another folder through a pipe or a file, as often as one likes."""
    archive = typed("export", "--data-dir", talk.data_dir).stdout
    (tmp_path / "a.jsonl").write_text(archive)
    new = tmp_path / "new"
    first = typed("import", "--data-dir", new, "-", given=archive)
    assert first.stdout == f"3 messages imported into {new}\n"
    second = typed("import", "--data-dir", new, "a.jsonl")
    assert second.stdout == f"0 messages imported into {new}; 3 were there already\n"
    assert typed("export", "--data-dir", new).stdout == archive


@pytest.mark.own_server
def test_a_room_moves_with_its_files(  # noqa: PLR0917
    talk: ServerProcess,
    ana: Person,
    typed: CommandLine,
    server_factory: Callable[..., ServerProcess],
    person_factory: Callable[..., Person],
    tmp_path: Path,
) -> None:
    """While the chat goes on; where it comes back, everybody gets them by the same address."""
    file_id = Sender(ana).send(b"what is left to do", name="notes.txt")
    said = {"message": "", "client_id": str(uuid.uuid4()), "files": [file_id]}
    assert ana.call("new_message", said)["ok"]
    ended = typed("export", "--data-dir", talk.data_dir, "-o", "room.zip")
    assert ended.stderr.startswith("lanchat: 4 messages and 1 file written to ")
    new = tmp_path / "later" / "data"
    ended = typed("import", "--data-dir", new, "room.zip")
    assert ended.stdout == f"4 messages imported into {new}, with 1 file (18 B)\n"
    bia = person_factory("Bia", server_factory(folder="later"))
    (file,) = bia.join()["messages"][-1]["files"]
    assert (file["id"], file["name"], file["type"]) == (file_id, "notes.txt", "text/plain")
    assert bia.get(f"/files/{file_id}/notes.txt").content == b"what is left to do"


def test_a_zip_file_that_is_no_room(typed: CommandLine, tmp_path: Path) -> None:
    """One line says what it lacks, and nothing is made."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x", "")
    ended = typed("import", "--data-dir", "new", "a.zip")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "no export of a room" in ended.stderr
    assert not (tmp_path / "new").exists()


def test_no_import_while_a_server_runs(talk: ServerProcess, typed: CommandLine) -> None:
    """One line says who is in the way and what to do."""
    ended = typed("import", "--data-dir", talk.data_dir, "-")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert f"process {talk.process.pid}" in ended.stderr
    assert "stop that one" in ended.stderr


def test_a_broken_archive(typed: CommandLine, tmp_path: Path) -> None:
    """The refusal names the line."""
    (tmp_path / "a.jsonl").write_text("{}\n")
    ended = typed("import", "--data-dir", "new", "a.jsonl")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("lanchat: a.jsonl, line 1: ")
    assert ended.stderr.endswith("; nothing was imported\n")


def test_what_was_imported_is_said_in_the_room(
    server_factory: Callable[..., ServerProcess],
    person_factory: Callable[..., Person],
    talk: ServerProcess,
    typed: CommandLine,
    tmp_path: Path,
) -> None:
    """A server that starts with it shows it to newcomers."""
    archive = typed("export", "--data-dir", talk.data_dir).stdout
    new = tmp_path / "later" / "data"
    assert typed("import", "--data-dir", new, "-", given=archive).returncode == 0
    other = server_factory(folder="later")
    answer: dict[str, Any] = person_factory("Bia", other).join()
    assert [message["message"] for message in answer["messages"]] == ["one", "two", "=three"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
@pytest.mark.parametrize("output", ["a.txt", "-"])
def test_a_bar_on_the_screen(output: str, talk: ServerProcess, tmp_path: Path) -> None:
    """A person sees how far it is, and a pipe gets nothing of that."""
    import pty  # not on Windows

    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "lanchat", "export", "--data-dir", str(talk.data_dir)]
    ended = subprocess.run(
        [*command, "--format", "txt", "-o", output],
        env={**os.environ, "TERM": "xterm-256color"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=True,
    )
    os.close(terminal)
    with os.fdopen(main, "rb") as screen:
        assert b"100%" in screen.read1(65536)
    assert ended.stdout.count(b"\n") == (3 if output == "-" else 0)
    assert b"\x1b" not in ended.stdout
