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
{"do": "upload", "name": "log.txt", "size": 11, "as": "build"}, and behind it the file
    {"ok": true, "file": "…"}

Whoever can ask this may do all that the server's own user can, so no token is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lanchat.chat.file_names import safe_name
from lanchat.chat.file_port import Files
from lanchat.chat.group_commands import PROGRAM
from lanchat.chat.hub import Hub
from lanchat.chat.model import LOBBY, FileDraft, Origin, User, timestamp
from lanchat.chat.room_settings import Bot
from lanchat.errors import CutOff, FilesOff, PayloadInvalid

_HERE = Origin("")

Answer = dict[str, Any]
Read = Callable[[int], bytes]
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
        posted = hub.bots.post(bot, _HERE, text, client_id, files=files)
    else:
        posted = hub.bots.post_from_terminal(text, client_id, files)
    message = posted.result().message
    return {"id": message.id, "time": message.time}


def upload(hub: Hub, files: Files | None, request: Request, read: Read) -> Answer:
    """Take a file, which a message can name then. Raises what ``Files`` does, or CutOff."""
    if files is None:
        raise FilesOff
    size, name = request.get("size"), request.get("as")
    if type(size) is not int or size < 0:
        raise PayloadInvalid
    user = PROGRAM
    if name:
        bot = hub.bots.named(str(name))
        user = User(bot.id, bot.name)
    draft = FileDraft(size, safe_name(str(request.get("name", ""))))
    begun, rest = files.begin(user, _HERE, draft), _Rest(read, size)
    offset = begun.offset
    while offset < size:
        come = files.write(user, begun.id, offset, rest.read).offset
        if come == offset:
            files.remove(user, begun.id)
            raise CutOff
        offset = come
    return {"ok": True, "file": begun.id}


class _Rest:
    """What is left of a body, which nothing else ends: whoever sends it waits for the answer."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._left = size

    def read(self, size: int) -> bytes:
        piece = self._read(min(size, self._left)) if self._left else b""
        self._left -= len(piece)
        return piece


def _described(hub: Hub, bot: Bot) -> Answer:
    # One that was deleted has no name any more, and is not the main one.
    room = hub.rooms.where(bot.room).get("room", bot.room) if bot.room != LOBBY else ""
    rights = {"reads": bot.reads, "writes": bot.writes}
    return {"name": bot.name, "room": room, **rights, "made": timestamp(bot.made)}


DO: dict[str, Callable[[Hub, Request], Answer]] = {
    "token_new": _new,
    "token_list": _list,
    "token_revoke": _revoke,
    "say": _say,
}
