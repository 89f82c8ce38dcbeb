"""The hub with a real store in memory; what it tells the world is written down."""

import pytest

from lanchat.chat.changes import Delete
from lanchat.chat.events import (
    ConnectionsClosed,
    InvitationChanged,
    MemberJoined,
    MemberLeft,
    MembersChanged,
    MessageChanged,
    MessagePosted,
    Notice,
    ServerStopping,
)
from lanchat.chat.model import MESSAGE_LIMIT, Cursor, Origin, User
from lanchat.errors import (
    Banned,
    MessageTooLong,
    NameTaken,
    NameUnusable,
    NotJoined,
    PayloadInvalid,
    StoreUnavailable,
)
from lanchat.store.eventlog import SqliteEventLog

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("10.0.0.7", "Browser/2", "phone")


@pytest.fixture
def ana(come):
    """Ana, who has joined by the connection "Ana"."""
    return come("Ana", HERE)


def say(hub, *texts, by="Ana"):
    """Let these be said; returns the messages."""
    return [hub.posting.post(by, text, f"id of {text}").result(10).message for text in texts]


# Coming in.


def test_a_connection_is_subscribed_before_it_is_told_of(hub, recorder, audit):
    """Who joins hears of their own arrival; the log knows from where they came."""
    user = hub.identities.log_in("Ana", HERE)
    hub.join("tab", user, HERE)
    assert audit.lines == [("join", user, HERE)]
    assert [(type(event), event.user) for event in recorder.heard("tab")] == [(MemberJoined, user)]


def test_a_connection_is_subscribed_before_the_log_is_read(start, database, recorder, draft):
    """Nothing can be said between the history and the subscription."""

    class Log(SqliteEventLog):
        def newest(self, room, limit):
            page = super().newest(room, limit)
            self.append(draft("just now")).result(10)
            return page

    hub = start(log=Log(database))
    hub.join("tab", hub.identities.log_in("Ana", HERE), HERE)
    assert [event.message.message for event in recorder.all(MessagePosted)] == ["just now"]
    assert recorder.heard("tab")[-1].message.message == "just now"


def test_what_a_connection_understands_is_passed_on(hub, recorder):
    """Delivery tells it accordingly."""
    hub.join("tab", hub.identities.log_in("Ana", HERE), HERE, traits={"batches"})
    assert recorder.traits == {"tab": {"batches"}}


def test_a_newcomer_learns_who_is_here(hub, ana, come):
    """They get the list, themselves included, and the rules; bans are for moderators."""
    hub.command_from_terminal("ban", "Troll")
    hub.command_from_terminal("topic", "Fractions")
    bia = hub.identities.log_in("Bia", PHONE)
    snapshot = hub.join("Bia", bia, PHONE)
    assert snapshot.you == bia
    lines = [(member.id, member.name, member.ip) for member in snapshot.members]
    assert lines == [(ana.id, "Ana", HERE.ip), (bia.id, "Bia", PHONE.ip)]
    assert (snapshot.rules.topic, snapshot.bans) == ("Fractions", None)
    assert hub.count() == 2


def test_a_moderator_learns_who_is_banned(hub):
    """The list comes with the snapshot."""
    hub.command_from_terminal("ban", "Troll")
    snapshot = hub.join("Ana", hub.identities.log_in("Ana", HERE, host=True), HERE)
    assert [ban.name for ban in snapshot.bans] == ["Troll"]
    assert snapshot.members[0].role == "host"


def test_only_the_newest_messages_go_to_a_newcomer(hub, ana):
    """With a history of three the oldest two are left out, and that is said."""
    say(hub, *map(str, range(5)))
    page = hub.join("again", ana, HERE).page
    assert [message.message for message in page.messages] == ["2", "3", "4"]
    assert not page.complete


def test_who_was_away_says_what_they_know(hub, ana):
    """A position in its epoch brings what has happened since, an id what was said since."""
    first, second, third = say(hub, "a", "b", "c")
    hub.command_from_terminal("delete", str(first.id))
    epoch = hub.join("again", ana, HERE).epoch
    by_position = hub.join("again", ana, HERE, Cursor(second.id, epoch)).page
    by_id = hub.join("again", ana, HERE, last_id=second.id).page
    assert by_position.messages == by_id.messages == [third]
    assert [message.id for message in by_position.changed] == by_id.deleted == [first.id]


def test_a_login_is_refused_and_logged(hub, ana, audit):
    """The log says who tried to take which name, from where, and why they could not."""
    with pytest.raises(NameTaken):
        hub.identities.log_in("ANA", PHONE)
    with pytest.raises(NameUnusable):
        hub.identities.log_in(" ", PHONE)
    assert audit.named("login_refused") == [
        ("ANA", PHONE, "name_taken"),
        (" ", PHONE, "name_unusable"),
    ]


