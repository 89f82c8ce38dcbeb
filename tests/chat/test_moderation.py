"""Moderators keep order: what changes, what is logged, and who is told what."""

import sqlite3

import pytest

from lanchat.chat.changes import Amend
from lanchat.chat.events import (
    ConnectionsClosed,
    HistoryCleared,
    MemberChanged,
    MemberLeft,
    MessageChanged,
    Notice,
    RulesChanged,
)
from lanchat.chat.model import Origin, User
from lanchat.chat.moderation import TOPIC_LIMIT
from lanchat.chat.permissions import Mute, State
from lanchat.errors import (
    Banned,
    CommandUnusable,
    Muted,
    NotJoined,
    PayloadInvalid,
    ReadOnly,
    RoomLocked,
    SlowMode,
    StoreUnavailable,
    Unauthorized,
)
from lanchat.store.state import SqliteSettings

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")
ELSEWHERE = Origin("192.168.1.50", "Browser/1", "tablet")

IN_A_MINUTE = "2026-11-23T12:01:00.000Z"
IN_AN_HOUR = "2026-11-23T13:00:00.000Z"


@pytest.fixture
def ana(come):
    """Ana, who is host."""
    return come("Ana", HERE, host=True)


@pytest.fixture
def bia(ana, come):
    """Bia on her phone, who is a guest; Ana is here, too."""
    return come("Bia", PHONE)


@pytest.fixture
def settings(database):
    """What is stored of how order is kept."""
    return SqliteSettings(database)


def give(hub, line):
    """What came of a command that Ana has typed."""
    return hub.command("Ana", *line.partition(" ")[::2])


def refused(hub, line, person_id=None):
    """Why a command that Ana has typed cannot be carried out, and what is said with it."""
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", *line.partition(" ")[::2], person_id)
    return refusal.value.reason, *refusal.value.params.values()


def roles(hub):
    """Who has which role."""
    return {member.name: member.role for member in hub.members()}


# Kick.


def test_who_is_kicked_is_told_why_and_then_closed(hub, bia, recorder):
    """Everybody hears that they have left, they themselves the reason, before they are closed."""
    assert hub.command("Ana", "kick", "bia").params == {"name": "Bia"}
    left, notice, closed = recorder.heard("Bia")[-3:]
    assert (type(left), left.user) == (MemberLeft, bia)
    assert (notice, closed) == (Notice(bia.id, "kicked"), ConnectionsClosed(bia.id))
    assert recorder.heard("Ana")[-1] == left


def test_who_is_kicked_has_no_place_any_more(hub, bia):
    """Their connection is good for nothing, and a new login is possible."""
    hub.command("Ana", "kick", "bia")
    with pytest.raises(NotJoined):
        hub.post("Bia", "hello", "1")
    assert list(roles(hub)) == ["Ana"]
    assert hub.log_in("Bia", PHONE)


def test_an_old_cookie_does_not_undo_a_kick(hub, bia, come):
    """Coming back is a new login; an id means one person and nobody else."""
    carla = come("Carla", PHONE)
    hub.command("Ana", "kick", "", carla.id)
    with pytest.raises(Unauthorized):
        hub.join("again", carla, PHONE)
    assert list(roles(hub)) == ["Ana", "Bia"]


def test_who_has_only_logged_in_can_be_kicked(hub, ana, audit):
    """Nobody has seen them come, so nobody has left; the command is logged."""
    bia = hub.log_in("Bia", PHONE)
    hub.command("Ana", "kick", "Bia")
    assert not hub.may_enter(bia, PHONE)
    assert audit.lines[-1] == ("command", "kick", "Ana", (bia, PHONE), {})


def test_who_has_left_cannot_be_kicked(hub, bia):
    """They are known, but not here."""
    hub.log_out(bia)
    assert refused(hub, "kick Bia") == ("nobody", "Bia")


def test_a_kick_is_logged_before_its_departure(hub, bia, audit):
    """The log reads in the order in which it happened."""
    hub.command("Ana", "kick", "Bia")
    assert audit.lines[-2:] == [
        ("command", "kick", "Ana", (bia, PHONE), {}),
        ("leave", bia, PHONE, 0, "kicked"),
    ]


