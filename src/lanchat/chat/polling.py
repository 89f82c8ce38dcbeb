"""Polls: who may ask, vote and close, and where."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.chat.acting import Acting
from lanchat.chat.changes import Ask, ClosePoll, Draft, Resent, Vote
from lanchat.chat.events import MessageChanged, MessagePosted, PinsChanged, Voted
from lanchat.chat.futures import Future
from lanchat.chat.model import LOBBY, Message, timestamp
from lanchat.chat.permissions import Act
from lanchat.chat.polls import poll_text
from lanchat.errors import Refusal


class Polling(Acting):
    """Lets moderators ask in a room, and everybody there vote. Nothing here waits for the disk.

    All of it raises NotJoined or StoreUnavailable; the futures fail with the latter, too.
    """

    def ask(
        self,
        connection: str,
        question: str,
        options: Sequence[str],
        client_id: str,
        room: str = LOBBY,
    ) -> Future[PinsChanged] | Future[MessagePosted]:
        """Let a poll be stored as a message is, and pinned.

        Raises PollUnusable; the future fails with Forbidden, UnknownRoom, NotAMember or RoomClosed.
        """
        entry = self._presence.here(connection)
        user, ip = entry.user, entry.connections[connection].ip
        text = poll_text(question, options)
        try:
            self._rooms.check_act(user.id, Act.PIN, room)
        except Refusal as refusal:
            return self._log.append(Resent(user.id, client_id, refusal))
        time = timestamp(self._clock.wall())
        draft = Draft(
            *(client_id, room, user.id, user.name, ip, text, time),
            options=len(options),
        )
        return self._log.append(Ask(draft))

    def vote(self, connection: str, message_id: int, option: int | None) -> Future[Voted]:
        """Let somebody choose an option, another one, or none any more.

        Raises Muted or ReadOnly; the future fails with these of the message's room, UnknownMessage,
        PayloadInvalid, PollClosed, NotAMember or RoomClosed.
        """
        entry = self._presence.here(connection)
        user, origin = entry.user, entry.connections[connection]
        if option is not None:
            self._permissions.check_writing(user, origin, self._clock.monotonic())

        def check(message: Message) -> None:
            self._rooms.check_writing(user, message.room)

        change = Vote(message_id, user.id, origin.device, option, check)
        return self._telling.append(message_id, change)

    def close(self, connection: str, message_id: int) -> Future[MessageChanged]:
        """Let nobody vote any more. The future fails with UnknownMessage or Forbidden."""
        user = self._presence.here(connection).user

        def check(message: Message) -> None:
            self._rooms.check_act(user.id, Act.PIN, message.room)

        return self._log.append(ClosePoll(message_id, by=user.id, check=check))
