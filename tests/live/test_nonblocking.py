"""Sends that never wait; how TLS keeps to it is seen in test_websocket.py."""

from typing import Any

import gevent.socket
import pytest

from lanchat.live.nonblocking import non_blocking_send


class OtherSocket(gevent.socket.socket):
    """A socket that may send in a way of its own."""


@pytest.fixture(params=[gevent.socket.socket, OtherSocket])
def sender(request):
    """A socket whose other end reads nothing."""
    ours, theirs = gevent.socket.socketpair()
    with request.param(fileno=ours.detach()) as sender, theirs:
        yield sender


def test_a_full_buffer_is_an_error_and_no_wait(sender):
    """What fits is taken, and the next time nothing fits."""
    send, much = non_blocking_send(sender), b"x" * (16 << 20)
    with gevent.Timeout(10):
        assert 0 < send(much) < len(much)
        with pytest.raises(BlockingIOError):
            send(much)


def test_the_kernel_is_called_without_a_detour():
    """``_sock``, a private name of gevent's, holds the standard library's socket."""
    sock: Any = gevent.socket.socket()
    with sock:
        assert non_blocking_send(sock) == sock._sock.send
