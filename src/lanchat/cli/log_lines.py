"""How a record of the connection log looks: in columns, or folded where the terminal is narrow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size

from lanchat.connlog.log_record import KEPT, Record
from lanchat.sizes import rough_size
from lanchat.terminal import ACCENT, beside, printable
from lanchat.times import WallClock

Paint: TypeAlias = Callable[[str, str], str]
"""A text in a style, as the screen takes it."""

_Part: TypeAlias = tuple[str, str]
"""A text and its style."""

FULL_DATE = 100
"""Columns of a terminal from which every line has its date; below it, every day has a line."""

NAME_WIDTH = (12, 32)
IP_WIDTH = (15, 39)
"""A column's first width, and the second up to which it grows where there is room."""

DETAIL_ROOM = len("after 44 min 00 s, logged out")
"""Columns of a terminal that no growth takes from the end of the line."""


class Look(NamedTuple):
    """How an event is shown; ``plain`` stands for the symbol where there is no Unicode."""

    symbol: str
    plain: str
    style: str
    words: str
    name_style: str = "bold"


LOOKS = {
    "start": Look("●", "*", ACCENT, "start"),
    "stop": Look("●", "*", ACCENT, "stop"),
    "join": Look("→", ">", "green", "join"),
    "leave": Look("←", "<", "dim", "leave", "dim"),
    "rename": Look("~", "~", "dim", "rename"),
    "visits": Look("↔", "=", "dim", "visits", "dim"),
    "file": Look("+", "+", "dim", "file"),
    "login_refused": Look("✕", "x", "yellow", "login refused"),
    "refused": Look("✕", "x", "yellow", "refused"),
    **{event: Look("◆", "!", "magenta", event.replace("_", " ")) for event in KEPT},
}
EVENT_WIDTH = max(len(look.words) for look in LOOKS.values())

_FOR_SO_LONG = {"ban", "mute"}
"""They last as long as they say, or for ever; what has lasted so long is all else."""

REASONS = {
    "closed": "",
    "logout": "logged out",
    "stop": "server stopped",
    "name_unusable": "name not usable",
    "name_taken": "name taken",
    "code": "wrong code",
    "too_many": "too many tries",
    "host_link": "wrong host link",
    "locked": "room locked",
}


def plain(text: str, _style: str) -> str:
    """The text as it is, for what has no colours."""
    return text


class Layout:
    """Lays records out one below the other, in columns that grow with what they have to hold.

    Where there are several ``servers``, which have names then, each has its own in a column.
    """

    def __init__(
        self, *, unicode: bool, utc: bool, servers: Iterable[str] = (), paint: Paint = plain
    ) -> None:
        self._unicode = unicode
        self._utc = utc
        self._clock = WallClock(utc=utc)
        self._paint = paint
        self._name_width = NAME_WIDTH[0]
        self._ip_width = IP_WIDTH[0]
        self._server_width = max((cell_len(printable(name)) for name in servers), default=0)
        self._day = ""

    def make_room(self, records: Iterable[Record]) -> None:
        """Widen the columns for what is to come, so that they stay the same throughout."""
        for record in records:
            if len(record.user) > self._name_width or not record.user.isascii():
                name = cell_len(printable(record.user))
                self._name_width = min(max(self._name_width, name), NAME_WIDTH[1])
            if len(record.ip) > self._ip_width:
                self._ip_width = min(max(self._ip_width, len(printable(record.ip))), IP_WIDTH[1])

    def lines(self, record: Record, width: int | None) -> Iterator[str]:
        """What to print for the record: one line, or more where it does not fit into one.

        ``width`` is the terminal's, in columns; None is a pipe, where nothing is cut or folded.
        """
        self.make_room([record])
        day, clock, mark = self._clock.read(record.time)
        room = sys.maxsize if width is None else width
        full = room >= FULL_DATE
        if not full and day != self._day:
            self._day = day
            yield self._paint(f"{day}{' UTC' if self._utc else ''}", "bold dim")
        look = LOOKS[record.event]
        # What stands above all lines of the day needs no mark.
        when = f"{day} {clock}{mark}" if full else clock if self._utc else f"{clock}{mark}"
        head: list[_Part] = [(when, "dim"), ("  ", "")]
        if self._server_width:
            server = set_cell_size(printable(record.server), self._server_width)
            head += [(server, ACCENT), ("  ", "")]
        head.append((look.symbol if self._unicode else look.plain, look.style))
        name, ip, end = (
            self._name(record, whole=width is None),
            printable(record.ip),
            detail(record),
        )
        texts = (name, ip, end)
        # A line out of its columns is easier to read than one in two pieces.
        for widths in (self._widths(head, room), (NAME_WIDTH[0], IP_WIDTH[0]), (0, 0)):
            line = [*head, *_in_columns(texts, look, widths)]
            if width is None or _length(line) <= width:
                yield self._painted(line)
                return
        yield self._painted([*head, (f" {look.words}", look.style)])
        for line in _folded(texts, look, room):
            yield self._painted(line)

    def _painted(self, line: Iterable[_Part]) -> str:
        paint = self._paint
        return "".join([paint(text, style) if style else text for text, style in line])

    def _widths(self, head: list[_Part], room: int) -> tuple[int, int]:
        """The columns' widths: what they would like, as far as a line has room."""
        if room == sys.maxsize:
            return self._name_width, self._ip_width
        # As in _in_columns: one space before the event, two behind it and behind each column.
        least = _length(head) + 1 + EVENT_WIDTH + 2 + NAME_WIDTH[0] + 2 + IP_WIDTH[0] + 2
        spare = max(0, room - least - DETAIL_ROOM)
        # The name first: one that is too long for its column moves all that follows.
        name_width = min(self._name_width, NAME_WIDTH[0] + spare)
        spare -= name_width - NAME_WIDTH[0]
        return name_width, min(self._ip_width, IP_WIDTH[0] + spare)

    def _name(self, record: Record, *, whole: bool) -> str:
        name = printable(record.user)
        if not whole and cell_len(name) > NAME_WIDTH[1]:
            name = set_cell_size(name, NAME_WIDTH[1] - 1) + ("…" if self._unicode else "~")
        return beside(name)


