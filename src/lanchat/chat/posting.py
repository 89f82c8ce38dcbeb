"""What people say: posted, edited and deleted by those who may, and how old it is.

Whether somebody may write now is asked here, by what this process knows of them. Whether a change
still holds (whose message it is, whether it is there) is decided where it is stored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from math import inf

from lanchat.chat.changes import Change, Delete, Draft, Edit, EventT, Resent
from lanchat.chat.events import MessageChanged, MessagePosted
from lanchat.chat.model import LOBBY, Clock, Message, check_text, timestamp
from lanchat.chat.moderation import Actor, Moderation
from lanchat.chat.permissions import Permissions, Turn
from lanchat.chat.ports import Entry, EventLog
from lanchat.chat.presence import Presence
from lanchat.errors import NotJoined, Refusal, StoreUnavailable, TooLate

_MARK_SECONDS = 1.0
"""Between two notes of when a message was posted: so exactly is known how old the others are."""

_NEVER = "~"
"""Behind every time."""


@dataclass(frozen=True, slots=True)
class Young:
    """The messages of less than a certain age.

    Those posted since the one ``of_life`` are told by their ids, from ``first`` on; those before
    it by their times.
    """

    of_life: float
    first: float
    after: str

    def __contains__(self, message: Message) -> bool:
        if message.id >= self.of_life:
            return message.id >= self.first
        return message.time > self.after


class Ages:
    """Knows which messages are younger than ``most`` seconds, to a second.

    Of those posted in this life of the server it is known by the monotonic clock. Of those before
    it, by the wall clock as it was at the start, or as it is now where it has been set back since;
    at the least they are as old as this life. So a clock that is set shuts nobody out who was
    just in time, and opens nothing for longer than a life of ``most`` seconds.
    """

    def __init__(self, clock: Clock, most: float) -> None:
        self._clock = clock
        self._most = most
        self._start = clock.monotonic()
        self._wall = clock.wall()
        self._of_life = inf  # the first id
        self._marks: deque[tuple[float, int]] = deque()  # at most one a second

    def posted(self, message_id: int) -> None:
        """A message has just been stored."""
        now, marks = self._clock.monotonic(), self._marks
        if marks and now < marks[-1][0] + _MARK_SECONDS:
            return
        self._of_life = min(self._of_life, message_id)
        marks.append((now, message_id))
        self._forget(now)

    def young(self) -> Young:
        """Which messages are young now."""
        now = self._clock.monotonic()
        self._forget(now)
        first = self._marks[0][1] if self._marks else inf
        life = now - self._start
        if life >= self._most:
            return Young(self._of_life, first, _NEVER)
        start = min(self._wall, self._clock.wall() - life)
        return Young(self._of_life, first, timestamp(start + life - self._most))

    def _forget(self, now: float) -> None:
        while self._marks and self._marks[0][0] <= now - self._most - _MARK_SECONDS:
            self._marks.popleft()


class Posting:
    """Takes what people say; ``edit_seconds`` is how long they may edit it, 0 for never."""

    def __init__(
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        moderation: Moderation,
        *,
        clock: Clock,
        edit_seconds: float,
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = permissions
        self._moderation = moderation
        self._clock = clock
        self._edits = edit_seconds > 0
        self._ages = Ages(clock, edit_seconds)

    def post(
        self,
        connection: str,
        text: str,
        client_id: str,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
    ) -> Future[MessagePosted]:
        """See ``Hub.post``."""
        entry = self._entry(connection)
        check_text(text)
        user, origin = entry.user, entry.connections[connection]
        try:
            turn = self._take_turn(entry, connection)
        except Refusal as refusal:
            return self._log.append(Resent(user.id, client_id, refusal))
        time = timestamp(self._clock.wall())
        draft = Draft(
            *(client_id, LOBBY, user.id, user.name, origin.ip, text, time),
            *(reply_to, tuple(mentions)),
        )
        if turn is None:
            return self._log.append(draft)
        posted = self._append_in_turn(draft, turn)
        posted.add_done_callback(lambda done: self._settle(turn, done, "time", time))
        return posted

    def edit(
        self,
        connection: str,
        message_id: int,
        text: str,
        client_id: str,
        mentions: Sequence[str] | None = None,
    ) -> Future[MessageChanged]:
        """See ``Hub.edit``."""
        entry = self._entry(connection)
        check_text(text)
        refusal: Refusal | None = None
        turn: Turn | None = None
        try:
            if not self._edits or not self._permissions.may_edit(entry.user.id):
                raise TooLate("off")
            turn = self._take_turn(entry, connection)
        except Refusal as error:
            refusal = error
        young, time = self._ages.young(), timestamp(self._clock.wall())

        def check(message: Message) -> None:
            if refusal is not None:
                raise refusal
            if message not in young:
                raise TooLate

        change = Edit(
            *(message_id, entry.user.id, client_id, text, time, check),
            None if mentions is None else tuple(mentions),
        )
        if turn is None:
            return self._log.append(change)
        edited = self._append_in_turn(change, turn)
        edited.add_done_callback(lambda done: self._settle(turn, done, "edited", time))
        return edited

    def delete(self, connection: str, message_id: int) -> Future[MessageChanged]:
        """See ``Hub.delete``."""
        user = self._entry(connection).user
        host = self._permissions.is_moderator(user.id)
        time = timestamp(self._clock.wall())
        deleted = self._log.append(Delete(message_id, time, None if host else user.id))
        if host:
            actor = Actor(user.id, user.name)
            deleted.add_done_callback(lambda done: self._tell_deleted(actor, done))
        return deleted

    def posted(self, message_id: int) -> None:
        """The log says that a message has been stored just now."""
        self._ages.posted(message_id)

    def _entry(self, connection: str) -> Entry:
        entry = self._presence.entry_of(connection)
        if entry is None:
            raise NotJoined
        return entry

    def _take_turn(self, entry: Entry, connection: str) -> Turn | None:
        now, origin = self._clock.monotonic(), entry.connections[connection]
        return self._permissions.take_turn(entry.user, origin, now, self._presence.count_from)

    def _append_in_turn(self, change: Change[EventT], turn: Turn) -> Future[EventT]:
        try:
            return self._log.append(change)
        except StoreUnavailable:
            self._permissions.give_back(turn)
            raise

    def _settle(
        self, turn: Turn, done: Future[MessagePosted] | Future[MessageChanged], when: str, time: str
    ) -> None:
        """In slow mode only what is new and stored counts."""
        if done.exception() or getattr(done.result().message, when) != time:
            self._permissions.give_back(turn)

    def _tell_deleted(self, actor: Actor, done: Future[MessageChanged]) -> None:
        if done.exception() is None and done.result().message.user_id != actor.id:
            self._moderation.deleted(actor, done.result().message)