# Bans.


def test_who_is_banned_is_told_until_when_and_then_closed(hub, bia, recorder, times, audit):
    """They have left for that reason."""
    done = hub.command("Ana", "ban", "Bia 1h")
    assert (done.key, done.params) == (
        "command.ban.done",
        {"name": "Bia", "until": times.wall + 3_600},
    )
    assert recorder.heard("Bia")[-2:] == [
        Notice(bia.id, "banned", IN_AN_HOUR),
        ConnectionsClosed(bia.id),
    ]
    assert audit.lines[-2:] == [
        ("command", "ban", "Ana", (bia, PHONE), {"seconds": 3_600}),
        ("leave", bia, PHONE, 0, "banned"),
    ]


def test_who_is_banned_does_not_come_back(hub, bia, audit, times):
    """No name lets them in, until the time is over by itself."""
    hub.command("Ana", "ban", "Bia 1h")
    for name in ("Bia", "Somebody else"):
        with pytest.raises(Banned):
            hub.log_in(name, PHONE)
    with pytest.raises(Banned):
        hub.log_in("Bia", ELSEWHERE, known=True)
    assert audit.lines[-1] == ("login_refused", "Bia", ELSEWHERE, "banned")
    times.go_on(3_600)
    assert hub.log_in("Bia", PHONE)


def test_a_ban_lasts_until_tomorrow_unless_it_is_said_how_long(hub, bia):
    """Twelve hours are usual; for ever has no end."""
    hub.command("Ana", "ban", "Bia")
    done = hub.command("Ana", "ban", "Troll forever")
    assert (done.key, done.params) == ("command.ban.forever", {"name": "Troll"})
    assert [(ban.seconds, ban.by) for ban in hub.bans()] == [(43_200, "Ana"), (None, "Ana")]


def test_who_leaves_first_can_still_be_banned(hub, bia):
    """What is known of those who have left is remembered, and a name that looks alike will do."""
    hub.log_out(bia)
    assert hub.command("Ana", "ban", "B.I.A").params["name"] == "Bia"
    with pytest.raises(Banned):
        hub.log_in("Somebody else", PHONE)


def test_a_name_that_never_came_can_be_banned(hub, ana, audit):
    """It is kept out by that name alone, and nobody is told."""
    hub.command("Ana", "ban", "Troll")
    with pytest.raises(Banned):
        hub.log_in("TROLL", HERE)
    assert hub.log_in("Carla", HERE)
    about = (User("", "Troll"), Origin(""))
    assert audit.named("command")[-1] == ("ban", "Ana", about, {"seconds": 43_200})


def test_who_has_not_come_back_after_a_restart_can_be_banned(start, audit):
    """Nothing is known of them but their name."""
    before = start()
    bia = before.log_in("Bia", PHONE)
    before.close()
    after = start()
    after.command_from_terminal("ban", "Bia address")
    assert audit.lines[-1] == ("command", "ban", "terminal", (bia, Origin("")), {"seconds": 43_200})
    assert not after.may_enter(bia, ELSEWHERE)


def test_a_ban_by_address_keeps_out_who_is_new_there(hub, bia, audit):
    """A moderator behind the same router comes in; the log has the address."""
    hub.command("Ana", "ban", "Bia address")
    neighbour = Origin(PHONE.ip, device="new")
    with pytest.raises(Banned):
        hub.log_in("Carla", neighbour)
    assert hub.log_in("Carla", neighbour, known=True)
    assert hub.log_in("Dora", neighbour, host=True)
    command = audit.named("command")[-2]
    assert command[3] == {"seconds": 43_200, "address": PHONE.ip}


def test_the_address_counts_only_where_it_is_asked_for(hub, bia):
    """Else everybody behind one router would be kept out."""
    hub.command("Ana", "ban", "Bia")
    assert hub.log_in("Carla", Origin(PHONE.ip, device="new"))


def test_the_servers_own_computer_is_not_banned_by_address(hub, ana, come, audit):
    """The ban holds for the device, and the log says nothing of an address."""
    come("Bia", Origin("127.0.0.1", device="shared"))
    hub.command("Ana", "ban", "Bia address")
    assert hub.log_in("Carla", Origin("127.0.0.1", device="new"))
    assert audit.named("command")[-1][3] == {"seconds": 43_200}


