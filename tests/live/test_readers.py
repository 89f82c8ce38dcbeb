"""A WebSocket that outlives its request: who reads what comes, and when it ends."""

import contextlib
import gc
import socket
import weakref
from typing import Any

import gevent
import gevent.event
import gevent.socket
import pytest
import websocket

from lanchat.live.readers import Readers
from lanchat.live.websocket import WebSocket
from lanchat.live.writer import Flusher


def frame(text, opcode=websocket.ABNF.OPCODE_TEXT):
    """One frame of a client."""
    return websocket.ABNF.create_frame(text, opcode).format()


class Listener:
    """Takes what comes; ``gate`` closed, it waits with the first message."""

    def __init__(self):
        self.taken = []
        self.ends = 0
        self.gate = gevent.event.Event()
        self.gate.set()

    def take(self, message):
        """A text ``4defect`` is one of ours."""
        self.taken.append(message)
        self.gate.wait()
        if message == "4defect":
            raise LookupError("a defect")
        return message != "0"

    def end(self):
        """Once for each connection."""
        self.ends += 1


class Connection:
    """Both ends of a WebSocket whose request has ended with its opening."""

    def __init__(self, readers):
        self.ours, self.client = gevent.socket.socketpair()
        self.client.settimeout(10)
        self.opened: set[WebSocket] = set()
        self.listener, self.is_kept = Listener(), False
        self.websocket = WebSocket(
            self.opened, Flusher(), readers, lambda ws: ws.serve(self.listener), None
        )
        environ = {"lanchat.socket": self.ours, "lanchat.keep_socket": self._keep}
        assert self.websocket(environ, lambda *_: bytes) == []

    def _keep(self):
        self.is_kept = True

    def says(self, *texts):
        """Send texts, a frame each."""
        self.client.sendall(b"".join(frame(text) for text in texts))

    def takes(self, *texts):
        """Wait until that is all that was taken."""
        with gevent.Timeout(10):
            while self.listener.taken != list(texts):
                gevent.sleep(0.001)

    def is_over(self):
        """Wait for the end as the client sees it, and then as the server does."""
        with contextlib.suppress(OSError):
            while self.client.recv(4096):
                pass
        self.client.close()
        with gevent.Timeout(10):
            while self.ours.fileno() >= 0:
                gevent.sleep(0.001)
        assert (self.listener.ends, self.opened) == (1, set())


@pytest.fixture
def readers():
    """Those of one server."""
    return Readers()


@pytest.fixture
def connect(readers):
    """Open connections, which the test ends or this does."""
    opened = []

    def connect():
        opened.append(Connection(readers))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.listener.gate.set()
        connection.client.close()


@pytest.fixture
def connection(connect):
    """One of them."""
    return connect()


def test_the_request_ends_with_the_opening(connection):
    """The socket is kept, and what comes later is taken all the same."""
    assert connection.is_kept
    connection.says("4one", "4two")
    connection.takes("4one", "4two")
    assert connection.listener.ends == 0


def test_one_greenlet_reads_for_many(connect, readers):
    """Each is ready again when it has read, and nobody has one of their own."""
    several = [connect() for _ in range(5)]
    for text in ("4one", "4two"):
        for connection in several:
            connection.says(text)
    for connection in several:
        connection.takes("4one", "4two")
    assert len(readers._ready) == 1


def test_who_waits_holds_up_nobody_and_reads_no_further(connect):
    """The rest stays in the socket meanwhile, and comes when it goes on."""
    waiting, other = connect(), connect()
    waiting.listener.gate.clear()
    waiting.says("4one")
    waiting.takes("4one")
    waiting.says("4two")
    other.says("4meanwhile")
    other.takes("4meanwhile")
    gevent.sleep(0)
    assert waiting.listener.taken == ["4one"]
    assert waiting.ours.recv(1, socket.MSG_PEEK)
    waiting.listener.gate.set()
    waiting.takes("4one", "4two")


def test_who_waits_is_read_by_nobody_else(connection):
    """Also where the loop was asked twice to look, for TLS held something back at the opening."""
    connection.listener.gate.clear()
    connection.says("4one")
    connection.takes("4one")
    connection.says("4two")
    gevent.get_hub().loop.run_callback(connection.websocket._on_readable)
    gevent.sleep(0.01)
    assert connection.listener.taken == ["4one"]
    connection.listener.gate.set()
    connection.takes("4one", "4two")


def test_what_is_over_is_read_no_more(connection):
    """Where the loop was asked twice to look, and the first time has found the end."""
    connection.client.sendall(frame(b"\x03\xe8", websocket.ABNF.OPCODE_CLOSE))
    with gevent.Timeout(10):
        while not connection.listener.ends:
            gevent.sleep(0.001)
    assert connection.ours.fileno() >= 0  # its last words are to be read first
    gevent.get_hub().loop.run_callback(connection.websocket._on_readable)
    gevent.sleep(0.01)
    connection.is_over()
    gevent.get_hub().loop.run_callback(connection.websocket._on_readable)
    gevent.sleep(0.01)
    assert connection.listener.ends == 1


def test_what_is_over_is_not_kept_in_memory(readers):
    """Nor left to the collector, for which a thousand that come and go are a lot."""
    connection: Any = Connection(readers)
    session = connection.listener
    session.websocket = connection.websocket
    reference = weakref.ref(session)
    gc.disable()
    try:
        connection.client.shutdown(socket.SHUT_WR)
        connection.is_over()
        connection.websocket = connection.listener = session = None
        assert reference() is None
    finally:
        gc.enable()


def test_frames_that_come_in_pieces_are_taken_whole(connection):
    """Where a frame is not complete, the watcher tells of its rest."""
    whole = frame("4" + "x" * 5000)
    connection.client.sendall(whole[:3000])
    gevent.sleep(0.01)
    assert connection.listener.taken == []
    connection.client.sendall(whole[3000:])
    connection.takes("4" + "x" * 5000)


def test_who_sends_much_at_once_lets_others_have_their_turn(connect):
    """What fits into one turn is taken, and then somebody else's."""
    chatty, other = connect(), connect()
    chatty.says(*["3"] * 1000)
    other.says("4mine")
    other.takes("4mine")
    assert len(chatty.listener.taken) < 1000


@pytest.mark.parametrize("last", ["0", "4defect"])
def test_what_no_client_may_send_and_a_defect_end_one_connection(connect, last, monkeypatch):
    """The other ones go on."""
    monkeypatch.setattr(gevent.get_hub(), "print_exception", lambda *_: None)
    connection, other = connect(), connect()
    connection.says(last)
    connection.is_over()
    other.says("4fine")
    other.takes("4fine")


def test_a_client_that_has_gone_is_an_end(connection):
    """Without a close."""
    connection.client.shutdown(socket.SHUT_WR)
    connection.is_over()


def test_a_close_is_answered_and_an_end(connection):
    """The client's close comes back with its code."""
    connection.client.sendall(frame(b"\x03\xe8", websocket.ABNF.OPCODE_CLOSE))
    connection.is_over()


def test_what_is_too_large_is_an_end(connection):
    """As soon as it is announced."""
    connection.client.sendall(b"\x81\xff" + (1 << 20).to_bytes(8, "big"))
    connection.is_over()


def test_who_is_told_to_close_and_says_nothing_is_cut_off(connection, monkeypatch):
    """Whether or not somebody reads for it."""
    monkeypatch.setattr("lanchat.live.websocket._CLOSE_TIMEOUT", 0.05)
    connection.websocket.close()
    assert connection.client.recv(4096).endswith(b"\x88\x02\x03\xe8")
    connection.is_over()
