"""What shall happen to reports, and what one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from lanchat.chat.changes import Change
from lanchat.chat.events import ReportStored
from lanchat.chat.model import Message, User


class Said(NamedTuple):
    """A message of a report, as it was then; ``files`` are the names of those that it had."""

    id: int
    user: User
    message: str
    time: str
    files: tuple[str, ...] = ()


class Report(NamedTuple):
    """A message that somebody in a room for two has reported, and what was said around it.

    ``id`` is the message's; ``people`` are the two.
    """

    id: int
    room: str
    by: User
    time: str
    people: tuple[User, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class FileReport(Change[ReportStored]):
    """Let hosts see a message, with two before and two behind it; once, whoever reports it.

    ``check`` is called with the message where it is stored, and what it raises is the answer.
    Refused with UnknownMessage, also where the user is not in its room. It takes no position.
    """

    message_id: int
    user: User
    time: str
    check: Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Dismiss(Change[ReportStored]):
    """Let nothing be left of a report; its message stays.

    ``check`` is as above. Refused with UnknownMessage where there is none. It takes no position.
    """

    message_id: int
    check: Callable[[Message], None]