def test_a_ban_can_be_lifted(hub, bia, audit):
    """A name that looks alike will do; bans are listed until then."""
    hub.command("Ana", "ban", "Bia")
    listed = hub.command("Ana", "bans", "")
    assert listed.key == "command.bans.done"
    assert listed.params["bans"] == hub.bans()
    assert hub.command("Ana", "unban", "bia").key == "command.unban.done"
    assert hub.command("Ana", "bans", "").key == "command.bans.none"
    about = (User("", "bia"), Origin(""))
    assert audit.named("command")[-1] == ("unban", "Ana", about, {})
    assert hub.log_in("Bia", PHONE)


def test_a_ban_can_be_lifted_by_an_id(hub, bia):
    """The page knows people by theirs."""
    hub.command("Ana", "ban", "", bia.id)
    assert hub.command("Ana", "unban", "", bia.id).params == {"name": "Bia"}
    assert hub.bans() == []


def test_a_ban_that_is_over_is_forgotten(hub, ana, times, settings):
    """It is off the disk with the next tick."""
    hub.command("Ana", "ban", "Troll 1h")
    times.go_on(3_600)
    assert hub.bans() == []
    assert len(settings.load().bans) == 1
    hub.tick(times.monotonic)
    assert settings.load().bans == ()


# Mutes.


def test_who_is_muted_may_not_write_until_then(hub, bia, recorder, times):
    """They and all others are told at both ends, the others first."""
    done = hub.command("Ana", "mute", "Bia 1m")
    assert (done.key, done.params["until"]) == ("command.mute.done", times.wall + 60)
    assert recorder.heard("Bia")[-2:] == [
        MemberChanged(bia, "guest", muted=True),
        Notice(bia.id, "muted", IN_A_MINUTE),
    ]
    with pytest.raises(Muted) as refusal:
        hub.post("Bia", "hello", "1")
    assert refusal.value.retry_after == 60
    times.go_on(60)
    hub.tick(times.monotonic)
    assert recorder.heard("Bia")[-2:] == [
        MemberChanged(bia, "guest", muted=False),
        Notice(bia.id, "unmuted"),
    ]
    assert hub.post("Bia", "hello", "1").result(10)


def test_everybody_sees_who_is_muted(hub, bia, recorder):
    """The list says so; what is told to one person is told to nobody else."""
    hub.command("Ana", "mute", "Bia")
    assert [member.muted for member in hub.members()] == [False, True]
    assert recorder.heard("Ana")[-1] == MemberChanged(bia, "guest", muted=True)


def test_a_mute_lasts_ten_minutes_unless_it_is_said_how_long(hub, bia, recorder):
    """A mute for ever has no end."""
    hub.command("Ana", "mute", "Bia")
    done = hub.command("Ana", "mute", "Bia forever")
    assert (done.key, done.params) == ("command.mute.forever", {"name": "Bia"})
    assert recorder.notices(bia) == [("muted", "2026-11-23T12:10:00.000Z"), ("muted", None)]


def test_a_mute_with_another_end_is_told_to_its_person_alone(hub, bia, recorder):
    """Everybody else sees nothing new."""
    hub.command("Ana", "mute", "Bia 1m")
    hub.command("Ana", "mute", "Bia 1h")
    assert recorder.notices(bia) == [("muted", IN_A_MINUTE), ("muted", IN_AN_HOUR)]
    assert len(recorder.all(MemberChanged)) == 1


def test_the_later_mute_counts(hub, bia, times):
    """The end of the first one lets nobody write."""
    hub.command("Ana", "mute", "Bia 1m")
    hub.command("Ana", "mute", "Bia 1h")
    times.go_on(60)
    hub.tick(times.monotonic)
    with pytest.raises(Muted):
        hub.post("Bia", "hello", "1")


