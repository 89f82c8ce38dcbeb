"""The opening of a WebSocket, for its own person to look at: what was asked, and what answered."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SECRET = frozenset({"cookie", "authorization", "proxy-authorization"})
"""The lines of a head that are never shown."""


@dataclass(slots=True)
class Handshake:
    """The lines of the request, whether they are as they were sent, and the key in them."""

    lines: list[str]
    as_sent: bool
    key: str
    answer: bytes = b""

    def fact(self) -> dict[str, Any]:
        """All of it, and how the answer follows from the key (RFC 6455, 4.2.2)."""
        joined = self.key + _GUID
        digest = hashlib.sha1(joined.encode("latin-1"), usedforsecurity=False).digest()
        return {
            "kind": "handshake",
            "as_sent": self.as_sent,
            "request": self.lines,
            "answer": self.answer.decode("latin-1").split("\r\n")[:-2],
            "accept": {
                "key": self.key,
                "guid": _GUID,
                "joined": joined,
                "sha1": digest.hex(),
                "base64": base64.b64encode(digest).decode(),
            },
        }


def handshake_of(environ: dict[str, Any]) -> Handshake:
    """The request that opens a WebSocket; as it was sent, where the WSGI server tells."""
    request, head = environ.get("lanchat.head", (None, None))
    if request is not None:
        lines = [request.rstrip("\r\n"), *head.headers]
    else:
        query = environ.get("QUERY_STRING", "")
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        lines = [f"GET {path}{'?' if query else ''}{query} HTTP/1.1"]
        lines += [
            f"{name[5:].replace('_', '-').title()}: {value}"
            for name, value in environ.items()
            if name.startswith("HTTP_")
        ]
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    return Handshake([_without_secret(line) for line in lines], request is not None, key)


def _without_secret(line: str) -> str:
    name, colon, value = line.partition(":")
    if colon and name.lower() in _SECRET:
        return f"{name}: ({len(value.strip())} bytes, hidden)"
    return line
