"""What is said of refusals and of what came of a command, in somebody's language.

A moment is said as an instant, ``2026-11-23 22:15 UTC``: whoever shows it says it by the
reader's clock, the pages in js/words.js and the command line by ``times.in_own_zone``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from lanchat import i18n
from lanchat.chat.arguments import Kind
from lanchat.chat.commands import COMMANDS, Command
from lanchat.chat.moderation import Done
from lanchat.chat.room_settings import Ban
from lanchat.chat.rooms import Room
from lanchat.errors import Refusal, StoreUnavailable
from lanchat.sizes import format_size
from lanchat.times import instant

Answer = dict[str, Any]

Wanted = Literal["messages", "doing", "reading", "entering", "files"]
"""What somebody wanted of a store that is away: to have a message stored, or something else."""


def refusal(error: Refusal, lang: str) -> Answer:
    """The acknowledgement of what is refused."""
    answer = failure(error.code, why(error, lang))
    if error.retry_after is not None:
        answer["error"]["retry_after"] = error.retry_after
    return answer


def failure(code: str, message: str) -> Answer:
    """The acknowledgement of what came to nothing."""
    return {"ok": False, "error": {"code": code, "message": message}}


def unavailable(wanted: Wanted, lang: str) -> str:
    """What a person is told where the store is away."""
    key = f"error.{StoreUnavailable.code}"
    return i18n.translate(lang, key if wanted == "messages" else f"{key}.{wanted}")


def done(result: Done, lang: str) -> Answer:
    """The acknowledgement of a command that was carried out."""
    answer = {"ok": True, "message": _say(lang, result.key, result.params)}
    return answer if result.room is None else {**answer, "room": result.room}


def why(error: Refusal, lang: str) -> str:
    """What a person is told of a refusal."""
    return _say(lang, error.text_key, error.params)


def usage(command: Command, lang: str) -> str:
    """How the command is written: ``/ban name [time] [address]``."""
    words = [f"/{command.name}"]
    for argument in command.arguments:
        word = i18n.translate(lang, f"command.argument.{argument.kind.value}")
        words.append(f"[{word}]" if argument.optional else word)
    return " ".join(words)


def offered(lang: str) -> list[dict[str, object]]:
    """All commands as a page completes them while they are typed."""
    return [
        {
            "name": command.name,
            "usage": usage(command, lang),
            "help": i18n.translate(lang, command.help_key),
            "host": not command.for_all,
            "here": command.act is not None,
            "rooms": command.of_rooms,
            "grave": command.grave,
            "asks": command.asks,
            "person": _completes(command),
            "menu": command.menu,
        }
        for command in COMMANDS.values()
    ]


def _completes(command: Command) -> bool:
    first = next(iter(command.arguments), None)
    return first is not None and first.kind is Kind.PERSON and not command.absent


def _say(lang: str, key: str, params: Mapping[str, Any]) -> str:
    words = {
        name: _WORDS[name](value, lang) if name in _WORDS else value
        for name, value in params.items()
    }
    return i18n.translate(lang, key, **words)


def _until(until: float | None, lang: str) -> str:
    return i18n.translate(lang, "command.forever") if until is None else instant(until)


def _size(size: int, _lang: str) -> str:
    return format_size(size)


def _bans(bans: Iterable[Ban], lang: str) -> str:
    return "\n".join(f"{ban.name}: {_until(ban.until, lang)}" for ban in bans)


def _commands(commands: Iterable[Command], lang: str) -> str:
    return "\n".join(
        f"{usage(command, lang)} — {i18n.translate(lang, command.help_key)}" for command in commands
    )


def _rooms(rooms: Iterable[tuple[Room, int]], lang: str) -> str:
    return "\n".join(_room(room, count, lang) for room, count in rooms)


def _room(room: Room, count: int, lang: str) -> str:
    states = [("locked", room.locked), ("closed", bool(room.closed))]
    words = [i18n.translate(lang, f"command.rooms.{state}") for state, holds in states if holds]
    return ", ".join([f"{_room_name(room, lang)} ({count})", *words])


def _room_name(room: Room, lang: str) -> str:
    """What a room is called; groups have numbers until somebody renames them."""
    is_numbered = room.kind == "group" and room.name.isdecimal()
    return i18n.translate(lang, "rooms.group", number=room.name) if is_numbered else room.name


_WORDS: dict[str, Callable[[Any, str], str]] = {
    "until": _until,
    "size": _size,
    "bans": _bans,
    "command": usage,
    "commands": _commands,
    "rooms": _rooms,
    "room": _room_name,
}
"""How those placeholders are said that are no words yet."""
