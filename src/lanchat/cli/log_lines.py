"""How a record of the connection log looks: in columns, or folded where the terminal is narrow."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date, timezone
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from lanchat.connlog.log_record import KEPT, Record
from lanchat.sizes import rough_size
from lanchat.terminal import ACCENT, beside, printable
from lanchat.times import told_apart

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


class Layout:
    """Lays records out one below the other, in columns that grow with what they have to hold.

    Where there are several ``servers``, which have names then, each has its own in a column.
    """

    def __init__(self, *, unicode: bool, utc: bool, servers: Iterable[str] = ()) -> None:
        self._unicode = unicode
        self._zone = timezone.utc if utc else None
        self._name_width = NAME_WIDTH[0]
        self._ip_width = IP_WIDTH[0]
        self._server_width = max((cell_len(printable(name)) for name in servers), default=0)
        self._day: date | None = None

    def make_room(self, records: Iterable[Record]) -> None:
        """Widen the columns for what is to come, so that they stay the same throughout."""
        for record in records:
            name, ip = cell_len(printable(record.user)), cell_len(printable(record.ip))
            self._name_width = min(max(self._name_width, name), NAME_WIDTH[1])
            self._ip_width = min(max(self._ip_width, ip), IP_WIDTH[1])

    def lines(self, record: Record, width: int | None) -> Iterator[Text]:
        """What to print for the record: one line, or more where it does not fit into one.

        ``width`` is the terminal's, in columns; None is a pipe, where nothing is cut or folded.
        """
        self.make_room([record])
        moment = record.time.astimezone(self._zone)
        mark = told_apart(record.time, self._zone)
        room = sys.maxsize if width is None else width
        full = room >= FULL_DATE
        if not full and moment.date() != self._day:
            self._day = moment.date()
            yield Text(f"{moment:%Y-%m-%d}{' UTC' if self._zone else ''}", "bold dim")
        look = LOOKS[record.event]
        day = f"{moment:%Y-%m-%d} " if full else ""
        mark = mark if full or not self._zone else ""  # which stands above all lines of the day
        head = Text(f"{day}{moment:%H:%M:%S}{mark}", "dim")
        symbol = Text(look.symbol if self._unicode else look.plain, look.style)
        if self._server_width:
            server = set_cell_size(printable(record.server), self._server_width)
            head = Text("  ").join([head, Text(server, ACCENT)])
        head = Text("  ").join([head, symbol])
        name = self._name(record, whole=width is None)
        # A line out of its columns is easier to read than one in two pieces.
        for widths in (self._widths(head, room), (NAME_WIDTH[0], IP_WIDTH[0]), (0, 0)):
            line = _in_columns(record, name, head.copy(), look, widths)
            if line.cell_len <= room:
                yield line
                return
        yield head.append(f" {look.words}", look.style)
        yield from _folded(record, name, look, room)

    def _widths(self, head: Text, room: int) -> tuple[int, int]:
        """The columns' widths: what they would like, as far as a line has room."""
        # As in _in_columns: one space before the event, two behind it and behind each column.
        least = head.cell_len + 1 + EVENT_WIDTH + 2 + NAME_WIDTH[0] + 2 + IP_WIDTH[0] + 2
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


def _in_columns(record: Record, name: str, head: Text, look: Look, widths: tuple[int, int]) -> Text:
    head.append(f" {look.words:<{EVENT_WIDTH}}  ", look.style)
    if name or record.ip:
        head.append(name + " " * (widths[0] - cell_len(name)) + "  ", look.name_style)
        head.append(f"{printable(record.ip):<{widths[1]}}  ")
    head.append(detail(record), "dim")
    head.rstrip()
    return head


def _folded(record: Record, name: str, look: Look, width: int) -> Iterator[Text]:
    parts = ((name, look.name_style), (printable(record.ip), ""), (detail(record), "dim"))
    row = Text()
    for text, style in parts:
        if row and text and row.cell_len + 2 + cell_len(text) > width:
            yield row
            row = Text()
        if text:
            row.append("  ").append(text, style)
    if row:
        yield row


def detail(record: Record) -> str:
    """What there is to say at the end of the line: how long, how much, why, which server."""
    reason = REASONS.get(record.reason, record.reason.replace("_", " "))
    parts = [
        _how_long(record),
        "" if record.size is None else rough_size(record.size),
        printable(record.type),
        printable(reason),
        beside(record.value),
        _where(record),
        f"was {beside(record.before)}" if record.before else "",
        f"by {beside(record.by)}" if record.by else "",
        f"version {printable(record.version)}" if record.version else "",
        "" if record.port is None else f"port {record.port}",
    ]
    return ", ".join(part for part in parts if part)


def _where(record: Record) -> str:
    if not record.room:
        return ""
    name = beside(record.room)
    if record.event == "room_renamed":
        return f"was {name}"
    return name if record.event.startswith("room_") else f"in {name}"


def _how_long(record: Record) -> str:
    if record.count is not None:
        often = "once" if record.count == 1 else f"{record.count:,} times"
        return f"{often} in {duration(record.seconds or 0)}"
    if record.event in {"ban", "mute"}:
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
