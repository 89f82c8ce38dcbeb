"""Moderators ban and mute: who is kept from what, for how long, and who is told."""

import pytest

from lanchat.chat.events import ConnectionsClosed, MemberChanged, MemberLeft, Notice
from lanchat.chat.model import Origin, User
from lanchat.errors import Banned, Muted, NameUnusable, Unauthorized

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")
ELSEWHERE = Origin("192.168.1.50", "Browser/1", "tablet")
IN_A_MINUTE = "2026-11-23T12:01:00.000Z"
IN_AN_HOUR = "2026-11-23T13:00:00.000Z"


# Bans.


def test_who_is_banned_is_told_until_when_and_then_closed(hub, bia, recorder, times, audit):
    """They have left for that reason."""
    done = hub.command("Ana", "ban", "Bia 1h")
    assert (done.key, done.params) == (
        "command.ban.done",
        {"name": "Bia", "until": times.wall + 3_600},
    )
    notice, left, closed = recorder.heard("Bia")[-3:]
    assert (type(left), left.user) == (MemberLeft, bia)
    assert (notice, closed) == (
        Notice(bia.id, "banned", IN_AN_HOUR),
        ConnectionsClosed(bia.id),
    )
    assert audit.lines[-2:] == [
        ("command", "ban", "Ana", (bia, PHONE), {"seconds": 3_600}),
        ("leave", bia, PHONE, 0, "banned"),
    ]


@pytest.mark.parametrize("name", ["x" * 33, "a\u202eb", "...", "a/b?\x07"])
def test_what_can_be_no_name_is_not_banned(hub, bia, name):
    """Nobody can come by it, so nobody would be kept out."""
    with pytest.raises(NameUnusable):
        hub.command("Ana", "ban", name)
    assert hub.bans() == []


def test_who_is_banned_does_not_come_back(hub, bia, audit, times):
    """No name lets them in, until the time is over by itself."""
    hub.command("Ana", "ban", "Bia 1h")
    for name in ("Bia", "Somebody else"):
        with pytest.raises(Banned):
            hub.identities.log_in(name, PHONE)
    with pytest.raises(Banned):
        hub.identities.log_in("Bia", ELSEWHERE, replaces=bia)
    assert audit.lines[-1] == ("login_refused", "Bia", ELSEWHERE, "banned")
    times.go_on(3_600)
    assert hub.identities.log_in("Bia", PHONE)


def test_a_ban_holds_for_who_has_come_in_meanwhile(hub, bia, come, recorder):
    """A second login on the device is shown out, too, and has no use of an open connection."""
    carla = come("Carla", PHONE)
    diana = hub.identities.log_in("Diana", PHONE)
    hub.connect("Diana", diana)
    hub.command("Ana", "ban", "Bia 1h")
    for name, user in (("Bia", bia), ("Carla", carla)):
        notice, closed = Notice(user.id, "banned", IN_AN_HOUR), ConnectionsClosed(user.id)
        heard = [event for event in recorder.heard(name) if event in (notice, closed)]
        assert heard == [notice, closed]
    assert [member.name for member in hub.members()] == ["Ana"]
    with pytest.raises(Unauthorized):
        hub.join("Diana", diana, PHONE)


def test_a_ban_lasts_until_tomorrow_unless_it_is_said_how_long(hub, bia):
    """Twelve hours are usual; for ever has no end."""
    hub.command("Ana", "ban", "Bia")
    done = hub.command("Ana", "ban", "Troll forever")
    assert (done.key, done.params) == ("command.ban.forever", {"name": "Troll"})
    assert [(ban.seconds, ban.by) for ban in hub.bans()] == [(43_200, "Ana"), (None, "Ana")]


def test_who_leaves_first_can_still_be_banned(hub, bia):
    """What is known of those who have left is remembered, and a name that looks alike will do."""
    hub.identities.log_out(bia)
    assert hub.command("Ana", "ban", "B.I.A").params["name"] == "Bia"
    with pytest.raises(Banned):
        hub.identities.log_in("Somebody else", PHONE)


def test_a_name_that_never_came_can_be_banned(hub, ana, audit):
    """It is kept out by that name alone, and nobody is told."""
    hub.command("Ana", "ban", "Troll")
    with pytest.raises(Banned):
        hub.identities.log_in("TROLL", HERE)
    assert hub.identities.log_in("Carla", HERE)
    about = (User("", "Troll"), Origin(""))
    assert audit.named("command")[-1] == ("ban", "Ana", about, {"seconds": 43_200})


