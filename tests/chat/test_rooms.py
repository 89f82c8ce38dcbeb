"""What a room may be called, and which id it has."""

import pytest

from lanchat.chat.rooms import (
    ROOM_NAME_LIMIT,
    Room,
    clean_room_name,
    direct_room_id,
    new_room_id,
    same_name,
)
from lanchat.chat.words import words
from lanchat.errors import RoomNameUnusable


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Robots", "Robots"),
        ("  Room \t 12 ", "Room 12"),
        ("Ｒｏｂｏｔｓ", "Robots"),
        ("机器人 🤖", "机器人 🤖"),
        ("👩‍🚀 crew", "👩‍🚀 crew"),
    ],
)
def test_a_name_is_one_line(typed, name):
    """Whatever it is written in, with single spaces."""
    assert clean_room_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b", "a\u202eb", "a\0b", "\ud83d", "x" * (ROOM_NAME_LIMIT + 1)]
)
def test_what_is_no_name(typed):
    """Nothing that can be seen, what turns the line, or too long."""
    with pytest.raises(RoomNameUnusable):
        clean_room_name(typed)


def test_the_room_of_two_is_the_same_from_both_sides():
    """And another one for any other two."""
    assert direct_room_id("ana", "bia") == direct_room_id("bia", "ana")
    assert len({direct_room_id("ana", other) for other in ("bia", "davi", "ab")}) == 3


def test_an_id_is_one_word():
    """As the index of words has it, whatever the id."""
    for room_id in (new_room_id(), direct_room_id("ana", "bia")):
        assert words(room_id) == [room_id]
    assert new_room_id() != new_room_id()


def test_a_room_is_found_by_its_name():
    """Capitals do not count."""
    rooms = [Room("1", "open", "Robots"), Room("2", "open", "Straße")]
    assert [same_name(name, rooms) for name in ("ROBOTS", "strasse", "Robot")] == [*rooms, None]
