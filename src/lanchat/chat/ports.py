"""What the hub needs of the world. Other packages fulfil these; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from lanchat.chat.model import (
    Arrival,
    Changes,
    Draft,
    Guest,
    History,
    Message,
    Note,
    Notice,
    Origin,
    Standing,
    Stored,
)
from lanchat.chat.order import Rules, State

LeaveReason = Literal["closed", "logout", "stop", "kicked", "banned"]
LoginRefusal = Literal[
    "name_unusable", "name_taken", "code", "too_many", "host_link", "banned", "locked"
]


class MessageStore(Protocol):
    """Keeps messages and gives them their ids. Every method may raise StoreUnavailable."""

    def append(self, drafts: Sequence[Draft]) -> list[Stored]:
        """Store all drafts in one commit; the answers stand in the order of the drafts."""

    def history(self, room: str, after: int | None, limit: int) -> History:
        """What was said after the id, or at all: at most the ``limit`` newest messages.

        An id that the store has never given (a client of another life of the server) counts
        as None, and the answer as incomplete.
        """

    def delete(self, message_id: int) -> Message | None:
        """Let nothing of the message's text be left; returns what it was, None for no message."""

    def clear(self) -> int:
        """Show nobody any more what has been said up to now, and delete it soon.

        Returns the newest id of that.
        """


class OrderKeeper(Protocol):
    """Remembers over restarts how order is kept. Every method may raise StoreUnavailable."""

    def save_order(self, state: State) -> None: ...

    def order(self) -> State: ...


class SeatKeeper(Protocol):
    """Remembers over restarts whose name is whose. Every method may raise StoreUnavailable."""

    def note(self, notes: Sequence[Note]) -> None:
        """Write all notes down in one commit, in their order."""

    def held(self) -> list[Guest]:
        """Everybody who had a name when it was last written down, in the order of arrival."""

    def logged_out(self, since: float, limit: int) -> dict[str, float]:
        """Which ids were logged out when, oldest first.

        Those before ``since`` and those that are more than the newest ``limit`` are forgotten.
        """


class Keeper(SeatKeeper, OrderKeeper, Protocol):
    """Remembers over restarts what is no message."""


class Broadcaster(Protocol):
    """Tells every connection in the room. Never blocks and never raises."""

    def subscribe(self, connection: str, *, batches: bool) -> None:
        """From now on the connection is told, too; ``batches`` is how it takes a crowd."""

    def message_posted(self, message: Message) -> None: ...

    def host_joined(self, arrival: Arrival, *, crowd: bool) -> None:
        """Somebody came: tell all, or in a crowd those alone who take no batches."""

    def host_left(self, departure: Arrival, *, crowd: bool) -> None:
        """Somebody went: the same."""

    def hosts_changed(self, changes: Changes) -> None:
        """Tell those who take batches what a moment has brought."""

    def person_changed(self, standing: Standing) -> None:
        """Somebody may do more or less than before."""

    def room_changed(self, rules: Rules) -> None:
        """Other rules hold for all."""

    def message_deleted(self, message_id: int) -> None: ...

    def history_cleared(self, up_to: int) -> None:
        """What was said up to this id is gone."""

    def notice(self, connections: Sequence[str], notice: Notice) -> None:
        """Tell these connections alone what concerns them."""

    def show_out(self, connections: Sequence[str], notice: Notice) -> None:
        """Tell these connections why, and close them."""


class ConnectionLog(Protocol):
    """Writes down who came and went. Never blocks on the disk and never raises."""

    def join(self, guest: Guest, origin: Origin) -> None: ...

    def leave(self, guest: Guest, origin: Origin, seconds: float, reason: LeaveReason) -> None: ...

    def login_refused(self, name: str, origin: Origin, reason: LoginRefusal) -> None: ...

    def refused(self, origin: Origin, reason: str) -> None: ...

    def command(
        self, name: str, by: str, person: tuple[Guest, Origin] | None, **fields: object
    ) -> None:
        """A host has kept order by this command, perhaps with this person."""
