"""The contract of EventLog for reactions: stored at once, and told in the order of everything."""

import pytest

from lanchat.chat.changes import Clear, Delete, React, Tell
from lanchat.chat.events import Reacted, ReactionsChanged
from lanchat.chat.model import KINDS, NAMED, Cursor, Own, Reaction
from lanchat.errors import TooManyReactions, UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, say

LIKE, HEART = "👍", "❤️"


@pytest.fixture
def message(log):
    """A message that nobody has reacted to."""
    (message,) = say(log, ["a"])
    return message


def react(log, message, emoji=LIKE, user_id="1", *, user="Ana", on=True):
    """Let somebody react; returns what came of it."""
    change = React(message.id, user_id, user, emoji, on)
    return log.append(change).result(DEADLINE)


def tell(log, message):
    """Let all learn of it."""
    return log.append(Tell(message.id)).result(DEADLINE)


def newest(log):
    """The newest message of the room as it now is."""
    return log.newest("lobby", 1).messages[0]


def test_a_reaction_is_stored_before_it_is_told(log, told, message):
    """It takes no position, and nobody hears of it: who reacted is answered all the same."""
    assert react(log, message) == Reacted(message.id, "1", (LIKE,), changed=True)
    assert log.mine("1", [message.id]) == {message.id: Own((LIKE,))}
    assert (told[1:], log.newest("lobby", 1).seq) == ([], message.id)


def test_who_reacts_is_answered_before_it_is_told(log, told, message):
    """Also where both are one commit: so the count that others see has one's own in it."""
    order: list[object] = []
    log.listen(order.append)
    for number in range(20):
        reacted = log.append(React(message.id, str(number), "Ana", LIKE))
        reacted.add_done_callback(lambda done: order.append(done.result()))
        log.append(Tell(message.id)).result(DEADLINE)
    assert [type(each) for each in order] == [Reacted, ReactionsChanged] * 20


def test_who_was_away_learns_of_what_is_not_told_yet(log, message):
    """It changes nothing but what is one's own to it, which has no position."""
    cursor = Cursor(message.seq, log.epoch)
    assert log.since("lobby", cursor, 10).changed == []
    react(log, message)
    assert log.since("lobby", cursor, 10).changed == [message]
    event = tell(log, message)
    assert [each.seq for each in log.since("lobby", cursor, 10).changed] == [event.seq]
    assert log.since("lobby", Cursor(event.seq, log.epoch), 10).changed == []


def test_it_is_told_at_the_next_position(log, told, message):
    """For all who have reacted by then, in the order in which they did."""
    react(log, message)
    react(log, message, HEART, "2", user="Bia")
    react(log, message, LIKE, "2", user="Bia")
    reactions = (
        Reaction(LIKE, 2, (("1", "Ana"), ("2", "Bia"))),
        Reaction(HEART, 1, (("2", "Bia"),)),
    )
    event = tell(log, message)
    assert event == ReactionsChanged(message.id + 1, "lobby", message.id, reactions)
    assert told[1:] == [event]
    assert newest(log) == message._replace(seq=event.seq, reactions=reactions)


def test_what_is_told_is_told_once(log, told, message):
    """Where nothing has changed since, no position is taken."""
    react(log, message)
    event = tell(log, message)
    with pytest.raises(UnknownMessage):
        tell(log, message)
    assert (told[-1], log.newest("lobby", 1).seq) == (event, event.seq)


def test_whoever_leaves_before_it_is_told_learns_it_when_they_come_back(log, message):
    """Their cursor has moved on by what was told in between, and not past the reaction."""
    react(log, message)
    (between,) = say(log, ["b"])
    cursor = Cursor(between.seq, log.epoch)
    tell(log, message)
    page = log.since("lobby", cursor, 10)
    assert [(one.id, one.reactions[0].total) for one in page.changed] == [(message.id, 1)]
    assert page.messages == []


def test_what_was_not_told_at_the_end_is_told_at_the_start(start_durable):
    """The next life of the server gives it its position before anybody comes."""
    first = start_durable()
    message, _ = say(first.log, "ab")
    cursor = Cursor(first.log.newest("lobby", 1).seq, first.log.epoch)
    react(first.log, message)
    first.close()
    second = start_durable()
    page = second.log.since("lobby", cursor, 10)
    assert [one.reactions for one in page.changed] == [(Reaction(LIKE, 1, (("1", "Ana"),)),)]
    assert page.seq > cursor.seq
    with pytest.raises(UnknownMessage):
        tell(second.log, message)


