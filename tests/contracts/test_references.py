"""The contract of EventLog: answers quote what is there, mentions are of people."""

from dataclasses import replace

import pytest

from lanchat.chat.changes import Clear, Delete, LoggedOut, Reserved
from lanchat.chat.model import Cursor, Quoted, User
from lanchat.errors import UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say


@pytest.fixture
def said(log):
    """What is going to be answered."""
    return say(log, ["hello"])[0]


@pytest.fixture
def answer(log, said):
    """What was said to it."""
    return say(log, [draft("hi", reply_to=said.id)])[0]


def newest(log):
    """The newest message, as a newcomer gets it."""
    return log.newest("lobby", 1).messages[0]


def quoted(log):
    """What it quotes."""
    return newest(log).quoted


def test_an_answer_quotes_what_it_answers(log, said, answer, told):
    """By its beginning; told live, to newcomers, and after a break."""
    assert (answer.reply_to, answer.quoted) == (said.id, Quoted(said.id, "1", "Ana", "hello"))
    assert newest(log) == answer
    assert log.after("lobby", said.id, 10).messages == [answer]
    assert log.since("lobby", Cursor(said.id, log.epoch), 10).messages == [answer]
    (long,) = say(log, ["🦊" * 201])
    (again,) = say(log, [draft("oh", reply_to=long.id)])
    assert again.quoted == Quoted(long.id, "1", "Ana", "🦊" * 200)
    assert told[-1].message == again


def test_a_quote_is_as_it_is_now(log, said, answer):
    """Edited, deleted, or cleared away."""
    log.append(edit(said.id, "hallo")).result(DEADLINE)
    assert quoted(log) == Quoted(said.id, "1", "Ana", "hallo")
    log.append(Delete(said.id, NOON)).result(DEADLINE)
    assert quoted(log) == Quoted(said.id, "1", "Ana", "", deleted=True)


def test_an_answer_that_changes_quotes_what_it_answers(log, said, answer):
    """So does the event; a deleted one answers nothing any more."""
    event = log.append(edit(answer.id, "hey")).result(DEADLINE)
    assert event.message.quoted == answer.quoted
    assert log.since("lobby", Cursor(answer.id, log.epoch), 10).changed == [event.message]
    event = log.append(Delete(answer.id, NOON)).result(DEADLINE)
    assert (event.message.reply_to, event.message.quoted) == (None, None)
    assert log.since("lobby", Cursor(answer.id, log.epoch), 10).changed == [event.message]


def test_an_answer_to_what_was_just_deleted(log, said):
    """Is as if it had been deleted a moment later."""
    log.append(Delete(said.id, NOON)).result(DEADLINE)
    (answer,) = say(log, [draft("hi", reply_to=said.id)])
    assert answer.quoted == Quoted(said.id, "1", "Ana", "", deleted=True)


def test_an_answer_to_what_is_not_there_is_refused(log, said):
    """Not in this room, cleared, or never said; what had been stored is answered again."""
    (elsewhere,) = say(log, [draft("x", room="another")])
    (answer,) = say(log, [draft("hi", reply_to=said.id)])
    log.append(Clear("lobby")).result(DEADLINE)
    for number in (elsewhere.id, said.id, 2**53):
        with pytest.raises(UnknownMessage):
            say(log, [draft("oh", reply_to=number)])
    assert say(log, [draft("hi", reply_to=said.id)])[0].id == answer.id
    assert log.newest("lobby", 10).messages == []


def test_what_is_quoted_may_be_cleared_before_its_answer(log, said):
    """A history that is cleared goes later; its words are quoted no more at once."""
    (answer,) = say(log, [draft("hi", reply_to=said.id, room="lobby")])
    log.append(Clear("lobby")).result(DEADLINE)
    assert log.since("lobby", Cursor(answer.id, log.epoch), 10).messages == []


def test_people_are_mentioned(log, ports):
    """Each once; whoever is nobody's id is left out."""
    ports.reservations.note([Reserved(User("here", "Bia")), LoggedOut("gone", 1.0)])
    say(log, [draft("I was here", user_id="author")])
    asked = ("here", "gone", "author", "nobody", "here")
    (message,) = say(log, [draft("hey", mentions=asked)])
    assert message.mentions == ("here", "gone", "author")
    assert newest(log) == message
    (nobody,) = say(log, [draft("who?", mentions=("nobody",))])
    assert newest(log) == nobody
    assert nobody.mentions is None


def test_an_edit_replaces_mentions_if_it_has_some(log, said):
    """None at all are some, too; a deleted message mentions nobody."""
    (message,) = say(log, [draft("hey", mentions=("1",))])
    assert log.append(edit(message.id, "a", "a")).result(DEADLINE).message.mentions == ("1",)
    assert newest(log).mentions == ("1",)
    none = replace(edit(message.id, "b", "b"), mentions=())
    assert log.append(none).result(DEADLINE).message.mentions is None
    assert newest(log).mentions is None
    some = replace(edit(message.id, "c", "c"), mentions=("1", "nobody"))
    assert log.append(some).result(DEADLINE).message.mentions == ("1",)
    assert log.append(Delete(message.id, NOON)).result(DEADLINE).message.mentions is None
