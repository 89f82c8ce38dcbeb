"""What a terminal can ask of a room."""

import json

import pytest

from lanchat.chat.hub import Hub
from lanchat.chat.model import Origin
from lanchat.control.desk import Desk
from lanchat.store.sqlite import SqliteStore

HERE = Origin("192.168.1.33", "Browser/1", "laptop")


class Nobody:
    """Stands where the sockets and the log are."""

    def __getattr__(self, _name):
        return lambda *_arguments, **_options: None


@pytest.fixture
def desk():
    """The desk of a room with Ana in it."""
    store = SqliteStore(None)
    hub = Hub(store, Nobody(), Nobody(), store, history=3, grace=0)
    hub.join("tab", hub.log_in("Ana", HERE), HERE, None)
    yield Desk(hub, lambda: "http://192.0.2.1/host#1")
    hub.close()
    store.close()


def test_the_host_link_is_told(desk):
    """As it is at this moment."""
    assert desk.answer({"do": "link"}) == {"ok": True, "link": "http://192.0.2.1/host#1"}


def test_a_command_says_what_it_did(desk):
    """In English; a terminal may do what a host may."""
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
    """In words, whatever was asked."""
    answer = desk.answer(request_)
    assert (answer["ok"], bool(answer["message"])) == (False, True)


def test_the_list_tells_who_is_here_and_who_is_not(desk):
    """People, bans and rules, as JSON can carry them."""
    desk.answer({"do": "command", "name": "ban", "text": "Troll forever"})
    desk.answer({"do": "command", "name": "topic", "text": "Fractions"})
    answer = json.loads(json.dumps(desk.answer({"do": "list"})))
    assert [(one["name"], one["ip"]) for one in answer["people"]] == [("Ana", HERE.ip)]
    assert [(ban["name"], ban["until"]) for ban in answer["bans"]] == [("Troll", None)]
    assert answer["room"]["topic"] == "Fractions"
