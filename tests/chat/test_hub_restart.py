"""The hub beside a disk that refuses, and over a restart."""

import pytest

from lanchat.chat.changes import Reserved
from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import (
    MemberLeft,
)
from lanchat.chat.model import Cursor, Origin, User
from lanchat.errors import (
    Banned,
    Muted,
    NameTaken,
    StoreUnavailable,
    Unauthorized,
)
from lanchat.rows.state import StoredReservations
from tests.world.reserved import users_of

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("10.0.0.7", "Browser/2", "phone")


@pytest.fixture
def ana(come):
    """Ana, who has joined by the connection "Ana"."""
    return come("Ana", HERE)


@pytest.fixture
def disk(database):
    """What is noted of names."""
    return StoredReservations(database)


# A failing disk.


def test_a_disk_that_refuses_keeps_nobody_out(hub, refusing, caplog):
    """People come, go and log out as ever; the server's own log says what may be forgotten."""
    refusing(True)
    user = hub.identities.log_in("Ana", HERE)
    assert hub.join("tab", user, HERE).you == user
    hub.identities.log_out(user)
    assert not hub.identities.may_enter(user, HERE)
    assert "a restart may not know whose name is whose" in caplog.text


def test_a_moderator_who_could_not_log_in_finds_the_name_free(hub, refusing):
    """The host link wants the disk; when that has room again, the same name gets in."""
    refusing(True)
    with pytest.raises(StoreUnavailable):
        hub.identities.log_in("Ana", HERE, host=True)
    refusing(False)
    assert hub.identities.log_in("Ana", HERE, host=True)


def test_a_disk_that_refuses_keeps_nobody_from_leaving(hub, come, recorder, refusing, times):
    """A mute that cannot be forgotten yet ends all the same, and departures are told."""
    ana, bia = come("Ana"), come("Bia", PHONE)
    hub.command_from_terminal("mute", "Bia 1s")
    hub.disconnect("Ana")
    times.go_on(5)
    refusing(True)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            hub.tick(times.monotonic)
    assert [left.user for left in recorder.all(MemberLeft)] == [ana]
    assert recorder.notices(bia)[1:] == [("unmuted", None)]
    refusing(False)
    hub.tick(times.monotonic)
    assert recorder.notices(bia)[1:] == [("unmuted", None)]


