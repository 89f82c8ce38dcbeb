"""Asking a room that runs, and one that does not."""

from contextlib import closing

import pytest

from lanchat.control.client import Room, ask, offered
from lanchat.errors import CommandFailed, NotRunning
from lanchat.store.datadir import DataDir


def command(server, name, text=""):
    """Let the room carry out a command, as a terminal does."""
    request = {"do": "command", "name": name, "text": text}
    return ask(Room(server.data_dir, server.log_file), request)["message"]


def test_a_running_room_does_it_at_once(server, bia, until):
    """The guest is shown out; they are told why."""
    bia.join()
    assert command(server, "ban", "Bia 2h").startswith("Bia is banned until")
    bia.hears("notice", code="banned")
    until(lambda: not bia.socket.connected)


@pytest.mark.own_server
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_without_a_server_it_holds_from_the_next_start(server, bia, end):
    """Whose name was held is known, so that the old cookie is worth nothing."""
    bia.join()
    getattr(server, end)()
    command(server, "ban", "Bia")
    assert '"event": "ban"' in server.log()
    server.start()
    assert bia.get("/chat").headers["Location"] == "/"
    assert bia.log_in("Bia").status_code == 403
    assert command(server, "unban", "Bia") == "Bia can come back."
    assert bia.log_in("Bia").status_code == 303


def test_the_rooms_words_come_back(server):
    """Where it cannot be done."""
    with pytest.raises(CommandFailed, match="Nobody called Troll is here"):
        command(server, "kick", "Troll")


def test_where_nothing_ever_ran_there_is_nothing_to_do(tmp_path):
    """And nothing is made there."""
    with pytest.raises(NotRunning, match="no lanchat is running here"):
        ask(Room(tmp_path / "data", tmp_path / "log"), {"do": "list"})
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_no_terminal_reaches_is_said(tmp_path):
    """As on Windows: what it has is not touched."""
    (tmp_path / "messages.db").touch()
    with closing(DataDir(tmp_path)), pytest.raises(CommandFailed, match="no terminal can reach it"):
        ask(Room(tmp_path, tmp_path / "log"), {"do": "list"})


def test_a_terminal_offers_what_hosts_can_do():
    """With the words of the table."""
    commands = {command.name: command for command in offered()}
    assert commands["ban"].usage == "/ban name [time] [address] [clear]"
    assert commands["clear"].grave
