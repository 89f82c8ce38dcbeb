"""Who is told that somebody is typing; nothing of it waits for anybody."""

from functools import partial

import engineio
import flask
import pytest
from flask_socketio import SocketIO

from lanchat.chat.channels import room_channel, user_channel
from lanchat.chat.events import Typing
from lanchat.chat.model import LOBBY, User
from lanchat.live.backlog import BoundedQueue, SlowClients
from lanchat.live.delivery import SocketDelivery
from lanchat.live.packets import EventHandlers
from lanchat.live.stack import SERVER_OPTIONS
from lanchat.web.event_packets import packets
from lanchat.web.incoming import POSITIONS

ANA = User("1", "Ana")
ROOM = room_channel(LOBBY)


class Visitors:
    """Sessions of people in the main room: what each is to be sent waits for their next poll."""

    def __init__(self):
        socketio = SocketIO(flask.Flask("visitors"), **SERVER_OPTIONS, monitor_clients=False)
        self.server = socketio.server
        queues = partial(BoundedQueue, SlowClients())
        self.server.eio._async = {**self.server.eio._async, "queue": queues}
        self.delivery = SocketDelivery(socketio, EventHandlers(), packets)

    def come(self, user_id, traits=(POSITIONS,)):
        """Somebody opens one more connection; returns it with its session."""
        sid = f"session {len(self.server.eio.sockets)}"
        self.server.eio.sockets[sid] = session = engineio.socket.Socket(self.server.eio, sid)
        connection = self.server.manager.connect(sid, "/")
        self.delivery.subscribe(connection, user_channel(user_id))
        self.delivery.subscribe(connection, ROOM, traits)
        return connection, session

    def type(self):
        """Ana types."""
        self.delivery.deliver(ROOM, Typing(LOBBY, ANA))


@pytest.fixture
def visitors():
    return Visitors()


def waiting(session):
    """How many packets wait for a client."""
    return session.queue.qsize()


def test_the_others_are_told(visitors):
    """Not who types, on none of their connections, nor a client that knows no positions."""
    _, bia = visitors.come("2")
    _, old = visitors.come("3", traits=())
    own = [visitors.come("1")[1] for _ in range(2)]
    visitors.type()
    assert [waiting(each) for each in (bia, old, *own)] == [1, 0, 0, 0]


def test_who_has_not_taken_what_was_said_before_is_told_nothing(visitors):
    """What waits would be old when they get it."""
    _, bia = visitors.come("2")
    visitors.type()
    visitors.type()
    assert waiting(bia) == 1


def test_who_is_on_their_way_out_is_passed_over(visitors):
    """Socket.IO has them in the room a moment longer; the others are told all the same."""
    leaving, bia = visitors.come("2")
    _, caio = visitors.come("3")
    visitors.delivery.unsubscribe(leaving)
    assert leaving in visitors.server.manager.rooms["/"][ROOM]
    visitors.type()
    assert (waiting(bia), waiting(caio)) == (0, 1)


def test_a_session_that_has_gone_is_passed_over(visitors):
    """As where the engine has noticed before Socket.IO."""
    _, gone = visitors.come("2")
    _, caio = visitors.come("3")
    del visitors.server.eio.sockets[gone.sid]
    visitors.type()
    assert (waiting(gone), waiting(caio)) == (0, 1)