def test_a_name_is_cleaned(hub):
    """It is kept as it will be shown, and each login is another user."""
    one, other = hub.identities.log_in("  Ａna  Maria ", HERE), hub.identities.log_in("Bia", HERE)
    assert one.name == "Ana Maria"
    assert one.id != other.id


def test_whose_name_is_taken_meanwhile_is_told_so(hub, ana):
    """A free name is suggested; who has theirs is told nothing."""
    stranger = User("7", "ana")
    assert hub.identities.taken(stranger).suggestion == "ana 2"
    assert not hub.identities.may_enter(stranger, HERE)
    with pytest.raises(NameTaken):
        hub.join("tab", stranger, HERE)
    assert hub.identities.taken(ana) is None
    assert hub.identities.may_enter(ana, HERE)


def test_a_stopping_hub_takes_nobody_in(hub, ana):
    """Nobody arrives after everybody's departure has been written down."""
    hub.close()
    with pytest.raises(StoreUnavailable, match=r"^the server is stopping$"):
        hub.join("late tab", ana, HERE)


# Writing.


def test_everybody_is_told_a_message(hub, ana, come, recorder, times):
    """Who wrote it is told, too; it says by whom, from where and when."""
    come("Bia")
    message = hub.posting.post("Ana", "hello", "id").result(10).message
    assert recorder.heard("Ana")[-1] == recorder.heard("Bia")[-1] == MessagePosted(message)
    assert (message.user_id, message.user, message.ip) == (ana.id, "Ana", HERE.ip)
    assert (message.message, message.client_id) == ("hello", "id")
    assert (message.time, message.room) == ("2026-11-23T12:00:00.000Z", "lobby")


def test_a_message_is_told_once(hub, ana, recorder):
    """The same client_id again gives the same message and tells nobody."""
    event = hub.posting.post("Ana", "hello", "same").result(10)
    assert hub.posting.post("Ana", "hello", "same").result(10) == event
    assert recorder.all(MessagePosted) == [event]
    assert hub.statistics.messages == 1


def test_a_sender_is_answered_after_everybody_was_told(hub, ana, recorder):
    """When the future is done the message is stored and delivered."""
    heard = []
    posted = hub.posting.post("Ana", "hello", "id")
    posted.add_done_callback(lambda _done: heard.extend(recorder.heard("Ana")))
    assert posted.result(10) in heard


def test_nobody_does_anything_before_joining(hub):
    """A connection without new_host can neither write nor use a command."""
    user = hub.identities.log_in("Ana", HERE, host=True)
    hub.connect("tab", user)
    with pytest.raises(NotJoined):
        hub.posting.post("tab", "hello", "id")
    with pytest.raises(NotJoined):
        hub.command("tab", "help", "")


@pytest.mark.parametrize("text", ["", "\u200b", "a\0b", "\ud800"])
def test_text_that_cannot_be_shown_is_refused(hub, ana, recorder, text):
    """It is neither stored nor told."""
    with pytest.raises(PayloadInvalid):
        hub.posting.post("Ana", text, "id")
    assert recorder.all(MessagePosted) == []


def test_a_message_has_a_longest_length(hub, ana):
    """4,000 characters are a message, 4,001 are not."""
    assert hub.posting.post("Ana", "x" * MESSAGE_LIMIT, "long").result(10)
    with pytest.raises(MessageTooLong):
        hub.posting.post("Ana", "x" * (MESSAGE_LIMIT + 1), "longer")


def test_a_message_carries_the_address_it_came_from(hub, ana):
    """A person may have a phone and a laptop, or come back through another network."""
    hub.join("phone", ana, PHONE)
    assert hub.posting.post("Ana", "from here", "1").result(10).message.ip == HERE.ip
    assert hub.posting.post("phone", "from there", "2").result(10).message.ip == PHONE.ip


def test_what_cannot_be_stored_is_told_nobody(hub, ana, recorder, refusing):
    """The sender learns that it was not stored; when the disk has room it goes on."""
    refusing(True)
    with pytest.raises(StoreUnavailable):
        hub.posting.post("Ana", "hello", "id").result(10)
    assert recorder.all(MessagePosted) == []
    refusing(False)
    assert hub.posting.post("Ana", "hello", "id").result(10) in recorder.told


def test_an_event_that_somebody_else_stored_is_delivered(hub, ana, recorder):
    """What has a position is told when it comes from the log, whoever has caused it."""
    (message,) = say(hub, "hello")
    event = hub._log.append(Delete(message.id, "now")).result(10)
    assert recorder.all(MessageChanged) == [event]


