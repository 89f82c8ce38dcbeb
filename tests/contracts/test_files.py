"""The contract of EventLog: a message has the files that it names, as long as it is there."""

import pytest

from lanchat.chat.changes import Clear, ClearUser, Delete, Pin
from lanchat.chat.model import Cursor, Quoted
from lanchat.errors import UnknownFile
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say

NOBODY = {"large": 0, "small": 0}


@pytest.fixture
def files(ports):
    """What Ana has sent: two files, which wait for a message."""
    return ports.put_file("b"), ports.put_file("a")


@pytest.fixture
def said(log, files):
    """The message that names them, without a word."""
    return say(log, [draft("", "caption", files=("b", "a"))])[0]


def test_a_message_has_the_files_that_it_names(log, files, said, told):
    """In its order; told live, to newcomers, after a break, and to who pins it."""
    assert (said.message, said.files) == ("", files)
    assert log.newest("lobby", 1).messages == [said]
    assert log.after("lobby", None, 10).messages == [said]
    assert log.since("lobby", Cursor(said.id - 1, log.epoch), 10).messages == [said]
    event = log.append(Pin("lobby", said.id)).result(DEADLINE)
    assert event.messages[0].files == files
    assert log.newest("lobby", 1).pins == list(event.messages)
    assert log.since("lobby", Cursor(said.id, log.epoch), 10).changed == list(event.messages)


def test_messages_without_files_have_none(log, said):
    """Beside one that has some, too."""
    (other,) = say(log, ["hello"])
    assert other.files is None
    assert log.newest("lobby", 2).messages == [said, other]


def test_a_message_that_is_sent_again_is_the_same(log, ports, said):
    """Its files are its own by then, and it is no other message's fault."""
    assert say(log, [draft("", "caption", files=("b", "a"))])[0].id == said.id
    assert ports.uses() == {"large": 2, "small": 2}


@pytest.mark.parametrize("ids", [("mine", "theirs"), ("nothing",), ("b",), ("mine", "mine")])
def test_what_a_message_may_not_name(log, ports, said, told, ids):
    """Neither another person's file, nor one that is not there, is another message's, or twice."""
    ports.put_file("mine")
    ports.put_file("theirs", "2")
    with pytest.raises(UnknownFile):
        say(log, [draft("text", files=ids)])
    assert log.newest("lobby", 10).messages == [said]
    assert say(log, [draft("", "alone", files=("mine",))])[0].files is not None


def test_an_edit_keeps_the_files(log, files, said):
    """Whatever the text is, none at all for one."""
    for text in ("text", ""):
        event = log.append(edit(said.id, text, f"edit {text}")).result(DEADLINE)
        assert (event.message.message, event.message.files) == (text, files)
        assert log.newest("lobby", 1).messages == [event.message]


def test_a_quote_says_what_the_message_holds(log, files, said):
    """As long as that is there."""
    (answer,) = say(log, [draft("nice", reply_to=said.id)])
    assert answer.quoted == Quoted(said.id, "1", "Ana", "", files=files)
    assert log.newest("lobby", 1).messages == [answer]
    log.append(Delete(said.id, NOON)).result(DEADLINE)
    assert log.newest("lobby", 1).messages[0].quoted.files is None


def test_a_deleted_message_has_no_files(log, ports, said):
    """Nobody else needs what is in them."""
    event = log.append(Delete(said.id, NOON)).result(DEADLINE)
    assert event.message.files is None
    assert log.since("lobby", Cursor(said.id, log.epoch), 10).changed == [event.message]
    assert ports.uses() == NOBODY


def test_all_that_one_person_has_sent_is_cleared(log, ports, said):
    """What another one has sent as well stays."""
    ports.put_file("c", "2")
    say(log, [draft("", "c", user_id="2", files=("c",))])
    log.append(ClearUser("1", "Ana", NOON)).result(DEADLINE)
    assert ports.uses() == {"large": 1, "small": 1}


def test_a_cleared_history_quotes_no_files(log, said):
    """Its rows go later."""
    log.append(Clear("lobby")).result(DEADLINE)
    (answer,) = say(log, [draft("and now", "now")])
    assert log.newest("lobby", 10).messages == [answer]