@pytest.mark.parametrize("leap", [-86_400, 86_400])
def test_a_clock_that_is_set_ends_no_mute_and_prolongs_none(hub, bia, recorder, times, leap):
    """They may write after the minute that they were told, whatever the clock shows."""
    hub.command("Ana", "mute", "Bia 1m")
    hub.command("Ana", "ban", "Troll 1m")
    times.wall += leap
    times.go_on(59)
    hub.tick(times.monotonic)
    assert len(hub.bans()) == 1
    with pytest.raises(Muted) as refusal:
        hub.post("Bia", "hello", "1")
    assert refusal.value.retry_after == 1
    times.go_on(1)
    hub.tick(times.monotonic)
    assert (hub.bans(), recorder.notices(bia)[-1]) == ([], ("unmuted", None))


def test_a_new_name_does_not_undo_a_mute(hub, bia, recorder):
    """The device is the same; everybody sees it from the arrival on."""
    hub.command("Ana", "mute", "Bia")
    other = hub.log_in("Other", PHONE)
    hub.connect("Other", other)
    assert [member.muted for member in hub.join("Other", other, PHONE).members] == [
        False,
        True,
        True,
    ]
    with pytest.raises(Muted):
        hub.post("Other", "hello", "1")
    hub.command("Ana", "unmute", "Other")
    assert hub.post("Bia", "hello", "1").result(10)
    assert [recorder.notices(user)[-1] for user in (bia, other)] == [("unmuted", None)] * 2


def test_who_is_here_under_two_names_is_told_twice(hub, bia, come, recorder):
    """A mute of the device concerns both."""
    other = come("Other", PHONE)
    hub.command("Ana", "mute", "Bia 1m")
    assert recorder.notices(bia) == recorder.notices(other) == [("muted", IN_A_MINUTE)]


def test_a_mute_can_be_lifted(hub, bia, recorder, audit):
    """They are told; it is logged by whom and for whom."""
    hub.command("Ana", "mute", "Bia")
    hub.command("Ana", "unmute", "Bia")
    assert recorder.notices(bia)[-1] == ("unmuted", None)
    assert audit.named("command")[-2:] == [
        ("mute", "Ana", (bia, PHONE), {"seconds": 600}),
        ("unmute", "Ana", (bia, PHONE), {}),
    ]


def test_a_mute_without_a_device_is_that_of_the_id(hub, ana, come, recorder):
    """It is told and lifted like any other."""
    carla = come("Carla", Origin("192.168.1.60"))
    hub.command("Ana", "mute", "Carla forever")
    hub.command("Ana", "unmute", "Carla")
    assert recorder.notices(carla) == [("muted", None), ("unmuted", None)]
    assert hub.post("Carla", "hello", "1").result(10)


def test_somebody_who_is_called_like_a_time_can_be_muted(hub, ana, come, recorder):
    """Their whole name is meant, as long as they are known."""
    agent = come("Agent 2h", PHONE)
    hub.command("Ana", "mute", "Agent 2h")
    assert recorder.notices(agent) == [("muted", "2026-11-23T12:10:00.000Z")]


def test_who_has_left_can_be_muted(hub, bia, recorder):
    """Whoever comes back finds that it holds, and nobody is told meanwhile."""
    hub.disconnect("Bia")
    hub.log_out(bia)
    told = len(recorder.told)
    hub.command("Ana", "mute", "Bia")
    assert recorder.told[told:] == []
    again = hub.log_in("Bia", PHONE)
    assert hub.join("again", again, PHONE).members[-1].muted


# Moderators.


def test_a_moderator_hands_on(hub, ana, bia, recorder, audit):
    """Then there are two, and the new one may make a guest of the first."""
    hub.command("Ana", "host", "Bia")
    assert roles(hub) == {"Ana": "host", "Bia": "host"}
    assert recorder.heard("Bia")[-2:] == [
        MemberChanged(bia, "host", muted=False),
        Notice(bia.id, "host"),
    ]
    assert audit.lines[-1] == ("command", "host", "Ana", (bia, PHONE), {})
    hub.command("Bia", "unhost", "Ana")
    assert roles(hub) == {"Ana": "guest", "Bia": "host"}
    assert recorder.heard("Ana")[-2:] == [
        MemberChanged(ana, "guest", muted=False),
        Notice(ana.id, "unhost"),
    ]
    assert audit.lines[-1] == ("command", "unhost", "Bia", (ana, HERE), {})