# Going.


def test_a_departure_is_told_after_the_grace_period(hub, ana, recorder, audit, times):
    """The others and the log hear of it when the last connection has been gone for so long."""
    hub.disconnect("Ana")
    times.go_on(4.9)
    hub.tick(times.monotonic)
    assert recorder.all(MemberLeft) == []
    times.go_on(0.1)
    hub.tick(times.monotonic)
    assert [left.user for left in recorder.all(MemberLeft)] == [ana]
    assert audit.named("leave")[-1] == (ana, HERE, 5, "closed")
    assert hub.members() == []


def test_a_connection_that_is_gone_is_told_nothing_more(hub, ana, come, recorder):
    """The person's other connections are, and so is everybody else."""
    hub.connect("second tab", ana)
    hub.join("second tab", ana, HERE)
    come("Bia")
    hub.disconnect("Ana")
    heard = list(recorder.heard("Ana"))
    event = hub.posting.post("Bia", "hello", "id").result(10)
    assert recorder.heard("Ana") == heard
    assert recorder.heard("second tab")[-1] == recorder.heard("Bia")[-1] == event


def test_a_crowd_is_told_of_together(hub, come, recorder, times):
    """With more than 50 people present a moment's arrivals go out in one piece at the tick."""
    for number in range(60):
        come(f"Guest {number}")
    assert recorder.all(MembersChanged) == []
    hub.tick(times.monotonic)
    (changed,) = recorder.all(MembersChanged)
    assert [joined.user.name for joined in changed.joined] == [f"Guest {n}" for n in range(50, 60)]


def test_logging_out_closes_what_is_open(hub, ana, recorder, audit):
    """The name is free at once, and all connections of the person end."""
    hub.connect("second tab", ana)
    hub.join("second tab", ana, HERE)
    hub.identities.log_out(ana)
    for tab in ("Ana", "second tab"):
        assert recorder.heard(tab)[-2:] == [recorder.all(MemberLeft)[0], ConnectionsClosed(ana.id)]
    assert audit.lines[-1] == ("leave", ana, HERE, 0, "logout")
    assert hub.identities.log_in("Ana", HERE) != ana


def test_connections_can_be_closed_without_a_logout(hub, ana, come, recorder):
    """Their person may come back, and nobody else is concerned."""
    come("Bia")
    hub.identities.close_connections(ana.id)
    assert recorder.heard("Ana")[-1] == ConnectionsClosed(ana.id)
    assert ConnectionsClosed(ana.id) not in recorder.heard("Bia")
    assert hub.identities.may_enter(ana, HERE)


def test_who_never_came_does_not_leave(hub, audit, recorder):
    """Logging out before the page has connected is nothing to tell."""
    user = hub.identities.log_in("Ana", HERE)
    hub.identities.log_out(user)
    assert (audit.lines, recorder.told) == ([], [ConnectionsClosed(user.id)])


def test_closing_logs_everybody_out_quietly(hub, ana, recorder, audit):
    """A stopping server stores what is waiting, and writes departures down for itself."""
    posted = hub.posting.post("Ana", "goodbye", "id")
    hub.close()
    assert posted.result(10) in recorder.told
    assert [line[-1] for line in audit.named("leave")] == ["stop"]
    assert recorder.all(MemberLeft) == []


def test_what_has_no_position_is_told_to_all_processes(hub, ana, recorder):
    """It goes to the channel that it knows itself."""
    for event in (ServerStopping("now"), InvitationChanged("a", "b"), Notice(ana.id, "deleted")):
        hub.publish(event)
        assert recorder.heard("Ana")[-1] == event


# What others ask.


def test_who_is_banned_is_told_so_and_may_not_come_back(hub, ana):
    """A moderator is not kept out, whatever bans there are."""
    hub.command_from_terminal("ban", "Ana 1h")
    refusal = hub.identities.banned(ana, HERE)
    assert isinstance(refusal, Banned)
    assert refusal.until == hub.bans()[0].until
    assert not hub.identities.may_enter(User("9", "Bia"), HERE)
    assert hub.identities.banned(User("9", "Bia"), PHONE) is None
    moderator = hub.identities.log_in("Carla", HERE, host=True)
    assert hub.identities.banned(moderator, HERE) is None
    assert hub.identities.may_enter(moderator, HERE)


def test_who_is_in_comes_back_through_a_lock_and_a_ban_by_address(hub, ana, come):
    """Both are for who is new."""
    come("Bia", Origin(HERE.ip, device="another"))
    hub.command_from_terminal("ban", "Bia address")
    hub.command_from_terminal("lock", "")
    assert hub.identities.banned(ana, HERE) is None
    assert hub.identities.may_enter(ana, HERE)
