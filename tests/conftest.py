"""What the tests share: a real server in a process of its own, and people who use it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
import websocket

DEADLINE = 45.0
"""Seconds after which something that should have happened counts as not happening."""


def wait_for(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """Poll until the condition is true and return its value; fail after DEADLINE."""
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come true within {DEADLINE:.0f} s")
        time.sleep(0.01)
    return value


class ServerProcess:
    """`lanchat serve` on a port of its own, with its data below ``folder``.

    ``launcher`` is a command that prepares something and then becomes the server.
    """

    def __init__(self, folder: Path, *options: str, launcher: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._launcher = launcher
        self.data_dir = folder / "data"
        self.log_file = folder / "connections.log"
        self.port = 0
        self._output = folder / "output.txt"
        self._options = options
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, or start again with the same port and data."""
        command = [*self._launcher, sys.executable, "-m", "lanchat", "serve"]
        command += ["--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir), "--log-file", str(self.log_file)]
        before = len(self.output())
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *self._options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        found = wait_for(lambda: self._listening(before), "the server's banner")
        self.port = int(found.group(1))

    def stop(self) -> int:
        """Ask to stop, as Ctrl+C does; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self.process.kill()
        self.process.wait(DEADLINE)

    def output(self) -> str:
        """Everything that it printed."""
        return self._output.read_text() if self._output.exists() else ""

    def _listening(self, before: int) -> re.Match[str] | None:
        new = self.output()[before:]
        if self.process.poll() is not None:
            pytest.fail(f"the server ended with {self.process.returncode}:\n{new}")
        return re.search(r"http://\S+:(\d+)", new)


class Person:
    """Somebody with a browser's cookie jar and one connection."""

    def __init__(self, server: ServerProcess, name: str | None) -> None:
        self.server = server
        self.name = name
        self.http = requests.Session()
        self.heard: list[tuple[str, Any]] = []
        self._sockets: list[socketio.Client] = []
        self.socket = self.new_socket()
        if name is not None:
            assert self.log_in(name).status_code == 303

    def log_in(self, name: str, **fields: str) -> requests.Response:
        form = {"username": name, **fields}
        return self.http.post(self.server.url + "/", data=form, allow_redirects=False)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.http.get(self.server.url + path, allow_redirects=False, **options)

    def new_socket(self) -> socketio.Client:
        """A further connection (a tab) that writes down what it hears."""
        socket = socketio.Client(http_session=self.http, reconnection=False)
        socket.on("*", lambda event, data: self.heard.append((event, data)))
        self._sockets.append(socket)
        return socket

    def connect(self, transports: list[str] | None = None) -> None:
        self.socket.connect(self.server.url, transports=transports or ["websocket"])

    def join(self, last_id: int | None = None) -> dict[str, Any]:
        if not self.socket.connected:
            self.connect()
        payload = {} if last_id is None else {"last_id": last_id}
        return self.call("new_host", payload)

    def say(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        payload = {"message": text, "client_id": client_id or str(uuid.uuid4())}
        return self.call("new_message", payload)

    def call(self, event: str, payload: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.socket.call(event, payload, timeout=DEADLINE)
        return answer

    def events(self, name: str) -> list[Any]:
        return [data for event, data in list(self.heard) if event == name]

    def messages(self) -> list[str]:
        return [data["message"] for data in self.events("add_chat_message")]

    def hears(self, event: str, **fields: Any) -> Any:
        """Wait for an event with these fields and return its data."""

        def found() -> Any:
            for data in self.events(event):
                if fields.items() <= data.items():
                    return data
            return None

        return wait_for(found, f"{event} {fields}")

    def close(self) -> None:
        """Hang up and give the name back, where there still is a server."""
        for socket in self._sockets:
            socket.disconnect()
            # The client forgets to close where the server was faster.
            if socket.eio.ws is not None:
                socket.eio.ws.shutdown()
        if self.server.process.poll() is None:
            self.http.post(self.server.url + "/logout", allow_redirects=False)
        self.http.close()


class RawClient:
    """A WebSocket to the server's Engine.IO, packet by packet; it answers no ping by itself."""

    def __init__(self, person: Any, **options: Any) -> None:
        cookies = "; ".join(f"{c.name}={c.value}" for c in person.http.cookies)
        url = person.server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        self.socket = websocket.create_connection(url, cookie=cookies, timeout=15, **options)
        self._passed: deque[str] = deque()
        self.session = json.loads(self.receive()[1:])

    def join(self, last_id: int | None = None) -> dict[str, Any]:
        """Connect to the namespace and enter the room."""
        self.socket.send("40")
        assert self.receive().startswith("40{")
        return self.call("new_host", {} if last_id is None else {"last_id": last_id})

    def call(self, event: str, payload: Any, number: int = 1) -> Any:
        """Send an event and read on until its answer is there."""
        self.socket.send(f"42{number}" + json.dumps([event, payload]))
        while not (packet := self.receive()).startswith(f"43{number}["):
            self._passed.append(packet)
        return json.loads(packet[len(f"43{number}") :])[0]

    def say(self, text: str) -> Any:
        """Say something and return the acknowledgement."""
        return self.call("new_message", {"message": text, "client_id": str(uuid.uuid4())})

    def receive(self) -> str:
        """The next packet; pings are answered."""
        while True:
            packet = self.socket.recv()
            if packet != "2":
                return str(packet)
            self.socket.send("3")

    def next_message(self) -> dict[str, Any]:
        """The next message that somebody says, or said before the last answer."""
        packet = ""
        while not packet.startswith('42["add_chat_message"'):
            packet = self._passed.popleft() if self._passed else self.receive()
        message: dict[str, Any] = json.loads(packet[2:])[1]
        return message

    def messages(self, until: str) -> list[str]:
        """What is said, up to and including the message ``until``."""
        heard: list[str] = []
        while until not in heard:
            heard.append(self.next_message()["message"])
        return heard

    def close_code(self) -> int | None:
        """Read on until the server closes; returns the code that it gave."""
        try:
            while True:
                opcode, frame = self.socket.recv_data(control_frame=True)
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return int.from_bytes(frame[:2], "big") if len(frame) > 1 else None
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return None


@pytest.fixture
def until() -> Callable[..., Any]:
    """Poll a condition with the one deadline that all tests share."""
    return wait_for


@pytest.fixture
def server_factory(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Start servers with further options; they are stopped after the test."""
    servers: list[ServerProcess] = []

    def start(
        *options: str, folder: str | None = None, launcher: Sequence[str] = ()
    ) -> ServerProcess:
        place = tmp_path / (folder or f"server{len(servers)}")
        servers.append(ServerProcess(place, *options, launcher=launcher))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.wait()


@pytest.fixture
def server(server_factory: Callable[..., ServerProcess]) -> ServerProcess:
    """A server with a short grace period."""
    return server_factory("--grace", "0.5")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server for tests that leave nothing behind; a module takes it as its ``server``."""
    server = ServerProcess(tmp_path_factory.mktemp("shared"), "--grace", "0.5", "--rate", "0")
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
def person_factory(server: ServerProcess) -> Iterator[Callable[..., Person]]:
    """People of the test's server; without a name they have not logged in yet."""
    people: list[Person] = []

    def arrive(name: str | None = None, other_server: ServerProcess | None = None) -> Person:
        people.append(Person(other_server or server, name))
        return people[-1]

    yield arrive
    for person in people:
        person.close()


@pytest.fixture
def ana(person_factory: Callable[..., Person]) -> Person:
    """Ana, logged in but not connected yet."""
    return person_factory("Ana")


@pytest.fixture
def bia(person_factory: Callable[..., Person]) -> Person:
    """Bia, logged in but not connected yet."""
    return person_factory("Bia")


@pytest.fixture
def raw_client() -> Iterator[Callable[..., RawClient]]:
    """Open raw connections for a person who has logged in."""
    clients: list[RawClient] = []

    def connect(person: Any, **options: Any) -> RawClient:
        clients.append(RawClient(person, **options))
        return clients[-1]

    yield connect
    for client in clients:
        client.socket.shutdown()
