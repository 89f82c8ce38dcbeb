"""The files of a room move along: into the folder that servers share, and back."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.cluster.conftest import Process
from tests.world.command_line import CommandLine
from tests.world.drafts import NOON

pytestmark = pytest.mark.empty_database

_IDS = [f"{n:032x}" for n in range(2)]
_PAGE, _NOTES = b"<script>alert(1)</script>", b"what is left to do\n"


@pytest.fixture
def typed(tmp_path: Path) -> CommandLine:
    """The command line, in the test's own folder."""
    return CommandLine(tmp_path)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A room in which somebody has sent two files."""
    parts = {
        f"files/{_IDS[0]}/page.html": _PAGE,
        f"files/{_IDS[1]}/notes.txt": _NOTES,
    }
    said = [
        {"id": 3, "message": "look", "files": [_file(0, "page.html", _PAGE)]},
        {"id": 5, "message": "", "files": [_file(1, "notes.txt", _NOTES)], "reply_to": 3},
    ]
    author = {"room": "lobby", "user_id": "1", "user": "Ana", "ip": "192.0.2.1", "time": NOON}
    lines = (json.dumps({**each, **author, "client_id": f"c{each['id']}"}) for each in said)
    sums = (f"{hashlib.sha256(part).hexdigest()}  {name}\n" for name, part in parts.items())
    path = tmp_path / "room.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
        file.writestr("messages.jsonl", "".join(f"{line}\n" for line in lines))
        file.writestr("SHA256SUMS", "".join(sums))
    return path


def _file(number: int, name: str, content: bytes) -> dict[str, object]:
    return {"id": _IDS[number], "name": name, "type": "text/plain", "size": len(content)}


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of an archive, but the page, which says when it was made."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if name != "room.html"}


def on_disk(folder: Path) -> int:
    """How many contents and uploads a folder of files has."""
    return sum(path.is_file() for path in folder.rglob("*")) - (folder / "lanchat-folder").exists()


def test_there_and_back(typed, address, archive, tmp_path):
    """What is exported is the same each time, and a second time nothing is new."""
    shared = ["--database", address, "--files-dir", tmp_path / "files"]
    ended = typed("import", *shared, archive)
    assert (ended.stderr, ended.stdout.endswith(", with 2 files (44 B)\n")) == ("", True)
    assert typed("import", *shared, archive).stdout.startswith("0 messages ")
    assert on_disk(tmp_path / "files") == 2
    assert "2 files written" in typed("export", *shared, "-o", "b.zip").stderr
    assert typed("import", "--data-dir", tmp_path / "after", "b.zip").returncode == 0
    assert typed("export", "--data-dir", tmp_path / "after", "-o", "c.zip").returncode == 0
    assert parts_of(tmp_path / "b.zip") == parts_of(tmp_path / "c.zip")
    assert parts_of(tmp_path / "b.zip")[f"files/{_IDS[0]}/page.html"] == _PAGE


def test_without_their_folder_they_are_left_out(typed, address, archive, tmp_path):
    """Which is said, in both directions; a message without a word says what they were called."""
    assert (
        "2 files left out: name a folder" in typed("import", "--database", address, archive).stderr
    )
    assert '"message": "notes.txt"' in typed("export", "--database", address).stdout
    shared = ["--database", address, "--files-dir", tmp_path / "files"]
    assert "is no folder of this database" in typed("export", *shared, "-o", "a.zip").stderr


def test_an_export_without_their_folder(typed, address, archive, tmp_path):
    """Messages name them, and it is said how many are missing."""
    shared = ["--database", address, "--files-dir", tmp_path / "files"]
    assert typed("import", *shared, archive).returncode == 0
    ended = typed("export", *shared[:2], "-o", "a.zip")
    assert "2 messages and 0 files written" in ended.stderr
    assert "2 files left out: name their folder with --files-dir" in ended.stderr
    (tmp_path / "files" / "lanchat-folder").write_text("another")
    ended = typed("export", *shared, "-o", "b.zip")
    assert "is not the folder of files that the servers of this database share" in ended.stderr


def test_nothing_is_written_beside_a_server(typed, address, archive, tmp_path, join):
    """Not even into the folder, which it may be using."""
    process: Process = join()
    ended = typed("import", "--database", address, "--files-dir", tmp_path / "files", archive)
    assert "in use by process " in ended.stderr
    assert not (tmp_path / "files").exists()
    process.close()


def test_a_folder_alone_has_its_files_in_it(typed, archive):
    """So no other one is named for it."""
    ended = typed("import", "--data-dir", "new", "--files-dir", "files", archive)
    assert ended.returncode == 2
    assert "--files-dir is for --database" in ended.stderr
