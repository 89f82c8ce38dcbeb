"""The contract of EventLog for polls: one vote each, and nobody learns whose."""

from collections import Counter
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from lanchat.chat.changes import (
    Ask,
    Clear,
    ClearUser,
    ClosePoll,
    Delete,
    Draft,
    Pin,
    React,
    Tell,
    Vote,
)
from lanchat.chat.events import MessageChanged, MessagePosted, PinsChanged, ReactionsChanged, Voted
from lanchat.chat.model import LOBBY, PINS, Cursor, Own, Poll, Reaction, User
from lanchat.chat.polls import poll_text
from lanchat.chat.search import Query
from lanchat.chat.words import phrases
from lanchat.errors import Forbidden, NotAMember, PayloadInvalid, PollClosed, UnknownMessage
from lanchat.rows import messages
from tests.contracts.conftest import Start
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, enter, say

QUESTION, OPTIONS = "Lunch?", ("Pizza", "Rice", "Soup")


def asked(client_id="poll", room=LOBBY):
    """Ana asks what there is for lunch."""
    text = poll_text(QUESTION, OPTIONS)
    said = (client_id, room, "1", "Ana", "192.0.2.1", text, NOON)
    return Ask(Draft(*said, options=len(OPTIONS)))


def ask(log, *name):
    """Let Ana ask it; returns the number of the poll."""
    return do(log, asked(*name)).message.id


def do(log, change):
    """Let it happen; returns the event."""
    return log.append(change).result(DEADLINE)


def vote(log, number, user_id, option, device=""):
    """Let somebody vote; returns what came of it."""
    return do(log, Vote(number, user_id, device, option))


def counts(log, number):
    """What everybody is shown, once all was told."""
    with suppress(UnknownMessage):  # nothing has changed
        do(log, Tell(number))
    return next(one for one in log.newest(LOBBY, 100).messages if one.id == number).poll.counts


def votes(database):
    """Who has chosen what, as far as it is stored."""
    query = "SELECT message_id, user_id, choice FROM vote ORDER BY message_id, user_id"
    return database.call(lambda connection: connection.execute(query).fetchall())


@pytest.fixture
def poll(log):
    """The number of a poll."""
    return ask(log)


def test_a_poll_is_a_message_that_is_pinned(log, told):
    """Asked once, however often it is sent; its pin follows it, and the oldest one makes room."""
    for message in say(log, range(PINS)):
        do(log, Pin(LOBBY, message.id))
    first, again = (do(log, asked()).message for _ in range(2))
    assert first.poll == Poll(QUESTION, OPTIONS, (0, 0, 0))
    assert again == first
    posted, pinned = told[-2:]
    assert isinstance(posted, MessagePosted)
    assert isinstance(pinned, PinsChanged)
    assert [(one.id, one.pinned) for one in pinned.messages] == [
        (told[0].message.id, False),
        (first.id, True),
    ]
    page = log.newest(LOBBY, 1)
    assert page.messages == [first] == page.pins[-1:]
    assert (page.seq, len(page.pins)) == (pinned.seq, PINS)


def test_a_vote_is_stored_before_it_is_told(log, told, poll):
    """It takes no position, as a reaction does not; what is told is how many, and not who."""
    before = log.newest(LOBBY, 1).seq
    assert vote(log, poll, "1", 1) == Voted(poll, "1", 1, changed=True)
    assert log.newest(LOBBY, 1).seq == before
    assert log.mine("1", [poll]) == {poll: Own(vote=1)}
    vote(log, poll, "2", 1)
    vote(log, poll, "3", 0)
    event = do(log, Tell(poll))
    assert event == ReactionsChanged(before + 1, LOBBY, poll, None, (1, 2, 0))
    assert told[-1] == event
    assert log.since(LOBBY, Cursor(before, log.epoch), 10).changed[0].poll.counts == (1, 2, 0)


def test_reactions_to_a_poll_are_told_with_its_votes(log, told, poll):
    """Where they are others than before."""
    do(log, React(poll, "1", "Ana", "👍"))
    vote(log, poll, "1", 2)
    event = do(log, Tell(poll))
    assert (event.reactions, event.counts) == ((Reaction("👍", 1, (("1", "Ana"),)),), (0, 0, 1))
    assert told[-1] == event
    assert log.mine("1", [poll]) == {poll: Own(("👍",), 2)}