def test_a_reaction_is_taken_back(log, message):
    """The last one takes the field along."""
    for user_id in "12":
        react(log, message, user_id=user_id)
    assert react(log, message, on=False) == Reacted(message.id, "1", (), changed=True)
    assert tell(log, message).reactions == (Reaction(LIKE, 1, (("2", "Ana"),)),)
    react(log, message, user_id="2", on=False)
    assert tell(log, message).reactions == ()
    assert newest(log).reactions is None


@pytest.mark.parametrize("on", [True, False])
def test_the_same_again_changes_nothing(log, message, on):
    """Whoever missed the acknowledgement may ask again."""
    react(log, message)
    tell(log, message)
    if not on:
        react(log, message, on=False)
        tell(log, message)
    assert react(log, message, on=on) == Reacted(message.id, "1", (LIKE,) * on, changed=False)
    with pytest.raises(UnknownMessage):
        tell(log, message)


def test_a_message_has_a_limited_number_of_kinds(log, message):
    """One of those that are there can still be chosen."""
    kinds = [chr(ord("🐀") + number) for number in range(KINDS + 1)]
    for kind in kinds[:-1]:
        react(log, message, kind)
    with pytest.raises(TooManyReactions):
        react(log, message, kinds[-1], "2")
    react(log, message, kinds[0], "2")
    react(log, message, kinds[1], on=False)
    react(log, message, kinds[-1], "2")
    assert len(tell(log, message).reactions) == KINDS


def test_the_first_ten_are_named(log, message):
    """All are counted."""
    for number in range(NAMED + 2):
        react(log, message, user_id=str(number))
    (reaction,) = tell(log, message).reactions
    assert (reaction.total, [user_id for user_id, _ in reaction.users]) == (12, list("0123456789"))


def test_many_kinds_name_fewer(log, message):
    """So that all together they are less than 2 kB for everybody who is told."""
    for emoji in "🐀🐁🐂🐃🐄🐅":
        for number in range(NAMED):
            react(log, message, emoji, f"{number:032}", user="Émile with a long name")
    reactions = tell(log, message).reactions
    assert {reaction.total for reaction in reactions} == {NAMED}
    named = [len(reaction.users) for reaction in reactions]
    assert 1 <= min(named) <= max(named) <= min(named) + 1 < NAMED
    assert 1_600 < sum(reaction.size for reaction in reactions) <= 1_700


@pytest.mark.parametrize("going", ["never was", "deleted", "cleared"])
def test_a_message_that_is_not_there_takes_none(log, message, going):
    """Nobody is told that it once was."""
    if going == "deleted":
        log.append(Delete(message.id, NOON)).result(DEADLINE)
    elif going == "cleared":
        log.append(Clear("lobby")).result(DEADLINE)
    else:
        message = message._replace(id=2**53)
    with pytest.raises(UnknownMessage):
        react(log, message)


@pytest.mark.parametrize("untold", [True, False])
def test_a_deleted_message_has_none(log, told, message, untold):
    """They go with its text, in the same commit, and nothing is told of them any more."""
    react(log, message)
    if not untold:
        tell(log, message)
    deleted = log.append(Delete(message.id, NOON)).result(DEADLINE)
    assert deleted.message.reactions is None
    assert log.mine("1", [message.id]) == {}
    with pytest.raises(UnknownMessage):
        tell(log, message)
    (page,) = [log.since("lobby", Cursor(message.seq, log.epoch), 10)]
    assert page.changed == [deleted.message]


def test_ones_own_are_found_among_many(log):
    """Those of others are not among them, nor those to other messages."""
    messages = say(log, range(600))
    for number in (0, 1, 599):
        react(log, messages[number])
    react(log, messages[1], HEART)
    react(log, messages[2], user_id="2")
    ids = [message.id for message in messages]
    assert log.mine("1", ids[1:]) == {ids[1]: Own((LIKE, HEART)), ids[599]: Own((LIKE,))}
    assert (log.mine("3", ids), log.mine("1", [])) == ({}, {})
