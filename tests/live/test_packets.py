"""What is looked at before the Socket.IO stack reads it; more in tests/faults."""

import sys

import engineio
import pytest
import socketio

from lanchat.live.packets import EventHandlers, PacketReader

DEFECT = """
import sys
from gevent import monkey
monkey.patch_all()
from lanchat.live.packets import PacketReader
def read(self, session, packet, read=PacketReader.read):
    assert "defect" not in packet
    read(self, session, packet)
PacketReader.read = read
from lanchat.cli import main
del sys.argv[1:4]
main()
"""
"""Runs the command that follows, with a reader that fails at some packets."""


@pytest.fixture
def server(server_factory):
    """A server with that reader."""
    return server_factory("--grace", "0.5", launcher=[sys.executable, "-c", DEFECT])


@pytest.fixture
def stock():
    """python-socketio's server as it comes, with gevent's classes."""
    return socketio.Server(async_mode="gevent")


@pytest.fixture
def session(stock):
    """A session that it knows."""
    stock.eio.sockets["sid"] = engineio.socket.Socket(stock.eio, "sid")
    stock.environ["sid"] = {}
    return stock.eio.sockets["sid"]


@pytest.fixture
def read(stock, session):
    """Read a packet of the session."""
    events = EventHandlers()
    events.attach(stock)
    reader = PacketReader(stock.eio, stock.eio.handlers["message"], events)
    return lambda packet: reader("sid", packet)


def test_a_session_that_has_ended_enters_nothing(stock, session, read):
    """The stack would let it into the namespace, and never out again."""
    session.close(wait=False)
    read("0")
    assert stock.manager.rooms == {}


@pytest.mark.parametrize("packet", ["", b"", b"2[]", {"a": 1}, True, None, "x"])
def test_what_is_no_packet_ends_the_session(session, read, packet):
    """Engine.IO hands over whatever JSON it finds."""
    read(packet)
    assert session.closed


@pytest.mark.parametrize("packet", ["0/", "0/,", "0/?a=b"])
def test_the_main_namespace_has_a_name(stock, session, read, packet):
    """It may be written out."""
    stock.on("connect", lambda *_: None)
    read(packet)
    assert not session.closed
    assert list(stock.manager.rooms) == ["/"]


def test_a_defect_is_a_departure(ana, bia, raw_client):
    """Where reading fails, its own connection ends at once, and the others hear of it."""
    bia.join()
    client = raw_client(ana)
    client.join()
    client.socket.send('42["defect"]')
    assert bia.hears("host_leave_room", user="Ana")