def _length(line: Iterable[_Part]) -> int:
    return sum([len(text) if text.isascii() else cell_len(text) for text, _ in line])


def _in_columns(texts: tuple[str, str, str], look: Look, widths: tuple[int, int]) -> list[_Part]:
    """The rest of a line: without spaces at its end, and without parts that are empty."""
    name, ip, end = texts
    if not (name or ip or end):
        return [(f" {look.words}", look.style)]
    parts: list[_Part] = [(f" {look.words:<{EVENT_WIDTH}}  ", look.style)]
    if name or ip:
        if name:
            parts.append((name, look.name_style))
        if ip or end:
            gap = widths[0] - (len(name) if name.isascii() else cell_len(name))
            parts.append((f"{' ' * gap}  {ip:<{widths[1]}}  " if end else f"{' ' * gap}  {ip}", ""))
    if end:
        parts.append((end, "dim"))
    return parts


def _folded(texts: tuple[str, str, str], look: Look, width: int) -> Iterator[list[_Part]]:
    row: list[_Part] = []
    for text, style in zip(texts, (look.name_style, "", "dim"), strict=True):
        if row and text and _length(row) + 2 + cell_len(text) > width:
            yield row
            row = []
        if text:
            row += [("  ", ""), (text, style)]
    if row:
        yield row


def detail(record: Record) -> str:
    """What there is to say at the end of the line: how long, how much, why, which server."""
    parts: list[str] = []
    if record.seconds is not None or record.count is not None or record.event in _FOR_SO_LONG:
        parts.append(_how_long(record))
    if record.size is not None:
        parts.append(rough_size(record.size))
    if record.type:
        parts.append(printable(record.type))
    if reason := record.reason:
        parts.append(printable(REASONS.get(reason, reason.replace("_", " "))))
    if record.value:
        parts.append(beside(record.value))
    if record.room:
        parts.append(_where(record))
    if record.before:
        parts.append(f"was {beside(record.before)}")
    if record.by:
        parts.append(f"by {beside(record.by)}")
    if record.version:
        parts.append(f"version {printable(record.version)}")
    if record.port is not None:
        parts.append(f"port {record.port}")
    return ", ".join(filter(None, parts))


def _where(record: Record) -> str:
    name = beside(record.room)
    if record.event == "room_renamed":
        return f"was {name}"
    return name if record.event.startswith("room_") else f"in {name}"


def _how_long(record: Record) -> str:
    if record.count is not None:
        often = "once" if record.count == 1 else f"{record.count:,} times"
        return f"{often} in {duration(record.seconds or 0)}"
    if record.event in _FOR_SO_LONG:
        return "for ever" if record.seconds is None else f"for {duration(record.seconds)}"
    return "" if record.seconds is None else f"after {duration(record.seconds)}"


def duration(seconds: float) -> str:
    """Seconds for people: ``42 s``, ``3 min 12 s``, ``2 h 05 min``, ``3 d 4 h``."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour} h"
    if hours:
        return f"{hours} h {minute:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
