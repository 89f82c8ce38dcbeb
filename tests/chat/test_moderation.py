"""What a host does about people, and what these are told."""

import pytest

from lanchat.chat.hub import Hub
from lanchat.chat.model import Notice, Origin
from lanchat.chat.moderator import TERMINAL
from lanchat.errors import Banned, CommandUnusable, Muted, NotJoined, Unauthorized
from lanchat.store.sqlite import SqliteStore

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")


class Recorder:
    """Stands where the sockets and the log are; writes down every call as (name, arguments)."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments, **_options: self.calls.append((name, arguments))

    def all(self, name):
        """The arguments of all calls by that name."""
        return [arguments for called, arguments in self.calls if called == name]


@pytest.fixture
def world():
    """Broadcaster and connection log in one."""
    return Recorder()


@pytest.fixture
def clock():
    """A clock that tests set: its one element is the time."""
    return [1_000.0]


@pytest.fixture
def hub(world, clock):
    """A hub with Ana, who is host, and Bia on her phone, who is not."""
    store = SqliteStore(None)
    hub = Hub(store, world, world, store, history=3, grace=5, clock=lambda: clock[0])
    for name, origin in (("Ana", HERE), ("Bia", PHONE)):
        guest = hub.log_in(name, origin, host=name == "Ana")
        hub.join(name, guest, origin, None)
    yield hub
    hub.close()
    store.close()


def test_who_is_kicked_is_shown_out(hub, world):
    """Told why, without a place, and with a line for it; a new login is possible."""
    hub.command("Ana", "kick", "bia")
    assert world.all("show_out") == [(["Bia"], Notice("kicked"))]
    assert world.all("leave")[-1][-1] == "kicked"
    with pytest.raises(NotJoined):
        hub.post("Bia", "hello", "1")
    assert hub.log_in("Bia", PHONE)


def test_an_old_cookie_does_not_undo_a_kick(hub):
    """Coming back is a new login."""
    bia = next(host for host in hub.hosts() if host.name == "Bia")
    guest = hub.log_in("Carla", PHONE)
    hub.join("Carla", guest, PHONE, None)
    hub.command("Ana", "kick", "", guest.id)
    with pytest.raises(Unauthorized):
        hub.join("again", guest, PHONE, None)
    assert bia in hub.hosts()


def test_who_is_banned_does_not_come_back(hub, world):
    """Under no name, until the time is over."""
    hub.command("Ana", "ban", "Bia 1h")
    (_, notice) = world.all("show_out")[-1]
    assert (notice.code, notice.until) == ("banned", "1970-01-01T01:16:40.000Z")
    for name in ("Bia", "Somebody else"):
        with pytest.raises(Banned):
            hub.log_in(name, PHONE)
    assert world.all("login_refused")[-1][-1] == "banned"


def test_who_leaves_first_can_still_be_banned(hub):
    """What is known of those who have left is remembered."""
    bia = hub.log_in("Bia 2", PHONE)
    hub.log_out(bia)
    hub.command("Ana", "ban", "Bia 2")
    with pytest.raises(Banned):
        hub.log_in("Somebody else", PHONE)


def test_a_name_that_never_came_can_be_banned(hub):
    """By that name alone."""
    hub.command("Ana", "ban", "Troll")
    with pytest.raises(Banned):
        hub.log_in("TROLL", HERE)
    assert hub.log_in("Carla", HERE)


def test_the_host_behind_the_same_router_stays_in(hub):
    """A ban by address keeps out who is new, but never a host."""
    hub.command("Ana", "ban", "Bia address")
    neighbour = Origin(PHONE.ip, device="new")
    with pytest.raises(Banned):
        hub.log_in("Carla", neighbour)
    assert hub.log_in("Carla", neighbour, host=True)


def test_a_ban_can_be_lifted(hub):
    """By name; bans are listed until then."""
    hub.command("Ana", "ban", "Bia")
    assert [ban.name for ban in hub.command("Ana", "bans", "").params["bans"]] == ["Bia"]
    hub.command("Ana", "unban", "bia")
    assert hub.command("Ana", "bans", "").key == "command.bans.none"
    assert hub.log_in("Bia", PHONE)


def test_who_is_muted_may_not_speak_until_then(hub, world, clock, until):
    """They and all others are told at both ends."""
    hub.command("Ana", "mute", "Bia 1m")
    with pytest.raises(Muted):
        hub.post("Bia", "hello", "1")
    clock[0] += 60
    until(lambda: world.all("notice")[-1] == (["Bia"], Notice("unmuted")))
    assert world.all("notice")[-2][1] == Notice("muted", "1970-01-01T00:17:40.000Z")
    assert [standing.muted for (standing,) in world.all("person_changed")][-2:] == [True, False]
    assert hub.post("Bia", "hello", "1").result(10)


def test_a_new_name_does_not_undo_a_mute(hub):
    """The device is the same; everybody sees it."""
    hub.command("Ana", "mute", "Bia")
    bia = hub.log_in("Other", PHONE)
    hub.join("Other", bia, PHONE, None)
    with pytest.raises(Muted):
        hub.post("Other", "hello", "1")
    assert next(host for host in hub.hosts() if host.name == "Other").muted
    hub.command("Ana", "unmute", "Other")
    assert hub.post("Bia", "hello", "1").result(10)


def test_a_host_hands_on(hub, world):
    """Then there are two, and the new one may make a guest of the first."""
    hub.command("Ana", "host", "Bia")
    assert [host.role for host in hub.hosts()] == ["host", "host"]
    assert world.all("notice")[-1] == (["Bia"], Notice("host"))
    hub.command("Bia", "unhost", "Ana")
    assert [host.role for host in hub.hosts()] == ["guest", "host"]


@pytest.mark.parametrize("line", ["kick Ana", "ban Ana", "mute Ana", "host Ana"])
def test_hosts_are_no_guests(hub, line):
    """Whoever wants to do that makes a guest of them first."""
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", *line.split())
    assert refusal.value.reason == "is_host"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("kick Carla", "nobody"),
        ("mute Carla", "nobody"),
        ("unban Bia", "not_banned"),
        ("unmute Bia", "not_muted"),
        ("unhost Bia", "not_host"),
    ],
)
def test_what_is_not_so_cannot_be_undone(hub, line, reason):
    """It is said what is wrong."""
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", *line.split())
    assert refusal.value.reason == reason


def test_a_host_who_logs_out_is_none_any_more(hub):
    """On a computer that others use, the next one is a guest."""
    ana = next(host for host in hub.hosts() if host.name == "Ana")
    hub.moderator.carry_out(TERMINAL, "lock", "")
    assert hub.order.is_host(ana.id)
    hub.moderator.forget(ana.id)
    assert not hub.order.is_host(ana.id)
