"""How messages look in a file: as lines of JSON, as text, as a table.

``jsonl`` is the exact one, which `lanchat import` takes back. The others are for people, and
what could play tricks on their programs is shown as what it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache
from operator import attrgetter

from lanchat.archive.room_lines import room_line
from lanchat.archive.room_titles import Rooms
from lanchat.chat.model import Attachment, Message
from lanchat.sizes import rough_size
from lanchat.terminal import printable
from lanchat.times import told_apart

FIELDS = ("id", "client_id", "room", "user_id", "user", "ip", "message", "time")
"""Of a message, as in docs/protocol.md and in that order; positions are the server's alone."""

BYTE_ORDER_MARK = "\ufeff"
"""What tells a spreadsheet that a table is UTF-8."""

_values = attrgetter(*FIELDS)
_encode = json.JSONEncoder().encode

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FORMULA = re.compile(
    r"(^|[;|\t\r\n])"  # where a cell may begin: Excel separates by what the system's lists do
    r"(?=[\s\"']*[=+\-@＝＋－＠])"  # noqa: RUF001 (spreadsheets take the wide ones, too)
)
_COLUMNS = (
    *("time", "user", "message", "ip", "user_id", "client_id", "room", "id"),
    *("edited", "reply_to", "mentions", "files"),
)


class JsonLines:
    """One object a line, ASCII only, like the connection log; first the rooms, if there are any."""

    def __init__(self, rooms: Rooms | None = None) -> None:
        self._rooms = rooms or Rooms()

    def head(self) -> str:
        return "".join(f"{room_line(room)}\n" for room in self._rooms.there)

    def body(self, messages: Iterable[Message]) -> str:
        return "".join(f"{_encode(_fields(message))}\n" for message in messages)

    def foot(self) -> str:
        return ""


def _fields(message: Message) -> dict[str, object]:
    """As docs/protocol.md has them, with the names of all who reacted."""
    fields: dict[str, object] = dict(zip(FIELDS, _values(message), strict=True))
    if message.edited is not None:
        fields["edited"] = message.edited
    if message.reply_to is not None:
        fields["reply_to"] = message.reply_to
    if message.mentions is not None:
        fields["mentions"] = message.mentions
    if message.reactions:
        fields["reactions"] = {
            emoji: {"count": total, "users": [{"id": id_, "user": name} for id_, name in users]}
            for emoji, total, users in message.reactions
        }
    if message.pinned:
        fields["pinned"] = True
    if message.poll is not None:
        # Whether it is open is about its server: one that is imported is not.
        asked = message.poll
        fields["poll"] = {
            "question": asked.question,
            "options": asked.options,
            "counts": asked.counts,
        }
    if message.files:
        fields["files"] = [_file(file) for file in message.files]
    return fields


def _file(file: Attachment) -> dict[str, object]:
    fields: dict[str, object] = {"id": file.id, "name": file.name}
    fields |= {"type": file.type, "size": file.size}
    if file.width is not None and file.height is not None:
        fields |= {"width": file.width, "height": file.height}
    return fields


def said(message: Message) -> str:
    """What a message says, for people: of a poll, how often each option was chosen, too."""
    if message.poll is None:
        return message.message
    _, *options = message.message.split("\n")
    lines = map(": ".join, zip(options, map(str, message.poll.counts), strict=True))
    return "\n".join([message.poll.question, *lines])


def described(file: Attachment) -> str:
    """What a file is called and how large it is, for people."""
    return f"{file.name} ({rough_size(file.size)})"


class Text:
    """A line for each line that was said; ``zone`` None is this machine's time.

    Further lines of a message are indented, so that none can pass for somebody else's. What was not
    said in the main room has its room in front, and two spaces, which no name has.
    """

    def __init__(self, zone: tzinfo | None, rooms: Rooms | None = None) -> None:
        self._zone = zone
        self._rooms = rooms or Rooms()

    def head(self) -> str:
        return f"{self._rooms.note}\n\n" if self._rooms.note else ""

    def body(self, messages: Iterable[Message]) -> str:
        return "".join(map(self._entry, messages))

    def foot(self) -> str:
        return ""

    def _entry(self, message: Message) -> str:
        time = clock(message.time, self._zone)
        text = said(message).expandtabs(4).splitlines()
        files = [f"[{described(file)}]" for file in message.files or ()]
        first, *others = [*text, *files] or [""]
        indent = " " * len(time)
        room = self._rooms.title(message.room)
        where = f"[{printable(room)}]  " if room else ""
        user = printable(message.user)
        if message.quoted is not None and message.quoted.user:
            user += f" → {printable(message.quoted.user)}"
        lines = [f"{time}  {where}{user}: {printable(first)}"]
        lines += [f"{indent}  {printable(other)}".rstrip() for other in others]
        return "\n".join(lines) + "\n"


class Table:
    """CSV (RFC 4180) for spreadsheets, which know UTF-8 by the mark at its beginning.

    What they would take for a formula has an apostrophe in front, also behind a semicolon or
    another character that separates cells elsewhere: Excel goes by the system's language.
    """

    def __init__(self, zone: tzinfo | None, rooms: Rooms | None = None) -> None:
        self._zone = zone
        self._rooms = rooms or Rooms()

    def head(self) -> str:
        more = ["room_name"] if self._rooms.there else []
        return BYTE_ORDER_MARK + rows([[*_COLUMNS, *more]])

    def body(self, messages: Iterable[Message]) -> str:
        return rows(
            (
                clock(message.time, self._zone),
                *map(cell, (message.user, said(message))),
                message.ip,
                message.user_id,
                message.client_id,
                message.room,
                message.id,
                clock(message.edited, self._zone) if message.edited else "",
                message.reply_to or "",
                " ".join(message.mentions or ()),
                cell(", ".join(map(described, message.files or ()))),
                *([cell(self._rooms.title(message.room))] if self._rooms.there else []),
            )
            for message in messages
        )

    def foot(self) -> str:
        return ""


def rows(cells: Iterable[Iterable[object]]) -> str:
    """Lines of CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(cells)
    return text.getvalue()


def cell(text: str) -> str:
    """The text as a cell that a spreadsheet shows and does not calculate."""
    return visible(_FORMULA.sub(r"\1'", text))


def visible(text: str) -> str:
    r"""The text with control characters as escapes (``\x1b``); tabs and line breaks stay."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def clock(time: str, zone: tzinfo | None) -> str:
    """``2026-11-23 08:01:10`` for a message's time, and what tells it apart (see ``minute``)."""
    shown, apart = minute(time[:16], zone)
    return f"{shown}:{time[17:19]}{apart}"


@lru_cache
def minute(time: str, zone: tzinfo | None) -> tuple[str, str]:
    """``2026-11-23 08:01`` in the zone for ``2026-11-23T02:01``; None is this machine's.

    Beside it stands what has to follow, so that it is one moment alone (lanchat.times.told_apart).
    Messages of the same minute come one after the other: once for all of them is enough.
    """
    moment = datetime.fromisoformat(f"{time}+00:00")
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}", told_apart(moment, zone)
