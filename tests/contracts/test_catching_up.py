"""The contract of EventLog: what is gone is gone, and who was away learns what they missed."""

from dataclasses import replace

import pytest

from lanchat.chat.changes import Amend, Clear, Delete
from lanchat.chat.model import Cursor
from lanchat.chat.room_settings import Rules
from lanchat.errors import UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say, texts


@pytest.fixture
def said(log):
    """Five messages, a to e."""
    return say(log, "abcde")


def delete(log, message):
    """Let a message be gone; returns what is left of it."""
    return log.append(Delete(message.id, NOON)).result(DEADLINE).message


def clear(log, room="lobby"):
    """Let the history be gone; returns up to which position."""
    return log.append(Clear(room)).result(DEADLINE).up_to


def at(log, seq):
    """The cursor of a client that knows everything up to the position."""
    return Cursor(seq, log.epoch)


# What a newcomer is shown.


def test_newcomers_are_shown_the_newest(log, said):
    """Oldest first; what was left out is said."""
    page = log.newest("lobby", 3)
    assert (texts(page.messages), page.complete) == (["c", "d", "e"], False)
    assert log.newest("lobby", 5).complete
    assert page.seq == said[-1].id


def test_a_room_has_its_own_history(log, said):
    """What is said elsewhere is not shown here, and a position is one for all rooms."""
    (elsewhere,) = say(log, [draft("x", room="another")])
    assert texts(log.newest("another", 10).messages) == ["x"]
    assert log.newest("lobby", 10).messages == said
    assert log.newest("nowhere", 10).messages == []
    assert log.newest("lobby", 10).seq == log.newest("nowhere", 10).seq == elsewhere.id


def test_no_history_is_wanted(log, said):
    """A limit of 0 gives nothing, and says that there is more."""
    page = log.newest("lobby", 0)
    assert (page.messages, page.complete, page.seq) == ([], False, said[-1].id)


def test_what_was_deleted_is_not_shown(log, said):
    """Newcomers do not see it, and nothing else is missing."""
    delete(log, said[2])
    page = log.newest("lobby", 10)
    assert (texts(page.messages), page.complete) == (list("abde"), True)


def test_what_is_not_there_cannot_be_deleted(log, said):
    """Neither what never was nor what is gone already."""
    delete(log, said[2])
    (elsewhere,) = say(log, [draft("x", room="another")])
    clear(log)
    for gone in (said[2], said[0], said[0]._replace(id=said[-1].id + 100)):
        with pytest.raises(UnknownMessage):
            delete(log, gone)
    assert delete(log, elsewhere).deleted


def test_what_was_deleted_and_is_sent_again_stays_deleted(log, said, told):
    """Whoever missed the acknowledgement gets it, and nobody sees the message again."""
    gone = delete(log, said[2])
    assert say(log, ["c"]) == [gone]
    assert texts(log.newest("lobby", 10).messages) == list("abde")
    assert [event.message for event in told] == [gone]


def test_what_was_cleared_is_not_shown(log, said):
    """What comes later is complete; other rooms keep what they have."""
    say(log, [draft("x", room="another")])
    up_to = clear(log)
    say(log, "f")
    page = log.newest("lobby", 10)
    assert (texts(page.messages), page.complete, page.cleared) == (["f"], True, up_to)
    assert texts(log.newest("another", 10).messages) == ["x"]
    assert clear(log) > up_to


def test_the_very_first_message_can_be_deleted(log):
    """Of a room that was never cleared."""
    (first,) = say(log, [draft("a", room="another")])
    assert log.newest("another", 10).messages == [first]
    assert delete(log, first).deleted


def test_the_last_message_before_a_clear_goes_with_it(log):
    """Its id is the end of what was cleared."""
    (last,) = say(log, ["a"])
    assert clear(log) == last.id
    assert log.newest("lobby", 10).messages == []
    assert log.after("lobby", None, 10).messages == []
    with pytest.raises(UnknownMessage):
        delete(log, last)


# What a client has missed that knows positions.


