"""What a client has missed, and how much of it fits into one answer."""

from unittest.mock import create_autospec

import msgspec
import pytest

from lanchat.chat import catchup
from lanchat.chat.catchup import CATCH_UP_BYTES, CATCH_UP_LIMIT, missed
from lanchat.chat.changes import Clear, Delete
from lanchat.chat.model import (
    FILES_LIMIT,
    LOBBY,
    MESSAGE_LIMIT,
    QUOTE_LIMIT,
    Attachment,
    Cursor,
    Message,
    Page,
    Quoted,
)
from lanchat.chat.ports import EventLog
from lanchat.chat.reading import Place, Stretch
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.web import answers

HISTORY = 3
LATER = "2026-11-23T13:00:00.000Z"
FRAME = 210 + len('["c", "lobby", "1", "Ana", "192.0.2.1", ]')
"""What a message of ``message`` counts besides its text."""


@pytest.fixture
def database(tmp_path):
    """A database in a file: one in memory knows nothing of earlier starts."""
    database = Database(tmp_path / "messages.db")
    yield database
    database.close()


@pytest.fixture
def say(log, draft):
    """Let these be said; returns the messages."""

    def post(*texts):
        posted = [log.append(draft(text)) for text in texts]
        return [each.result(10).message for each in posted]

    return post


@pytest.fixture
def cursor(log):
    """Where a client is that knows everything up to now."""
    return lambda: Cursor(log.newest(LOBBY, 1).seq, log.epoch)


def texts(page):
    """What the page's messages say."""
    return [message.message for message in page.messages]


def catch_up(log, cursor=None, last_id=None):
    """What a client gets."""
    return missed(log, LOBBY, cursor, last_id, HISTORY)


# What a client gets who knows positions.


def test_who_was_away_gets_what_is_new_and_what_has_changed(log, say, cursor):
    """Of a message that was deleted meanwhile its place is left."""
    first, second = say("a", "b")
    away = cursor()
    say("c")
    log.append(Delete(first.id, LATER)).result(10)
    page = catch_up(log, away)
    assert (texts(page), page.complete, page.anew) == (["c"], True, False)
    assert [(message.id, message.deleted) for message in page.changed] == [(first.id, True)]
    assert page.seq == cursor().seq > second.id
    assert catch_up(log, Cursor(page.seq, log.epoch)).messages == []


def test_who_was_away_gets_more_than_a_newcomer(log, say, cursor):
    """Catching up is not bounded by the history that a newcomer gets."""
    say("before")
    away = cursor()
    say(*map(str, range(50)))
    page = catch_up(log, away)
    assert (len(page.messages), page.complete) == (50, True)


def test_a_history_that_was_cleared_is_told(log, say, cursor):
    """What was said before is no part of the answer, which is complete all the same."""
    say("a")
    away = cursor()
    say("b")
    up_to = log.append(Clear(LOBBY)).result(10).up_to
    say("c")
    page = catch_up(log, away)
    assert (texts(page), page.cleared, page.complete) == (["c"], up_to, True)


def test_an_epoch_of_an_earlier_start_is_known(log, say, cursor, database):
    """A restart costs nothing."""
    say("a")
    away = cursor()
    say("b")
    log.close()
    restarted = SqliteEventLog(database)
    page = catch_up(restarted, away)
    assert (texts(page), page.anew) == (["b"], False)
    restarted.close()


def test_what_another_history_has_shown_is_dropped(log, say, cursor):
    """Whose epoch nobody knows gets the newest messages, and is told to begin anew."""
    say(*"abcde")
    for seq in (1, cursor().seq):
        page = catch_up(log, Cursor(seq, "another"))
        assert (texts(page), page.complete, page.anew) == (["c", "d", "e"], False, True)
        assert page.changed == []


def test_a_position_that_was_never_reached_is_of_another_history(log, say, cursor):
    """A database that was restored from a backup is behind what pages have seen."""
    say(*"abcde")
    page = catch_up(log, Cursor(cursor().seq + 1, log.epoch))
    assert (texts(page), page.anew) == (["c", "d", "e"], True)


def test_a_newcomer_gets_the_newest_messages(log, say):
    """Who shows nothing has nothing to drop, whatever epoch they name."""
    say(*"abcde")
    for epoch in ("", log.epoch, "another"):
        page = catch_up(log, Cursor(0, epoch))
        assert (texts(page), page.complete, page.anew) == (["c", "d", "e"], False, False)


def test_a_small_history_is_complete(log, say):
    """Nothing was left out where there is no more."""
    say(*"abc")
    page = catch_up(log, Cursor(0, ""))
    assert (texts(page), page.complete) == (["a", "b", "c"], True)


