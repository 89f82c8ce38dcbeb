"""A database that cannot be used: who runs lanchat is told, and the file stays as it is."""

import os
import sqlite3
from contextlib import closing

import pytest

from lanchat.store.bulk import load
from lanchat.store.schema import MIGRATIONS
from tests.world.drafts import draft


@pytest.fixture
def database(tmp_path):
    """What a server leaves behind that stopped in order."""
    path = tmp_path / "data" / "messages.db"
    path.parent.mkdir()
    load(path, [draft("long " * 700, str(number)) for number in range(15)])
    return path


def in_the_middle(good, bad):
    """The content with other bytes in its middle."""
    half = len(good) // 2
    return good[:half] + bad + good[half + len(bad) :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good[: len(good) // 2],
        lambda good: good[:-1],
        lambda good: good[:1],
        lambda good: b"garbage" * len(good),
        lambda good: in_the_middle(good, b"\xff" * 4096),
    ],
    ids=["half", "a byte short", "one byte", "garbage", "garbage in the middle"],
)
def test_a_damaged_database_is_refused(database, refused, damage):
    """One line with the path and what to do, exit code 3; not a byte is changed."""
    left = damage(database.read_bytes())
    database.write_bytes(left)
    line = refused(database.parent)
    assert str(database) in line
    assert "move it away to begin a new one" in line
    assert database.read_bytes() == left


def test_a_newer_database_is_refused(database, refused):
    """An older lanchat does not write into what it does not understand."""
    with closing(sqlite3.connect(database)) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = database.read_bytes()
    assert "update lanchat" in refused(database.parent)
    assert database.read_bytes() == before


def test_a_folder_in_its_place(tmp_path, refused):
    """The line says what stands there."""
    database = tmp_path / "messages.db"
    database.mkdir()
    line = refused(tmp_path)
    assert f"{database}: " in line
    assert "directory" in line


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other permissions")
@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_database_of_somebody_else(database, refused, mode):
    """What may not be read, or not be written, is refused before anybody comes."""
    database.chmod(mode)
    # Root may do everything, but not without this.
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    line = refused(database.parent, *(drop if os.geteuid() == 0 else []))
    assert "make it a file that you may read and write" in line
    assert database.stat().st_mode & 0o777 == mode
