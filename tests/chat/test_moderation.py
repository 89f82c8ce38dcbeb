"""Moderators remove people and make others moderators: what changes, and who is told what."""

import pytest

from lanchat.chat.events import ConnectionsClosed, MemberChanged, MemberLeft, Notice
from lanchat.chat.model import Origin, User
from lanchat.errors import CommandUnusable, NotJoined, Unauthorized

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")
IN_TEN_MINUTES = "2026-11-23T12:10:00.000Z"


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
    notice, left, closed = recorder.heard("Bia")[-3:]
    assert (type(left), left.user) == (MemberLeft, bia)
    assert (notice, closed) == (Notice(bia.id, "kicked"), ConnectionsClosed(bia.id))
    assert recorder.heard("Ana")[-1] == left


def test_who_is_kicked_has_no_place_any_more(hub, bia):
    """Their connection is good for nothing, and a new login is possible."""
    hub.command("Ana", "kick", "bia")
    with pytest.raises(NotJoined):
        hub.posting.post("Bia", "hello", "1")
    assert list(roles(hub)) == ["Ana"]
    assert hub.identities.log_in("Bia", PHONE)


def test_an_old_cookie_does_not_undo_a_kick(hub, bia, come):
    """Coming back is a new login; an id means one person and nobody else."""
    carla = come("Carla", PHONE)
    hub.command("Ana", "kick", "", carla.id)
    with pytest.raises(Unauthorized):
        hub.join("again", carla, PHONE)
    assert list(roles(hub)) == ["Ana", "Bia"]


def test_who_has_only_logged_in_can_be_kicked(hub, ana, audit):
    """Nobody has seen them come, so nobody has left; the command is logged."""
    bia = hub.identities.log_in("Bia", PHONE)
    hub.command("Ana", "kick", "Bia")
    assert not hub.identities.may_enter(bia, PHONE)
    assert audit.lines[-1] == ("command", "kick", "Ana", (bia, PHONE), {})


def test_who_has_left_cannot_be_kicked(hub, bia):
    """They are known, but not here."""
    hub.identities.log_out(bia)
    assert refused(hub, "kick Bia") == ("nobody", "Bia")


def test_a_kick_is_logged_before_its_departure(hub, bia, audit):
    """The log reads in the order in which it happened."""
    hub.command("Ana", "kick", "Bia")
    assert audit.lines[-2:] == [
        ("command", "kick", "Ana", (bia, PHONE), {}),
        ("leave", bia, PHONE, 0, "kicked"),
    ]


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
    assert hub.posting.post("Bia", "hello", "1").result(10)
    assert recorder.all(MemberChanged)[-1] == MemberChanged(bia, "host", muted=False)
    assert recorder.notices(bia)[1:] == [("host", None)]
    hub.command("Ana", "unhost", "Bia")
    assert hub.posting.post("Bia", "hello", "2").result(10)
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
    assert recorder.notices(ana) == [("unhost", None), ("muted", IN_TEN_MINUTES)]


def test_the_host_link_makes_a_moderator_once(hub, bia, recorder, audit):
    """Whoever opens it again changes nothing, and the log has one line."""
    for _ in range(2):
        hub.identities.promote(bia)
    assert hub.is_moderator(bia.id)
    lines = [line for line in audit.named("command") if line[2] == (bia, PHONE)]
    assert lines == [("host", "host link", (bia, PHONE), {})]
    assert recorder.notices(bia) == [("host", None)]


def test_who_opens_the_host_link_before_they_join_is_logged_without_an_address(hub, audit):
    """Their cookie is all that is known of them."""
    bia = User("7", "Bia")
    hub.identities.promote(bia)
    assert audit.lines == [("command", "host", "host link", (bia, Origin("")), {})]
    assert hub.join("Bia", bia, PHONE).members[0].role == "host"


def test_who_logs_in_by_the_host_link_is_host_from_the_arrival_on(hub, come, audit):
    """Neither a lock nor a ban keeps them out, and the mute of their device is lifted."""
    come("Bia", PHONE)
    for line in ("mute Bia", "ban Ana", "lock"):
        hub.command_from_terminal(*line.partition(" ")[::2])
    ana = hub.identities.log_in("Ana", PHONE, host=True)
    assert audit.lines[-1] == ("command", "host", "host link", (ana, PHONE), {})
    member = hub.join("Ana", ana, PHONE).members[-1]
    assert (member.name, member.role, member.muted) == ("Ana", "host", False)
    assert hub.posting.post("Ana", "hello", "1").result(10)


def test_a_moderator_who_logs_out_is_none_any_more(hub, ana, settings):
    """On a computer that others use, the next one is a guest."""
    hub.identities.log_out(ana)
    assert not hub.is_moderator(ana.id)
    assert settings.load().moderators == frozenset()


def test_a_guest_who_logs_out_changes_nothing(hub, bia, settings):
    """No position is taken for it."""
    before = settings.load()
    hub.identities.log_out(bia)
    assert settings.load() == before


def test_a_moderator_logs_out_where_the_disk_refuses(hub, ana, refusing, recorder, caplog):
    """They are out, and the server's own log says what could not be stored."""
    refusing(True)
    hub.identities.log_out(ana)
    assert not hub.identities.may_enter(ana, HERE)
    assert recorder.told[-1] == ConnectionsClosed(ana.id)
    why = "cannot be taken off: the message database refuses"
    assert f"a moderator has logged out, and {why}" in caplog.text


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
