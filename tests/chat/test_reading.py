"""How much of a stretch fits into one answer."""

from typing import NamedTuple

import pytest

from lanchat.chat.catchup import CATCH_UP_BYTES
from lanchat.chat.model import LOBBY, MESSAGE_LIMIT, Cursor, Message
from lanchat.chat.reading import Feed, Place, Reading, Stretch
from lanchat.errors import UnknownRoom

LONG = "x" * MESSAGE_LIMIT
NOON = "2026-11-23T12:00:00.000Z"


class Shelf(NamedTuple):
    """A history of long messages, whatever is asked for."""

    said: list[Message]

    def stretch(self, _room: str, _place: Place, _limit: int) -> Stretch:
        return Stretch(self.said)

    def feed(self, _room: str, cursor: Cursor | None, _limit: int) -> Feed:
        return Feed(self.said, 200, anew=cursor is None)


@pytest.fixture
def reading():
    """200 messages that do not fit."""
    return Reading(
        Shelf(
            [
                Message(number, "c", LOBBY, "1", "Ana", "192.0.2.1", LONG, NOON, number)
                for number in range(1, 201)
            ]
        )
    )


def read(reading, place):
    """The first and the last id, whether they are all between, and what is left out."""
    found = reading.stretch([LOBBY], LOBBY, place, 200)
    ids = [message.id for message in found.messages]
    assert ids == list(range(ids[0], ids[-1] + 1))
    assert CATCH_UP_BYTES - 5_000 < 4_255 * len(ids) <= CATCH_UP_BYTES
    return ids[0], ids[-1], found.earlier, found.later


def test_what_lies_nearest_is_sent(reading):
    """The newest before a message, the oldest after one, and both sides around one."""
    first, last, *more = read(reading, Place("before", 201))
    assert (last, more) == (200, [True, False])
    first, last, *more = read(reading, Place("after", 0))
    assert (first, more) == (1, [False, True])
    first, last, *more = read(reading, Place("around", 100))
    assert abs((first + last) - 200) <= 1
    assert more == [True, True]
    first, last, *more = read(reading, Place("around", 10))
    assert (first, more) == (1, [False, True])


def test_only_ones_own_rooms_are_read(reading):
    """Another one may be there or not."""
    with pytest.raises(UnknownRoom):
        reading.stretch([LOBBY], "elsewhere", Place(), 200)