def test_a_guest_made_host_may_write(hub, bia, recorder):
    """Their mute is over for good: it does not come back with the guest."""
    hub.command("Ana", "mute", "Bia")
    hub.command("Ana", "host", "Bia")
    assert hub.post("Bia", "hello", "1").result(10)
    assert recorder.all(MemberChanged)[-1] == MemberChanged(bia, "host", muted=False)
    assert recorder.notices(bia)[1:] == [("host", None)]
    hub.command("Ana", "unhost", "Bia")
    assert hub.post("Bia", "hello", "2").result(10)
    assert recorder.all(MemberChanged)[-1] == MemberChanged(bia, "guest", muted=False)


def test_a_moderator_is_not_shown_as_muted(hub, ana, come, recorder, times):
    """Somebody else at the same computer is muted; who moderates may write, and is seen to."""
    come("Bia", HERE)
    hub.command("Ana", "mute", "Bia")
    assert refused(hub, "unmute Ana") == ("not_muted", "Ana")
    hub.disconnect("Ana")
    times.go_on(5)
    hub.tick(times.monotonic)
    assert not hub.join("Ana", ana, HERE).members[-1].muted
    hub.command("Ana", "unhost", "Ana")
    assert hub.members()[-1].muted
    assert recorder.notices(ana)[-1] == ("unhost", None)


def test_the_host_link_makes_a_moderator_once(hub, bia, recorder, audit):
    """Whoever opens it again changes nothing, and the log has one line."""
    for _ in range(2):
        hub.promote(bia)
    assert hub.is_moderator(bia.id)
    lines = [line for line in audit.named("command") if line[2] == (bia, PHONE)]
    assert lines == [("host", "host link", (bia, PHONE), {})]
    assert recorder.notices(bia) == [("host", None)]


def test_who_opens_the_host_link_before_they_join_is_logged_without_an_address(hub, audit):
    """Their cookie is all that is known of them."""
    bia = User("7", "Bia")
    hub.promote(bia)
    assert audit.lines == [("command", "host", "host link", (bia, Origin("")), {})]
    assert hub.join("Bia", bia, PHONE).members[0].role == "host"


def test_who_logs_in_by_the_host_link_is_host_from_the_arrival_on(hub, come, audit):
    """Neither a lock nor a ban keeps them out, and the mute of their device is lifted."""
    come("Bia", PHONE)
    for line in ("mute Bia", "ban Ana", "lock"):
        hub.command_from_terminal(*line.partition(" ")[::2])
    ana = hub.log_in("Ana", PHONE, host=True)
    assert audit.lines[-1] == ("command", "host", "host link", (ana, PHONE), {})
    member = hub.join("Ana", ana, PHONE).members[-1]
    assert (member.name, member.role, member.muted) == ("Ana", "host", False)
    assert hub.post("Ana", "hello", "1").result(10)


def test_a_moderator_who_logs_out_is_none_any_more(hub, ana, settings):
    """On a computer that others use, the next one is a guest."""
    hub.log_out(ana)
    assert not hub.is_moderator(ana.id)
    assert settings.load().moderators == frozenset()


def test_a_guest_who_logs_out_changes_nothing(hub, bia, settings):
    """No position is taken for it."""
    before = settings.load()
    hub.log_out(bia)
    assert settings.load() == before


def test_a_moderator_logs_out_where_the_disk_refuses(hub, ana, refusing, recorder, caplog):
    """They are out, and the server's own log says what could not be stored."""
    refusing(True)
    hub.log_out(ana)
    assert not hub.may_enter(ana, HERE)
    assert recorder.told[-1] == ConnectionsClosed(ana.id)
    why = "cannot be taken off: the message could not be stored"
    assert f"a moderator has logged out, and {why}" in caplog.messages


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("name", ["kick", "ban", "mute", "host"])
def test_moderators_are_no_guests(hub, name):
    """Whoever wants to do that makes a guest of them first."""
    assert refused(hub, f"{name} ana") == ("is_host", "Ana")


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("name", ["kick", "mute", "unmute", "host", "unhost"])
def test_nobody_is_known_by_that_name(hub, name):
    """It is said by which, where it was said."""
    assert refused(hub, f"{name} Carla") == ("nobody", "Carla")
    assert refused(hub, name, "an unknown id") == ("nobody", "")


