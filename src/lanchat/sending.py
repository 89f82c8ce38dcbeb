"""What a program asks of a room on another computer, and the files that it sends there by tus.

What gets no answer is asked again, for a minute: so it has to be something that may come twice.
"""

from __future__ import annotations

import json
import ssl
import struct
import time
from base64 import b64encode
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO

from lanchat import asking
from lanchat.asking import Answer
from lanchat.errors import CommandFailed

PATIENCE = 60.0
"""Seconds for which something is tried again."""

_ANSWER_SECONDS = 20.0
_AGAIN = frozenset({423, 429, 502, 503, 504})
_PAUSE = 1.0
_SLICE = 4 << 20
_MOST_SAID = 64 << 10
_PIECE = "application/offset+octet-stream"

_PNG = b"\x89PNG\r\n\x1a\n"


class Sender:
    """Speaks to the room at ``root``; ``credentials`` are the headers that tell who it is."""

    def __init__(
        self, root: str, credentials: Mapping[str, str], context: ssl.SSLContext | None = None
    ) -> None:
        self._root = root
        self._own = {**credentials, "Tus-Resumable": "1.0.0"}
        self._context = context

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        taken: AbstractSet[int] = frozenset(),
    ) -> Answer:
        """The answer, also where it is a refusal that is ``taken``. Raises CommandFailed."""
        end = time.monotonic() + PATIENCE
        own = {**self._own, **(headers or {})}
        while True:
            wait = _PAUSE
            try:
                answer = asking.ask(
                    *(method, f"{self._root}{path}", own, body),
                    *(_ANSWER_SECONDS, _MOST_SAID, self._context),
                )
                if answer.status < 300 or answer.status in taken:  # noqa: PLR2004 (2xx)
                    return answer
                reason = why(answer)
                if answer.status not in _AGAIN:
                    raise CommandFailed(reason)
                asked = answer.headers.get("Retry-After", "")  # a proxy may name a date
                wait = float(asked) if asked.isdecimal() else _PAUSE
            except ssl.SSLCertVerificationError:
                raise CommandFailed(
                    f"{self._root} has no certificate that can be trusted; name the room's"
                    f" authority ({self._root}/lanchat-ca.crt) with --ca"
                ) from None
            except OSError as error:
                reason = f"{self._root} gives no answer: {error}"
            if time.monotonic() + wait > end:
                raise CommandFailed(reason)
            time.sleep(wait)

    def upload(self, path: Path) -> str:
        """The id of a file that is there from now on. Raises CommandFailed or OSError."""
        with path.open("rb") as content:
            size = path.stat().st_size
            told = {"name": path.name, **_sides(content)}
            metadata = [f"{key} {_encoded(str(told[key]))}" for key in told]
            headers = {"Upload-Length": str(size), "Upload-Metadata": ",".join(metadata)}
            begun = self.ask("POST", "/files", headers)
            file_id = _told(begun, "Location").rpartition("/")[2]
            address, offset = f"/files/{file_id}", 0
            while offset < size:
                offset = self._send(address, content, offset, size)
        return file_id

    def _send(self, address: str, content: BinaryIO, offset: int, size: int) -> int:
        """Send a piece; returns how far the file is then. It may have grown meanwhile."""
        content.seek(offset)
        headers = {"Content-Type": _PIECE, "Upload-Offset": str(offset)}
        piece = content.read(min(_SLICE, size - offset))
        if not piece:
            raise CommandFailed("the file has become shorter while it was sent")
        answer = self.ask("PATCH", address, headers, piece, {409})
        if answer.status == 409:  # noqa: PLR2004 (Conflict) what got no answer had come
            answer = self.ask("HEAD", address)
        come = _told(answer, "Upload-Offset")
        if not come.isdecimal():
            raise CommandFailed(why(answer))
        return int(come)


def why(answer: Answer) -> str:
    """What an answer says is wrong, in the room's own words where it is a room's."""
    try:
        return str(json.loads(answer.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        pass
    if location := answer.headers.get("Location"):
        return f"this room is at another address: {location}"
    return f"this is no lanchat with programs: it answers {answer.status}"


def _told(answer: Answer, header: str) -> str:
    """What a room says with each such answer. Raises CommandFailed where it is none."""
    if not (said := answer.headers.get(header)):
        raise CommandFailed(why(answer))
    return str(said)


def _encoded(text: str) -> str:
    return b64encode(text.encode(errors="replace")).decode()


def _sides(content: BinaryIO) -> dict[str, int]:
    """How large a picture is, where that is easily told: pages keep room for it."""
    head = content.read(24)
    if head[:8] != _PNG or len(head) < 24:  # noqa: PLR2004 (the sides' end)
        return {}
    width, height = struct.unpack(">II", head[16:24])
    return {"width": width, "height": height}
