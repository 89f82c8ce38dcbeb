"""Clients that hang up while they speak TLS, or before they do; sockets that outlive a request."""

import contextlib
import socket
import ssl
import struct
from typing import Any

import gevent
import gevent.socket
import pytest

from lanchat.http.pace import Pace
from lanchat.http.waiting import Waiting
from lanchat.http.wsgi_server import make_server

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def server(encrypted_server):
    """A server that speaks TLS."""
    return encrypted_server


def hang_up(connection):
    """Reset the connection: what is on its way is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def encrypt(connection):
    """Shake hands, whoever it is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection)


@pytest.mark.parametrize("beginning", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01garbage"])
def test_who_goes_before_the_handshake_is_no_error(ana, server, beginning):
    """Nothing is printed, whenever the server notices."""
    for _ in range(40):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=15)
        with contextlib.suppress(OSError):
            connection.sendall(beginning)
        hang_up(connection)
    assert ana.join()["ok"]
    assert "Traceback" not in server.output()


def test_who_goes_before_the_answer_is_no_error(ana, server):
    """The same, once something was asked."""
    for _ in range(40):
        connection = encrypt(socket.create_connection(("127.0.0.1", server.port), timeout=15))
        connection.sendall(REQUEST * 3)
        hang_up(connection)
    assert ana.join()["ok"]
    assert "Traceback" not in server.output()


def test_a_socket_that_the_application_keeps_outlives_its_request():
    """Neither closed nor read by the server, which forgets it; the application closes it."""
    kept = []

    def keep(environ, _):
        kept.append(environ["lanchat.socket"])
        environ["lanchat.keep_socket"]()
        return []

    listener = gevent.socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    waiting = Waiting(10, 10)
    server: Any = make_server(listener, keep, None, waiting, Pace(0), streams=lambda *_: False)
    server.start()
    with gevent.Timeout(20), gevent.socket.create_connection(listener.getsockname()) as client:
        client.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nUpgrade: websocket\r\n\r\n"))
        while not kept or server.kept:
            gevent.sleep(0.001)
        client.sendall(b"to the application")
        assert kept[0].recv(100) == b"to the application"
        kept[0].sendall(b"from it")
        assert client.recv(100) == b"from it"
        assert len(waiting) == 0
        kept[0].close()
        assert client.recv(100) == b""
    server.stop()
