"""Socket events: who may speak, and what bad input gets."""

import uuid
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
import socketio
from flask import Flask
from flask_socketio import SocketIO

from lanchat.chat.model import Origin, User
from lanchat.errors import TooMuchAtOnce
from lanchat.web.connections import Connections, Visitor
from lanchat.web.cookies import Cookies
from lanchat.web.limits import STRIKES, Limits
from lanchat.web.sockets import Sockets

UUID = str(uuid.UUID(int=1))
BAD_FILES = [None, "1", [7], [""], ["ä"], ["x" * 65], ["1"] * 11]


def test_without_a_session_there_is_no_connection(person_factory):
    """connect_error says unauthorized."""
    visitor = person_factory()
    said: list[object] = []
    visitor.socket.on("connect_error", said.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        visitor.connect()
    assert said == [{"message": "unauthorized"}]


@pytest.mark.own_server  # others have used up the lines that an address has
def test_a_turned_away_connection_is_logged(person_factory, server, until):
    """The host can see who knocked."""
    with pytest.raises(socketio.exceptions.ConnectionError):
        person_factory().connect()
    until(lambda: '"unauthorized"' in server.log())


def test_before_new_host_nobody_speaks(ana):
    """A connection that has not joined gets not_joined."""
    ana.connect()
    assert ana.say("hello")["error"]["code"] == "not_joined"


def test_what_a_client_claims_about_itself_is_ignored(ana, bia):
    """Name and IP come from the session and the connection."""
    bia.join()
    ana.connect()
    ana.call("new_host", {"user": "Bia", "ip": "10.0.0.1", "name": "Bia", "id": "1"})
    claims = {"user": "Bia", "ip": "10.0.0.1", "user_id": "1", "id": 7}
    ana.call("new_message", {"message": "it is me", "client_id": UUID, **claims})
    heard = bia.hears("add_chat_message", message="it is me")
    assert (heard["user"], heard["ip"], heard["room"]) == ("Ana", "127.0.0.1", "lobby")


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "hello",
        7,
        [],
        {},
        {"message": "no client id"},
        {"client_id": UUID},
        {"message": 7, "client_id": UUID},
        {"message": None, "client_id": UUID},
        {"message": ["a"], "client_id": UUID},
        {"message": "hello", "client_id": "not a uuid"},
        {"message": "hello", "client_id": UUID + "\n"},
        {"message": "hello", "client_id": 7},
        {"message": "", "client_id": UUID},
        {"message": " \n\t ", "client_id": UUID},
        {"message": "a\0b", "client_id": UUID},
        {"message": "\ud83d", "client_id": UUID},
        {"message": b"bytes", "client_id": UUID},
        {"message": "", "client_id": UUID, "files": []},
        *({"message": "hello", "client_id": UUID, "files": bad} for bad in BAD_FILES),
        ("two", "arguments"),
    ],
    ids=repr,
)
def test_a_bad_message_gets_an_error_answer(ana, server, payload):
    """The answer is invalid; the connection lives on, and there is no traceback."""
    ana.join()
    answer = ana.call("new_message", payload)
    assert answer["error"]["code"] == "invalid"
    assert answer["error"]["message"]
    assert ana.say("still here")["ok"]
    assert "Traceback" not in server.output()


@pytest.mark.parametrize(
    "payload",
    [
        "hello",
        [],
        *({name: bad} for name in ("last_id", "last_seq") for bad in ("1", -1, 1.5, True, 2**70)),
        *({"last_seq": 1, "epoch": bad} for bad in (None, 7, "x" * 10_240, "\ud83d", "a\n")),
    ],
)
def test_a_bad_new_host_gets_an_error_answer(ana, payload):
    """As for messages; and what is in order gets in by the same connection."""
    ana.connect()
    assert ana.call("new_host", payload)["error"]["code"] == "invalid"
    assert ana.call("new_host", {"last_seq": 2**53, "epoch": "another"})["anew"]


@pytest.mark.parametrize("event", ["edit_message", "delete_message"])
@pytest.mark.parametrize("payload", [None, {}, {"id": "1"}, {"id": -1}, {"id": 2**54}, [1]])
def test_a_bad_change_gets_an_error_answer(ana, event, payload):
    """Whatever it is that has no shape."""
    ana.join()
    assert ana.call(event, payload)["error"]["code"] == "invalid"


def test_a_message_that_is_too_long(ana):
    """The answer names the limit in the person's language."""
    ana.http.headers["Accept-Language"] = "pt-BR"
    ana.join()
    assert ana.say("x" * 4000)["ok"]
    answer = ana.say("x" * 4001)
    assert answer["error"]["code"] == "too_long"
    assert "4" in answer["error"]["message"]


def test_an_unknown_event_gets_an_error_answer(ana):
    """Nobody waits for an acknowledgement that never comes."""
    ana.join()
    assert ana.call("delete_everything", {})["error"]["code"] == "invalid"


def test_one_persons_bad_input_does_not_reach_another(ana, bia):
    """Bia neither hears of it nor is she disconnected."""
    ana.join()
    bia.join()
    ana.call("new_message", {"message": 7})
    ana.call("nonsense")
    assert bia.say("unharmed")["ok"]
    assert ana.hears("add_chat_message", message="unharmed")


def test_another_namespace_is_refused(ana):
    """There is one namespace, the default one."""
    with pytest.raises(socketio.exceptions.ConnectionError):
        ana.socket.connect(ana.server.url, namespaces=["/admin"], transports=["websocket"])


class LoudRoom(Limits):
    """All together say too much at every moment."""

    def event(self, _person: str, _address: str) -> NoReturn:
        raise TooMuchAtOnce(1)


def test_who_is_refused_because_of_others_is_not_disconnected():
    """It is no strike, however often; they hear that it is not their fault."""
    nobody: Any = None  # no hub, which would close connections, and no audit
    connections = Connections(0, 0, nobody)
    connections.add("one", Visitor(User("1", "Ana"), Origin("192.0.2.1"), "en"))
    site: Any = SimpleNamespace(hub=nobody, limits=LoudRoom(5), connections=connections)
    handlers: dict[str, Any] = {}
    wire: Any = SimpleNamespace(
        socketio=SocketIO(Flask("test")), closing=set(), on=handlers.__setitem__
    )
    Sockets(site, wire, Cookies(b"secret")).register()
    answers: list[Any] = []
    for _ in range(2 * STRIKES):
        handlers["new_message"]("one", [{}], answers.append)
    assert {answer["error"]["code"] for answer in answers} == {"too_fast"}
    assert "Too much is being said at once" in answers[0]["error"]["message"]
