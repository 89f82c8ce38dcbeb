"""Clients that hang up while they speak TLS, or before they do."""

import contextlib
import socket
import ssl
import struct

import pytest

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
