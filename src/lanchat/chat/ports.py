"""What the hub needs of the world. Other packages fulfil these; nothing here does I/O.

No port takes for granted that this process is the only one: what is decided (a name, a position,
whether a change still holds) is decided behind the port, in one place for all processes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from lanchat.chat.changes import Change, EventT, Note
from lanchat.chat.events import Event, LogEvent
from lanchat.chat.figures import CommitStatistics
from lanchat.chat.futures import Future
from lanchat.chat.model import (
    Cursor,
    Hand,
    Member,
    Origin,
    Own,
    Page,
    Role,
    User,
)
from lanchat.chat.report_changes import Report
from lanchat.chat.room_settings import State
from lanchat.chat.rooms import Membership, Overview, Room

LeaveReason = Literal["closed", "logout", "stop", "kicked", "banned"]
LoginRefusal = Literal[
    "name_unusable", "name_taken", "code", "too_many", "host_link", "banned", "locked"
]


class EventLog(Protocol):
    """The one order of everything that is kept: each change takes the next position.

    ``epoch`` names the stretch of positions that this start has begun.
    """

    statistics: CommitStatistics

    @property
    def epoch(self) -> str: ...

    def append(self, change: Change[EventT]) -> Future[EventT]:
        """Let a change be stored, then all who listen be told; the future is done after both.

        A Draft or Resent whose user_id and client_id are stored already gives the event of then,
        and nobody is told again. The future fails with StoreUnavailable, or with the refusal of a
        change that does not hold any more. Raises StoreUnavailable once closed.
        """

    def listen(self, handler: Callable[[LogEvent], None]) -> None:
        """Let the handler be called with every event in the order of positions.

        Also with those of other processes. It must not wait for a change of its own.
        """

    def newest(self, room: str, limit: int) -> Page:
        """The newest messages of the room. Raises StoreUnavailable, as all that follows."""

    def since(self, room: str, cursor: Cursor, limit: int) -> Page | None:
        """What has happened in the room after the cursor; of messages at most the newest ones.

        None where that cannot be told any more: what the client shows is of another history, or
        changes that it has missed are gone.
        """

    def after(self, room: str, last_id: int | None, limit: int) -> Page:
        """What was said after this id, or at all, for a client that knows no positions."""

    def rooms(self) -> tuple[int, list[Room], list[Membership]]:
        """All rooms and who is in them, and at which position that is so."""

    def overview(
        self, user_id: str, cursor: Cursor, history: int, limit: int, main: Page | None = None
    ) -> Overview:
        """What has happened after the cursor in all rooms that somebody is in: one look at them.

        Of messages at most ``limit``, shared out, or of a room that they begin anew ``history``.
        ``main`` is what a newcomer gets where everybody is, and is looked up if it is not that any
        more.
        """

    def tidy(self, today: int) -> tuple[list[str], list[str]]:
        """Forget how far people have read who have not come for long, or who are too many.

        Returns the ids of users who are in rooms and have not come for 90 days, nor have a name,
        and those of closed rooms in which nothing is left. ``today`` is in days since the epoch.
        """

    def mine(self, user_id: str, ids: Sequence[int]) -> dict[int, Own]:
        """What the person has done to which of these messages."""

    def reports(self, user_id: str, limit: int) -> tuple[list[Report], int]:
        """The oldest reports of what this user has not written, and how many there are in all."""

    def close(self) -> None:
        """Store and tell what is waiting, then take nothing more."""


class Settings(Protocol):
    """How order is kept; it is changed by ``EventLog.append``."""

    def load(self) -> State:
        """The state that holds. Raises StoreUnavailable."""


class Reservations(Protocol):
    """Remembers over restarts whose name is whose. Every method may raise StoreUnavailable."""

    def note(self, notes: Sequence[Note]) -> None:
        """Write all notes down in one commit, in their order."""

    def reserved(self) -> list[tuple[User, str]]:
        """Everybody who had a name when it was last written down, in the order of arrival.

        Each with their device, empty where it is not known.
        """

    def logged_out(self, limit: int) -> list[str]:
        """Which ids were logged out, oldest first: the newest ``limit``, others are forgotten.

        By number alone: forgotten by a clock that is wrong, a logout would be undone.
        """


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody has left their name to others.

    ``member`` is their line in the list, and None where they had only reserved the name: nobody
    has seen them come. ``seconds`` is how long they were here.
    """

    user: User
    origin: Origin
    reason: LeaveReason
    seconds: float
    member: Member | None


