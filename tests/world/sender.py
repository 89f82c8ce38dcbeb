"""Somebody's program that sends files by tus, one request at a time."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import requests

from tests.world.deadline import DEADLINE
from tests.world.person import Person

TUS = {"Tus-Resumable": "1.0.0"}


class Sender:
    """What a person sends, with their cookie."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, data: Any = None
    ) -> requests.Response:
        """Any request, of our version of tus unless it says otherwise."""
        return self._person.http.request(
            *(method, f"{self._person.url}{path}"),
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
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        if checksum is not None:
            headers["Upload-Checksum"] = checksum
        return self.ask("PATCH", path, headers, piece)

    def offset(self, path: str) -> int:
        """How far an upload is."""
        return int(self.ask("HEAD", path).headers["Upload-Offset"])

    def send(self, content: bytes, **told: str | bytes) -> str:
        """Send a whole file in one piece; returns its id."""
        path = self.begin(len(content), **told).headers["Location"]
        answer = self.write(path, 0, content, crc32(content))
        assert answer.status_code == 204, answer.text
        return path.rpartition("/")[2]


def crc32(piece: bytes) -> str:
    """The checksum of a piece, as a header has it."""
    return f"crc32 {_base64(zlib.crc32(piece).to_bytes(4, 'big'))}"


def _base64(value: str | bytes) -> str:
    return base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()
