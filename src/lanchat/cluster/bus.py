"""What has no position, as one process says it to the others.

A process of another version may say more or less of it: what it does not know is left out.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

from lanchat.chat.events import (
    ConnectionsClosed,
    CueGiven,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MembersChanged,
    Notice,
    Reacted,
    ReportsChanged,
    Typing,
    Voted,
)
from lanchat.chat.model import Origin, User
from lanchat.chat.room_events import HostCalled, MarkedRead
from lanchat.cluster.people import People, Person

_log = logging.getLogger(__name__)


class ComeAgain(MemberJoined):
    """Somebody is here still, whom others may have seen leave while their server was cut off."""

    __slots__ = ()


_TOGETHER = 15
"""So many people are told of in one piece, of which notifications take eight thousand bytes."""

_KINDS: dict[str, type[Any]] = {
    "joined": MemberJoined,
    "still here": ComeAgain,
    "left": MemberLeft,
    "members": MembersChanged,
    "member": MemberChanged,
    "reacted": Reacted,
    "voted": Voted,
    "notice": Notice,
    "typing": Typing,
    "closed": ConnectionsClosed,
    "read": MarkedRead,
    "host called": HostCalled,
    "reports": ReportsChanged,
    "cue": CueGiven,
}
"""What concerns people of all processes; the rest is about one server, or comes from the log."""

_NAMES = {kind: name for name, kind in _KINDS.items()}


class Bus:
    """The Bus of one process, whose copy of who is here is ``people``.

    ``deliver`` tells an event to its connections, ``say`` a text to the other processes.
    """

    def __init__(
        self,
        people: People,
        deliver: Callable[[str, Event], None],
        say: Callable[[str], None],
    ) -> None:
        self._people = people
        self._deliver = deliver
        self._say = say
        self._left: Callable[[User, Origin], None] | None = None
        self._logged_out: Callable[[str], None] | None = None
        self._unheard: list[str] = []
        self._gone: set[str] = set()

    def watch(
        self, left: Callable[[User, Origin], None], logged_out: Callable[[str], None]
    ) -> None:
        """Let these be called with who has left, and who has logged out, in another process."""
        self._left, self._logged_out = left, logged_out
        self.hear_logouts(self._unheard)

    def hear_logouts(self, ids: Iterable[str]) -> None:
        """These have logged out somewhere; perhaps it was heard already."""
        for user_id in ids:
            if self._logged_out is None:
                self._unheard.append(user_id)
            else:
                self._logged_out(user_id)

    def let_go(self, entry: Person) -> None:
        """Somebody is not here any more for the others: so they are not here, either.

        Their connections end a moment later: what they are told of it comes before.
        """
        if self._left is not None:
            self._left(entry.user, entry.origin)
        if entry.connections:
            self._gone.add(entry.user.id)

    def close_gone(self) -> None:
        """End the connections of those who were let go before, and have not come again."""
        gone, self._gone = self._gone, set()
        for user_id in gone - self._people.entries.keys():
            self.tell(ConnectionsClosed(user_id))

    def publish(self, event: Event) -> None:
        """Tell an event without a position: here at once, in the other processes if it can be.

        Never waits. What concerns one server alone is told here.
        """
        self.tell(event)
        self.say(event)

    def say(self, event: Event) -> None:
        """Tell it in the other processes."""
        for text in encoded(event):
            self._say(text)

    def tell(self, event: Event) -> None:
        """Tell here what others say, as far as it is true by now.

        Who leaves one process and comes to another may be told of in the wrong order: the last word
        is what the database has.
        """
        if isinstance(event, ComeAgain):
            event = MemberJoined(event.user, event.ip, event.time, event.role, event.muted)
        if isinstance(event, MemberJoined | MemberLeft) and not self._is_true(event):
            return
        if isinstance(event, MembersChanged):
            event = MembersChanged(
                [each for each in event.joined if self._is_true(each)],
                [each for each in event.left if self._is_true(each)],
            )
            if not event.joined and not event.left:
                return
        self._deliver(event.channel, event)

    def _is_true(self, event: MemberJoined | MemberLeft) -> bool:
        """Whether it is so by now, and of an arrival, whether it was not told here already."""
        entry = self._people.entries.get(event.user.id)
        if entry is None or entry.member is None:
            return isinstance(event, MemberLeft)
        if isinstance(event, MemberLeft):
            return False
        was_untold, entry.is_untold = entry.is_untold, False
        return was_untold


def encoded(event: Event) -> Iterator[str]:
    """The event as texts, in their order; none where it is for this process alone."""
    name = _NAMES.get(type(event))
    if name is None:
        return
    for part in _parts(event):
        yield json.dumps({"kind": name, **asdict(part)}, ensure_ascii=False)


def decoded(said: Mapping[str, Any]) -> Event | None:
    """What a process says, if it is understood."""
    kind = _KINDS.get(said.get("kind", ""))
    if kind is None:
        return None
    try:
        return _made(kind, said)
    except (TypeError, KeyError, AttributeError):
        _log.exception("what another server says could not be read: %s", said["kind"])
        return None


def _made(kind: type[Any], said: Mapping[str, Any]) -> Event:
    known = {field.name for field in fields(kind)}
    event: Event = kind(
        **{name: _READ.get(name, _as_it_is)(value) for name, value in said.items() if name in known}
    )
    return event


def _parts(event: Any) -> Iterator[Any]:
    """Those who have left stay before those who have come."""
    if not isinstance(event, MembersChanged):
        yield event
        return
    for first in range(0, len(event.left), _TOGETHER):
        yield MembersChanged([], event.left[first : first + _TOGETHER])
    for first in range(0, len(event.joined), _TOGETHER):
        yield MembersChanged(event.joined[first : first + _TOGETHER], [])


def _as_it_is(value: Any) -> Any:
    return value


def _user(value: Mapping[str, str]) -> User:
    return User(value["id"], value["name"])


def _moves(kind: type[Any]) -> Callable[[list[Mapping[str, Any]]], list[Any]]:
    return lambda values: [_made(kind, value) for value in values]


_READ: dict[str, Callable[[Any], Any]] = {
    "user": _user,
    "joined": _moves(MemberJoined),
    "left": _moves(MemberLeft),
    "reactions": tuple,
    "replaced": tuple,
}
