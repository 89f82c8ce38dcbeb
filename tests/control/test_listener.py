"""The server's socket for terminals, with a real server behind it."""

import json
import socket
import stat
from contextlib import closing
from pathlib import Path

import pytest

from lanchat.control.client import ask
from lanchat.store.datadir import control_path


def socket_of(server):
    """Where the server listens to terminals."""
    path = control_path(server.data_dir)
    assert path
    return path


def connect(path):
    """A connection to the socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(str(path))
    return closing(connection)


@pytest.mark.own_server
def test_the_socket_is_its_owners_alone(server):
    """Nobody else on this computer can connect to it."""
    path = socket_of(server)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    server.stop()
    assert not path.exists()


@pytest.mark.parametrize("line", [b"", b"\n", b"nonsense\n", b"[1]\n", b"x" * 65_536])
def test_nonsense_gets_no_answer(server, line):
    """And harms nobody: the next one is answered."""
    with connect(socket_of(server)) as connection:
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    answer = ask(server.data_dir, server.log_file, {"do": "list"})
    assert answer["people"] == []
    assert "Traceback" not in server.output()


def test_a_server_with_a_long_path_can_be_reached(server_factory):
    """Unix sockets cannot lie there; a private folder has it, and is removed."""
    server = server_factory(folder="a-very-long-name-of-a-folder/" * 4)
    path = socket_of(server)
    assert not path.is_relative_to(server.data_dir)
    assert ask(server.data_dir, server.log_file, {"do": "list"})["ok"]
    server.stop()
    assert not path.parent.exists()


@pytest.mark.own_server
def test_a_killed_servers_socket_is_in_nobodys_way(server):
    """The next server has it."""
    path = socket_of(server)
    server.kill()
    assert path.exists()
    server.start()
    assert ask(server.data_dir, server.log_file, {"do": "list"})["ok"]


def test_who_listens_is_written_down(server):
    """Beside who holds the directory."""
    holder = json.loads((server.data_dir / "lanchat.pid").read_text())
    assert Path(holder["control"]).is_socket()
    assert holder["pid"] == server.process.pid
