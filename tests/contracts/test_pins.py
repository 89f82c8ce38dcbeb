"""The contract of EventLog for pinned messages."""

import pytest

from lanchat.chat.changes import Clear, Delete, Pin, Unpin
from lanchat.chat.model import PINS, Cursor
from lanchat.errors import UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say


def do(log, change):
    """Let it happen; returns the messages that it has changed."""
    return log.append(change).result(DEADLINE).messages


def pins(log):
    """The ids of the pinned messages."""
    return [message.id for message in log.newest("lobby", 1).pins]


def test_a_pinned_message_says_so_and_is_in_every_answer(log, told):
    """Also where the answer has no messages otherwise."""
    (message,) = say(log, "a")
    (pinned,) = do(log, Pin("lobby", message.id))
    assert pinned == message._replace(pinned=True, seq=message.id + 1)
    assert told[-1].messages == (pinned,)
    assert log.since("lobby", Cursor(told[-1].seq, log.epoch), 10).pins == [pinned]
    assert log.after("lobby", message.id, 10).pins == [pinned]
    assert log.since("lobby", Cursor(message.id, log.epoch), 10).changed == [pinned]


def test_without_a_number_it_is_the_newest(log):
    """Of those that are there, and of the room's own."""
    first, second = say(log, "ab")
    say(log, [draft("c", room="another")])
    log.append(Delete(second.id, NOON)).result(DEADLINE)
    assert [message.id for message in do(log, Pin("lobby", None))] == [first.id]
    do(log, Pin("lobby", say(log, "d")[0].id))
    (unpinned,) = do(log, Unpin("lobby", None))
    assert (unpinned.message, unpinned.pinned, pins(log)) == ("d", False, [first.id])


def test_the_oldest_pin_makes_room(log, told):
    """All are told of both messages, each at its own position."""
    messages = say(log, range(PINS + 1))
    for message in reversed(messages[1:]):
        do(log, Pin("lobby", message.id))
    changed = do(log, Pin("lobby", messages[0].id))
    assert [(one.id, one.pinned) for one in changed] == [
        (messages[-1].id, False),
        (messages[0].id, True),
    ]
    assert (changed[1].seq, told[-1].seq) == (changed[0].seq + 1, changed[1].seq)
    assert len(pins(log)) == PINS


def test_pinning_twice_changes_nothing(log, told):
    """It takes no position."""
    (message,) = say(log, "a")
    first = do(log, Pin("lobby", message.id))
    assert do(log, Pin("lobby", None)) == first
    assert len(told) == 2


@pytest.mark.parametrize("change", [Pin, Unpin])
@pytest.mark.parametrize("number", [None, 2**53])
def test_what_is_not_there_is_refused(log, change, number):
    """Nor is anything else pinned instead."""
    with pytest.raises(UnknownMessage):
        do(log, change("lobby", number))
    (message,) = say(log, [draft("a", room="another")])
    with pytest.raises(UnknownMessage):
        do(log, change("lobby", message.id))


@pytest.mark.parametrize("going", ["deleted", "cleared"])
def test_what_goes_is_no_pin(log, going):
    """Its place is free."""
    (message,) = say(log, "a")
    do(log, Pin("lobby", message.id))
    change = Delete(message.id, NOON) if going == "deleted" else Clear("lobby")
    event = log.append(change).result(DEADLINE)
    assert pins(log) == []
    if going == "deleted":
        assert not event.message.pinned
    with pytest.raises(UnknownMessage):
        do(log, Unpin("lobby", message.id))
