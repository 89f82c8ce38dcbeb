"""The contract of EventLog: one order of everything, told to all who listen."""

import threading
from dataclasses import replace
from functools import partial

import pytest

from lanchat.chat.changes import Amend, Clear, Delete
from lanchat.chat.events import (
    HistoryCleared,
    LogEvent,
    MessageChanged,
    MessagePosted,
    SettingsChanged,
)
from lanchat.chat.model import LOBBY
from lanchat.chat.room_settings import Rules, State
from lanchat.errors import CommandUnusable, StoreUnavailable, UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say, texts

LATER = "2026-11-23T12:00:05.000Z"


class Gate:
    """Somebody who listens, and holds up the log: what is appended meanwhile is one batch."""

    def __init__(self, log):
        self._log = log
        self._arrived = threading.Event()
        self._open = threading.Event()

    def __enter__(self):
        self._log.listen(self._wait)
        self._log.append(draft("what the gate stops at"))
        assert self._arrived.wait(DEADLINE)

    def __exit__(self, *_error):
        self._open.set()

    def _wait(self, _event):
        self._arrived.set()
        assert self._open.wait(DEADLINE)


def topic(text):
    """A change of the topic."""
    return Amend(lambda state: replace(state, rules=Rules(text)))


def moderator(user_id, state):
    """The state with one more moderator."""
    return replace(state, moderators=state.moderators | {user_id})


def defect(_state):
    """A change that goes wrong as nobody has thought of."""
    raise TypeError("a defect")


def result(future):
    """What came of a change."""
    return future.result(DEADLINE)


def in_threads(count, work):
    """Let so many threads work at once, each with its number; returns when all are done."""
    begin = threading.Barrier(count)

    def run(number):
        begin.wait(DEADLINE)
        work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)


def test_positions_grow_in_the_order_of_the_drafts(log):
    """A message is posted at its id."""
    posted = say(log, "abc")
    ids = [message.id for message in posted]
    assert ids == sorted(set(ids))
    assert [message.seq for message in posted] == ids


def test_what_comes_out_is_what_went_in(log):
    """Every field survives, in any alphabet."""
    said = replace(draft("Olá 🦊 \n\t<b>"), client_id="c", user_id="u", user="Ána", time=LATER)
    (message,) = say(log, [said])
    fields = (message.client_id, message.user_id, message.user, message.room, message.time)
    assert fields == ("c", "u", "Ána", "lobby", LATER)
    assert (message.ip, message.message, message.deleted) == ("192.0.2.1", said.message, False)
    assert log.newest("lobby", 10).messages == [message]


def test_everything_takes_the_next_position(log, told):
    """There is one order over messages, deletions, clears and rules."""
    (message,) = say(log, ["a"])
    changes = [topic("x"), Delete(message.id, LATER), Clear("lobby"), draft("b"), topic("y")]
    for change in changes:
        result(log.append(change))
    kinds = [MessagePosted, SettingsChanged, MessageChanged, HistoryCleared]
    assert [type(event) for event in told] == [*kinds, MessagePosted, SettingsChanged]
    assert [event.seq for event in told] == list(range(message.id, message.id + 6))
    assert log.newest("lobby", 10).seq == told[-1].seq


def test_an_event_says_what_was_stored(log):
    """A message keeps its id and author, a cleared history ends where it was cleared."""
    first, second = say(log, "ab")
    deleted = result(log.append(Delete(first.id, LATER)))
    assert deleted.message == first._replace(message="", deleted=True, seq=second.id + 1)
    cleared = result(log.append(Clear("lobby")))
    assert cleared == HistoryCleared(second.id + 2, "lobby", second.id + 1)
    assert cleared.seq == log.newest("lobby", 1).seq


def test_whoever_listens_is_told_once_before_it_is_answered(log, told):
    """The sender is told, too; a draft that was sent again is told to nobody."""
    answered = []
    for change in (draft("a"), topic("x"), draft("a"), draft("b")):
        future = log.append(change)
        future.add_done_callback(lambda _done: answered.append(list(told)))
        result(future)
    assert [type(event) for event in told] == [MessagePosted, SettingsChanged, MessagePosted]
    assert told[0].seq < told[1].seq < told[2].seq
    assert [len(heard) for heard in answered] == [1, 2, 2, 3]


def test_futures_are_done_in_the_order_of_positions(log):
    """Also where many are stored in one commit."""
    done = []
    with Gate(log):
        for text in "abcdefgh":
            future = log.append(draft(text))
            future.add_done_callback(lambda one: done.append(one.result().message.message))
    result(log.append(draft("the end")))
    assert done == list("abcdefgh")


def test_a_draft_that_is_sent_again_is_the_message_of_then(log, told):
    """Also within one batch, and whatever it says now."""
    with Gate(log):
        asked = [log.append(draft(text, "same")) for text in ("a", "b")]
    asked.append(log.append(draft("c", "same")))
    first, again, later = [result(future).message for future in asked]
    assert first == again == later
    assert [event.message.message for event in told if event.message.client_id == "same"] == ["a"]


def test_a_client_id_is_its_persons_own(log):
    """Nobody can hush another by using their client_id."""
    say(log, [draft("a", "same", user_id="1"), draft("b", "same", user_id="2")])
    assert texts(log.newest("lobby", 10).messages) == ["a", "b"]


