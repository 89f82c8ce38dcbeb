"""What can be asked of a room from a terminal, and the answers: objects that JSON can carry.

{"do": "link"}                                    {"ok": true, "link": "http://…/host#…"}
{"do": "list"}                                    {"ok": true, "people": […], "bans": […], …}
{"do": "command", "name": "mute", "text": "Ana"}  {"ok": true, "message": "Ana is …"}
anything that cannot be done                      {"ok": false, "message": "…"}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from lanchat.chat.hub import Hub
from lanchat.chat.model import timestamp
from lanchat.chat.moderator import TERMINAL
from lanchat.errors import LanchatError, Refusal
from lanchat.web import answers

Answer = dict[str, Any]

_LANG = "en"
"""The command line speaks English."""


class Desk:
    """Answers for one room; ``link`` is its host link at this moment, None without an address."""

    def __init__(self, hub: Hub, link: Callable[[], str | None]) -> None:
        self._hub = hub
        self._link = link

    def answer(self, request: Mapping[str, Any]) -> Answer:
        """What the terminal is told. Waits for the disk."""
        try:
            if request.get("do") == "link":
                return {"ok": True, "link": self._link()}
            if request.get("do") == "list":
                return {"ok": True, **self._list()}
            name, text = str(request.get("name", "")), str(request.get("text", ""))
            return answers.done(self._hub.moderator.carry_out(TERMINAL, name, text), _LANG)
        except Refusal as error:
            return {"ok": False, "message": answers.why(error, _LANG)}
        except LanchatError as error:
            return {"ok": False, "message": str(error)}

    def _list(self) -> Answer:
        hub = self._hub
        return {
            "room": asdict(hub.order.rules),
            "people": [asdict(host) for host in hub.hosts()],
            "bans": [
                {
                    "name": ban.name,
                    "until": None if ban.until is None else timestamp(ban.until),
                    "address": ban.address,
                    "by": ban.by,
                }
                for ban in hub.bans()
            ],
        }