# What a client gets that knows ids alone.


def test_an_old_client_gets_what_was_said_after_an_id(log, say):
    """What has been deleted is named to it by ids."""
    first, second, _ = say("a", "b", "c")
    log.append(Delete(first.id, LATER)).result(10)
    page = catch_up(log, last_id=second.id)
    assert (texts(page), page.complete, page.deleted) == (["c"], True, [first.id])
    assert (page.changed, page.anew) == ([], False)


def test_an_old_client_that_shows_nothing_gets_the_history(log, say):
    """It gets the newest messages, and is told that there are more."""
    say(*"abcde")
    page = catch_up(log)
    assert (texts(page), page.complete) == (["c", "d", "e"], False)


def test_an_old_client_may_have_missed_more_than_the_history(log, say):
    """It catches up as others do."""
    first, *_ = say(*map(str, range(51)))
    page = catch_up(log, last_id=first.id)
    assert (len(page.messages), page.complete) == (50, True)


def test_an_id_that_was_never_given_counts_as_none(log, say, cursor):
    """It gets what there is, and is told that something may be missing."""
    say(*"ab")
    page = catch_up(log, last_id=cursor().seq + 1)
    assert (texts(page), page.complete, page.anew) == (["a", "b"], False, False)


# How much fits.


def message(number, text="", *, deleted=False):
    """A message with this id."""
    return Message(number, "c", LOBBY, "1", "Ana", "192.0.2.1", text, LATER, number, deleted)


@pytest.fixture
def stand_in():
    """A log whose page after a position the test makes up; what is newest is one message."""
    log = create_autospec(EventLog, instance=True)
    log.newest.return_value = Page([message(9_999, "newest")], complete=True)
    return log


def answered(log, page, *, old=False, history=HISTORY):
    """What a client gets of this page."""
    log.since.return_value = log.after.return_value = page
    cursor = None if old else Cursor(5, "epoch")
    return missed(log, LOBBY, cursor, 5 if old else None, history)


def size(messages):
    """How large they count, in bytes."""
    return sum(FRAME + 2 + len(each.message.encode()) for each in messages)


@pytest.mark.parametrize("old", [True, False])
def test_an_answer_stays_small_enough_to_be_sent(stand_in, old):
    """Of very long messages the newest that fit are sent, and no fewer."""
    page = Page([message(number, "x" * MESSAGE_LIMIT) for number in range(200)], complete=True)
    answer = answered(stand_in, page, old=old)
    assert (
        size(answer.messages) <= CATCH_UP_BYTES < size(page.messages[-len(answer.messages) - 1 :])
    )
    assert answer.messages == page.messages[-len(answer.messages) :]
    assert not answer.complete


@pytest.mark.parametrize("too_many", [0, 1])
def test_an_answer_may_be_as_large_as_the_limit(stand_in, too_many):
    """The message that does not fit any more is left out, and it alone."""
    whole, rest = divmod(CATCH_UP_BYTES, FRAME + 2 + MESSAGE_LIMIT)
    texts_ = ["first"] * too_many + ["x" * (rest - FRAME - 2)] + ["x" * MESSAGE_LIMIT] * whole
    page = Page([message(number, text) for number, text in enumerate(texts_)], complete=True)
    answer = answered(stand_in, page)
    assert size(answer.messages) == CATCH_UP_BYTES
    assert answer.messages == page.messages[too_many:]
    assert answer.complete == (too_many == 0)


@pytest.mark.parametrize("character", ["é", "🦊", "\a", '"'])
def test_a_text_counts_as_it_is_encoded(stand_in, character):
    """A character can be one byte or six."""
    text = character * MESSAGE_LIMIT
    page = Page([message(number, text) for number in range(100)], complete=True)
    encoded = {"é": 2, "🦊": 4, "\a": 6, '"': 2}[character] * MESSAGE_LIMIT + 2 + FRAME
    assert len(answered(stand_in, page).messages) == CATCH_UP_BYTES // encoded


def test_many_short_messages_fit(stand_in):
    """A thousand of them are one answer, and nothing is said to be missing."""
    page = Page([message(number, "x" * 50) for number in range(CATCH_UP_LIMIT)], complete=True)
    assert answered(stand_in, page) == page


def test_frames_count_too(stand_in):
    """Names, ids and times of 3,000 messages alone are too much, where a history is as long."""
    page = Page([message(number) for number in range(3_000)], complete=True)
    answer = answered(stand_in, page, old=True, history=4_000)
    assert len(answer.messages) == CATCH_UP_BYTES // (FRAME + 2)
    assert stand_in.after.call_args.args == (LOBBY, 5, 4_000)


