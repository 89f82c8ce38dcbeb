"""The cases of the official test suites of Engine.IO and Socket.IO, tried on lanchat.

The suites are docs/engine.io-protocol/v4-test-suite and docs/socket.io-protocol/v5-test-suite of
the repository socketio/socket.io; no package has them, so their cases are written anew. Each
test's docstring is the name of its case. Where the suite has a server that echoes, the same rule
is tried with lanchat's own events. ``exceptions.json`` lists the cases that lanchat does not
pass, with the reason; they run as well, and one that begins to pass is reported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket
from websocket import WebSocket

from tests.world.deadline import DEADLINE
from tests.world.heartbeat import beating
from tests.world.server import ServerProcess

EXCEPTIONS: dict[str, str] = json.loads(
    Path(__file__).with_name("exceptions.json").read_text("utf-8")
)

INTERVAL = 0.3
"""The suites' ping interval, in seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the listed cases to fail, strictly; what is listed and not there is an error."""
    ours = {item.name: item for item in items if item.path.parent == Path(__file__).parent}
    for name, reason in EXCEPTIONS.items():
        if name in ours:
            ours[name].add_marker(pytest.mark.xfail(reason=reason, strict=True))


class Polling:
    """An Engine.IO session by HTTP long-polling."""

    def __init__(self, door: Door) -> None:
        self._door = door
        opened = door.request("EIO=4&transport=polling")
        self.handshake = json.loads(opened.text[1:])
        self.query = "EIO=4&transport=polling&sid=" + self.handshake["sid"]

    def poll(self) -> requests.Response:
        """Wait for packets."""
        return self._door.request(self.query)

    def send(self, *packets: str) -> requests.Response:
        """Send packets in one request."""
        return self._door.request(self.query, "POST", "\x1e".join(packets))

    def upgrade(self) -> WebSocket:
        """A WebSocket for this session, before its probe."""
        return self._door.websocket(self.query.replace("polling", "websocket"))


class Door:
    """The server's Engine.IO, for somebody who has logged in."""

    def __init__(self, person: Any) -> None:
        self._url = person.server.url + "/socket.io/?"
        self._cookies = person.http.cookies
        self._sockets: list[WebSocket] = []

    def request(
        self, query: str, method: str = "GET", body: str | None = None
    ) -> requests.Response:
        return requests.request(
            method, self._url + query, data=body, cookies=self._cookies, timeout=DEADLINE
        )

    def polling(self) -> Polling:
        return Polling(self)

    def websocket(self, query: str = "EIO=4&transport=websocket") -> WebSocket:
        """Connect. Raises websocket.WebSocketBadStatusException where the server refuses."""
        cookie = "; ".join(f"{c.name}={c.value}" for c in self._cookies)
        url = self._url.replace("http", "ws") + query
        self._sockets.append(websocket.create_connection(url, cookie=cookie, timeout=DEADLINE))
        return self._sockets[-1]

    def namespace(self) -> WebSocket:
        """A WebSocket that has connected to the main namespace."""
        socket = self.websocket()
        assert str(socket.recv()).startswith("0{")
        socket.send("40")
        assert str(socket.recv()).startswith("40{")
        return socket

    def close(self) -> None:
        for socket in self._sockets:
            socket.shutdown()


@pytest.fixture
def quick_server(server_with: Callable[..., ServerProcess]) -> ServerProcess:
    """A server whose heart beats as fast as the suites ask for.

    Its timeout is longer than theirs: on a busy machine a pong can be late.
    """
    return server_with(launcher=beating(INTERVAL, 20))


@pytest.fixture
def impatient_server(server_with: Callable[..., ServerProcess]) -> ServerProcess:
    """A server that waits for a pong no longer than the suites ask for."""
    return server_with(launcher=beating(INTERVAL, 0.2))


@pytest.fixture
def door(ana: Any) -> Iterator[Door]:
    """Ana's way in."""
    opened = Door(ana)
    yield opened
    opened.close()


@pytest.fixture
def quick_door(quick_server: ServerProcess, person_factory: Callable[..., Any]) -> Iterator[Door]:
    """The way into the quick server."""
    opened = Door(person_factory("Ana", other_server=quick_server))
    yield opened
    opened.close()


@pytest.fixture
def impatient_door(
    impatient_server: ServerProcess, person_factory: Callable[..., Any]
) -> Iterator[Door]:
    """The way into the impatient server."""
    opened = Door(person_factory("Ana", other_server=impatient_server))
    yield opened
    opened.close()


@pytest.fixture
def closed() -> Callable[[WebSocket], bool]:
    """Read on, answering pings, until the server closes; fails at the socket's timeout."""

    def wait(socket: WebSocket, *, answer_pings: bool = False) -> bool:
        try:
            while True:
                opcode, data = socket.recv_data()
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return True
                if data == b"2" and answer_pings:
                    socket.send("3")
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return True

    return wait
