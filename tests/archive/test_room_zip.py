"""A room goes into a ZIP file with its files, and comes back: all of it, or nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lanchat.archive.importer import import_messages
from lanchat.archive.places import Folder
from lanchat.archive.room_zip import MESSAGES, SUMS, RoomZip
from lanchat.archive.zip_importer import RoomImport, Taken
from lanchat.chat.model import FileDraft, Message, Origin, User
from lanchat.errors import ArchiveRefused, LineRefused
from lanchat.files.folder import FileFolder
from lanchat.rows.bulk_reading import MessageReader
from lanchat.store.bulk import MessageFile
from lanchat.store.database import Database
from lanchat.store.datadir import DATABASE, FILES, DataDir
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.file_import import FileImport
from tests.world.drafts import draft, say
from tests.world.files import open_files

ANA = User("1", "Ana")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 8, 6)
PICTURE, THUMB, PAGE = PNG + b"x" * 300_000, PNG + b"small", b"<script>alert(1)</script>"

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    """The folder of a room in which Ana has sent a picture, twice, a page, and an empty file."""
    folder = tmp_path / "room"
    DataDir(folder).close()
    database = Database(folder / DATABASE)
    log = SqliteEventLog(database)
    with ThreadPoolExecutor(2) as threads:
        files = open_files(database, folder / FILES, threads)

        def send(name: str, content: bytes) -> str:
            sent = files.begin(ANA, Origin(""), FileDraft(len(content), name, 800, 600))
            files.write(ANA, sent.id, 0, io.BytesIO(content).read)
            return sent.id

        picture, page = send("photo 1.png", PICTURE), send("page.html", PAGE)
        files.put_thumb(ANA, picture, THUMB)
        say(log, [draft("", "a", files=(picture,)), draft("read this", "b", files=(page,))])
        say(log, ["plain", draft("again", "c", files=(send("p.png", PICTURE), send("q", b"")))])
        yield folder
    log.close()
    database.close()


@pytest.fixture
def archive(room: Path, tmp_path: Path) -> Path:
    """The room as a ZIP file."""
    path = tmp_path / "room.zip"
    export(room, path)
    return path


def export(room: Path, path: Path) -> RoomZip:
    """Write the room into this file."""
    made = RoomZip(Folder(room))
    with path.open("wb") as target:
        made.write(target, lambda _: None)
    made.close()
    return made


def take_in(path: Path, folder: Path) -> Taken:
    """Import the file into this folder."""
    room = RoomImport(path)
    try:
        return room.take_in(Folder(folder), lambda _: None)
    finally:
        room.close()


def messages(folder: Path) -> list[Message]:
    """All that was said in a room."""
    reader = MessageReader(MessageFile(folder / DATABASE))
    found = [message for page in reader.pages() for message in page]
    reader.close()
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """What is on the disk of all files, by the names that it has there."""
    there = sorted((folder / FILES).rglob("*")) if folder.exists() else []
    return {file.name: file.read_bytes() for file in there if file.is_file()}


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of an archive."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(path: Path, change: Change) -> Path:
    """The same archive with other parts."""
    parts = parts_of(path)
    change(parts)
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return other


def test_a_room_comes_back_as_it_was(room: Path, archive: Path, tmp_path: Path) -> None:
    """With the same files under the same ids, each content once on the disk."""
    new = tmp_path / "new"
    size = 2 * len(PICTURE) + len(PAGE)
    assert take_in(archive, new) == Taken(
        fresh=4, total=4, files=4, size=size, missing=0, left_out=0
    )
    said = [m._replace(id=0, seq=0) for m in messages(new)]
    assert said == [m._replace(id=0, seq=0) for m in messages(room)]
    expected = {hashlib.sha256(each).hexdigest(): each for each in (PICTURE, THUMB, PAGE, b"")}
    assert contents(new) == expected == contents(room)
    assert all(file.stat().st_mode & 0o077 == 0 for file in (new / FILES).rglob("*"))
    export(new, tmp_path / "again.zip")
    assert parts_of(tmp_path / "again.zip")[SUMS] == parts_of(archive)[SUMS]


def test_a_second_time_nothing_is_new(archive: Path, tmp_path: Path) -> None:
    """And nothing more lies on the disk, where a part of it was deleted meanwhile, too."""
    new = tmp_path / "new"
    take_in(archive, new)
    before = contents(new)
    assert take_in(archive, new).fresh == 0
    assert contents(new) == before


def test_what_is_in_it_can_be_used_without_lanchat(archive: Path, tmp_path: Path) -> None:
    """The page shows what lies beside it, but leads to no page; sums can be checked."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "out")
    html = (tmp_path / "out" / "room.html").read_text()
    (photo,) = (tmp_path / "out" / "files").glob("*/photo 1.png")
    assert photo.read_bytes() == PICTURE
    assert f'<a href="files/{photo.parent.name}/photo%201.png"><img src="thumbs/' in html
    assert "<bdi>page.html</bdi> <small>25 B</small>" in html
    assert 'page.html">' not in html
    subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path / "out", check=True)