def test_who_has_not_come_back_after_a_restart_can_be_banned(start, audit):
    """Nothing is known of them but their name and their device."""
    before = start()
    bia = before.identities.log_in("Bia", PHONE)
    before.close()
    after = start()
    after.command_from_terminal("ban", "Bia address")
    known = (bia, Origin("", device="phone"))
    assert audit.lines[-1] == ("command", "ban", "terminal", known, {"seconds": 43_200})
    assert not after.identities.may_enter(bia, ELSEWHERE)


def test_a_ban_by_address_keeps_out_who_is_new_there(hub, bia, come, audit):
    """A moderator behind the same router comes in; the log has the address."""
    neighbour = Origin(PHONE.ip, device="new")
    eva = come("Eva", neighbour)
    hub.command("Ana", "ban", "Bia address")
    with pytest.raises(Banned):
        hub.identities.log_in("Carla", neighbour)
    assert hub.identities.log_in("Carla", neighbour, replaces=eva)
    assert hub.identities.log_in("Dora", neighbour, host=True)
    command = audit.named("command")[-2]
    assert command[3] == {"seconds": 43_200, "address": PHONE.ip}


def test_the_address_counts_only_where_it_is_asked_for(hub, bia):
    """Else everybody behind one router would be kept out."""
    hub.command("Ana", "ban", "Bia")
    assert hub.identities.log_in("Carla", Origin(PHONE.ip, device="new"))


def test_the_servers_own_computer_is_not_banned_by_address(hub, ana, come, audit):
    """The ban holds for the device, and the log says nothing of an address."""
    come("Bia", Origin("127.0.0.1", device="shared"))
    hub.command("Ana", "ban", "Bia address")
    assert hub.identities.log_in("Carla", Origin("127.0.0.1", device="new"))
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
    assert hub.identities.log_in("Bia", PHONE)


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
        hub.posting.post("Bia", "hello", "1").result(10)
    assert refusal.value.retry_after == 60
    times.go_on(60)
    hub.tick(times.monotonic)
    assert recorder.heard("Bia")[-2:] == [
        MemberChanged(bia, "guest", muted=False),
        Notice(bia.id, "unmuted"),
    ]
    assert hub.posting.post("Bia", "hello", "1").result(10)


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
        hub.posting.post("Bia", "hello", "1").result(10)


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
        hub.posting.post("Bia", "hello", "1").result(10)
    assert refusal.value.retry_after == 1
    times.go_on(1)
    hub.tick(times.monotonic)
    assert (hub.bans(), recorder.notices(bia)[-1]) == ([], ("unmuted", None))


def test_a_new_name_does_not_undo_a_mute(hub, bia, recorder):
    """The device is the same; everybody sees it from the arrival on."""
    hub.command("Ana", "mute", "Bia")
    other = hub.identities.log_in("Other", PHONE)
    hub.connect("Other", other)
    assert [member.muted for member in hub.join("Other", other, PHONE).members] == [
        False,
        True,
        True,
    ]
    with pytest.raises(Muted):
        hub.posting.post("Other", "hello", "1").result(10)
    hub.command("Ana", "unmute", "Other")
    assert hub.posting.post("Bia", "hello", "1").result(10)
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
    assert hub.posting.post("Carla", "hello", "1").result(10)


def test_somebody_who_is_called_like_a_time_can_be_muted(hub, ana, come, recorder):
    """Their whole name is meant, as long as they are known."""
    agent = come("Agent 2h", PHONE)
    hub.command("Ana", "mute", "Agent 2h")
    assert recorder.notices(agent) == [("muted", "2026-11-23T12:10:00.000Z")]


def test_who_has_left_can_be_muted(hub, bia, recorder):
    """Whoever comes back finds that it holds, and nobody is told meanwhile."""
    hub.disconnect("Bia")
    hub.identities.log_out(bia)
    told = len(recorder.told)
    hub.command("Ana", "mute", "Bia")
    assert recorder.told[told:] == []
    again = hub.identities.log_in("Bia", PHONE)
    assert hub.join("again", again, PHONE).members[-1].muted
