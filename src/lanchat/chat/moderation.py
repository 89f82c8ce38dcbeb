"""Moderators keep order: what a command says is stored, logged, and told to whom it concerns.

The handlers change nothing themselves: a change goes to the log, and what comes back from it
(``enforcement.py``), here as in every other process, is what holds from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lanchat.chat.enforcement import Enforcement
from lanchat.chat.entering import Entering
from lanchat.chat.events import Event
from lanchat.chat.grouping import Groups
from lanchat.chat.model import LOBBY, Clock, Origin, User, is_bot
from lanchat.chat.ports import Audit, EventLog
from lanchat.chat.presence import Presence
from lanchat.chat.reports import Reports
from lanchat.errors import CommandUnusable


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command; ``id`` is empty where it is not given in the room."""

    id: str
    name: str


TERMINAL = Actor("", "terminal")
"""Whoever may use the server's own computer."""

HOST_LINK = Actor("", "host link")
"""Whoever has opened the host link."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command's arguments; those that were not given are None, empty or False.

    ``person`` is a name, ``person_id`` an id; one of them is given where it is about somebody.
    ``seconds`` None is for ever, where the command takes a time. ``room`` is where it is given.
    """

    person: str = ""
    person_id: str | None = None
    seconds: float | None = None
    by_address: bool = False
    clear: bool = False
    on: bool = True
    number: int = 0
    text: str = ""
    room: str = LOBBY


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command: the catalogue's key of what to say of it, and its placeholders.

    Among these, ``until`` is in seconds since the epoch, ``bans`` a list of bans, ``commands`` one
    of commands, ``rooms`` one of rooms, each with how many are in it, and ``room`` a room. The
    field ``room`` is the id of that where its giver is from then on.
    """

    key: str
    params: dict[str, Any] = field(default_factory=dict)
    room: str | None = None


class Moderation:
    """What the handlers of commands work with.

    ``amend`` lets another state of the settings be stored, and returns when it holds; ``publish``
    tells an event to all processes.
    """

    def __init__(  # noqa: PLR0917
        self,
        log: EventLog,
        presence: Presence,
        enforcement: Enforcement,
        audit: Audit,
        rooms: Entering,
        groups: Groups,
        reports: Reports,
        *,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self.log = log
        self.presence = presence
        self.permissions = enforcement.permissions
        self.amend = enforcement.amend
        self.audit = audit
        self.rooms = rooms
        self.groups = groups
        self.reports = reports
        self.publish = publish
        self.clock = clock

    def may_moderate(self, actor: Actor) -> bool:
        return actor.id == "" or self.permissions.is_moderator(actor.id)

    def is_somebody(self, name: str) -> bool:
        """Whether the name means a person who is here or has just left."""
        return self.presence.named(name) is not None

    def meant(self, call: Call) -> tuple[User, Origin]:
        """Whom the command is about. Raises CommandUnusable where nobody is known by that."""
        who = self.presence
        found = who.identified(call.person_id) if call.person_id else who.named(call.person)
        if found is None:
            raise CommandUnusable("nobody", name=call.person)
        return found

    def guest(self, call: Call) -> tuple[User, Origin]:
        """The same, who must be no moderator."""
        user, origin = self.meant(call)
        if self.permissions.is_moderator(user.id):
            raise CommandUnusable("is_host", name=user.name)
        return user, origin

    def visitor(self, call: Call) -> tuple[User, Origin]:
        """The same, who must be a person: a program comes and goes by its token alone."""
        user, origin = self.guest(call)
        if is_bot(user.id):
            raise CommandUnusable("is_bot", name=user.name)
        return user, origin
