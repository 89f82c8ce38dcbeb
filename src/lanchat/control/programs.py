"""What a terminal asks for programs: their tokens, and what it says itself.

{"do": "token_new", "name": "build", "room": "", "reads": true, "writes": true}
    {"ok": true, "token": "lanchat-…", "name": "build", "room": "", "reads": true, "writes": true,
     "made": "2026-11-23T02:08:00.123Z"}
{"do": "token_list"}
    {"ok": true, "tokens": [the same without "token", …]}
{"do": "token_revoke", "name": "build"}
    {"ok": true, "name": "build"}
{"do": "say", "text": "Done", "client_id": "…", "as": "build", "files": []}
    {"ok": true, "id": 41, "time": "2026-11-23T02:08:00.123Z"}

Whoever can ask this may do all that the server's own user can, so no token is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lanchat.chat.hub import Hub
from lanchat.chat.model import LOBBY, Origin, timestamp
from lanchat.chat.room_settings import Bot
from lanchat.errors import PayloadInvalid

Answer = dict[str, Any]
Request = Mapping[str, Any]


def answer(hub: Hub, request: Request) -> Answer:
    """What the terminal is told. Waits for the disk; raises Refusal or StoreUnavailable."""
    return {"ok": True, **DO[request["do"]](hub, request)}


def _new(hub: Hub, request: Request) -> Answer:
    name, room = str(request.get("name", "")), str(request.get("room", ""))
    rights = {right: request.get(right, True) is True for right in ("reads", "writes")}
    bot, token = hub.bots.admit(name, room, **rights)
    return {**_described(hub, bot), "token": token}


def _list(hub: Hub, _request: Request) -> Answer:
    return {"tokens": [_described(hub, bot) for bot in hub.bots.all()]}


def _revoke(hub: Hub, request: Request) -> Answer:
    return {"name": hub.bots.revoke(str(request.get("name", ""))).name}


def _say(hub: Hub, request: Request) -> Answer:
    text, client_id = str(request.get("text", "")), str(request.get("client_id", ""))
    files = request.get("files", [])
    if not client_id or not isinstance(files, list):
        raise PayloadInvalid
    if name := request.get("as"):
        bot = hub.bots.named(str(name))
        posted = hub.bots.post(bot, Origin(""), text, client_id, files=files)
    else:
        posted = hub.bots.post_from_terminal(text, client_id, files)
    message = posted.result().message
    return {"id": message.id, "time": message.time}


def _described(hub: Hub, bot: Bot) -> Answer:
    room = hub.rooms.where(bot.room).get("room", "") if bot.room != LOBBY else ""
    rights = {"reads": bot.reads, "writes": bot.writes}
    return {"name": bot.name, "room": room, **rights, "made": timestamp(bot.made)}


DO: dict[str, Callable[[Hub, Request], Answer]] = {
    "token_new": _new,
    "token_list": _list,
    "token_revoke": _revoke,
    "say": _say,
}