def test_a_defect_in_one_half_of_a_tick_keeps_no_mute_from_ending(
    hub, come, recorder, times, monkeypatch
):
    """Whoever is muted may write again, also where nobody can leave."""
    bia = come("Bia", PHONE)
    hub.command_from_terminal("mute", "Bia 1s")
    times.go_on(5)
    monkeypatch.setattr(LocalDirectory, "expire", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hub.tick(times.monotonic)
    assert recorder.notices(bia)[1:] == [("unmuted", None)]


def test_names_that_cannot_be_noted_keep_no_mute_from_ending(hub, come, recorder, database, times):
    """The one table refuses, the others do not."""
    come("Ana")
    bia = come("Bia", PHONE)
    hub.command_from_terminal("mute", "Bia 1s")
    hub.disconnect("Ana")
    times.go_on(5)
    database.call(lambda connection: connection.execute("DROP TABLE reservation"))
    hub.tick(times.monotonic)
    assert len(recorder.all(MemberLeft)) == 1
    assert recorder.notices(bia)[1:] == [("unmuted", None)]


def test_settings_that_cannot_be_read_keep_no_server_from_starting(start, database, caplog):
    """Everybody may do everything, and the server's own log says so."""
    database.call(lambda connection: connection.execute("DROP TABLE mute"))
    hub = start()
    assert hub.identities.log_in("Ana", HERE)
    why = "the message database refuses: no such table: mute"
    assert caplog.messages == [f"it is not known any more who is host, banned or muted: {why}"]


# Over a restart.


@pytest.mark.parametrize("end", ["close", "kill"])
def test_a_name_outlives_the_server(start, end):
    """After a restart the cookie's owner may come back, and a stranger may not have the name."""
    before = start()
    user = before.identities.log_in("Ana", HERE)
    before.join("tab", user, HERE)
    if end == "close":
        before.close()
    after = start()
    with pytest.raises(NameTaken):
        after.identities.log_in("ana", PHONE)
    assert after.join("tab", user, HERE).you == user


def test_a_name_is_kept_from_the_login_on(start):
    """It is so where the server ended before the page had connected, too."""
    user = start().identities.log_in("Ana", HERE)
    after = start()
    with pytest.raises(NameTaken):
        after.identities.log_in("Ana", HERE)
    assert after.identities.may_enter(user, HERE)


def test_of_names_that_have_become_the_same_the_first_is_kept(start, disk):
    """An earlier lanchat may have told apart what this one does not."""
    first, second = User("1", "Ana"), User("2", "ANA")
    disk.note([Reserved(first), Reserved(second)])
    hub = start()
    assert hub.identities.may_enter(first, HERE)
    assert not hub.identities.may_enter(second, HERE)


def test_who_has_left_leaves_no_name_behind(start, times):
    """Whoever was away longer than the grace period is not waited for after a restart."""
    before = start()
    before.join("tab", before.identities.log_in("Ana", HERE), HERE)
    before.disconnect("tab")
    times.go_on(5)
    before.tick(times.monotonic)
    before.close()
    assert start().identities.log_in("Ana", HERE)


def test_who_comes_back_after_leaving_is_noted_again(hub, ana, disk, times):
    """The old cookie still has its name, and the next restart knows it."""
    hub.disconnect("Ana")
    times.go_on(5)
    hub.tick(times.monotonic)
    assert users_of(disk) == []
    hub.join("again", ana, HERE)
    assert users_of(disk) == [ana]


@pytest.mark.parametrize("line", ["ban Bia", "mute Bia"])
def test_who_has_not_come_back_yet_is_known_by_their_device(start, line):
    """Another login in the same browser does not get around it."""
    before = start()
    bia = before.identities.log_in("Bia", PHONE)
    before.join("Bia", bia, PHONE)
    before.close()
    after = start()
    after.command_from_terminal(*line.split(" "))
    if line.startswith("ban"):
        with pytest.raises(Banned):
            after.identities.log_in("Somebody else", PHONE)
        return
    after.join("other", after.identities.log_in("Somebody else", PHONE, replaces=bia), PHONE)
    with pytest.raises(Muted):
        after.posting.post("other", "hello", "1").result(10)


def test_a_logout_outlives_the_server(start):
    """An old copy of the cookie lets nobody in, and the name is free."""
    before = start()
    user = before.identities.log_in("Ana", HERE)
    before.join("tab", user, HERE)
    before.identities.log_out(user)
    after = start()
    assert not after.identities.may_enter(user, HERE)
    with pytest.raises(Unauthorized):
        after.join("tab", user, HERE)
    assert after.identities.log_in("Ana", HERE)


def test_who_does_not_come_back_is_not_announced(start, recorder, audit):
    """The room has not seen them since the restart, so nobody has left it."""
    before = start()
    before.join("tab", before.identities.log_in("Ana", HERE), HERE)
    start().close()
    assert (audit.named("leave"), recorder.all(MemberLeft)) == ([], [])


def test_what_was_said_outlives_the_server(start):
    """A position of before the restart is good after it."""
    before = start()
    user = before.identities.log_in("Ana", HERE)
    epoch = before.join("tab", user, HERE).epoch
    first, second = (before.posting.post("tab", text, text).result(10).message for text in "ab")
    before.close()
    snapshot = start().join("tab", user, HERE, Cursor(first.id, epoch))
    assert (snapshot.page.messages, snapshot.page.complete) == ([second], True)
    assert snapshot.epoch != epoch
