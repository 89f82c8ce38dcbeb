"""Somebody who speaks the protocols by hand, and can misbehave."""

from __future__ import annotations

import json
import uuid
from collections import deque
from typing import Any

import websocket

from tests.world.deadline import DEADLINE


class RawClient:
    """A WebSocket to the server's Engine.IO, packet by packet; it answers no ping by itself."""

    def __init__(self, person: Any, **options: Any) -> None:
        cookies = "; ".join(f"{c.name}={c.value}" for c in person.http.cookies)
        options["sslopt"] = person.sslopt
        url = person.server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        self.socket = websocket.create_connection(url, cookie=cookies, timeout=DEADLINE, **options)
        self._passed: deque[str] = deque()
        self.session = json.loads(self.receive()[1:])

    def join(self, last_id: int | None = None) -> dict[str, Any]:
        """Connect to the namespace and enter the room."""
        self.socket.send("40")
        answer = self.receive()
        assert answer.startswith("40{"), answer
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
        """Read on until the server closes, and hang up; returns the code that it gave."""
        try:
            while True:
                opcode, frame = self.socket.recv_data(control_frame=True)
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return int.from_bytes(frame[:2], "big") if len(frame) > 1 else None
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return None
        finally:
            self.socket.shutdown()