def test_lines_alone_name_files(archive: Path, tmp_path: Path) -> None:
    """Without them a message without a word says what they were called."""
    lines = parts_of(archive)[MESSAGES]
    named = json.loads(lines.splitlines()[0])["files"]
    assert [(file["name"], file["size"]) for file in named] == [("photo 1.png", len(PICTURE))]
    import_messages(Folder(tmp_path / "new"), io.BytesIO(lines), "lines", lambda _: None)
    said = [(message.message, message.files) for message in messages(tmp_path / "new")]
    assert said == [("photo 1.png", None), ("read this", None), ("plain", None), ("again", None)]


def test_a_file_that_is_not_there(room: Path, archive: Path, tmp_path: Path) -> None:
    """Everything else is taken, and it is said how many were not; so it is with an export."""

    def drop(parts: dict[str, bytes]) -> None:
        del parts[next(name for name in parts if name.endswith("/photo 1.png"))]

    taken = take_in(changed(archive, drop), tmp_path / "new")
    assert (taken.fresh, taken.files, taken.missing) == (4, 3, 1)
    assert messages(tmp_path / "new")[0].message == "photo 1.png"
    (
        room / FILES / hashlib.sha256(PAGE).hexdigest()[:2] / hashlib.sha256(PAGE).hexdigest()
    ).unlink()
    assert export(room, tmp_path / "less.zip").lost == ["page.html"]
    assert take_in(tmp_path / "less.zip", tmp_path / "less").missing == 1


def test_a_file_that_is_deleted_while_it_is_exported(room: Path, tmp_path: Path) -> None:
    """It is missing, as one that was deleted before, and the others come back."""
    digest = hashlib.sha256(PAGE).hexdigest()
    content = room / FILES / digest[:2] / digest

    class Deleting(io.BytesIO):
        def write(self, part: Any, /) -> int:
            if b"/page.html" in bytes(part) and bytes(part).startswith(b"PK\3\4"):
                os.truncate(content, 0)
            return super().write(part)

    target, path = Deleting(), tmp_path / "room.zip"
    exported = RoomZip(Folder(room))
    exported.write(target, lambda _: None)
    exported.close()
    path.write_bytes(target.getvalue())
    assert exported.lost == ["page.html"]
    taken = take_in(path, tmp_path / "new")
    assert (taken.fresh, taken.files, taken.missing) == (4, 3, 1)


def other_bytes(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.endswith("/page.html"))
    parts[name] = PAGE[::-1]


def more_bytes(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.endswith("/page.html"))
    parts[name] += b"0" * 1_000_000


def large_thumb(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.startswith("thumbs/"))
    parts[name] += b"0" * 24_576


def no_sums(parts: dict[str, bytes]) -> None:
    parts[SUMS] = b""


def thumb_that_runs(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.startswith("thumbs/"))
    before = hashlib.sha256(parts[name]).hexdigest().encode()
    parts[name] = b"<svg/>"
    parts[SUMS] = parts[SUMS].replace(before, hashlib.sha256(b"<svg/>").hexdigest().encode())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (other_bytes, "is not what SHA256SUMS says"),
        (more_bytes, "not as large as its message says"),
        (large_thumb, "not as large as its message says"),
        (no_sums, "is not what SHA256SUMS says"),
        (thumb_that_runs, "is no small picture"),
        (lambda parts: parts.pop(MESSAGES), "no messages.jsonl"),
        (lambda parts: parts.pop(SUMS), "no SHA256SUMS"),
    ],
)
def test_what_is_not_as_it_was_exported(
    archive: Path, tmp_path: Path, change: Change, reason: str
) -> None:
    """The refusal says what; nothing is stored, and nothing is left on the disk."""
    with pytest.raises(ArchiveRefused, match=reason):
        take_in(changed(archive, change), tmp_path / "new")
    assert contents(tmp_path / "new") == {}
    assert not (tmp_path / "new" / DATABASE).exists()