@dataclass(slots=True)
class Entry:
    """A user's place in the directory.

    ``member``, the user's line in the list, is None until the first connection; ``free_at`` is
    None while there is one. ``origin`` is where the person came from last.
    """

    user: User
    origin: Origin
    free_at: float | None
    arrived: float = 0.0
    member: Member | None = None
    connections: dict[str, Origin] = field(default_factory=dict)


class Directory(Protocol):
    """Whose name is whose, and who is present; each method is atomic over all processes.

    Times ``now`` are a monotonic clock's, ``time`` is what people read.
    """

    @property
    def present(self) -> int:
        """How many people are here: those of ``members``."""

    def claim(self, user: User, origin: Origin, now: float, seconds: float) -> None:
        """Reserve the name for so long. Raises NameTaken."""

    def taken(self, user: User) -> str | None:
        """A free name like theirs, for who comes back when somebody else has it; else None."""

    def rename(self, user: User, origin: Origin, now: float, seconds: float) -> Member | None:
        """Let the person with the user's id have the user's name; returns their line if present.

        Who has no entry has the name reserved for so long. Raises NameTaken.
        """

    def connect(  # noqa: PLR0917
        self, user: User, connection: str, origin: Origin, now: float, time: str, role: Role
    ) -> Member | None:
        """Count a connection in; returns the person's line where they have come by it.

        Who has an entry has the name that stands there. Raises NameTaken.
        """

    def describe(self, user_id: str, role: Role, *, muted: bool) -> Member | None:
        """Say in the person's line what they may do; returns it where it has changed."""

    def raise_hand(self, user_id: str, time: str, /) -> None:
        """Let the hand of somebody who is here be up, behind all that are, unless it is up."""

    def lower_hands(self, user_ids: Collection[str]) -> None:
        """Let these people's hands be down; they are when somebody leaves, too."""

    def hands(self) -> list[Hand]:
        """Whose hands are up, first come first."""

    def disconnect(self, connection: str, now: float) -> None:
        """Count a connection out; with the last one the grace period begins."""

    def release(self, user_id: str, now: float, reason: LeaveReason) -> Departure | None:
        """Free the person's name at once."""

    def expire(self, now: float) -> list[Departure]:
        """Free the names whose time is over; each departure is told to one process alone."""

    def stop(self, now: float) -> list[Departure]:
        """Everybody here leaves, because the server stops."""

    def watch(
        self, left: Callable[[User, Origin], None], logged_out: Callable[[str], None]
    ) -> None:
        """Let these be called with who has left, and who has logged out, in another process."""

    def members(self) -> Iterator[Member]:
        """Who is here, in the order of arrival."""

    def entry(self, user_id: str) -> Entry | None:
        """The entry of the user with this id."""

    def entry_of(self, connection: str) -> Entry | None:
        """The entry that a connection of this process belongs to, once it has joined."""

    def named(self, name: str) -> Entry | None:
        """The entry of whoever has the name or one that looks like it."""


class Delivery(Protocol):
    """This process's connections. Never blocks and never raises."""

    def subscribe(self, connection: str, channel: str, traits: Collection[str] = ()) -> None:
        """From now on the connection is told what is delivered on the channel.

        ``traits`` name what it understands (docs/protocol.md, ``new_host``).
        """

    def leave(self, connection: str, channel: str) -> None:
        """From now on the connection is not told any more what is delivered on the channel."""

    def unsubscribe(self, connection: str) -> None:
        """The connection is gone."""

    def deliver(self, channel: str, event: Event) -> None:
        """Tell everybody in this process who has subscribed to the channel."""


class Audit(Protocol):
    """Writes down who came and went. Never blocks on the disk and never raises."""

    def join(self, user: User, origin: Origin) -> None: ...

    def leave(self, user: User, origin: Origin, seconds: float, reason: LeaveReason) -> None: ...

    def rename(self, user: User, before: str, origin: Origin) -> None: ...

    def file(self, user: User, origin: Origin, kind: str, size: int) -> None:
        """Somebody has sent a file of this type and of so many bytes."""

    def login_refused(self, name: str, origin: Origin, reason: LoginRefusal) -> None: ...

    def refused(self, origin: Origin, reason: str) -> None: ...

    def command(
        self, name: str, by: str, person: tuple[User, Origin] | None, **fields: object
    ) -> None:
        """A moderator has used this command, perhaps on this person."""
