"""Somebody's program that sends files by tus, one request at a time."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.world.deadline import DEADLINE
from tests.world.person import Person

TUS = {"Tus-Resumable": "1.0.0"}


class Sender:
    """What a person sends, with their cookie."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, data: Any = None
    ) -> requests.Response:
        """Any request, of our version of tus unless it says otherwise."""
        return self.person.http.request(
            *(method, f"{self.person.url}{path}"),
            headers=TUS | (headers or {}),
            data=data,
            timeout=DEADLINE,
            allow_redirects=False,
        )

    def begin(self, length: int, **told: str | bytes) -> requests.Response:
        """Begin an upload, with what is told of it."""
        metadata = ",".join(f"{key} {_base64(value)}" for key, value in told.items())
        headers = {"Upload-Length": str(length), "Upload-Metadata": metadata}
        return self.ask("POST", "/files", headers)

    def write(
        self, path: str, offset: int, piece: Any, checksum: str | None = None
    ) -> requests.Response:
        """Send a piece."""
        return self.ask("PATCH", path, _of_piece(offset, checksum), piece)

    @contextmanager
    def broken_off(
        self, path: str, piece: bytes, size: int, checksum: str | None, offset: int = 0
    ) -> Iterator[None]:
        """Begin to send a piece, so much of it, and be gone at the end."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.person.http.cookies.items())
        headers = {**TUS, **_of_piece(offset, checksum), "Cookie": cookies}
        server = urlsplit(self.person.url)
        with closing(HTTPConnection(str(server.netloc), timeout=DEADLINE)) as connection:
            connection.putrequest("PATCH", path)
            for name, value in {**headers, "Content-Length": str(len(piece))}.items():
                connection.putheader(name, value)
            connection.endheaders(piece[:size])
            yield

    def offset(self, path: str) -> int:
        """How far an upload is."""
        return int(self.ask("HEAD", path).headers["Upload-Offset"])

    def send(self, content: bytes, **told: str | bytes) -> str:
        """Send a whole file in one piece; returns its id."""
        path = self.begin(len(content), **told).headers["Location"]
        answer = self.write(path, 0, content, crc32(content))
        assert answer.status_code == 204, answer.text
        return path.rpartition("/")[2]


def _of_piece(offset: int, checksum: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    return headers if checksum is None else {**headers, "Upload-Checksum": checksum}


def crc32(piece: bytes) -> str:
    """The checksum of a piece, as a header has it."""
    return f"crc32 {_base64(zlib.crc32(piece).to_bytes(4, 'big'))}"


def _base64(value: str | bytes) -> str:
    return base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()
