"""A stretch of what was said, found without looking at all of it."""

from contextlib import closing

import pytest

from lanchat.chat.changes import Delete
from lanchat.chat.reading import Place
from lanchat.errors import UnknownMessage
from lanchat.rows import attachments, messages
from lanchat.rows.reading import stretch
from lanchat.store.bulk import load
from lanchat.store.database import Database, open_database
from lanchat.store.open_file import transaction
from tests.world.drafts import NOON, draft
from tests.world.files import put_file

LATER = "SEARCH message USING INDEX message_room (room=? AND id>?)"
BETWEEN = "SEARCH message USING INDEX message_room (room=? AND id>? AND id<?)"
BY_ID = "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)"


@pytest.fixture
def connection(path, open_rooms):
    """A database with nine messages, of which 3 and 5 are in another room, and 6 was deleted."""
    open_rooms("quiet")
    rooms = {3: "quiet", 5: "quiet"}
    load(path, [draft(number, room=rooms.get(number, "lobby")) for number in range(1, 10)])
    with closing(open_database(path)) as connection:
        messages.delete(connection, Delete(6, NOON))
        yield connection


def read(connection, place, limit=10, room="lobby"):
    """The ids of a stretch, and whether there are more before and after it."""
    found = stretch(connection, room, place, limit)
    return [message.id for message in found.messages], found.earlier, found.later


@pytest.mark.parametrize(
    ("place", "limit", "expected"),
    [
        (Place(), 3, ([7, 8, 9], True, False)),
        (Place("before", 8), 3, ([2, 4, 7], True, False)),
        (Place("before", 4), 2, ([1, 2], False, False)),
        (Place("after", 2), 3, ([4, 7, 8], False, True)),
        (Place("after", 7), 2, ([8, 9], False, False)),
        (Place("around", 7), 2, ([4, 7], True, True)),
        (Place("around", 7), 10, ([1, 2, 4, 7, 8, 9], False, False)),
        (Place("around", 6), 4, ([2, 4, 7, 8], True, True)),
    ],
)
def test_a_stretch_lies_beside_its_place(connection, place, limit, expected):
    """Oldest first, without other rooms and without what was deleted."""
    assert read(connection, place, limit) == expected


def test_what_is_not_there_has_nothing_around_it(connection):
    """Never said, or said in another room."""
    for unknown in (5, 10):
        with pytest.raises(UnknownMessage):
            stretch(connection, "lobby", Place("around", unknown), 10)


def test_what_was_cleared_is_not_read(connection):
    """It goes later, and is shown to nobody from the beginning."""
    messages.clear(connection, "lobby")
    messages.insert(connection, draft("anew"))
    assert read(connection, Place()) == ([11], False, False)
    assert read(connection, Place("after", 2)) == ([11], False, False)
    assert read(connection, Place("before", 8)) == ([], False, False)
    with pytest.raises(UnknownMessage):
        stretch(connection, "lobby", Place("around", 7), 10)


def test_the_messages_with_files_are_found_beside_all_others(connection, path):
    """In both directions, and without those that were deleted."""
    database = Database(path)
    for number, file_id in ((4, "a"), (7, "b"), (9, "c")):
        put_file(database, file_id)
        with transaction(connection):
            attachments.name(connection, number, [file_id])
    database.close()
    assert read(connection, Place(files=True)) == ([4, 7, 9], False, False)
    assert read(connection, Place(files=True), 2) == ([7, 9], True, False)
    assert read(connection, Place("before", 9, files=True), 1) == ([7], True, False)
    assert read(connection, Place("after", 4, files=True), 1) == ([7], False, True)
    assert read(connection, Place("around", 7, files=True)) == ([4, 7, 9], False, False)
    assert read(connection, Place(files=True), room="quiet") == ([], False, False)
    messages.delete(connection, Delete(7, NOON))
    assert read(connection, Place(files=True)) == ([4, 9], False, False)


def test_a_quiet_room_is_found_beside_a_busy_one(connection):
    """No look at all messages, in whichever direction."""
    ways: list[str] = []

    class Explaining:
        def execute(self, sql, parameters):
            plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            ways.extend(way.replace(" TABLE", "") for *_, way in plan if "message" in way)
            return connection.execute(sql, parameters)

    assert read(Explaining(), Place("around", 5), room="quiet") == ([3, 5], False, False)
    assert ways == [BY_ID, BETWEEN, LATER]
