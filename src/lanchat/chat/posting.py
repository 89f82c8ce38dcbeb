"""What people say: posted, edited and deleted by those who may, and that they are about to.

Whether somebody may write now is asked here, by what this process knows of them. Whether a change
still holds (whose message it is, whether it is there) is decided where it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from lanchat.chat.ages import Ages
from lanchat.chat.changes import Change, Delete, Draft, Edit, EventT, Resent
from lanchat.chat.crowd import CROWD
from lanchat.chat.entering import Entering
from lanchat.chat.events import Event, MessageChanged, MessagePosted, Typing
from lanchat.chat.futures import Future
from lanchat.chat.message_commands import deleted
from lanchat.chat.model import LOBBY, Clock, Message, Origin, User, check_text, timestamp
from lanchat.chat.moderation import Actor, Moderation
from lanchat.chat.permissions import Act, Permissions
from lanchat.chat.ports import EventLog
from lanchat.chat.presence import Presence
from lanchat.chat.rooms import MAIN
from lanchat.chat.slow_mode import Turn
from lanchat.errors import (
    FilesOff,
    PayloadInvalid,
    Refusal,
    StoreUnavailable,
    TooLate,
)


class Posting:
    """Takes what people say; ``edit_seconds`` is how long they may edit it, 0 for never.

    ``files`` is whether anybody can send some. ``publish`` tells an event without a position to all
    processes.
    """

    def __init__(
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        moderation: Moderation,
        rooms: Entering,
        *,
        publish: Callable[[Event], None],
        clock: Clock,
        edit_seconds: float,
        files: bool,
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = permissions
        self._moderation = moderation
        self._rooms = rooms
        self._publish = publish
        self._clock = clock
        self._edits = edit_seconds > 0
        self._ages = Ages(clock, edit_seconds)
        self._takes_files = files

    def post(  # noqa: PLR0917
        self,
        connection: str,
        text: str,
        client_id: str,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
        files: Sequence[str] = (),
        room: str = LOBBY,
    ) -> Future[MessagePosted]:
        """Let a message be stored, then everybody in the room be told, and the future be done.

        ``reply_to`` is the id of the message that it answers, ``mentions`` are ids of users,
        ``files`` of what the person has uploaded; with some of these the text may be empty.
        The same client_id of the same person again gives the message that it made first, also
        where the person may not write any more.
        Raises NotJoined, PayloadInvalid, MessageTooLong or StoreUnavailable; the future fails with
        the latter, or with Muted, ReadOnly, SlowMode, FilesOff, UnknownMessage (to be answered),
        UnknownFile, or for another room UnknownRoom, NotAMember, RoomClosed or Forbidden.
        """
        entry = self._presence.here(connection)
        return self.post_by(
            *(entry.user, entry.connections[connection], text, client_id),
            *(reply_to, mentions, files, room),
        )

    def post_by(  # noqa: PLR0917
        self,
        user: User,
        origin: Origin,
        text: str,
        client_id: str,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
        files: Sequence[str] = (),
        room: str = LOBBY,
    ) -> Future[MessagePosted]:
        """The same for somebody who need not be here."""
        if text or not files:
            check_text(text)
        try:
            if files:
                self._check_files(user)
            turn = self._take_turn(user, origin, room)
        except Refusal as refusal:
            return self._log.append(Resent(user.id, client_id, refusal))
        time = timestamp(self._clock.wall())
        draft = Draft(
            *(client_id, room, user.id, user.name, origin.ip, text, time),
            *(reply_to, tuple(mentions), tuple(files), turn),
        )
        if turn is None:
            posted = self._log.append(draft)
        else:
            posted = self._append_in_turn(draft, turn)
            posted.add_done_callback(lambda done: self._settle(turn, done, "time", time))
        if files:
            posted.add_done_callback(lambda done: self._note_files(done, user, origin, time))
        return posted

    def edit(
        self,
        connection: str,
        message_id: int,
        text: str,
        client_id: str,
        mentions: Sequence[str] | None = None,
    ) -> Future[MessageChanged]:
        """Let one's own message have another text, as ``post``; it is an edit by the client_id.

        ``mentions`` None leaves those of before; its files stay. The future fails with
        UnknownMessage, Forbidden or TooLate, too, and with PayloadInvalid where nothing would be
        left of it.
        """
        entry = self._presence.here(connection)
        if text:
            check_text(text)
        refusal: Refusal | None = None
        turn: Turn | None = None
        try:
            if not self._edits or not self._permissions.may_edit(entry.user.id):
                raise TooLate("off")
            turn = self._take_turn(entry.user, entry.connections[connection])
        except Refusal as error:
            refusal = error
        young, time = self._ages.young(), timestamp(self._clock.wall())

        def check(message: Message) -> None:
            if refusal is not None:
                raise refusal
            self._rooms.check_writing(entry.user, message.room)
            if message not in young:
                raise TooLate
            if not text and message.files is None:
                raise PayloadInvalid

        change = Edit(
            *(message_id, entry.user.id, client_id, text, time, check),
            *(None if mentions is None else tuple(mentions), turn),
        )
        if turn is None:
            return self._log.append(change)
        edited = self._append_in_turn(change, turn)
        edited.add_done_callback(lambda done: self._settle(turn, done, "edited", time))
        return edited

    def delete(self, connection: str, message_id: int) -> Future[MessageChanged]:
        """Let nothing of one's own message be left, or of anybody's where one is a moderator.

        Also for who may not write. Raises NotJoined or StoreUnavailable; the future fails with
        the latter, UnknownMessage or Forbidden.
        """
        user = self._presence.here(connection).user

        def check(message: Message) -> None:
            self._rooms.check_act(user.id, Act.DELETE, message.room)

        time = timestamp(self._clock.wall())
        change = Delete(
            *(message_id, time, user.id, check),
            check_reported=partial(self._rooms.check_judging, user.id),
        )
        deleted = self._log.append(change)
        if self._permissions.is_moderator(user.id):
            actor = Actor(user.id, user.name)
            deleted.add_done_callback(lambda done: self._tell_deleted(actor, done))
        return deleted

    def typing(self, connection: str, room: str) -> None:
        """Tell the others in a room that somebody is writing there, if they are few.

        Raises NotJoined, UnknownRoom, or what ``post`` does for who may not write.
        """
        entry = self._presence.here(connection)
        there = self._rooms.to_write_in(entry.user, room)
        now = self._clock.monotonic()
        self._permissions.check_writing(entry.user, entry.connections[connection], now, there)
        if self._rooms.present(room) <= CROWD:
            self._publish(Typing(room, entry.user))

    def check_sending(self, user: User, origin: Origin) -> None:
        """Look whether somebody may send files now. Raises Muted, ReadOnly or FilesOff."""
        self._permissions.check_writing(user, origin, self._clock.monotonic())
        self._check_files(user)

    def posted(self, message_id: int) -> None:
        """The log says that a message has been stored just now."""
        self._ages.posted(message_id)

    def _check_files(self, user: User) -> None:
        if not self._takes_files:
            raise FilesOff
        self._permissions.check_files(user.id)

    def _take_turn(self, user: User, origin: Origin, room: str = LOBBY) -> Turn | None:
        there = MAIN if room == LOBBY else self._rooms.to_write_in(user, room)
        now = self._clock.monotonic()
        return self._permissions.take_turn(user, origin, now, self._presence.count_from, there)

    def _append_in_turn(self, change: Change[EventT], turn: Turn) -> Future[EventT]:
        try:
            return self._log.append(change)
        except StoreUnavailable:
            self._permissions.give_back(turn)
            raise

    def _note_files(
        self, done: Future[MessagePosted], user: User, origin: Origin, time: str
    ) -> None:
        """Log what was sent with a message that is new, unless it is for two people alone."""
        if done.exception() is not None or (message := done.result().message).time != time:
            return
        if message.room == LOBBY or self._rooms.where(message.room):
            for file in message.files or ():
                self._moderation.audit.file(user, origin, file.type, file.size)

    def _settle(
        self, turn: Turn, done: Future[MessagePosted] | Future[MessageChanged], when: str, time: str
    ) -> None:
        """In slow mode only what is new and stored counts."""
        if done.exception() or getattr(done.result().message, when) != time:
            self._permissions.give_back(turn)

    def _tell_deleted(self, actor: Actor, done: Future[MessageChanged]) -> None:
        if done.exception() is None and done.result().message.user_id != actor.id:
            deleted(self._moderation, actor, done.result().message)