def test_a_line_that_is_no_message(archive: Path, tmp_path: Path) -> None:
    """The refusal names it, also where files could have been written already."""
    bad = changed(archive, lambda parts: parts.update({MESSAGES: parts[MESSAGES] + b"{}\n"}))
    with pytest.raises(LineRefused, match=r"messages\.jsonl, line 5"):
        take_in(bad, tmp_path / "new")
    assert contents(tmp_path / "new") == {}


def test_names_lead_nowhere(archive: Path, tmp_path: Path) -> None:
    """A name that a message gives is made safe, and nobody looks for a path in the archive."""

    def climb(parts: dict[str, bytes]) -> None:
        for name in list(parts):
            if name.endswith("/page.html"):
                parts[name.replace("page.html", "../../../page.html")] = parts[name]
        parts["../../evil"] = b"evil"
        parts[MESSAGES] = parts[MESSAGES].replace(b'"page.html"', b'"../../../page.html"')

    take_in(changed(archive, climb), tmp_path / "deep" / "new")
    assert messages(tmp_path / "deep" / "new")[1].files[0].name == "page.html"  # type: ignore[index]
    assert list(tmp_path.rglob("evil*")) == []


def test_what_a_kill_leaves_goes_at_the_next_start(tmp_path: Path) -> None:
    """What was on its way, and what was in its place before its message was stored."""
    folder = tmp_path / "room" / FILES
    folder.parent.mkdir()
    killed = FileImport(FileFolder(folder))
    killed.stage(io.BytesIO(PICTURE).read, lambda _: None)
    killed.place()
    killed.stage(io.BytesIO(PAGE).read, lambda _: None)
    assert len(contents(folder.parent)) == 2
    database = Database(folder.parent / DATABASE)
    with ThreadPoolExecutor(1) as threads:
        open_files(database, folder, threads).keeping.work()
    database.close()
    assert contents(folder.parent) == {}


def test_a_zip_file_comes_through_no_pipe(archive: Path, tmp_path: Path) -> None:
    """The refusal says what to do."""
    with archive.open("rb") as source, pytest.raises(LineRefused, match="name it"):
        import_messages(Folder(tmp_path / "new"), source, "standard input", lambda _: None)


@pytest.mark.parametrize("cut", [0, 100, -100])
def test_half_an_archive(archive: Path, tmp_path: Path, cut: int) -> None:
    """It is refused before anything is made."""
    half = tmp_path / "half.zip"
    half.write_bytes(archive.read_bytes()[: cut or 1])
    with pytest.raises(ArchiveRefused, match="no ZIP file, or damaged"):
        RoomImport(half)


def test_a_list_of_parts_without_end(tmp_path: Path) -> None:
    """It would be read whole: of ten million parts it takes five gigabytes of memory."""
    size = 200 << 20
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0))
    with pytest.raises(ArchiveRefused, match="too many parts"):
        RoomImport(path)


@pytest.mark.parametrize("name", [MESSAGES, SUMS])
def test_packed_in_another_way(archive: Path, tmp_path: Path, name: str) -> None:
    """Some ways take as much memory as the archive says."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as packed:
        for part, content in parts_of(archive).items():
            way = zipfile.ZIP_LZMA if part == name else zipfile.ZIP_STORED
            packed.writestr(part, content, way)
    with pytest.raises(ArchiveRefused, match="a way that is not read"):
        take_in(other, tmp_path / "new")


def test_a_damaged_archive(archive: Path, tmp_path: Path) -> None:
    """A bit that has changed is found, and nothing is stored."""
    content = bytearray(archive.read_bytes())
    content[content.index(b"x" * 100) + 50] ^= 1
    archive.write_bytes(content)
    with pytest.raises(ArchiveRefused, match="damaged"):
        take_in(archive, tmp_path / "new")
    assert contents(tmp_path / "new") == {}


def test_a_disk_without_room(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of it is for messages."""
    monkeypatch.setattr("lanchat.store.file_import.spared", lambda total: total)
    with pytest.raises(ArchiveRefused, match="no room for its files"):
        take_in(archive, tmp_path / "new")
    assert contents(tmp_path / "new") == {}