def test_a_thousand_changes_fit(stand_in):
    """No more messages are beside them than a thousand in all."""
    changed = [message(number, deleted=True) for number in range(CATCH_UP_LIMIT - 2)]
    new = [message(2_000 + number, "x") for number in range(5)]
    answer = answered(stand_in, Page(new, complete=True, changed=changed))
    assert (answer.messages, answer.changed, answer.complete) == (new[-2:], changed, False)
    full = Page([], complete=True, changed=[message(number) for number in range(CATCH_UP_LIMIT)])
    assert answered(stand_in, full) == full


def test_a_thousand_changes_fit_that_are_answers(stand_in):
    """Also where each third of them quotes as much as is quoted."""
    quoted = Quoted(5, "0" * 32, "Ana", "x" * QUOTE_LIMIT)
    answers = [message(number, "x" * 50) for number in range(CATCH_UP_LIMIT)]
    answers[::3] = [each._replace(reply_to=5, quoted=quoted) for each in answers[::3]]
    page = Page([], complete=True, changed=answers)
    assert answered(stand_in, page) == page


def test_all_that_is_sent_is_counted():
    """A little more is, and not much."""
    least = message(1)
    most = least._replace(
        id=2**53,
        seq=2**53,
        edited=LATER,
        pinned=True,
        mentions=("1", "2"),
        reply_to=2**53,
        quoted=Quoted(2**53, "1", 'A"na', "\a" * 20, deleted=True),
    )
    for each, spare in (least, 120), (most, 60):
        sent = len(msgspec.json.encode(answers.stretch(Stretch([each]), Place())["messages"]))
        assert sent <= catchup.counted(each) <= sent + spare


def test_files_count_too(stand_in):
    """Those of a message and those of the one that it quotes: what is told of them is counted."""
    file = Attachment("0" * 32, '"' * 200, "image/jpeg", 10**8, 10**4, 10**4, thumb=True)
    files = (file,) * FILES_LIMIT
    each = message(1)._replace(files=files, reply_to=1, quoted=Quoted(1, "1", "A", "", files=files))
    sent = len(msgspec.json.encode(answers.stretch(Stretch([each]), Place())["messages"]))
    counted = catchup.counted(each) + catchup.attached_bytes(each)
    assert sent <= counted <= 1.1 * sent
    page = Page([each] * 100, complete=True)
    assert len(answered(stand_in, page).messages) == CATCH_UP_BYTES // counted


def test_messages_and_changes_share_one_answer(stand_in):
    """All changes are told, and as many of the newest messages as fit beside them."""
    changed = [message(number, "x" * MESSAGE_LIMIT) for number in range(100)]
    new = [message(1_000 + number, "x" * MESSAGE_LIMIT) for number in range(100)]
    answer = answered(stand_in, Page(new, complete=True, changed=changed))
    assert answer.changed == changed
    assert answer.messages == new[-41:]
    assert size([*answer.changed, *answer.messages]) <= CATCH_UP_BYTES
    assert not answer.complete


@pytest.mark.parametrize(
    "changed",
    [
        [message(number, deleted=True) for number in range(CATCH_UP_LIMIT + 1)],
        [message(number, "x" * MESSAGE_LIMIT) for number in range(200)],
    ],
    ids=["too many", "too long"],
)
def test_changes_that_do_not_fit_are_replaced_by_everything_anew(stand_in, changed):
    """The client drops what it shows: it could not learn what has changed in it."""
    answer = answered(stand_in, Page([message(1_500, "new")], complete=True, changed=changed))
    assert (texts(answer), answer.anew, answer.changed) == (["newest"], True, [])
    assert stand_in.newest.call_args.args == (LOBBY, HISTORY)


def test_a_thousand_messages_are_asked_for(stand_in):
    """They are more where a newcomer gets more."""
    page = Page([], complete=True)
    answered(stand_in, page)
    assert stand_in.since.call_args.args == (LOBBY, Cursor(5, "epoch"), CATCH_UP_LIMIT)
    answered(stand_in, page, history=2_000)
    assert stand_in.since.call_args.args == (LOBBY, Cursor(5, "epoch"), 2_000)


def test_a_client_without_an_id_asks_for_the_history(stand_in):
    """It gets no more than a newcomer."""
    stand_in.after.return_value = Page([], complete=True)
    missed(stand_in, LOBBY, None, None, HISTORY)
    assert stand_in.after.call_args.args == (LOBBY, None, HISTORY)
