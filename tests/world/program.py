"""A program with a token, and what it asks over HTTP."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.world.deadline import DEADLINE
from tests.world.server import ServerProcess


class Program:
    """One that the server has just let in; ``rights`` are reads and writes, both where left out."""

    def __init__(
        self, server: ServerProcess, name: str = "build", room: str = "", **rights: bool
    ) -> None:
        asked = {"do": "token_new", "name": name, "room": room, **rights}
        self.token = server.ask(asked)["token"]
        self.server = server
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        self.address = f"{server.url}/api/messages"

    def say(self, message: str, **fields: Any) -> requests.Response:
        return self.http.post(self.address, json={"message": message, **fields}, timeout=DEADLINE)

    def read(self, **asked: Any) -> dict[str, Any]:
        answer = self.http.get(self.address, params=asked, timeout=DEADLINE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def hook(self, payload: Any = None, **options: Any) -> requests.Response:
        address = f"{self.server.url}/hooks/{self.token}"
        return requests.post(address, json=payload, timeout=DEADLINE, **options)

    @contextmanager
    def stream(self, **asked: Any) -> Iterator[Iterator[dict[str, Any]]]:
        """The lines as they come; empty ones are left out."""
        accept = {"Accept": "application/x-ndjson"}
        with self.http.get(
            self.address, params=asked, headers=accept, stream=True, timeout=DEADLINE
        ) as answer:
            assert answer.status_code == 200, answer.text
            yield (json.loads(line) for line in answer.iter_lines(chunk_size=1) if line)

    def upload(self, name: str, content: bytes) -> str:
        """The id of a file that is there from now on."""
        address = f"{self.server.url}/files"
        tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content))}
        told = {"Upload-Metadata": f"name {b64encode(name.encode()).decode()}"}
        begun = self.http.post(address, headers={**tus, **told}, timeout=DEADLINE)
        assert begun.status_code == 201, begun.text
        piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        there = f"{self.server.url}{begun.headers['Location']}"
        written = self.http.patch(there, content, headers={**tus, **piece}, timeout=DEADLINE)
        assert written.status_code == 204, written.text
        return there.rpartition("/")[2]
