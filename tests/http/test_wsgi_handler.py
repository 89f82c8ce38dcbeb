"""Requests that come slowly, or never to their end."""

import socket

import pytest
import requests

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
def server(shared_server):
    """These tests leave nothing behind."""
    return shared_server


@pytest.fixture
def slow(server):
    """Open connections that say a little and then wait."""
    opened = []

    def connect(beginning):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=40)
        opened.append(connection)
        connection.sendall(beginning)
        return connection

    yield connect
    for connection in opened:
        connection.close()


def test_a_request_that_is_not_finished_is_dropped(slow):
    """The connection is closed after the deadline; nothing is answered."""
    beginnings = {
        "nothing": b"",
        "half a line": b"GET /",
        "half a head": HEAD,
        "half a body": HEAD + b"Content-Length: 12\r\n\r\nuser",
        "a long head": HEAD + b"X: " + b"x" * 3000,
    }
    # All of them before the first is waited for: one deadline instead of five.
    opened = {what: slow(beginning) for what, beginning in beginnings.items()}
    for what, connection in opened.items():
        assert connection.recv(100) == b"", what


def test_a_request_that_drips_is_dropped(slow, until):
    """A byte now and then does not extend the deadline."""
    connection = slow(HEAD)

    def hung_up():
        try:
            connection.sendall(b"X")
        except ConnectionError:
            return True
        return False

    until(hung_up)


def test_a_line_of_spaces_is_read_in_one_go(slow):
    """Where values begin and end is not tried out: that would hold up everybody for hours."""
    line = b"X:" + b" " * 30_000
    assert slow(HEAD + line + b"\0\r\n\r\n").recv(100).startswith(b"HTTP/1.1 400")
    assert slow(HEAD + line + b"x \r\n\r\n").recv(100).startswith(b"HTTP/1.1 400 BAD")


def test_who_takes_no_answer_is_dropped(slow, server, until):
    """Somebody who asks and asks, and reads nothing; it is not worth a traceback."""
    connection = slow(b"")
    connection.setblocking(False)

    def hung_up():
        try:
            connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        except BlockingIOError:
            return False  # nothing of it is read any more
        except ConnectionError:
            return True
        return False

    until(hung_up)
    assert "Traceback" not in server.output()


def test_half_sent_requests_do_not_keep_others_out(slow, server):
    """With 300 of them open a login works."""
    for _ in range(300):
        slow(HEAD)
    form = {"username": "Ana"}
    with requests.Session() as visitor:
        answer = visitor.post(server.url + "/", data=form, allow_redirects=False)
        assert answer.status_code == 303
        visitor.post(server.url + "/logout", allow_redirects=False)


def test_a_body_that_is_too_large_is_refused_unread(slow):
    """413 comes before the gigabyte that was announced."""
    answer = slow(HEAD + b"Content-Length: 1000000000\r\n\r\n").recv(1000)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Connection: close" in answer


def test_a_chunked_body_is_taken(slow):
    """Small and complete is what matters, not how the length is told."""
    body = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\na\r\nusername=\x0b\r\n0\r\n\r\n"
    assert slow(HEAD + body).recv(100).startswith(b"HTTP/1.1 400")


def test_a_form_in_parts_is_taken(server):
    """curl -F sends one; its boundary is no matter of the head."""
    form = {"username": (None, "Ana")}
    with requests.Session() as visitor:
        answer = visitor.post(server.url + "/", files=form, allow_redirects=False)
        assert answer.status_code == 303
        visitor.post(server.url + "/logout", allow_redirects=False)
