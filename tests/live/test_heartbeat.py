"""One timer pings everybody."""

import gc
import time
import weakref

import gevent
import pytest

from lanchat.live.heartbeat import Heartbeat


class Client:
    """What the heartbeat knows of a session."""

    def __init__(self):
        self.closing = self.closed = False
        self.last_ping = 0.0
        self.got = []

    def send(self, packet):
        """Take a packet."""
        self.got.append(packet.encode())


@pytest.fixture
def heartbeat():
    """With an interval that a test can wait for."""
    return Heartbeat(0.05)


def test_everybody_is_pinged_in_turn(heartbeat):
    """Those who asked later are pinged later, and the time is noted."""
    first, second = Client(), Client()
    heartbeat.schedule(first)
    gevent.sleep(0.02)
    heartbeat.schedule(second)
    while not second.got:
        gevent.sleep(0.005)
    assert (first.got, second.got) == (["2"], ["2"])
    assert first.last_ping < second.last_ping <= time.time()


def test_a_closed_session_is_left_alone(heartbeat):
    """It may have been closed since it asked."""
    gone, here = Client(), Client()
    for client in (gone, here):
        heartbeat.schedule(client)
    gone.closed = True
    while not here.got:
        gevent.sleep(0.005)
    assert gone.got == []


def test_nobody_is_kept_in_memory():
    """A session that is over is let go of long before its ping is due."""
    heartbeat, client = Heartbeat(60), Client()
    heartbeat.schedule(client)
    gevent.sleep(0)
    reference = weakref.ref(client)
    del client
    gc.collect()
    assert reference() is None
