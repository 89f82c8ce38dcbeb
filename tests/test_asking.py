"""One request over HTTP, whatever is at the other end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from itertools import chain, cycle
from pathlib import Path

import pytest

from lanchat.asking import ask, authority
from lanchat.errors import SettingRefused

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def other_end() -> Iterator[Callable[..., int]]:
    """Let something listen that says this to each who comes, byte by byte."""
    listeners: list[socket.socket] = []

    def drip(connection: socket.socket, said: Iterator[bytes], ended: threading.Event) -> None:
        with connection:
            try:
                for byte in said:
                    connection.sendall(byte)
                    if ended.wait(0.02):
                        return
            except OSError:
                return

    def listen(at_once: bytes, for_ever: bytes = b"") -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                said = chain([at_once], cycle([for_ever]) if for_ever else [])
                threading.Thread(target=drip, args=[connection, said, ended], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return int(listener.getsockname()[1])

    ended = threading.Event()
    yield listen
    ended.set()
    for each in listeners:
        each.close()


@pytest.mark.parametrize(
    ("scheme", "at_once", "for_ever"),
    [
        ("http", HEAD, b"X"),
        ("http", HEAD + b"Content-Length: 900\r\n\r\n", b"x"),
        ("https", b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00"),
    ],
    ids=["a head", "a body", "a handshake"],
)
def test_what_drips_has_an_end(other_end, scheme, at_once, for_ever):
    """Although each byte comes in time."""
    port = other_end(at_once, for_ever)
    with pytest.raises(TimeoutError, match=r"not there after 0\.2 s"):
        ask("GET", f"{scheme}://127.0.0.1:{port}/", {}, None, 0.2, 1_000)


def test_of_an_answer_as_much_is_read_as_is_wanted(other_end):
    """Nothing at all, where its status is enough; redirects are not followed."""
    port = other_end(HEAD + b"Content-Length: 900\r\n\r\n", b"x")
    answer = ask("POST", f"http://127.0.0.1:{port}", {}, b"hello", 9, 0)
    assert (answer.status, answer.body) == (200, b"")
    port = other_end(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\nmoved")
    answer = ask("GET", f"http://127.0.0.1:{port}/a?b=c", {}, None, 9, 3)
    assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.1:1/")
    assert answer.body == b"mov"


@pytest.mark.parametrize("said", [b"hello\r\n\r\n", HEAD + b"x" * 70_000 + b": 1\r\n\r\n", b""])
def test_what_is_no_answer_is_an_error(other_end, said):
    """Of one kind, whatever it is."""
    port = other_end(said)
    with pytest.raises(OSError, match=r"."):
        ask("GET", f"http://127.0.0.1:{port}/", {}, None, 9, 1_000)
    with pytest.raises(OSError, match=r"."):
        ask("GET", "http://127.0.0.1:1/", {}, None, 9, 1_000)


def test_a_file_without_a_certificate_is_refused(tmp_path):
    """Whatever is in it, and where it is none."""
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n")
    for path in (Path(__file__), broken, tmp_path, tmp_path / "missing"):
        with pytest.raises(SettingRefused, match="no certificate"):
            authority(path)
