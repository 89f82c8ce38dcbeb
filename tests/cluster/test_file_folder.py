"""All servers have the same folder of files: another one, or none, is noticed at the start."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.file_folder import MARKER, shared_folder
from lanchat.errors import DataUnusable
from lanchat.files.folder import FileFolder


@pytest.fixture
def database(address: str) -> Iterator[PostgresDatabase]:
    """The database that the servers share."""
    with closing(PostgresDatabase(address)) as database:
        yield database


def at_once(call: Callable[[], Any]) -> Any:
    """As a disk that answers."""
    return call()


def test_the_first_server_makes_it(database: PostgresDatabase, tmp_path: Path) -> None:
    """For its user alone; the next ones find it, and leave nothing there."""
    for _ in range(2):
        shared_folder(database, tmp_path / "files", at_once).look()
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    there = {path.name for path in (tmp_path / "files").rglob("*")}
    assert there == {MARKER, "uploads"}


def test_another_folder_is_refused(database: PostgresDatabase, tmp_path: Path) -> None:
    """Such as an empty one, where the network's is not mounted; nothing is made there."""
    shared_folder(database, tmp_path / "files", at_once)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataUnusable, match="mount that one, or name it") as refused:
        shared_folder(database, tmp_path / "empty", at_once)
    assert list((tmp_path / "empty").iterdir()) == []
    with pytest.raises(DataUnusable):
        shared_folder(database, tmp_path / "missing", at_once)
    known = (tmp_path / "files" / MARKER).read_text().strip()
    assert f"write {known} into the file {MARKER} in it" in str(refused.value)
    (tmp_path / "empty" / MARKER).write_text(known)
    shared_folder(database, tmp_path / "empty", at_once)


def test_the_folder_of_another_chat_is_refused(
    new_database: Callable[[], str], database: PostgresDatabase, tmp_path: Path
) -> None:
    """It would delete what it does not know."""
    shared_folder(database, tmp_path / "files", at_once)
    with closing(PostgresDatabase(new_database())) as another:
        with pytest.raises(DataUnusable, match="of another chat; choose another --files-dir"):
            shared_folder(another, tmp_path / "files", at_once)
        shared_folder(another, tmp_path / "theirs", at_once)
        with pytest.raises(DataUnusable, match="is not the folder of files that"):
            shared_folder(another, tmp_path / "files", at_once)


def test_what_cannot_be_written_or_does_not_answer(
    database: PostgresDatabase, tmp_path: Path
) -> None:
    """It is said in one line, and the next start tries again."""
    with pytest.raises(DataUnusable, match=r"nothing/files: cannot be used as the folder of files"):
        shared_folder(database, tmp_path / "nothing" / "files", at_once)
    (tmp_path / "file").touch()
    with pytest.raises(DataUnusable, match="let the user who runs lanchat"):
        shared_folder(database, tmp_path / "file", at_once)

    def never(_call: Callable[[], Any]) -> Any:
        raise TimeoutError

    with pytest.raises(DataUnusable, match="does not answer"):
        shared_folder(database, tmp_path / "files", never)
    shared_folder(database, tmp_path / "files", at_once)


def test_nothing_is_done_in_a_folder_that_is_away(
    database: PostgresDatabase, tmp_path: Path
) -> None:
    """What takes its place, as below a mount, is not touched, and nothing is taken for deleted."""
    path = tmp_path / "files"
    folder = shared_folder(database, path, at_once)
    folder.create("a")
    path.rename(tmp_path / "aside")
    path.mkdir()
    for call in (
        lambda: folder.create("b"),
        lambda: folder.put("b", b"abc"),
        lambda: folder.keep("a", "0" * 64, known=False),
        lambda: folder.open("0" * 64),
        lambda: folder.drop_upload("a"),
        lambda: folder.set_aside(["0" * 64]),
        folder.space,
    ):
        with pytest.raises(OSError, match="the folder that all servers share is away"):
            call()
    assert list(path.iterdir()) == []
    path.rmdir()
    (tmp_path / "aside").rename(path)
    assert folder.uploads() == ["a"]
    shutil.rmtree(path)
    with pytest.raises(OSError, match="is away"):
        FileFolder(path, MARKER).look()
