"""What a terminal can ask of a room, and the server's socket for it, with a real server behind."""

import json
import socket
import stat
from contextlib import closing
from pathlib import Path
from unittest.mock import create_autospec

import pytest

from lanchat.chat.directory import LocalDirectory
from lanchat.chat.hub import Hub
from lanchat.chat.model import Origin
from lanchat.chat.ports import Audit, Delivery
from lanchat.control.client import Room, ask
from lanchat.control.listener import Desk, Listener, _answers
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store.database import Database
from lanchat.store.datadir import control_path
from lanchat.store.eventlog import SqliteEventLog
from tests.world.deadline import DEADLINE

HERE = Origin("192.168.1.33", "Browser/1", "laptop")


@pytest.fixture
def desk():
    """The desk of a room with Ana in it."""
    database = Database(None)
    hub = Hub(
        log=SqliteEventLog(database),
        settings=StoredSettings(database),
        reservations=StoredReservations(database),
        directory=LocalDirectory(grace=0),
        delivery=create_autospec(Delivery, instance=True),
        audit=create_autospec(Audit, instance=True),
        history=3,
        edit_seconds=900,
    )
    hub.join("tab", hub.identities.log_in("Ana", HERE), HERE)
    yield Desk(hub, lambda: "http://192.0.2.1/host#1")
    hub.close()
    database.close()


def test_the_host_link_is_told(desk):
    """It is the one of this moment."""
    assert desk.answer({"do": "link"}) == {"ok": True, "link": "http://192.0.2.1/host#1"}


def test_a_command_says_what_it_did(desk):
    """The answer is in English; a terminal may do what a host may."""
    answer = desk.answer({"do": "command", "name": "mute", "text": "Ana forever"})
    assert answer == {"ok": True, "message": "Ana is muted."}


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"do": "dance"},
        {"do": "command"},
        {"do": "command", "name": "explode", "text": ""},
        {"do": "command", "name": ["kick"], "text": {}},
        {"do": "command", "name": "kick", "text": "Bia"},
    ],
)
def test_what_cannot_be_done_is_said(desk, request_):
    """The answer has words, whatever was asked."""
    answer = desk.answer(request_)
    assert (answer["ok"], bool(answer["message"])) == (False, True)


def test_the_list_tells_who_is_here_and_who_is_not(desk):
    """People, bans and rules are told as JSON can carry them."""
    desk.answer({"do": "command", "name": "ban", "text": "Troll forever"})
    desk.answer({"do": "command", "name": "topic", "text": "Fractions"})
    answer = json.loads(json.dumps(desk.answer({"do": "list"})))
    assert [(one["name"], one["ip"]) for one in answer["people"]] == [("Ana", HERE.ip)]
    assert [(ban["name"], ban["until"]) for ban in answer["bans"]] == [("Troll", None)]
    assert answer["room"]["topic"] == "Fractions"


def socket_of(server):
    """Where the server listens to terminals."""
    path = control_path(server.data_dir)
    assert path
    return path


def connect(path):
    """A connection to the socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(DEADLINE)
    connection.connect(str(path))
    return closing(connection)


@pytest.mark.own_server
def test_the_socket_is_its_owners_alone(server):
    """Nobody else on this computer can connect to it."""
    path = socket_of(server)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    server.stop()
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"nonsense\n", b"[1]\n", b"\xff\xfe\n", b"x" * 65_536, b"[" * 60_000 + b"\n"],
    ids=["nothing", "a line", "a word", "a list", "no UTF-8", "too long", "nested"],
)
def test_nonsense_gets_no_answer(server, line):
    """And harms nobody: the next one is answered."""
    with connect(socket_of(server)) as connection:
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    answer = ask(Room(server.data_dir, server.log_file), {"do": "list"})
    assert answer["people"] == []
    assert "Traceback" not in server.output()


def test_a_server_with_a_long_path_can_be_reached(server_factory):
    """Unix sockets cannot lie there; a private folder has it, and is removed."""
    server = server_factory(folder="a-very-long-name-of-a-folder/" * 4)
    path = socket_of(server)
    assert not path.is_relative_to(server.data_dir)
    assert ask(Room(server.data_dir, server.log_file), {"do": "list"})["ok"]
    server.stop()
    assert not path.parent.exists()


@pytest.mark.own_server
def test_a_killed_servers_socket_is_in_nobodys_way(server):
    """The next server has it."""
    path = socket_of(server)
    server.kill()
    assert path.exists()
    server.start()
    assert ask(Room(server.data_dir, server.log_file), {"do": "list"})["ok"]


def test_who_listens_is_written_down(server):
    """Beside who holds the directory."""
    holder = json.loads((server.data_dir / "lanchat.pid").read_text())
    assert Path(holder["control"]).is_socket()
    assert holder["pid"] == server.process.pid


@pytest.mark.own_server
def test_what_somebody_has_tidied_up_comes_back(server, until):
    """Without the socket, and without the file that says where it is, nobody could be asked."""
    path, holder = socket_of(server), server.data_dir / "lanchat.pid"
    path.unlink()
    holder.unlink()
    until(lambda: control_path(server.data_dir) == path and _answers(path))
    assert ask(Room(server.data_dir, server.log_file), {"do": "list"})["ok"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    server.stop()
    assert not path.exists()
    assert not holder.exists()
    assert "Traceback" not in server.output()


@pytest.mark.own_server
def test_a_socket_that_is_listened_at_is_not_taken(server):
    """Another one cannot be made there, and none but its own is removed at the end."""
    path = socket_of(server)
    with pytest.raises(OSError, match="another server listens there"):
        Listener(server.data_dir, lambda _request, _read: None)
    assert server.ask({"do": "list"})["people"] == []
    path.unlink()
    path.write_text("somebody else's")
    server.stop()
    assert path.read_text() == "somebody else's"