def test_who_was_away_learns_of_votes_that_are_not_told_yet(log, poll):
    """What is one's own may have been missed, and has no position."""
    cursor = Cursor(log.newest(LOBBY, 1).seq, log.epoch)
    vote(log, poll, "1", 0)
    (changed,) = log.since(LOBBY, cursor, 10).changed
    assert changed.poll.counts == (0, 0, 0)


def test_a_vote_is_changed_and_taken_back(log, poll):
    """The same again changes nothing."""
    assert vote(log, poll, "1", 0).changed
    assert vote(log, poll, "1", 2).changed
    assert not vote(log, poll, "1", 2).changed
    assert counts(log, poll) == (0, 0, 1)
    assert vote(log, poll, "1", None).changed
    assert not vote(log, poll, "1", None).changed
    assert (counts(log, poll), log.mine("1", [poll])) == ((0, 0, 0), {})


def test_a_device_has_one_vote(log, poll):
    """Whoever has logged in anew on it; without a device every user has theirs."""
    vote(log, poll, "1", 0, "laptop")
    vote(log, poll, "2", 0)
    vote(log, poll, "3", 0)
    assert vote(log, poll, "4", 1, "laptop") == Voted(poll, "4", 1, changed=True, replaced=("1",))
    assert counts(log, poll) == (2, 1, 0)
    assert log.mine("1", [poll]) == {}


def test_a_closed_poll_has_its_counts_and_nobody_elses(ports, log, told, poll):
    """It is pinned no more, and nobody votes or takes a vote back."""
    vote(log, poll, "1", 1)
    vote(log, poll, "2", 1)
    event = do(log, ClosePoll(poll))
    assert isinstance(event, MessageChanged)
    assert event.message.poll == Poll(QUESTION, OPTIONS, (0, 2, 0), closed=True)
    assert (told[-1], votes(ports.database), log.newest(LOBBY, 1).pins) == (event, [], [])
    for option in (0, None):
        with pytest.raises(PollClosed):
            vote(log, poll, "1", option)
    assert do(log, ClosePoll(poll)).message.poll == event.message.poll
    assert told[-1] == event
    assert counts(log, poll) == (0, 2, 0)


def test_without_a_number_the_newest_open_one_is_closed(log):
    """Of the room; where there is none it is refused."""
    enter(log, "another", User("1", "Ana"))
    first, second, other = ask(log, "a"), ask(log, "b"), ask(log, "c", "another")
    closed = [do(log, ClosePoll(None)).message.id for _ in range(2)]
    assert closed == [second, first]
    with pytest.raises(UnknownMessage):
        do(log, ClosePoll(None))
    assert do(log, ClosePoll(None, "another")).message.id == other


@pytest.mark.parametrize("going", ["deleted", "cleared", "never was", "no poll"])
def test_what_is_no_poll_takes_no_vote(log, poll, going):
    """And is not closed, either."""
    if going == "deleted":
        do(log, Delete(poll, NOON))
    elif going == "cleared":
        do(log, Clear(LOBBY))
    else:
        poll = 2**53 if going == "never was" else say(log, "a")[0].id
    for change in (Vote(poll, "1", "", 0), ClosePoll(poll)):
        with pytest.raises(UnknownMessage):
            do(log, change)


def test_what_is_no_option_is_refused(log, poll):
    with pytest.raises(PayloadInvalid):
        vote(log, poll, "1", len(OPTIONS))
    assert counts(log, poll) == (0, 0, 0)


def test_what_was_asked_is_not_edited(log, poll):
    """People have voted on it."""
    with pytest.raises(Forbidden):
        do(log, edit(poll, "Dinner?"))


def test_a_poll_is_found_and_quoted(ports, log, poll):
    """By its question and its options, as any message."""
    (answer,) = say(log, [draft("soup!", reply_to=poll)])
    assert answer.quoted is not None
    assert answer.quoted.message == poll_text(QUESTION, OPTIONS)
    ports.index()
    for text in ("lunch", "pizza ric"):
        found = ports.search.find(Query(phrases(text), [LOBBY]), 10).messages
        assert [one.id for one in found] == [poll]


def test_votes_go_with_their_poll(ports, log, poll):
    """With its text, in the same commit, and with all that was said."""
    other = ask(log, "other")
    for number in (poll, other):
        vote(log, number, "1", 0)
    deleted = do(log, Delete(poll, NOON)).message
    assert (deleted.poll, deleted.pinned) == (None, False)
    assert votes(ports.database) == [(other, "1", 0)]
    ports.database.change(lambda connection: messages.drop(connection, [other]))
    assert votes(ports.database) == []


