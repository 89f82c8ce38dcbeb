"""What a terminal can ask for programs."""

import pytest

from lanchat.control.client import Room, ask
from lanchat.errors import CommandFailed
from lanchat.store.database import Database
from lanchat.store.datadir import DataDir


@pytest.fixture
def room(tmp_path):
    """A room that no server has just now."""
    folder = DataDir(tmp_path / "data")
    Database(folder.database).close()
    folder.close()
    return Room(tmp_path / "data", tmp_path / "connections.log")


def test_a_token_is_made_listed_and_revoked(room):
    """Also without a server; the token is told once."""
    made = ask(room, {"do": "token_new", "name": "build", "reads": False})
    assert made.pop("token").startswith("lanchat-")
    assert ask(room, {"do": "token_list"})["tokens"] == [
        {each: made[each] for each in ("name", "room", "reads", "writes", "made")}
    ]
    assert (made["name"], made["room"], made["reads"], made["writes"]) == ("build", "", False, True)
    assert ask(room, {"do": "token_revoke", "name": "build"})["name"] == "build"
    assert ask(room, {"do": "token_list"})["tokens"] == []
    lines = room.log_file.read_text().splitlines()
    assert [line.partition('"event": ')[2].split(",")[0] for line in lines] == ['"token"'] * 2


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ({"do": "token_new", "name": "terminal"}, "name"),
        ({"do": "token_new", "name": "build", "room": "nowhere"}, "nowhere"),
        ({"do": "token_revoke", "name": "nobody"}, "No program is called nobody."),
        ({"do": "say", "text": "hello"}, "cannot be sent"),
        ({"do": "say", "text": "hello", "client_id": "1", "as": "nobody"}, "nobody"),
        ({"do": "say", "text": "", "client_id": "1"}, "cannot be sent"),
    ],
)
def test_what_cannot_be_done_is_said(room, request_, why):
    """In words."""
    with pytest.raises(CommandFailed, match=why):
        ask(room, request_)


def test_the_terminal_speaks_for_itself_and_for_a_program(room):
    """What is sent twice is said once."""
    ask(room, {"do": "token_new", "name": "build"})
    said = ask(room, {"do": "say", "text": "Lunch", "client_id": "1"})
    assert ask(room, {"do": "say", "text": "Lunch", "client_id": "1"}) == said
    assert ask(room, {"do": "say", "text": "Done", "client_id": "1", "as": "build"}) != said


def test_a_program_whose_room_is_gone_is_not_listed_in_the_main_one(room):
    """It can do nothing any more; which room that was, only its id tells."""
    ask(room, {"do": "command", "name": "room", "text": "Builds"})
    assert ask(room, {"do": "token_new", "name": "build", "room": "Builds"})["room"] == "Builds"
    ask(room, {"do": "command", "name": "erase", "text": "", "room": "Builds"})
    (listed,) = ask(room, {"do": "token_list"})["tokens"]
    assert listed["room"] not in {"", "Builds"}
