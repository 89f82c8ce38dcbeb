"""The contract of what programs read: what has changed in a room, in the order of positions."""

from lanchat.chat.changes import Clear, ClearUser, Delete, Draft
from lanchat.chat.model import LOBBY, Cursor
from lanchat.rows.feed import feed
from tests.world.deadline import DEADLINE

NOON = "2026-11-23T12:00:00.000Z"


def store(ports, change):
    """What came of a change."""
    return ports.log.append(change).result(DEADLINE)


def say(ports, text, user="1"):
    """The position of a new message."""
    draft = Draft(f"{user} {text}", LOBBY, user, "Ana", "192.0.2.1", text, NOON)
    return store(ports, draft).message.id


def read(ports, after, limit=100, epoch=None):
    """What has changed since."""
    cursor = None if after is None else Cursor(after, epoch or ports.log.epoch)
    return ports.database.call(lambda connection: feed(connection, LOBBY, cursor, limit))


def test_what_was_said_and_what_has_changed_are_in_one_order(ports):
    """Each message once, where it changed last, as it is now."""
    one, two, three = (say(ports, text) for text in ("one", "two", "three"))
    store(ports, Delete(one, NOON, "1"))
    four = say(ports, "four")
    found = read(ports, two)
    assert [(each.id, each.message) for each in found.messages] == [
        (three, "three"),
        (one, ""),
        (four, "four"),
    ]
    assert (found.more, found.anew, found.seq) == (False, False, four)
    assert read(ports, found.seq).messages == []


def test_a_stretch_ends_where_the_next_one_begins(ports):
    """However many are read at a time."""
    say(ports, "zero")
    start = read(ports, None).seq
    ids = [say(ports, f"{number}") for number in range(5)]
    store(ports, Delete(ids[0], NOON, "1"))
    first = read(ports, start, 2)
    assert ([each.id for each in first.messages], first.more) == (ids[1:3], True)
    rest = read(ports, first.seq)
    assert ([each.id for each in rest.messages], rest.more) == ([*ids[3:], ids[0]], False)


def test_without_a_position_the_newest_are_read(ports):
    """In their order."""
    ids = [say(ports, f"{number}") for number in range(3)]
    assert [each.id for each in read(ports, None, 2).messages] == ids[1:]


def test_what_cannot_be_told_is_begun_anew(ports):
    """A position or an epoch that was never given; what somebody said who is being cleared."""
    say(ports, "one")
    here = say(ports, "two", "2")
    for found in (read(ports, here + 1), read(ports, here, epoch="another")):
        assert (found.anew, len(found.messages)) == (True, 2)
    store(ports, ClearUser("1", "", NOON))
    found = read(ports, here)
    assert [each.message for each in found.messages if each.message] in ([], ["two"])
    assert found.anew or not any(each.message == "one" for each in found.messages)


def test_a_history_that_was_cleared_says_so(ports):
    """Also to whom knew the newest message; once."""
    one = say(ports, "one")
    store(ports, Clear(LOBBY))
    found = read(ports, one)
    assert (found.messages, found.cleared) == ([], one)
    two = say(ports, "two")
    found = read(ports, found.seq)
    assert ([each.id for each in found.messages], found.cleared) == ([two], 0)