@pytest.mark.usefixtures("bia")
@pytest.mark.parametrize(
    ("line", "reason"),
    [("unban bia", "not_banned"), ("unmute bia", "not_muted"), ("unhost bia", "not_host")],
)
def test_what_is_not_so_cannot_be_undone(hub, audit, line, reason):
    """It is said of whom, and nothing is logged of it."""
    lines = list(audit.lines)
    assert refused(hub, line) == (reason, "bia" if line.startswith("unban") else "Bia")
    assert audit.lines == lines


# The room.


def test_a_locked_room_opens_for_moderators_alone(hub, ana, audit):
    """After /unlock it does for everybody."""
    assert hub.command("Ana", "lock", "").key == "command.lock.done"
    with pytest.raises(RoomLocked):
        hub.log_in("Carla", HERE)
    assert audit.lines[-1] == ("login_refused", "Carla", HERE, "locked")
    assert hub.log_in("Carla", HERE, known=True)
    assert hub.log_in("Dora", HERE, host=True)
    assert hub.command("Ana", "unlock", "").key == "command.unlock.done"
    assert audit.lines[-1] == ("command", "unlock", "Ana", None, {})
    assert hub.log_in("Eva", HERE)


def test_everybody_learns_the_rules_once(hub, bia, recorder, audit):
    """What is said again is neither told nor logged; who comes later gets it on joining."""
    for _ in range(2):
        hub.command("Ana", "slow", "10s")
    assert [event.rules.slow for event in recorder.all(RulesChanged)] == [10]
    assert recorder.heard("Bia")[-1] == recorder.all(RulesChanged)[0]
    assert [line[0] for line in audit.named("command")].count("slow") == 1
    carla = hub.log_in("Carla", HERE)
    assert hub.join("Carla", carla, HERE).rules.slow == 10


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    ("line", "key", "fields"),
    [
        ("lock", "lock.done", {}),
        ("readonly", "readonly.done", {"value": "on"}),
        ("slow 1m", "slow.done", {"value": "60 s"}),
        ("topic Fractions today", "topic.done", {"value": "Fractions today"}),
    ],
)
def test_a_rule_says_what_it_does(hub, audit, line, key, fields):
    """The answer and the log have it, with its value."""
    done = give(hub, line)
    assert done.key == f"command.{key}"
    assert audit.lines[-1] == ("command", line.split()[0], "Ana", None, fields)


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    ("on", "off", "value"),
    [
        ("readonly", "readonly off", "off"),
        ("slow 10s", "slow off", "off"),
        ("topic Fractions", "topic", ""),
    ],
)
def test_a_rule_is_taken_back(hub, audit, on, off, value):
    """Everything is as it was."""
    before = hub.rules
    give(hub, on)
    assert hub.rules != before
    assert give(hub, off).key == f"command.{off.split()[0]}.off"
    assert hub.rules == before
    assert audit.lines[-1][-1] == {"value": value}


def test_one_rule_leaves_the_others_alone(hub, ana):
    """Each command changes its own."""
    for line in ("lock", "readonly", "slow 10s", "topic Fractions"):
        give(hub, line)
    rules = hub.rules
    assert (rules.locked, rules.readonly, rules.slow, rules.topic) == (True, True, 10, "Fractions")


def test_the_interval_is_said(hub, ana):
    """It is in whole seconds."""
    assert hub.command("Ana", "slow", "1m").params == {"seconds": 60}


def test_only_moderators_write_when_they_say_so(hub, bia):
    """The guest is told why."""
    hub.command("Ana", "readonly", "on")
    assert hub.post("Ana", "listen", "1").result(10)
    with pytest.raises(ReadOnly):
        hub.post("Bia", "but", "2")


def test_a_guest_waits_between_two_messages(hub, bia, times):
    """The time is the one that nobody can set, and another topic does not shorten it."""
    hub.command("Ana", "slow", "10s")
    hub.post("Bia", "one", "1").result(10)
    hub.command("Ana", "topic", "Patience")
    times.wall += 86_400
    times.monotonic += 9
    with pytest.raises(SlowMode) as refusal:
        hub.post("Bia", "two", "2")
    assert refusal.value.retry_after == 1
    times.monotonic += 1
    assert hub.post("Bia", "two", "2").result(10)


