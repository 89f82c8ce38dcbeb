"""Speaking in a room on another computer, by its address and a token (docs/programs.md).

What gets no answer is asked again with the same key, so that it is said once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lanchat.asking import Answer, trusting
from lanchat.errors import CommandFailed, SettingRefused
from lanchat.net.room_address import room_address
from lanchat.sending import Sender, why

_TOKEN = re.compile(r"[!-~]+")


class Elsewhere:
    """A Speaker at an address. Raises SettingRefused where that is none."""

    def __init__(self, url: str, token: str, ca: Path | None = None) -> None:
        root, token = room_address("url", url), token.strip()
        if not _TOKEN.fullmatch(token):  # it is not shown, as it may be almost right
            raise SettingRefused("token", "that", "it is what `lanchat token new` has printed")
        context = trusting(ca) if ca is not None else None
        self._sender = Sender(root, {"Authorization": f"Bearer {token}"}, context)
        self.upload = self._sender.upload

    def say(self, text: str, client_id: str, files: Sequence[str]) -> None:
        said = {"message": text, "client_id": client_id, "files": list(files)}
        headers = {"Content-Type": "application/json"}
        answer = self._sender.ask("POST", "/api/messages", headers, json.dumps(said).encode())
        if not _is_stored(answer):
            raise CommandFailed(why(answer))


def _is_stored(answer: Answer) -> bool:
    """Whether it is a room's answer: many a server says 200 to all that it is asked."""
    with suppress(ValueError):
        told = json.loads(answer.body)
        return answer.status == 201 and isinstance(told, dict) and "id" in told  # noqa: PLR2004 (Created)
    return False