def test_a_draft_that_was_stored_is_known_after_a_restart(start_durable):
    """Whoever missed the acknowledgement gets it from the server's next life."""
    first = start_durable()
    before = say(first.log, "ab")
    first.close()
    second = start_durable()
    assert say(second.log, "ab") == before
    (after,) = say(second.log, "c")
    assert after.id > before[1].id


def test_a_change_that_is_refused_leaves_the_others_alone(log, told):
    """They are stored in one commit all the same."""
    with Gate(log):
        before, after = log.append(draft("a")), log.append(draft("b"))
        refused, last = log.append(Delete(2**53, LATER)), log.append(topic("x"))
    with pytest.raises(UnknownMessage):
        result(refused)
    assert result(after).seq == result(before).seq + 1
    assert result(last).seq == result(after).seq + 1
    assert [event.seq for event in told[1:]] == [result(f).seq for f in (before, after, last)]


def test_what_a_change_raises_is_its_answer(log, ports, told):
    """It takes no position, and nothing of it is stored."""

    def amended(_state):
        raise CommandUnusable("nobody", name="Bia")

    refused = log.append(Amend(amended))
    with pytest.raises(CommandUnusable) as refusal:
        result(refused)
    assert refusal.value.params == {"name": "Bia"}
    assert (told, ports.settings.load()) == ([], State())


def test_an_amendment_that_changes_nothing_is_no_event(log, told):
    """It takes no position either; whoever asked learns that nothing has changed."""
    first = result(log.append(topic("x")))
    again = result(log.append(topic("x")))
    assert (again.seq, again.before, again.after) == (first.seq, first.after, first.after)
    assert told == [first]
    assert log.newest("lobby", 1).seq == first.seq


def test_an_amendment_starts_from_what_holds(log):
    """What it makes of that is the event."""
    first = result(log.append(topic("x")))
    second = result(log.append(Amend(partial(moderator, "1"))))
    assert first.before == State()
    assert second.before == first.after
    assert (second.after.rules, second.after.moderators) == (Rules("x"), frozenset("1"))
    assert second.after.seq == second.seq


def test_amendments_from_threads_lose_nothing(log, ports):
    """Each is made to what the one before it has left."""

    def add(number):
        for turn in range(10):
            result(log.append(Amend(partial(moderator, f"{number} {turn}"))))

    in_threads(4, add)
    assert len(ports.settings.load().moderators) == 40


def test_messages_from_threads_have_one_order(log, told):
    """Everybody hears all of them in it, and each thread's stay as they were said."""
    in_threads(8, lambda number: say(log, [f"{number} {turn}" for turn in range(25)]))
    positions = [event.seq for event in told]
    assert positions == list(range(positions[0], positions[0] + 200))
    assert told == [MessagePosted(message) for message in log.newest("lobby", 200).messages]
    for number in range(8):
        said = [e.message.message for e in told if e.message.message.startswith(f"{number} ")]
        assert said == [f"{number} {turn}" for turn in range(25)]


def test_a_handler_that_fails_holds_up_nobody(log, caplog):
    """Whoever listens beside it hears everything, and so does it the next time."""
    before: list[LogEvent] = []
    after: list[LogEvent] = []
    failing = []

    def fail(event):
        failing.append(event)
        raise TypeError("a defect")

    for handler in (before.append, fail, after.append):
        log.listen(handler)
    posted = [MessagePosted(message) for message in say(log, "ab")]
    assert before == after == failing == posted
    assert set(caplog.messages) == {"an event could not be told: MessagePosted"}


def test_a_defect_in_a_change_is_its_own(log, ports):
    """The others of its batch are stored, and the log goes on."""
    with Gate(log):
        before = log.append(draft("a"))
        broken = log.append(Amend(defect))
        after = log.append(draft("b"))
    with pytest.raises(TypeError, match="a defect"):
        result(broken)
    assert result(after).seq == result(before).seq + 1
    assert ports.settings.load() == State()
    assert texts(say(log, "c")) == ["c"]


def test_a_future_that_nobody_wants_holds_up_nobody(log):
    """What was handed in is stored, whether anybody keeps what is to come of it or not."""
    with Gate(log):
        log.append(draft("a"))
    assert texts(say(log, "b")) == ["b"]
    assert texts(log.newest(LOBBY, 2).messages) == ["a", "b"]


def test_what_waits_at_the_end_is_stored_and_told(log, told):
    """Then nothing is taken any more, and nothing read."""
    with Gate(log):
        waiting = [log.append(draft(text)) for text in "abc"]
        closing = threading.Thread(target=log.close)
        closing.start()
    closing.join(DEADLINE)
    assert [result(future) for future in waiting] == told[1:]
    with pytest.raises(StoreUnavailable):
        log.append(draft("too late"))


def test_after_the_end_nothing_is_read(ports):
    """As with any disk that fails."""
    ports.close()
    with pytest.raises(StoreUnavailable):
        ports.log.newest("lobby", 1)


def test_statistics_count_what_is_stored(log):
    """A message counts once however often it was sent, a batch whatever came of it."""
    say(log, "aab")
    refused = log.append(Delete(2**53, NOON))
    with pytest.raises(UnknownMessage):
        result(refused)
    sizes, seconds = log.statistics.sizes, log.statistics.seconds
    assert (log.statistics.messages, sizes.total) == (2, 4)
    assert sum(sizes.counts) == sum(seconds.counts) > 0
    assert seconds.total > 0