def test_a_topic_has_a_longest_length(hub, ana):
    """It is one line above the chat; the refusal says how long it may be."""
    hub.command("Ana", "topic", "x" * TOPIC_LIMIT)
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", "topic", "x" * (TOPIC_LIMIT + 1))
    assert (refusal.value.reason, refusal.value.params) == ("long", {"limit": TOPIC_LIMIT})
    with pytest.raises(PayloadInvalid):
        hub.command("Ana", "topic", "\u200b")
    assert hub.rules.topic == "x" * TOPIC_LIMIT


def test_a_message_is_deleted(hub, bia, recorder, audit, times):
    """All are told what is left of it, its author why; nobody can delete it twice."""
    message = hub.post("Bia", "ugly", "1").result(10).message
    done = hub.command("Ana", "delete", str(message.id))
    assert (done.key, done.params) == ("command.delete.done", {"name": "Bia"})
    (changed,) = recorder.all(MessageChanged)
    assert (changed.message.id, changed.message.message, changed.message.deleted) == (
        message.id,
        "",
        True,
    )
    assert recorder.heard("Bia")[-2:] == [changed, Notice(bia.id, "deleted")]
    about = (bia, Origin(PHONE.ip))
    value = {"value": f"#{message.id}"}
    assert audit.lines[-1] == ("command", "delete", "Ana", about, value)
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", "delete", str(message.id))
    assert (refusal.value.reason, refusal.value.params) == ("no_message", {"number": message.id})


def test_a_deleted_message_does_not_come_back(hub, bia):
    """The history of a newcomer is without it."""
    message = hub.post("Bia", "ugly", "1").result(10).message
    hub.command("Ana", "delete", str(message.id))
    carla = hub.log_in("Carla", HERE)
    assert hub.join("Carla", carla, HERE).page.messages == []


def test_who_deletes_their_own_message_is_not_told(hub, ana, recorder):
    """They know it."""
    message = hub.post("Ana", "a typo", "1").result(10).message
    hub.command("Ana", "delete", str(message.id))
    assert recorder.notices(ana) == []


def test_a_history_is_cleared(hub, bia, recorder, audit):
    """All learn up to where; what is said afterwards stays."""
    old = hub.post("Bia", "old", "1").result(10).message
    assert hub.command("Ana", "clear", "").key == "command.clear.done"
    (cleared,) = recorder.all(HistoryCleared)
    assert old.id <= cleared.up_to
    assert recorder.heard("Bia")[-1] == cleared
    value = {"value": f"up to #{cleared.up_to}"}
    assert audit.lines[-1] == ("command", "clear", "Ana", None, value)
    hub.post("Bia", "new", "2").result(10)
    carla = hub.log_in("Carla", HERE)
    page = hub.join("Carla", carla, HERE).page
    assert [message.message for message in page.messages] == ["new"]


def test_the_log_says_who_did_what(hub, audit):
    """The terminal of the server's computer has a name, too, and may do everything."""
    hub.command_from_terminal("lock", "")
    assert audit.lines[-1] == ("command", "lock", "terminal", None, {})


# What is stored holds, and nothing else.


@pytest.mark.parametrize(
    "line",
    ["ban Bia", "ban Bia address", "mute Bia", "host Bia", "lock", "topic X", "slow 9s", "clear"],
)
def test_what_cannot_be_stored_changes_nothing(hub, bia, recorder, refusing, line):
    """The moderator is told so, nobody else is, and all may do as before."""
    told, members = list(recorder.told), hub.members()
    refusing(True)
    with pytest.raises(StoreUnavailable):
        give(hub, line)
    assert (recorder.told, hub.members()) == (told, members)
    assert (hub.bans(), hub.rules, hub.is_moderator(bia.id)) == ([], State().rules, False)
    refusing(False)
    assert hub.post("Bia", "hello", "1").result(10)
    assert hub.log_in("Carla", PHONE)


