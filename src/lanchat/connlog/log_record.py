"""One line of the connection log, and which of them somebody wants to see.

A line is JSON with the field names of docs/protocol.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network

VERSION = 1

HOST_COMMANDS = (
    *("kick", "ban", "unban", "mute", "unmute", "host", "unhost"),
    *("lock", "unlock", "readonly", "slow", "edits", "files", "hands", "private", "topic"),
    *("pin", "unpin", "delete", "clear"),
    *("announce", "groups", "group"),
    *("room_opened", "room_renamed", "room_closed", "room_deleted"),
)
"""What hosts do, mostly by the names of their commands: those that change something."""

KEPT = (*HOST_COMMANDS, "token")
"""What goes on to another file where the one that it stands in falls off the end."""

EVENTS = (
    *("start", "stop", "join", "leave", "rename", "visits", "file", "login_refused", "refused"),
    *KEPT,
)

LINE_LIMIT = 64 * 1024
"""Bytes in a line that a reader still looks at; the longest one written has some 3,000."""

TEXT_LIMIT = 100
"""Characters kept of every text, which strangers may have typed, but the agent."""

AGENT_LIMIT = 500
"""Characters kept of a User-Agent of printable ASCII, as those of browsers are."""

_MARK = "\ufeff"
"""An editor puts it at the start of a file, and joined files have it in between."""

_TEXTS = (
    *("time", "event", "user", "user_id", "ip", "agent", "reason"),
    *("version", "by", "value", "room", "before", "type"),
)

_FOR_EVER = 1e12


class Unreadable(ValueError):
    """A line that is no record of this log."""


@dataclass(slots=True)  # frozen ones take three times as long to make, and a log has many
class Record:
    """One event, with its time in UTC; ``line`` is the JSON text that it was read from.

    What an event does not carry is empty, ``seconds``, ``count`` and ``size``, in bytes, None. With
    a ``count`` it happened so often in ``seconds``. ``server`` is whose log it is of, where several
    are read. ``user``, ``ip``, ``agent``,
    ``reason``, ``by``, ``value``, ``room`` and ``before`` hold what strangers sent:
    :func:`lanchat.terminal.printable` makes them safe.
    """

    time: datetime
    event: str
    user: str
    user_id: str
    ip: str
    agent: str
    seconds: float | None
    reason: str
    version: str
    port: int | None
    by: str
    value: str
    room: str
    before: str
    count: int | None
    type: str
    size: int | None
    line: str
    server: str = ""

    def as_json(self) -> str:
        """The line as it is in the log; of one of several logs it names that, too."""
        if not self.server:
            return self.line
        return f'{self.line.rstrip()[:-1]}, "server": {json.dumps(self.server)}}}'


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a record meets all of; those left out are met by every record.

    ``user`` is part of a name, in capitals or not; ``since`` and ``until`` have a time zone, and
    what is wanted lies before ``until``.
    """

    events: frozenset[str] = frozenset(EVENTS)
    user: str = ""
    network: Network | None = None
    since: datetime | None = None
    until: datetime | None = None

    def matches(self, record: Record) -> bool:
        """Whether somebody wants to see the record."""
        return (
            record.event in self.events
            and not self.is_before(record)
            and (self.until is None or record.time < self.until)
            and (not self.user or self._names(record.user) or self._names(record.before))
            and (self.network is None or _lies_in(record.ip, self.network))
        )

    def _names(self, name: str) -> bool:
        return self.user.casefold() in name.casefold()

    def is_before(self, record: Record) -> bool:
        """Whether the record is older than anything wanted."""
        return self.since is not None and record.time < self.since


def parse_network(text: str) -> Network:
    """One address, or a network such as 192.168.1.0/24. Raises ValueError."""
    address, slash, length = text.strip().partition("/")
    return ip_network(_plain(address) + slash + length, strict=False)


def encode(time: str, event: str, fields: Mapping[str, object]) -> str:
    """The line for an event, ASCII, without its line break; ``time`` as in docs/protocol.md."""
    return json.dumps(
        {
            "v": VERSION,
            "time": time,
            "event": event,
            **{name: _bounded(name, value) for name, value in fields.items()},
        },
        default=str,
    )


def decode(line: bytes) -> Record:
    """Read one line. Unknown fields are ignored and wrong types count as absent.

    Raises Unreadable.
    """
    text, fields = _object(line)
    if fields.get("v") != VERSION:
        raise Unreadable("not a version that can be read")
    words = [value if type(value := fields.get(name)) is str else "" for name in _TEXTS]
    moment, event, user, user_id, ip, agent, reason, version, by, said, room, before, kind = words
    if not event:
        raise Unreadable("no event")
    port, count, size = fields.get("port"), fields.get("count"), fields.get("size")
    return Record(
        _moment(moment),
        event,
        user,
        user_id,
        ip,
        agent,
        _duration(fields.get("seconds")),
        reason,
        version,
        port if type(port) is int else None,
        by,
        said,
        room,
        before,
        count if type(count) is int and 0 < count < _FOR_EVER else None,
        kind,
        size if type(size) is int and 0 <= size < _FOR_EVER * 1_000 else None,
        # As it is, unless another hand left something in it that could paint a terminal.
        text if text.isascii() and text.isprintable() else json.dumps(fields),
    )


def _bounded(name: str, value: object) -> object:
    if isinstance(value, str):
        short = name != "agent" or not (value.isascii() and value.isprintable())
        return value[: TEXT_LIMIT if short else AGENT_LIMIT]
    return value


def _object(line: bytes) -> tuple[str, dict[str, Any]]:
    """The text of a line, and what it says."""
    if len(line) > LINE_LIMIT:
        raise Unreadable("too long")
    try:
        text = line.decode("utf-8").removeprefix(_MARK).strip()
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if type(fields) is not dict:
        raise Unreadable("not an object")
    return text, fields


def _moment(text: str) -> datetime:
    # Python 3.10 does not know Z yet. Years at the ends cannot be shown in every time zone.
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z") + "+00:00" * text.endswith("Z"))
    except ValueError as error:
        raise Unreadable("no time") from error
    if moment.tzinfo is None or not 1971 <= moment.year <= 9998:  # noqa: PLR2004 (see above)
        raise Unreadable("no time in UTC")
    return moment if moment.tzinfo is timezone.utc else moment.astimezone(timezone.utc)


def _duration(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _FOR_EVER:
        return float(value)
    return None


def _lies_in(text: str, network: Network) -> bool:
    try:
        return ip_address(_plain(text)) in network
    except ValueError:
        return False


def _plain(address: str) -> str:
    """Without the zone of fe80::1%eth0, and 192.168.1.2 for ::ffff:192.168.1.2."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)
