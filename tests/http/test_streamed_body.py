"""Bodies that are read as they come."""

from __future__ import annotations

import hashlib
import os
import time

import pytest

from tests.http.conftest import LEAST_SECONDS, Client, TransferServer

CONTENT = os.urandom(3_000_001)
WHOLE = f"whole {hashlib.sha256(CONTENT).hexdigest()}"
CHUNKED = (b"Transfer-Encoding: chunked",)
GOODBYE = b"PATCH /files/none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def head(path: str, *fields: bytes, length: int | None = len(CONTENT)) -> bytes:
    """The head of a request with so long a body."""
    lines = [f"PATCH /files/{path} HTTP/1.1".encode(), b"Host: x", *fields]
    if length is not None:
        lines.append(b"Content-Length: %d" % length)
    return b"\r\n".join([*lines, b"", b""])


def chunks(content: bytes) -> bytes:
    """The content in chunks of odd lengths."""
    pieces = [content[start : start + 70_001] for start in range(0, len(content), 70_001)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def test_a_body_arrives_as_it_was_sent(client: Client) -> None:
    """It does so again and again on the same connection, also where requests are not waited for."""
    client.send((head("all") + CONTENT) * 3 + GOODBYE)
    assert [client.answer() for _ in range(3)] == [WHOLE] * 3
    assert client.answer().startswith("whole ")
    assert client.read() == b""


def test_a_body_in_chunks_arrives_as_it_was_sent(client: Client) -> None:
    """Its length is not told beforehand."""
    client.send((head("all", *CHUNKED, length=None) + chunks(CONTENT)) * 2)
    assert [client.answer() for _ in range(2)] == [WHOLE] * 2


@pytest.mark.parametrize("path", ["none", "some"])
def test_what_is_not_read_ends_the_connection(client: Client, path: str) -> None:
    """The answer can be read, and nothing of the body is taken for another request."""
    client.send(head(path, length=len(CONTENT) + len(GOODBYE)), CONTENT, GOODBYE)
    status, fields = client.head()
    assert (status, fields["connection"]) == (200, "close")
    assert len(client.read()) == int(fields["content-length"])


def test_an_empty_body_ends_no_connection(client: Client) -> None:
    """There is nothing that was not read."""
    client.send(head("none", length=0) + head("all") + CONTENT)
    assert client.answer().startswith("whole ")
    assert client.answer() == WHOLE


@pytest.mark.parametrize("begun", [b"", b"x" * 100_000])
def test_who_falls_silent_is_told_so(client: Client, begun: bytes) -> None:
    """What had come by then was given to the application."""
    client.send(head("all"), begun)
    status, fields = client.head()
    assert (status, fields["connection"]) == (200, "close")
    assert client.read().decode() == f"TooSlow {hashlib.sha256(begun).hexdigest()}"


def test_who_drips_is_told_so(client: Client) -> None:
    """A little now and then is not enough."""
    client.send(head("all"))
    client.socket.settimeout(LEAST_SECONDS / 10)
    for _ in range(1_000):
        client.send(b"x" * 100)
        try:
            assert client.socket.recv(15) == b"HTTP/1.1 200 OK"
        except TimeoutError:
            continue
        break
    else:
        pytest.fail("it went on for ever")


def test_who_is_slow_and_steady_is_waited_for(client: Client) -> None:
    """A body may take longer than any time, as long as it goes on."""
    client.send(head("all"))
    step = 100_001
    for start in range(0, len(CONTENT), step):
        client.send(CONTENT[start : start + step])
        time.sleep(LEAST_SECONDS / 10)
    assert client.answer() == WHOLE


def test_a_body_that_is_cut_off_is_no_whole_one(
    client: Client, transfer_server: TransferServer
) -> None:
    """The application learns it, and what had come by then."""
    client.send(head("all"), CONTENT[:-1])
    client.close()
    transfer_server.await_line("CutOff")


@pytest.mark.parametrize("broken", [b"zz\r\n", b"\r\n", b"5\r\nabcdefgh\r\n"])
def test_chunks_that_are_none_are_as_good_as_cut_off(
    client: Client, transfer_server: TransferServer, broken: bytes
) -> None:
    """Nothing behind them is taken for a request."""
    client.send(head("all", *CHUNKED, length=None), broken, GOODBYE)
    status, fields = client.head()
    assert (status, fields["connection"]) == (200, "close")
    assert len(client.read()) == int(fields["content-length"])
    transfer_server.await_line("CutOff")


def test_who_asks_before_sending_is_told_to_go_on(client: Client) -> None:
    """The word comes when the body is read, and not where it is refused."""
    client.send(head("all", b"Expect: 100-continue"))
    assert client.head()[0] == 100
    client.send(CONTENT, head("none", b"Expect: 100-continue"))
    assert client.answer() == WHOLE
    status, fields = client.head()
    assert (status, fields["connection"]) == (200, "close")