@pytest.mark.usefixtures("bia")
@pytest.mark.parametrize("line", ["mute Bia", "lock", "clear"])
def test_what_cannot_be_stored_is_not_logged(hub, audit, refusing, line):
    """The log says what was done, not what was asked for."""
    lines = list(audit.lines)
    refusing(True)
    with pytest.raises(StoreUnavailable):
        give(hub, line)
    assert audit.lines == lines


@pytest.mark.parametrize("line", ["unban Troll", "unmute Bia", "unhost Dora", "unlock"])
def test_what_cannot_be_taken_back_still_holds(hub, bia, come, refusing, line):
    """It is as if nothing had been said."""
    come("Dora", ELSEWHERE, host=True)
    for each in ("ban Troll", "mute Bia", "lock"):
        give(hub, each)
    refusing(True)
    with pytest.raises(StoreUnavailable):
        give(hub, line)
    assert (len(hub.bans()), hub.rules.locked, roles(hub)["Dora"]) == (1, True, "host")
    with pytest.raises(Muted):
        hub.post("Bia", "hello", "1")


def test_a_message_that_cannot_be_deleted_stays(hub, bia, recorder, audit, refusing):
    """Nobody is told anything."""
    message = hub.post("Bia", "ugly", "1").result(10).message
    lines = list(audit.lines)
    refusing(True)
    with pytest.raises(StoreUnavailable):
        hub.command("Ana", "delete", str(message.id))
    assert (recorder.all(MessageChanged), audit.lines) == ([], lines)


def test_a_change_that_another_process_stored_holds_here(hub, bia, recorder, times):
    """The state is taken from the event, and whom it concerns is told here, too."""
    mute = Mute(bia.id, "Bia", "phone", times.wall + 60, 60)
    hub._log.append(Amend(lambda state: state.mute(mute))).result(10)
    assert recorder.notices(bia) == [("muted", IN_A_MINUTE)]
    with pytest.raises(Muted):
        hub.post("Bia", "hello", "1")


def test_a_change_of_rules_concerns_nobody_in_particular(hub, bia, recorder):
    """A change of people tells no rules, and one of rules tells of no person."""
    hub.command("Ana", "mute", "Bia")
    assert recorder.all(RulesChanged) == []
    told = len(recorder.told)
    hub.command("Ana", "topic", "Fractions")
    assert [type(event) for event in recorder.told[told:]] == [RulesChanged]
    assert recorder.told[told].room == "lobby"


def test_how_order_is_kept_outlives_the_server(start, times):
    """Moderators, rules, bans and mutes hold in the next life; a mute has its rest to go."""
    before = start()
    ana, bia = before.log_in("Ana", HERE, host=True), before.log_in("Bia", PHONE)
    before.join("Bia", bia, PHONE)
    for line in ("topic Fractions", "readonly", "ban Troll", "mute Bia 1m"):
        before.command_from_terminal(*line.partition(" ")[::2])
    before.close()
    times.go_on(20)
    after = start()
    assert after.is_moderator(ana.id)
    assert (after.rules.topic, after.rules.readonly) == ("Fractions", True)
    assert [ban.name for ban in after.bans()] == ["Troll"]
    after.join("Bia", bia, PHONE)
    with pytest.raises(Muted) as refusal:
        after.post("Bia", "hello", "1")
    assert refusal.value.retry_after == 40


def test_a_clock_that_is_set_back_while_the_server_is_down_prolongs_no_mute(start, times):
    """It lasts no longer than it was to last in all."""
    before = start()
    bia = before.log_in("Bia", PHONE)
    before.join("Bia", bia, PHONE)
    before.command_from_terminal("mute", "Bia 1m")
    before.close()
    times.wall -= 86_400
    after = start()
    after.join("Bia", bia, PHONE)
    with pytest.raises(Muted) as refusal:
        after.post("Bia", "hello", "1")
    assert refusal.value.retry_after == 60


def test_who_is_meant_while_the_database_is_locked(hub, bia, database, monkeypatch):
    """Another program may have the database: that is no defect of ours, and may pass."""

    def locked(_connection):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("lanchat.store.state.load", locked)
    with pytest.raises(StoreUnavailable):
        hub.command("Ana", "mute", "Bia")
    monkeypatch.undo()
    assert hub.command("Ana", "mute", "Bia").key == "command.mute.done"
