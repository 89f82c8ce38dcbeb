"""What the connection log tells of the running server: its port, and who came from outside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from lanchat.connlog.log_reader import LogReader
from lanchat.connlog.log_record import Filter, Record
from lanchat.doctor.facts import Finding, Verdict
from lanchat.errors import LogMissing, LogUnreadable

_ARRIVALS = frozenset({"join", "login_refused", "refused"})
_ENOUGH = 1_000
"""So many of the newest arrivals are looked at."""


@dataclass(frozen=True, slots=True)
class Diary:
    """Since its last start: ``port`` is None where there is none, ``stopped`` where it has ended.

    ``visitor`` is the newest record of another device, ``newest`` the log's newest record's time.
    """

    port: int | None = None
    since: datetime | None = None
    stopped: bool = False
    visitor: Record | None = None
    newest: datetime | None = None
    unreadable: str = ""


def read_diary(log_file: Path, own: Collection[str]) -> Diary:
    """Read the log's end; ``own`` are the addresses of this computer."""
    try:
        starts = LogReader(log_file, Filter(events=frozenset({"start"}))).tail(1)
        if not starts:
            return Diary()
        start = starts[0]
        since = LogReader(log_file, Filter(since=start.time)).tail(_ENOUGH)
    except LogMissing:
        return Diary()
    except LogUnreadable as error:
        return Diary(unreadable=str(error))
    visitors = [one for one in since if one.event in _ARRIVALS and is_elsewhere(one.ip, own)]
    return Diary(
        port=start.port,
        since=start.time,
        stopped=any(one.event == "stop" for one in since),
        visitor=visitors[-1] if visitors else None,
        newest=max(one.time for one in [start, *since]),
    )


def is_elsewhere(text: str, own: Collection[str]) -> bool:
    """Whether the address is another computer's."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return not address.is_loopback and str(address) not in own


def check_guests(diary: Diary) -> Finding:
    """Whether another device has come in since the server was started."""
    check = "guests"
    if diary.unreadable:
        return Finding(check, Verdict.UNSEEN, diary.unreadable)
    if diary.since is None or diary.stopped:
        text = "the log knows of no server that runs"
        return Finding(check, Verdict.UNSEEN, text)
    since = diary.since.astimezone().strftime("%H:%M")
    if diary.visitor is None:
        return Finding(
            check,
            Verdict.WARNING,
            f"no other device has come in since {since}, when the server was started",
            "open the address on a phone in the same Wi-Fi; if it hangs, see what stands below",
        )
    when = diary.visitor.time.astimezone().strftime("%H:%M")
    text = f"{diary.visitor.ip} has come in at {when}: other devices get here"
    return Finding(check, Verdict.OK, text)
