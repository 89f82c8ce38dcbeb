"""Somebody who uses the chat as a browser does."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import engineio
import requests
import socketio
from socketio.packet import Packet

from tests.world.deadline import DEADLINE, wait_for
from tests.world.server import ServerProcess


class BrowserPacket(Packet):  # type: ignore[misc]  # it has no types
    """With the JSON of the standard library, which can say half an emoji, as browsers can.

    A server in the same process leaves a stricter one with the class that all share.
    """

    json = json


class _OrderedTransport(engineio.Client):  # type: ignore[misc]  # it has no types
    """Handles what comes one after the other, as a browser does.

    The library starts a thread for each packet, and on a busy machine a later one may overtake.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._handling = ThreadPoolExecutor(1)

    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        if options.pop("run_async", False):
            return self._handling.submit(super()._trigger_event, event, *args, **options)
        return super()._trigger_event(event, *args, **options)


class _OrderedClient(socketio.Client):  # type: ignore[misc]  # it has no types
    """Hears events in the order in which they were sent."""

    def _engineio_client_class(self) -> type[engineio.Client]:
        return _OrderedTransport


class Person:
    """Somebody with a browser's cookie jar and one connection; ``host`` is what they type."""

    def __init__(self, server: ServerProcess, name: str | None, host: str = "127.0.0.1") -> None:
        self.server = server
        self.name = name
        self._host = host
        self._logins: list[dict[str, str]] = []
        self.http = requests.Session()
        self.encrypted = server.url.startswith("https")
        if self.encrypted:
            self.http.verify = server.verify
        # Else a variable for other certificates would be believed more.
        self.http.trust_env = False
        self.heard: list[tuple[str, Any]] = []
        self._sockets: list[socketio.Client] = []
        self.socket = self.new_socket()
        if name is not None:
            answer = self.log_in(name)
            assert answer.status_code == 303, answer.text

    @property
    def url(self) -> str:
        """The address by which they know the server."""
        return self.server.url.replace("127.0.0.1", self._host)

    @property
    def sslopt(self) -> dict[str, object]:
        """What a client of `websocket` needs to trust the server."""
        return {"ca_certs": self.http.verify} if self.encrypted else {}

    def log_in(self, name: str, **fields: str) -> requests.Response:
        form = {"username": name, **fields}
        answer = self.http.post(self.url + "/", data=form, allow_redirects=False)
        if answer.status_code == 303:
            self._logins.append({c.name: str(c.value) for c in answer.cookies})
        return answer

    def log_out(self) -> requests.Response:
        return self.http.post(self.url + "/logout", allow_redirects=False)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.http.get(self.url + path, allow_redirects=False, **options)

    def new_socket(self) -> socketio.Client:
        """A further connection (a tab) that writes down what it hears."""
        socket = _OrderedClient(
            http_session=self.http, reconnection=False, serializer=BrowserPacket
        )
        socket.on("*", lambda event, data: self.heard.append((event, data)))
        self._sockets.append(socket)
        return socket

    def forget(self, socket: socketio.Client) -> None:
        """Close this one no more: the library would wait for the rest of a ping interval."""
        self._sockets.remove(socket)

    def connect(self, transports: list[str] | None = None) -> None:
        _close_for_good(self.socket)
        # Before Python 3.13 a TLS socket breaks where one thread reads and another one writes.
        usual = ["polling" if self.encrypted else "websocket"]
        # Of one that the server has ended, Socket.IO says so a moment before Engine.IO does.
        wait_for(lambda: self.socket.eio.state == "disconnected", "the end of the last connection")
        self.socket.connect(self.url, transports=transports or usual)

    def join(self, last_id: int | None = None) -> dict[str, Any]:
        if not self.socket.connected:
            self.connect()
        payload = {} if last_id is None else {"last_id": last_id}
        return self.call("new_host", payload)

    def come_in(self, last_seq: int = 0, epoch: str = "", **traits: Any) -> dict[str, Any]:
        """Join as a client that knows positions, with ``rooms=True`` as one that takes rooms."""
        if not self.socket.connected:
            self.connect()
        return self.call("new_host", {"last_seq": last_seq, "epoch": epoch, **traits})

    def become_host(self) -> None:
        """Open the host link."""
        answer = self.http.post(self.url + "/host", data={"secret": self.server.host_secret})
        assert answer.status_code == 204, answer.text

    def command(self, name: str, text: str = "", **fields: Any) -> dict[str, Any]:
        """Give a command of hosts."""
        return self.call("host_command", {"name": name, "text": text, **fields})

    def say(self, text: str, client_id: str | None = None, **fields: Any) -> dict[str, Any]:
        payload = {"message": text, "client_id": client_id or str(uuid.uuid4()), **fields}
        return self.call("new_message", payload)

    def send_file(
        self, name: str, content: bytes, room: str = "lobby", **facts: int
    ) -> dict[str, Any]:
        """Upload a file, the picture itself as its small version, and send a message with it."""
        told = {"name": name, **facts}
        metadata = ",".join(f"{k} {b64encode(str(v).encode()).decode()}" for k, v in told.items())
        tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content))}
        begun = self.http.post(f"{self.url}/files", headers={**tus, "Upload-Metadata": metadata})
        address = f"{self.url}{begun.headers['Location']}"
        piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        assert self.http.patch(address, content, headers={**tus, **piece}).status_code == 204
        assert self.http.put(f"{address}/thumb", content).status_code == 204
        file_id = address.rpartition("/")[2]
        client_id = str(uuid.uuid4())
        said = {"message": "", "client_id": client_id, "files": [file_id], "room": room}
        return self.call("new_message", said)

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
        """Hang up and give every name back, where there still is a server."""
        for socket in self._sockets:
            socket.disconnect()
            _close_for_good(socket)
        self.http.close()  # the server may be about to close what was idle, and a log out be lost
        if self.server.process.poll() is None:
            for cookies in filter(None, self._logins):
                self.http.cookies.clear()
                self.http.cookies.update(cookies)
                self.log_out()
        self.http.close()


def code(answer: dict[str, Any]) -> str:
    """Why something was refused."""
    return str(answer["error"]["code"])


def _close_for_good(socket: socketio.Client) -> None:
    """The client forgets to, where the server was faster."""
    if socket.eio.ws is not None:
        socket.eio.ws.shutdown()
