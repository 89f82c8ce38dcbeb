"""Going back in what was said, stretch by stretch, each of bounded size."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

from lanchat.chat.catchup import fits_from
from lanchat.chat.model import Cursor, Message
from lanchat.errors import UnknownRoom


class Place(NamedTuple):
    """Where to read: on which side of the message with this id; 0 is behind the newest one.

    With ``files`` those alone count that have some.
    """

    side: Literal["before", "after", "around"] = "before"
    id: int = 0
    files: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages in the order of their ids, and whether there are more on either side.

    Of a stretch before a message ``later`` is not looked at, and after one not ``earlier``.
    """

    messages: list[Message]
    earlier: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """What has changed since a position, in the order of positions; up to ``seq`` all is told.

    With ``more`` there is more above that. ``anew`` is where that cannot be told: these are the
    newest messages then, and what was known before counts no more. Up to the id ``cleared`` all
    is gone.
    """

    messages: list[Message]
    seq: int
    more: bool = False
    anew: bool = False
    cleared: int = 0


class History(Protocol):
    """What was said, as it is now."""

    def stretch(self, room: str, place: Place, limit: int) -> Stretch:
        """At most so many messages of the room, without those that are deleted or cleared.

        Raises UnknownMessage for one to look around that is not there, and StoreUnavailable.
        Around one that is deleted there is what was said beside it.
        """

    def feed(self, room: str, cursor: Cursor | None, limit: int) -> Feed:
        """At most so many messages that were posted or changed after the cursor, as they are now.

        Without one, the newest. Raises StoreUnavailable.
        """


class Reading:
    """Lets people read what they may see."""

    def __init__(self, history: History) -> None:
        self._history = history

    def stretch(self, rooms: Collection[str], room: str, place: Place, limit: int) -> Stretch:
        """A stretch of a room, as far as it fits into one answer; ``rooms`` are the person's.

        Raises UnknownRoom, UnknownMessage or StoreUnavailable.
        """
        if room not in rooms:
            raise UnknownRoom
        return _bounded(self._history.stretch(room, place, limit), place)

    def feed(self, room: str, cursor: Cursor | None, limit: int) -> Feed:
        """What has changed since the cursor, as far as it fits into one answer.

        Raises StoreUnavailable.
        """
        feed = self._history.feed(room, cursor, limit)
        said = feed.messages
        if cursor is None or feed.anew:
            return replace(feed, messages=said[fits_from(said) :])
        kept = len(said) - fits_from(said[::-1])
        if kept == len(said):
            return feed
        return replace(feed, messages=said[:kept], seq=said[kept - 1].seq, more=True)


def _bounded(stretch: Stretch, place: Place) -> Stretch:
    """What lies nearest to the place, as far as it fits."""
    said = stretch.messages
    if place.side == "after":
        kept = len(said) - fits_from(said[::-1])
        return replace(stretch, messages=said[:kept], later=stretch.later or kept < len(said))
    if place.side == "before":
        first = fits_from(said)
        return replace(stretch, messages=said[first:], earlier=stretch.earlier or first > 0)
    by_distance = sorted(said, key=lambda message: -abs(message.id - place.id))
    near = sorted(by_distance[fits_from(by_distance) :])
    if not near:
        return stretch
    return Stretch(
        near,
        earlier=stretch.earlier or near[0] != said[0],
        later=stretch.later or near[-1] != said[-1],
    )
