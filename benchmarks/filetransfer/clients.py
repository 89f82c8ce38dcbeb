"""Clients of the servers: HTTP by hand, so that a server is measured and not its client."""

from __future__ import annotations

import base64
import os
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from fanout.contenders import log_in
from fanout.programs import CannotMeasure

SLICE = 8 << 20

_BUFFER = 1 << 20
_LOCKED = 423


class Connection:
    """A connection that stays open for one request after the other; the cookie goes along."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do
        self._rest = b""
        self._fields = f"Host: 127.0.0.1:{port}\r\n"
        if cookie:
            self._fields += f"Cookie: {cookie}\r\nTus-Resumable: 1.0.0\r\n"

    def ask(
        self, method: str, path: str, body: memoryview | bytes = b"", **fields: str
    ) -> tuple[int, dict[str, str]]:
        """Send a request, and read the head of its answer."""
        named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        head = f"{method} {path} HTTP/1.1\r\n{self._fields}{named}"
        self._socket.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        if body:
            self._socket.sendall(body)
        return self._head()

    def read(self, size: int) -> int:
        """Read so much of the answer's body and forget it; returns how much was there."""
        done, buffer = len(self._rest), bytearray(_BUFFER)
        self._rest = b""
        while done < size and (got := self._socket.recv_into(buffer, min(_BUFFER, size - done))):
            done += got
        return done

    def content(self, size: int) -> bytes:
        """Read so much of it and keep it."""
        content = bytearray(self._rest)
        self._rest = b""
        while len(content) < size and (some := self._socket.recv(_BUFFER)):
            content += some
        return bytes(content)

    def send_some(self, head: bytes, piece: memoryview) -> None:
        """Send no more than the beginning of a request, and hang up."""
        self._socket.sendall(head)
        self._socket.sendall(piece)
        self._socket.close()

    def close(self) -> None:
        self._socket.close()

    def _head(self) -> tuple[int, dict[str, str]]:
        received = self._rest
        while b"\r\n\r\n" not in received:
            some = self._socket.recv(_BUFFER)
            if not some:
                raise CannotMeasure("the server has hung up")
            received += some
        head, _, self._rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":")[::2] for line in lines)
        return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}


class Content:
    """Bytes to send, with the checksums of their slices, which a page counts in a thread."""

    def __init__(self, size: int) -> None:
        # Some that no file system makes smaller, without as much chance as there are bytes.
        self.bytes = (os.urandom(1 << 20) * (size // (1 << 20) + 1))[:size]
        self.view = memoryview(self.bytes)
        self._sums: dict[int, str] = {}
        for start in range(0, size, SLICE):
            self.checksum(start)

    def checksum(self, start: int) -> str:
        """That of the slice which begins there."""
        if start not in self._sums:
            crc = zlib.crc32(self.view[start : start + SLICE])
            self._sums[start] = f"crc32 {base64.b64encode(crc.to_bytes(4, 'big')).decode()}"
        return self._sums[start]


class Sender:
    """Sends files to lanchat by tus, as its page does."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = cookie
        self.connection = Connection(port, cookie)

    def begin(self, size: int) -> str:
        """A new upload; returns its path."""
        status, fields = self.connection.ask("POST", "/files", Upload_Length=str(size))
        expect(status, 201)
        return fields["location"]

    def send(self, content: Content) -> str:
        """Send all of it; returns its path."""
        path = self.begin(len(content.bytes))
        for start in range(0, len(content.bytes), SLICE):
            self.slice(path, content, start)
        return path

    def slice(self, path: str, content: Content, start: int) -> None:
        """Send the slice that begins there."""
        piece, fields = content.view[start : start + SLICE], _of_slice(content, start)
        while (status := self.connection.ask("PATCH", path, piece, **fields)[0]) == _LOCKED:
            # The server is just about to notice that the request before was cut off.
            self.connection = Connection(self._port, self._cookie)
        expect(status, 204)

    def cut(self, path: str, content: Content, start: int, size: int) -> None:
        """Send so much of a slice, and be cut off."""
        whole = min(SLICE, len(content.bytes) - start)
        fields = {**_of_slice(content, start), "Content-Length": str(whole)}
        fields |= {"Cookie": self._cookie, "Tus-Resumable": "1.0.0", "Host": "127.0.0.1"}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        head = f"PATCH {path} HTTP/1.1\r\n{lines}\r\n".encode()
        Connection(self._port).send_some(head, content.view[start : start + size])

    def offset(self, path: str) -> int:
        """How far it is."""
        status, fields = self.connection.ask("HEAD", path)
        expect(status, 200)
        return int(fields["upload-offset"])

    def get(self, path: str) -> bytes:
        """All of it, back again."""
        status, fields = self.connection.ask("GET", f"{path}/file")
        expect(status, 200)
        return self.connection.content(int(fields["content-length"]))


def expect(status: int, wanted: int) -> None:
    """Raises CannotMeasure where the status is another one."""
    if status != wanted:
        raise CannotMeasure(f"the server has answered {status} instead of {wanted}")


@contextmanager
def sender(port: int, name: str) -> Iterator[Sender]:
    """Somebody who sends files to lanchat."""
    made = Sender(port, log_in(port, name))
    try:
        yield made
    finally:
        made.connection.close()


def _of_slice(content: Content, start: int) -> dict[str, str]:
    return {
        "Upload_Offset": str(start),
        "Upload_Checksum": content.checksum(start),
        "Content_Type": "application/offset+octet-stream",
    }
