"""Reports: who is told something in a room for two can show it to the hosts.

A report waits in the store until a host has dealt with it, so that one who comes later finds it, on
whatever server. It has its own copy of what was said, as it was then. Until then nobody edits the
message, and hosts alone delete it, but never whoever has written it.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.chat.entering import Entering
from lanchat.chat.events import Event, ReportsChanged
from lanchat.chat.model import Clock, Message, User, timestamp
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import EventLog
from lanchat.chat.presence import Presence
from lanchat.chat.report_changes import Dismiss, FileReport, Report
from lanchat.errors import Forbidden, PayloadInvalid

SHOWN = 20
"""So many reports are shown at once, the oldest ones."""


class Reports:
    """Takes reports, and shows them to hosts; ``publish`` tells an event to all processes.

    All of it waits for the disk and may raise StoreUnavailable.
    """

    def __init__(  # noqa: PLR0917
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        rooms: Entering,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = permissions
        self._rooms = rooms
        self._publish = publish
        self._clock = clock

    def report(self, connection: str, message_id: int) -> int:
        """Let hosts see a message that was said to somebody in private, as ``file``."""
        return self.file(self._user(connection), message_id)

    def file(self, user: User, message_id: int) -> int:
        """The same for a user; returns how many hosts are here who see it.

        Raises NotJoined or UnknownMessage, and PayloadInvalid where it is their own one, or was
        said where others can hear it.
        """

        def check(message: Message) -> None:
            if message.user_id == user.id or not self._rooms.is_private(message.room):
                raise PayloadInvalid

        time = timestamp(self._clock.wall())
        filed = self._log.append(FileReport(message_id, user, time, check)).result()
        hosts = [
            each.id
            for each in self._presence.members()
            if each.id != filed.author_id and self._is_host(each.id)
        ]
        if filed.changed:
            self.tell_hosts()
        return len(hosts)

    def dismiss(self, connection: str, message_id: int) -> None:
        """Let a report be dealt with, and nothing be left of it; the message stays.

        Raises NotJoined, UnknownMessage or Forbidden.
        """
        user = self._user(connection)

        def check(message: Message) -> None:
            self._rooms.check_judging(user.id, message)

        self._log.append(Dismiss(message_id, check)).result()
        self.tell_hosts()

    def waiting(self, connection: str) -> tuple[list[Report], int]:
        """The oldest reports that a host is to deal with, and how many there are in all.

        What they have said themselves is for another one. Raises NotJoined or Forbidden.
        """
        user = self._user(connection)
        if not self._is_host(user.id):
            raise Forbidden
        return self._log.reports(user.id, SHOWN)

    def tell_hosts(self) -> None:
        """Say that there are other reports than before."""
        for user_id in sorted(self._permissions.state.moderators):
            self._publish(ReportsChanged(user_id))

    def _user(self, connection: str) -> User:
        return self._presence.here(connection).user

    def _is_host(self, user_id: str) -> bool:
        return self._permissions.is_moderator(user_id)
