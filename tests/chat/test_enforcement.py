"""What moderators have said holds once it is stored, over a restart, and not before."""

import sqlite3

import pytest

from lanchat.chat.changes import Amend
from lanchat.chat.events import ConnectionsClosed, MessageChanged, Notice, RulesChanged
from lanchat.chat.model import Origin
from lanchat.chat.room_settings import Ban, Mute, State
from lanchat.errors import Muted, StoreUnavailable

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")
ELSEWHERE = Origin("192.168.1.50", "Browser/1", "tablet")
IN_A_MINUTE = "2026-11-23T12:01:00.000Z"


@pytest.mark.parametrize(
    "line",
    ["ban Bia", "ban Bia address", "mute Bia", "host Bia", "lock", "topic X", "slow 9s", "clear"],
)
def test_what_cannot_be_stored_changes_nothing(hub, bia, give, recorder, refusing, *, line):
    """The moderator is told so, nobody else is, and all may do as before."""
    told, members = list(recorder.told), hub.members()
    refusing(True)
    with pytest.raises(StoreUnavailable):
        give(line)
    assert (recorder.told, hub.members()) == (told, members)
    assert (hub.bans(), hub.rules, hub.is_moderator(bia.id)) == ([], State().rules, False)
    refusing(False)
    assert hub.posting.post("Bia", "hello", "1").result(10)
    assert hub.identities.log_in("Carla", PHONE)


@pytest.mark.parametrize("line", ["mute Bia", "lock", "clear"])
def test_what_cannot_be_stored_is_not_logged(give, audit, refusing, line):
    """The log says what was done, not what was asked for."""
    lines = list(audit.lines)
    refusing(True)
    with pytest.raises(StoreUnavailable):
        give(line)
    assert audit.lines == lines


@pytest.mark.parametrize("line", ["unban Troll", "unmute Bia", "unhost Dora", "unlock"])
def test_what_cannot_be_taken_back_still_holds(hub, give, come, refusing, line):
    """It is as if nothing had been said."""
    come("Dora", ELSEWHERE, host=True)
    for each in ("ban Troll", "mute Bia", "lock"):
        give(each)
    refusing(True)
    with pytest.raises(StoreUnavailable):
        give(line)
    assert (len(hub.bans()), hub.rules.locked, hub.members()[-1].role) == (1, True, "host")
    refusing(False)
    with pytest.raises(Muted):
        hub.posting.post("Bia", "hello", "1").result(10)


def test_a_message_that_cannot_be_deleted_stays(hub, bia, recorder, audit, refusing):
    """Nobody is told anything."""
    message = hub.posting.post("Bia", "ugly", "1").result(10).message
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
        hub.posting.post("Bia", "hello", "1").result(10)


def test_who_came_in_before_the_ban_of_another_process_was_known_here_leaves(
    hub, bia, recorder, times
):
    """That one has told those who were here, and knows nothing of who came a moment later."""
    ban = Ban("Bia", "", "", None, "host")
    hub._log.append(Amend(lambda state: state.ban(ban))).result(10)
    hub.tick(times.monotonic)
    assert recorder.told[-2:] == [Notice(bia.id, "banned", None), ConnectionsClosed(bia.id)]
    hub.tick(times.monotonic)
    assert recorder.told.count(ConnectionsClosed(bia.id)) == 1


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
    ana, bia = (
        before.identities.log_in("Ana", HERE, host=True),
        before.identities.log_in("Bia", PHONE),
    )
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
        after.posting.post("Bia", "hello", "1").result(10)
    assert refusal.value.retry_after == 40


def test_a_clock_that_is_set_back_while_the_server_is_down_prolongs_no_mute(start, times):
    """It lasts no longer than it was to last in all."""
    before = start()
    bia = before.identities.log_in("Bia", PHONE)
    before.join("Bia", bia, PHONE)
    before.command_from_terminal("mute", "Bia 1m")
    before.close()
    times.wall -= 86_400
    after = start()
    after.join("Bia", bia, PHONE)
    with pytest.raises(Muted) as refusal:
        after.posting.post("Bia", "hello", "1").result(10)
    assert refusal.value.retry_after == 60


def test_a_start_with_the_clock_ahead_ends_no_ban_and_no_mute(start, times, recorder):
    """Once it is set right, who was let in meanwhile is out again, or reads only."""
    before = start()
    bia, troll = before.identities.log_in("Bia", PHONE), before.identities.log_in("Troll", HERE)
    before.command_from_terminal("mute", "Bia 1h")
    before.command_from_terminal("ban", "Troll 1h")
    before.close()
    times.wall += 86_400
    after = start()
    after.join("Bia", bia, PHONE)
    troll = after.identities.log_in("Troll", HERE)
    after.join("Troll", troll, HERE)
    after.tick(times.monotonic)
    assert recorder.notices(bia) == []
    times.wall -= 86_400
    after.tick(times.monotonic)
    assert [code for code, _ in recorder.notices(bia)] == ["muted"]
    assert ConnectionsClosed(troll.id) in recorder.told
    assert [ban.name for ban in after.bans()] == ["Troll"]


def test_who_is_let_go_is_told_once(hub, bia, recorder, times):
    """The end of a mute is told when it is over, and not again when it is forgotten."""
    hub.command("Ana", "mute", "Bia 1m")
    times.go_on(60)
    hub.tick(times.monotonic)
    hub.tick(times.monotonic)
    assert [code for code, _ in recorder.notices(bia)] == ["muted", "unmuted"]


def test_a_command_can_be_given_again_once_the_database_is_free(hub, bia, database, monkeypatch):
    """Another program may have the database: that is no defect of ours, and may pass."""

    def locked(_connection):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("lanchat.rows.state.load", locked)
    with pytest.raises(StoreUnavailable):
        hub.command("Ana", "mute", "Bia")
    monkeypatch.undo()
    assert hub.command("Ana", "mute", "Bia").key == "command.mute.done"
