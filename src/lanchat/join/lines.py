"""How lines of the chat look in a terminal: safe whatever is in them, and narrow where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from lanchat.sizes import rough_size
from lanchat.terminal import printable

Kind = Literal[
    "message", "changed", "deleted", "reactions", "poll", "found", "note", "trouble", "room"
]


class Line(NamedTuple):
    """Something to print: a ``message``, what became of it, or a ``text``.

    Of a message that was ``found`` the text is the room where it was said; ``voted`` is which
    option of a poll one has chosen.
    """

    kind: Kind
    text: str = ""
    message: Mapping[str, Any] = {}
    is_own: bool = False
    concerns_you: bool = False
    voted: int | None = None


Part = tuple[str, str]
"""A style of prompt_toolkit, and what is written by it."""

_COLOURS = ("ansicyan", "ansigreen", "ansiyellow", "ansimagenta", "ansiblue", "ansired")
_DIM = "ansibrightblack"
_INDENT = "  "

_JOINED = re.compile(r"(?<=[^\x00-\x7f])([\u200c\u200d])(?=[^\x00-\x7f])")
"""What makes one picture of several, or letters of some scripts stand apart."""


def parts(line: Line, url: str, width: int, rows: int = 0) -> list[Part]:
    """What to write for a line, without the break at its end; ``url`` is the room's address.

    Of a text that would fill more than so many ``rows`` the beginning is shown, unless the message
    was asked for.
    """
    if rows and line.kind in {"message", "changed"}:
        line = line._replace(message=_folded(line.message, width, rows))
    # Whatever it is made of, a name or what a server calls a number.
    return [(style, _safe(text)) for style, text in _parts(line, url, width)]


def wrapped(written: Iterable[Part], width: int) -> list[Part]:
    """The same, broken between words."""
    text = Text.assemble(*((words, style) for style, words in written))
    lines = text.wrap(_UNSEEN, max(1, width))
    return [part for at, line in enumerate(lines) for part in _of_line(line, "\n" if at else "")]


def _of_line(line: Text, before: str) -> Iterator[Part]:
    yield "", before
    end = 0
    for span in sorted(line.spans):
        yield "", line.plain[end : span.start]
        yield str(span.style), line.plain[span.start : span.end]
        end = span.end
    yield "", line.plain[end:]


def day_of(line: Line) -> datetime | None:
    """When its message was said, by the clock here; None where it is about none."""
    return _moment(line.message["time"]) if line.kind == "message" else None


def _safe(text: str) -> str:
    return "".join(
        piece if at % 2 else "\n".join(map(printable, piece.split("\n")))
        for at, piece in enumerate(_JOINED.split(text))
    )


def _parts(line: Line, url: str, width: int) -> list[Part]:
    if line.kind in {"note", "room", "trouble"}:
        return [(_STYLES[line.kind], f"{_SIGNS[line.kind]} {line.text}")]
    message = line.message
    if line.kind == "deleted":
        return [(_DIM, f"✗ #{message['id']} of {message['user']} was deleted")]
    if line.kind == "reactions":
        return [(_DIM, f"{_INDENT}#{message['id']} {_reactions(message) or 'no reactions'}")]
    if line.kind == "poll":
        poll = message["poll"]
        state = " (closed)" if poll["closed"] else ""
        return [(_DIM, f"#{message['id']} "), ("", f"{poll['question']}{state}"), *_options(line)]
    return list(_message(line, url, width))


def plain(line: Line, url: str, width: int) -> str:
    """The same as one line without colours, for programs."""
    return "".join(text for _, text in parts(line, url, width)).replace("\n", "\\n")


def _message(line: Line, url: str, width: int) -> Iterator[Part]:
    message = line.message
    if (quoted := message.get("quoted")) and line.kind == "message":
        said = printable(" ".join(quoted["message"].split())) or "…"
        yield _DIM, cut(f"{_INDENT}┌ {printable(quoted.get('user', '…'))}: {said}", width) + "\n"
    when, where = _moment(message["time"]), f"{line.text} " if line.text else ""
    told = f"{when:%Y-%m-%d %H:%M} {where}" if line.kind == "found" else f"{when:%H:%M} "
    yield _DIM, f"{told}#{message['id']} "
    name = message["user"] + (" (bot)" if message.get("bot") else "")
    style = _COLOURS[sum(message["user_id"].encode()) % len(_COLOURS)]
    yield ("bold" if line.is_own else f"{style} bold"), name
    yield "", " (edited): " if line.kind == "changed" else ": "
    text = "\n".join(message["message"].splitlines()).expandtabs(4)
    if message.get("poll"):
        text = message["poll"]["question"]
    yield ("reverse" if line.concerns_you else ""), text.replace("\n", f"\n{_INDENT}")
    for file in message.get("files", ()):
        where = f"{url}/files/{file['id']}/"
        told = f"{file['name']} ({rough_size(file['size'])}) {where}"
        yield _DIM, f"\n{_INDENT}+ {told}{_named(file)}"
    if message.get("poll"):
        yield from _options(line)
    if told := _reactions(message):
        yield _DIM, f"\n{_INDENT}{told}"


def _options(line: Line) -> Iterator[Part]:
    poll = line.message["poll"]
    for at, (option, count) in enumerate(zip(poll["options"], poll["counts"], strict=True)):
        yield "", f"\n{_INDENT}{at + 1}) {option}: {count}{' ✓' if at == line.voted else ''}"


def _folded(message: Mapping[str, Any], width: int, rows: int) -> Mapping[str, Any]:
    lines, free = message["message"].splitlines(), rows
    for at, line in enumerate(lines):
        free -= 1 + len(line) // width
        if free < 0:
            kept = [*lines[:at], line[: width * (free + 1 + len(line) // width)]]
            more = f"… /show {message['id']} shows the rest"
            return {**message, "message": "\n".join([*filter(None, kept), more])}
    return message


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


def gist(message: Mapping[str, Any]) -> str:
    """What a message is about, in one line."""
    text = " ".join(message["message"].split())
    return text or ", ".join(file["name"] for file in message.get("files", ()))


def _moment(text: str) -> datetime:
    # Python 3.10 does not know Z yet.
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone()


_SIGNS = {"note": "·", "room": "──", "trouble": "!"}
_STYLES = {"note": _DIM, "room": "bold", "trouble": "ansiyellow"}
_UNSEEN = Console(width=80, file=None, force_terminal=False)
