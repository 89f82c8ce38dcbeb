"""Speaking in a room on another computer, by its address and a token (docs/programs.md).

What gets no answer is asked again with the same key, so that it is said once.
"""

from __future__ import annotations

import json
import re
import ssl
import struct
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lanchat import asking
from lanchat.asking import Answer
from lanchat.errors import CommandFailed, SettingRefused
from lanchat.net.room_address import room_address

PATIENCE = 60.0
"""Seconds for which something is tried again."""

_ANSWER_SECONDS = 20.0
_AGAIN = frozenset({423, 429, 502, 503, 504})
_PAUSE = 1.0
_SLICE = 4 << 20
_MOST_SAID = 64 << 10
_TOKEN = re.compile(r"[!-~]+")
_PIECE = "application/offset+octet-stream"

_PNG = b"\x89PNG\r\n\x1a\n"


class Elsewhere:
    """A Speaker at an address. Raises SettingRefused where that is none."""

    def __init__(self, url: str, token: str) -> None:
        self._root = room_address("url", url)
        self._token = token.strip()
        if not _TOKEN.fullmatch(self._token):  # it is not shown, as it may be almost right
            raise SettingRefused("token", "that", "it is what `lanchat token new` has printed")

    def say(self, text: str, client_id: str, files: Sequence[str]) -> None:
        said = {"message": text, "client_id": client_id, "files": list(files)}
        headers = {"Content-Type": "application/json"}
        answer = self._ask("POST", f"{self._root}/api/messages", headers, json.dumps(said).encode())
        if not _is_stored(answer):
            raise CommandFailed(_why(answer))

    def upload(self, path: Path) -> str:
        with path.open("rb") as content:
            size = path.stat().st_size
            told = {"name": path.name, **_sides(content)}
            metadata = [f"{key} {_encoded(str(told[key]))}" for key in told]
            headers = {"Upload-Length": str(size), "Upload-Metadata": ",".join(metadata)}
            begun = self._ask("POST", f"{self._root}/files", headers)
            file_id = _told(begun, "Location").rpartition("/")[2]
            address, offset = f"{self._root}/files/{file_id}", 0
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
        answer = self._ask("PATCH", address, headers, piece, {409})
        if answer.status == 409:  # noqa: PLR2004 (Conflict) what got no answer had come
            answer = self._ask("HEAD", address)
        come = _told(answer, "Upload-Offset")
        if not come.isdecimal():
            raise CommandFailed(_why(answer))
        return int(come)

    def _ask(
        self,
        method: str,
        address: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        taken: Sequence[int] | set[int] = (),
    ) -> Answer:
        """The answer, also where it is a refusal that is ``taken``. Raises CommandFailed."""
        own = {"Authorization": f"Bearer {self._token}", "Tus-Resumable": "1.0.0"}
        end = time.monotonic() + PATIENCE
        while True:
            wait = _PAUSE
            try:
                answer = asking.ask(
                    method, address, {**own, **(headers or {})}, body, _ANSWER_SECONDS, _MOST_SAID
                )
                if answer.status < 300 or answer.status in taken:  # noqa: PLR2004 (2xx)
                    return answer
                why = _why(answer)
                if answer.status not in _AGAIN:
                    raise CommandFailed(why)
                asked = answer.headers.get("Retry-After", "")  # a proxy may name a date
                wait = float(asked) if asked.isdecimal() else _PAUSE
            except ssl.SSLCertVerificationError:
                raise CommandFailed(
                    f"{self._root} has no certificate that can be trusted; SSL_CERT_FILE names"
                    " the file of the room's authority"
                ) from None
            except OSError as error:
                why = f"{self._root} gives no answer: {error}"
            if time.monotonic() + wait > end:
                raise CommandFailed(why)
            time.sleep(wait)


def _is_stored(answer: Answer) -> bool:
    """Whether it is a room's answer: many a server says 200 to all that it is asked."""
    with suppress(ValueError):
        told = json.loads(answer.body)
        return answer.status == 201 and isinstance(told, dict) and "id" in told  # noqa: PLR2004 (Created)
    return False


def _told(answer: Answer, header: str) -> str:
    """What a room says with each such answer. Raises CommandFailed where it is none."""
    if not (said := answer.headers.get(header)):
        raise CommandFailed(_why(answer))
    return str(said)


def _encoded(text: str) -> str:
    return b64encode(text.encode(errors="replace")).decode()


def _why(answer: Answer) -> str:
    try:
        return str(json.loads(answer.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        pass
    if location := answer.headers.get("Location"):
        return f"this room is at another address: {location}"
    return f"this is no lanchat with programs: it answers {answer.status}"


def _sides(content: BinaryIO) -> dict[str, int]:
    """How large a picture is, where that is easily told: pages keep room for it."""
    head = content.read(24)
    if head[:8] != _PNG or len(head) < 24:  # noqa: PLR2004 (the sides' end)
        return {}
    width, height = struct.unpack(">II", head[16:24])
    return {"width": width, "height": height}
