"""How lines of the chat look in a terminal: safe whatever is in them, and narrow where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size

from lanchat.join.talk import Line
from lanchat.sizes import rough_size
from lanchat.terminal import printable

Part = tuple[str, str]
"""A style of prompt_toolkit, and what is written by it."""

_COLOURS = ("ansicyan", "ansigreen", "ansiyellow", "ansimagenta", "ansiblue", "ansired")
_DIM = "ansibrightblack"
_INDENT = "  "


def parts(line: Line, url: str, width: int) -> list[Part]:
    """What to write for a line, without the break at its end; ``url`` is the room's address."""
    # Whatever it is made of, a name or what a server calls a number.
    return [(style, _safe(text)) for style, text in _parts(line, url, width)]


def _safe(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _parts(line: Line, url: str, width: int) -> list[Part]:
    if line.kind in {"note", "room", "trouble"}:
        return [(_STYLES[line.kind], f"{_SIGNS[line.kind]} {line.text}")]
    message = line.message
    if line.kind == "deleted":
        return [(_DIM, f"✗ #{message['id']} of {message['user']} was deleted")]
    if line.kind == "reactions":
        return [(_DIM, f"{_INDENT}#{message['id']} {_reactions(message) or 'no reactions'}")]
    return list(_message(line, url, width))


def plain(line: Line, url: str, width: int) -> str:
    """The same as one line without colours, for programs."""
    return "".join(text for _, text in parts(line, url, width)).replace("\n", "\\n")


def _message(line: Line, url: str, width: int) -> Iterator[Part]:
    message = line.message
    if (quoted := message.get("quoted")) and line.kind == "message":
        said = printable(" ".join(quoted["message"].split())) or "…"
        yield _DIM, cut(f"{_INDENT}┌ {printable(quoted['user'])}: {said}", width) + "\n"
    yield _DIM, f"{_time(message['time'])} #{message['id']} "
    name = message["user"] + (" (bot)" if message.get("bot") else "")
    style = _COLOURS[sum(message["user_id"].encode()) % len(_COLOURS)]
    yield ("bold" if line.is_own else f"{style} bold"), name
    yield "", ": " if line.kind == "message" else " (edited): "
    text = message["message"].expandtabs(4)
    yield ("reverse" if line.concerns_you else ""), text.replace("\n", f"\n{_INDENT}")
    for file in message.get("files", ()):
        where = f"{url}/files/{file['id']}/"
        told = f"{file['name']} ({rough_size(file['size'])}) {where}"
        yield _DIM, f"\n{_INDENT}+ {told}{_named(file)}"
    if poll := message.get("poll"):
        for option, count in zip(poll["options"], poll["counts"], strict=True):
            yield "", f"\n{_INDENT}{count:3} {option}"
    if told := _reactions(message):
        yield _DIM, f"\n{_INDENT}{told}"


def _named(file: dict[str, Any]) -> str:
    """A file's name as the end of its address."""
    from urllib.parse import quote

    return quote(file["name"], safe="")


def _reactions(message: Any) -> str:
    told = message.get("reactions") or {}
    return "  ".join(f"{emoji} {one['count']}" for emoji, one in told.items())


def cut(text: str, width: int) -> str:
    """As much of it as one line has room for."""
    return text if cell_len(text) <= width else set_cell_size(text, max(1, width - 1)) + "…"


def _time(text: str) -> str:
    # Python 3.10 does not know Z yet.
    return f"{datetime.fromisoformat(text.replace('Z', '+00:00')).astimezone():%H:%M}"


_SIGNS = {"note": "·", "room": "──", "trouble": "!"}
_STYLES = {"note": _DIM, "room": "bold", "trouble": "ansiyellow"}
