"""The data directory and what lies in it."""

import os
import re
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lanchat.errors import DataInUse, DataUnusable
from lanchat.store.datadir import DataDir, SessionKey, control_path


def mode(path):
    """Who may do what with it."""
    return stat.S_IMODE(path.stat().st_mode)


def keys(path):
    """The secrets in the directory."""
    with closing(DataDir(path)) as data:
        return data.keys()


def test_everything_in_it_is_its_owners(tmp_path):
    """It is made where it is missing; an older lanchat finds each file by the same name."""
    path = tmp_path / "somewhere" / "data"
    data = DataDir(path)
    assert (data.path, data.database) == (path, path / "messages.db")
    data.keys()
    modes = {file.name: mode(file) for file in path.iterdir() if file.name != "lanchat.pid"}
    assert modes == {"lanchat.lock": 0o600, "secret": 0o600, "host-secret": 0o600}
    assert mode(path) == 0o700
    data.close()


def test_secrets_are_made_once(tmp_path):
    """A restart finds the same: 256 bits for the cookies, 128 for who types a link off a screen."""
    first, second = keys(tmp_path), keys(tmp_path)
    assert (first.sessions, first.host_link) == (second.sessions, second.host_link)
    assert re.fullmatch(rb"[0-9a-f]{64}", first.sessions)
    assert re.fullmatch(r"[0-9a-f]{32}", first.host_link)
    assert (tmp_path / "host-secret").read_text() == first.host_link


def test_a_secret_of_ones_own(tmp_path):
    """Whatever it is, if it is long enough."""
    (tmp_path / "secret").write_bytes(b"\xff" * 32)
    (tmp_path / "host-secret").write_bytes(b"\xff" * 16)
    own = keys(tmp_path)
    assert (own.sessions, own.host_link) == (b"\xff" * 32, "\ufffd" * 16)


def test_every_data_dir_has_its_own_secret(tmp_path):
    """A cookie of one server is nothing to another."""
    assert keys(tmp_path / "one").sessions != keys(tmp_path / "other").sessions


def test_one_server_at_a_time(tmp_path):
    """The second one is told which directory it is, and who holds it."""
    first = DataDir(tmp_path)
    held = rf"{tmp_path}: is in use by another lanchat \(process \d+, since 20"
    with pytest.raises(DataInUse, match=held) as no:
        DataDir(tmp_path)
    assert (no.value.pid, no.value.parent) == (os.getpid(), os.getppid())
    first.close()
    DataDir(tmp_path).close()


@pytest.mark.parametrize("written", ["", "[]", "{}", None])
def test_a_holder_that_has_not_said_who_it_is(tmp_path, written):
    """It was a moment quicker, or its disk is full: the second one is refused all the same."""
    first = DataDir(tmp_path)
    if written is None:
        (tmp_path / "lanchat.pid").unlink()
    else:
        (tmp_path / "lanchat.pid").write_text(written)
    with pytest.raises(DataInUse, match="in use by another lanchat; stop that one") as no:
        DataDir(tmp_path)
    assert (no.value.pid, no.value.parent) == (None, None)
    first.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file stays there")
def test_a_lock_file_that_was_deleted(tmp_path):
    """The folder is held all the same, and whoever tried in vain holds nothing."""
    first = DataDir(tmp_path)
    for _ in range(2):
        (tmp_path / "lanchat.lock").unlink()
        with pytest.raises(DataInUse, match=r"in use by another lanchat \(process \d+, since 20"):
            DataDir(tmp_path)
    first.close()
    DataDir(tmp_path).close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file stays there")
def test_a_folder_that_was_moved_away(tmp_path):
    """What a new server has written down in its place is not taken from it."""
    first = DataDir(tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "moved")
    (tmp_path / "data").mkdir()
    assert not first.keep()
    assert list((tmp_path / "data").iterdir()) == []
    (tmp_path / "data" / "lanchat.pid").write_text('{"pid": 1, "control": "/elsewhere"}')
    first.close()
    assert control_path(tmp_path / "data") == Path("/elsewhere")


def test_where_it_listens_to_terminals(tmp_path):
    """It is known as long as the server runs that has said so."""
    data = DataDir(tmp_path)
    assert control_path(tmp_path) is None
    data.announce(tmp_path / "control.sock")
    assert control_path(tmp_path) == tmp_path / "control.sock"
    with pytest.raises(DataInUse) as no:
        DataDir(tmp_path)
    assert no.value.pid == os.getpid()
    data.close()
    assert control_path(tmp_path) is None


@pytest.mark.parametrize(("name", "size"), [("secret", 32), ("host-secret", 16)])
def test_a_damaged_secret_is_named(tmp_path, name, size):
    """An empty one would let anybody sign a cookie; what helps shuts what the old one opened."""
    for damaged in (b"", b"x" * (size - 1)):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(DataUnusable, match=rf"/{name}: is damaged; delete it: a new one is"):
            keys(tmp_path)
        (tmp_path / name).unlink()


def test_a_path_that_is_a_file(tmp_path):
    """The message has the path, the reason and a way out."""
    path = tmp_path / "data"
    path.write_text("not a directory")
    reason = r"cannot be used as data directory \(File exists\); make it writable or choose another"
    with pytest.raises(DataUnusable, match=f"{path}: {reason} --data-dir"):
        DataDir(path)


def test_a_key_that_cannot_be_withdrawn_stops_no_logout(tmp_path, caplog):
    """In a folder that nobody may write; it is said that a restart may undo it."""
    path = tmp_path / "secret"
    key = SessionKey(path)
    path.unlink()
    path.mkdir()
    key.withdraw()
    assert "a restart may undo it" in caplog.text
    assert path.is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
@pytest.mark.parametrize("name", ["secret", "host-secret"])
def test_a_pipe_in_place_of_a_secret_is_refused(tmp_path, name):
    """It would be waited for without a word."""
    os.mkfifo(tmp_path / name)
    with pytest.raises(DataUnusable, match="is a pipe"):
        keys(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_in_place_of_the_holders_note_holds_up_nobody(tmp_path):
    """Neither the start, which puts the note there, nor the end."""
    os.mkfifo(tmp_path / "lanchat.pid")
    data = DataDir(tmp_path)
    assert (tmp_path / "lanchat.pid").is_file()
    (tmp_path / "lanchat.pid").unlink()
    os.mkfifo(tmp_path / "lanchat.pid")
    assert control_path(tmp_path) is None
    data.close()
