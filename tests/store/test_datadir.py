"""The data directory and what lies in it."""

import os
import stat

import pytest

from lanchat.errors import DataInUse, DataUnusable
from lanchat.store.datadir import DataDir


def test_the_secret_is_made_once_and_kept_private(tmp_path):
    """A restart finds the same secret; only its owner can read it."""
    first = DataDir(tmp_path / "data")
    first.close()
    second = DataDir(tmp_path / "data")
    second.close()
    assert (first.sessions, first.host_link) == (second.sessions, second.host_link)
    assert len(first.sessions) >= 32
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_every_data_dir_has_its_own_secret(tmp_path):
    """A cookie of one server is nothing to another."""
    one, other = DataDir(tmp_path / "one"), DataDir(tmp_path / "other")
    assert one.sessions != other.sessions
    one.close()
    other.close()


def test_one_server_at_a_time(tmp_path):
    """The second one is told who holds the directory."""
    first = DataDir(tmp_path)
    with pytest.raises(DataInUse, match=r"in use by another lanchat \(process \d+, since 20") as no:
        DataDir(tmp_path)
    assert (no.value.pid, no.value.parent) == (os.getpid(), os.getppid())
    first.close()
    DataDir(tmp_path).close()


def test_a_damaged_secret_is_named(tmp_path):
    """An empty secret would let anybody sign a cookie."""
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(DataUnusable, match="delete it"):
        DataDir(tmp_path)


def test_a_path_that_is_a_file(tmp_path):
    """The message has the path and a way out."""
    path = tmp_path / "data"
    path.write_text("not a directory")
    with pytest.raises(DataUnusable, match="--data-dir"):
        DataDir(path)