def test_who_is_cleared_has_not_voted(log, told, poll):
    """Also where they have never said anything."""
    vote(log, poll, "7", 0)
    vote(log, poll, "8", 0)
    event = do(log, ClearUser("7", "Gil", NOON))
    assert event.reacted == (poll,)
    assert counts(log, poll) == (1, 0, 0)


def test_only_who_is_in_the_room_votes(log):
    """To anybody else there is no such message."""
    enter(log, "den", User("1", "Ana"), User("2", "Bia"))
    number = ask(log, "poll", "den")
    assert vote(log, number, "2", 0).changed
    with pytest.raises(UnknownMessage):
        vote(log, number, "3", 0)
    with pytest.raises(UnknownMessage):
        do(log, ClosePoll(number, by="3"))
    with pytest.raises(NotAMember):
        do(log, draft("a", user_id="3", room="den"))


def test_what_was_not_told_at_the_end_is_told_at_the_start(start_durable):
    """The next life of the server does it before anybody comes."""
    first = start_durable()
    poll = ask(first.log)
    vote(first.log, poll, "1", 2)
    cursor = Cursor(first.log.newest(LOBBY, 1).seq, first.log.epoch)
    first.close()
    second = start_durable()
    (changed,) = second.log.since(LOBBY, cursor, 10).changed
    assert (changed.poll.counts, second.log.mine("1", [poll])) == ((0, 0, 1), {poll: Own(vote=2)})


USERS = st.sampled_from("abcde")
CHOICES = st.none() | st.integers(0, len(OPTIONS) - 1)


class Booth(RuleBasedStateMachine):
    """People vote as they like, on few devices, in polls that come and go."""

    start: Start
    places = count()

    def __init__(self):
        super().__init__()
        self.place = f"place {next(self.places)}"
        self.begin()
        self.polls = {}
        self.closed = {}
        self.asked = 0

    def teardown(self):
        self.life.close()

    def begin(self):
        self.life = type(self).start(self.place)
        self.log = self.life.log

    def number(self, place):
        """One of the polls that are there."""
        there = [*self.polls, *self.closed]
        return there[place % len(there)] if there else None

    @rule()
    def ask(self):
        self.asked += 1
        self.polls[ask(self.log, str(self.asked))] = {}

    @rule(
        place=st.integers(0, 3), user=USERS, option=CHOICES, device=st.sampled_from(["", "x", "y"])
    )
    def vote(self, place, user, option, device):
        number = self.number(place)
        if number not in self.polls:
            return
        vote(self.log, number, user, option, device)
        chosen = self.polls[number]
        if chosen.get(user, (None,))[0] == option:
            return
        if option is None:
            del chosen[user]
            return
        taken = [each for each, (_, on) in chosen.items() if device and on == device]
        for each in {*taken, user}:
            chosen.pop(each, None)
        chosen[user] = option, device

    @rule(user=USERS)
    def clear(self, user):
        with suppress(UnknownMessage):
            do(self.log, ClearUser(user, user, NOON))
        for chosen in self.polls.values():
            chosen.pop(user, None)

    @rule(place=st.integers(0, 3), how=st.sampled_from(["close", "delete"]))
    def end(self, place, how):
        number = self.number(place)
        if number is None:
            return
        do(self.log, ClosePoll(number) if how == "close" else Delete(number, NOON))
        chosen = self.polls.pop(number, None)
        if how == "delete":
            self.closed.pop(number, None)
        elif chosen is not None:
            self.closed[number] = tally(chosen)

    @rule()
    def restart(self):
        self.life.close()
        self.begin()

    @rule()
    def counts_are_a_recount(self):
        for number, chosen in self.polls.items():
            assert counts(self.log, number) == tally(chosen)
            for user in "abcde":
                own = chosen.get(user, (None,))[0]
                assert self.log.mine(user, [number]).get(number, Own()).vote == own
        for number, known in self.closed.items():
            assert counts(self.log, number) == known
        stored = {number for number, _, _ in votes(self.life.database)}
        assert stored <= self.polls.keys()


def tally(chosen):
    """How often each option was chosen."""
    found = Counter(option for option, _ in chosen.values())
    return tuple(found[number] for number in range(len(OPTIONS)))


def test_counts_are_what_was_voted(start_durable, long, monkeypatch):
    """Whatever people do: change their votes, log in anew, are cleared; polls close and go."""
    monkeypatch.setattr(Booth, "start", staticmethod(start_durable), raising=False)
    run_state_machine_as_test(
        Booth,
        settings=settings(
            max_examples=100 if long else 3,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