def test_who_was_away_gets_what_was_said(log, said):
    """And nothing of what they have."""
    page = log.since("lobby", at(log, said[2].seq), 10)
    assert (page.messages, page.complete, page.changed) == (said[3:], True, [])
    assert page.seq == said[-1].seq
    assert log.since("lobby", at(log, page.seq), 10).messages == []


def test_who_was_away_gets_the_newest_where_it_is_too_much(log, said):
    """And is told so; exactly as much as asked for is complete."""
    cursor = at(log, said[0].seq)
    page = log.since("lobby", cursor, 3)
    assert (texts(page.messages), page.complete) == (["c", "d", "e"], False)
    assert log.since("lobby", cursor, 4).complete


def test_who_was_away_learns_what_has_changed(log, said):
    """What they have seen comes as it is now; what they have not is new, if deleted by now."""
    known = delete(log, said[1])
    cursor = at(log, known.seq)
    later = [delete(log, said[number]) for number in (4, 0)]
    (new, gone) = say(log, "fg")
    gone = delete(log, gone)
    page = log.since("lobby", cursor, 10)
    assert page.changed == [later[1], later[0]]
    assert page.messages == [new, gone]
    assert (page.changed[0].message, page.changed[0].deleted) == ("", True)
    assert page.seq == gone.seq


def test_who_was_away_gets_an_edited_message_once(log, said):
    """As it is now, and when it was edited; one that is deleted after that says no time."""
    cursor = at(log, said[-1].seq)
    for text in "xyz":
        event = log.append(edit(said[1].id, text, client_id=text)).result(DEADLINE)
    assert event.message == said[1]._replace(message="z", edited=NOON, seq=cursor.seq + 3)
    assert log.since("lobby", cursor, 10).changed == [event.message]
    assert log.newest("lobby", 10).messages[1] == event.message
    assert log.after("lobby", said[0].id, 10).messages[0] == event.message
    deleted = delete(log, said[1])
    assert log.since("lobby", cursor, 10).changed == [deleted]
    assert (deleted.message, deleted.deleted) == ("", True)


def test_a_change_of_another_room_is_not_told(log, said):
    """Nor is what was said there."""
    (elsewhere,) = say(log, [draft("x", room="another")])
    cursor = at(log, elsewhere.seq)
    delete(log, elsewhere)
    page = log.since("lobby", cursor, 10)
    assert (page.messages, page.changed, page.seq) == ([], [], cursor.seq + 1)


def test_more_changes_are_told_than_fit(log):
    """One more than an answer holds, by which it is seen."""
    posted = say(log, range(1_003))
    cursor = at(log, posted[-1].seq)
    deleted = [log.append(Delete(message.id, NOON)) for message in posted]
    assert deleted[-1].result(DEADLINE).message.id == posted[-1].id
    changed = log.since("lobby", cursor, 10).changed
    assert [message.id for message in changed] == [message.id for message in posted[:1_001]]


def test_who_was_away_learns_what_was_cleared(log, said):
    """And gets what was said since; changes of what is gone are not told."""
    cursor = at(log, said[-1].seq)
    delete(log, said[0])
    say(log, "f")
    up_to = clear(log)
    say(log, "g")
    page = log.since("lobby", cursor, 10)
    assert (texts(page.messages), page.changed, page.cleared) == (["g"], [], up_to)
    assert page.complete


def test_rules_move_the_cursor(log, said):
    """There is one position for everything."""
    cursor = at(log, said[-1].seq)
    log.append(Amend(lambda state: replace(state, rules=Rules("x")))).result(DEADLINE)
    page = log.since("lobby", cursor, 10)
    assert (page.messages, page.changed, page.seq) == ([], [], cursor.seq + 1)


def test_a_position_that_was_never_reached_is_of_another_history(start_durable):
    """Whatever follows it here is something else."""
    log = start_durable().log
    said = say(log, "ab")
    assert log.since("lobby", at(log, said[-1].seq), 10) is not None
    assert log.since("lobby", at(log, said[-1].seq + 1), 10) is None


