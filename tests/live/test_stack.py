"""The private names of the Socket.IO stack that lanchat touches are still where they were."""

import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import engineio
import gevent
import gevent.socket
import pytest
import socketio
from engineio.packet import CLOSE, Packet

from lanchat.errors import CannotStart
from lanchat.live.backlog import BoundedQueue, SlowClients
from lanchat.live.packets import EventHandlers
from lanchat.live.stack import SERVER_OPTIONS, Stack, refuse_gevent_websocket

HANDSHAKE = {
    "REQUEST_METHOD": "GET",
    "QUERY_STRING": "EIO=4&transport=websocket",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_UPGRADE": "websocket",
    "HTTP_SEC_WEBSOCKET_KEY": "A" * 22 + "==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}
"""The environ of a request that opens a WebSocket."""


@pytest.fixture
def stock():
    """python-socketio's server as it comes, with gevent's classes."""
    return socketio.Server(async_mode="gevent")


def test_the_engine_looks_its_classes_up_in_one_dict(stock):
    """A copy of ``_async`` on the instance is what our classes stand in."""
    assert {"websocket", "queue", "queue_empty"} <= stock.eio._async.keys()


def test_packets_enter_through_one_handler(stock):
    """``handlers["message"]`` is what we wrap."""
    assert stock.eio.handlers["message"] == stock._handle_eio_message


def test_requests_enter_through_one_method(stock, monkeypatch):
    """Our endpoint takes the place of the engine's ``handle_request`` on the instance."""
    monkeypatch.setattr(stock.eio, "handle_request", lambda *_: "ours")
    assert stock.handle_request({}, None) == "ours"


def test_the_namespace_knows_who_has_joined(stock):
    """``sid_from_eio_sid`` is None for a session outside, and ``environ`` begins empty."""
    assert stock.manager.sid_from_eio_sid("nobody", "/") is None
    assert stock.environ == stock.eio.sockets == {}


def test_a_room_without_a_name_holds_the_namespace(stock):
    """``rooms["/"][None]`` are all who have joined it."""
    connection = stock.manager.connect("session", "/")
    assert list(stock.manager.rooms["/"][None]) == [connection]


def test_a_session_is_what_the_endpoint_takes_it_for(stock):
    """The fields and methods that are read and called from outside."""
    session = engineio.socket.Socket(stock.eio, "sid")
    assert (session.sid, session.session) == ("sid", {})
    assert not any((session.connected, session.upgrading, session.upgraded, session.closed))
    assert session.check_ping_timeout()
    session.receive(Packet(CLOSE))
    assert session.closed
    assert session.queue.get(block=False) is None


def test_the_engine_makes_queues_by_the_dict(stock):
    """Each client's queue comes from ``_async["queue"]``."""
    stock.eio._async = {**stock.eio._async, "queue": partial(BoundedQueue, SlowClients())}
    assert isinstance(engineio.base_socket.BaseSocket(stock.eio, "sid").queue, BoundedQueue)


def test_gunicorn_is_told_when_a_websocket_has_ended(monkeypatch):
    """Outside all that has to tidy up: the session is forgotten at once."""
    # Put back afterwards: other tests of this process look at the stock class.
    monkeypatch.setattr(engineio.socket, "Socket", engineio.socket.Socket)
    server = socketio.Server(**SERVER_OPTIONS, monitor_clients=False)
    stack = Stack(server, EventHandlers())
    ours, theirs = gevent.socket.socketpair()
    with ours, theirs:
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(StopIteration):
            server.eio.handle_request({**HANDSHAKE, "gunicorn.socket": ours}, None)
    stack.close(0)
    assert not server.eio.sockets


def test_gevent_websocket_is_refused(tmp_path):
    """Where it is installed it would bypass the transport silently; the error says what to do."""
    (tmp_path / "geventwebsocket").mkdir()
    (tmp_path / "geventwebsocket" / "__init__.py").touch()
    code = "from lanchat.live.stack import refuse_gevent_websocket as f; f()"
    path = [str(tmp_path), str(Path(__file__).parents[2] / "src")]
    result = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path}; {code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pip uninstall gevent-websocket" in result.stderr
    assert "CannotStart" in result.stderr


def test_without_it_nothing_is_refused():
    """The usual case."""
    try:
        refuse_gevent_websocket()
    except CannotStart:
        pytest.fail("gevent-websocket is installed in the tests' environment")
