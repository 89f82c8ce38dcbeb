"""Connections that wait."""

import socket
import sys

import gevent.socket
import pytest

from lanchat.http.waiting import has_gone


def test_who_has_closed_is_known_to_have_gone():
    """Without waiting, and although there is something left to be read where Linux tells."""
    ours, theirs = socket.socketpair()
    sock = gevent.socket.socket(fileno=ours.detach())
    assert not has_gone(sock)
    if sys.platform == "linux":
        theirs.sendall(b"not read yet")
    assert not has_gone(sock)
    theirs.close()
    assert has_gone(sock)
    sock.close()
    assert has_gone(sock)


@pytest.mark.skipif(sys.platform != "linux", reason="there it is always so")
def test_where_the_system_does_not_tell_it_is_looked_at(monkeypatch):
    """As far as that goes."""
    monkeypatch.setattr("lanchat.http.waiting._poll", None)
    ours, theirs = socket.socketpair()
    sock = gevent.socket.socket(fileno=ours.detach())
    assert not has_gone(sock)
    theirs.close()
    assert has_gone(sock)
    sock.close()