@pytest.mark.parametrize("epoch", ["", "0123456789abcdef", "x" * 64])
def test_an_epoch_that_never_was_is_of_another_history(start_durable, epoch):
    """A database that was begun anew knows none of the old one's."""
    log = start_durable().log
    say(log, "ab")
    assert log.since("lobby", Cursor(1, epoch), 10) is None


def test_another_server_has_another_history(start_durable):
    """A page that comes to it, because it has the address now, is told so."""
    one, other = start_durable("one").log, start_durable("other").log
    say(one, "a")
    say(other, "ab")
    assert one.epoch != other.epoch
    assert other.since("lobby", at(one, 1), 10) is None


def test_a_restart_keeps_a_cursor_good(start_durable):
    """However often; each life has a name of its own."""
    epochs = []
    cursors = []
    for text in "abc":
        life = start_durable()
        (message,) = say(life.log, text)
        cursors.append(Cursor(message.seq, life.log.epoch))
        epochs.append(life.log.epoch)
        life.close()
    log = start_durable().log
    missed = [texts(log.since("lobby", cursor, 10).messages) for cursor in cursors]
    assert missed == [["b", "c"], ["c"], []]
    assert len({*epochs, log.epoch}) == 4


def test_a_cursor_past_the_beginning_of_the_next_epoch(start_durable):
    """It has seen positions that this history gave to something else."""
    first = start_durable()
    seen = say(first.log, "abc")[-1].seq
    first.close()
    second = start_durable()
    say(second.log, "def")
    epoch = first.log.epoch
    assert second.log.since("lobby", Cursor(seen, epoch), 10) is not None
    assert second.log.since("lobby", Cursor(seen + 1, epoch), 10) is None
    second.close()
    third = start_durable().log
    assert third.since("lobby", Cursor(seen + 3, second.log.epoch), 10) is not None
    assert third.since("lobby", Cursor(seen + 1, epoch), 10) is None
    assert third.since("lobby", Cursor(seen + 4, second.log.epoch), 10) is None


# What a client has missed that knows ids alone.


def test_after_an_id(log, said):
    """Only what was said since."""
    page = log.after("lobby", said[2].id, 2)
    assert (texts(page.messages), page.complete, page.seq) == (["d", "e"], True, said[4].id)
    assert not log.after("lobby", said[2].id, 1).complete
    assert log.after("lobby", said[4].id, 10).messages == []


def test_after_nothing(log, said):
    """A client that shows nothing is a newcomer."""
    page = log.after("lobby", None, 3)
    assert (texts(page.messages), page.complete, page.deleted) == (["c", "d", "e"], False, [])


def test_after_an_id_of_another_life(log, said):
    """An id from the future belongs to another history: the newest messages, incomplete."""
    delete(log, said[0])
    page = log.after("lobby", said[-1].id + 1_000, 10)
    assert (texts(page.messages), page.complete, page.deleted) == (list("bcde"), False, [])


def test_after_an_id_the_deleted_are_named(log, said):
    """Those that the client may still show; the rest it never gets."""
    for number in (1, 0, 4):
        delete(log, said[number])
    page = log.after("lobby", said[3].id, 10)
    assert (page.messages, page.complete) == ([], True)
    assert page.deleted == [said[1].id, said[0].id]


def test_after_an_id_the_newest_deleted_are_named(log):
    """A thousand at most."""
    posted = say(log, range(1_001))
    for message in posted:
        log.append(Delete(message.id, NOON))
    (last,) = say(log, ["the end"])
    deleted = log.after("lobby", last.id, 10).deleted
    assert deleted == [message.id for message in reversed(posted[1:])]


def test_after_an_id_a_cleared_history_is_named(log, said):
    """What was said since comes, and is complete."""
    up_to = clear(log)
    say(log, "f")
    page = log.after("lobby", said[1].id, 10)
    assert (texts(page.messages), page.complete, page.cleared) == (["f"], True, up_to)
