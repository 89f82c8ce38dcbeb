"""Commands on the whole room: what changes, who is told, what is written down."""

import pytest

from lanchat.chat.hub import Hub
from lanchat.chat.model import Notice, Origin
from lanchat.chat.moderator import TERMINAL, TOPIC_LIMIT
from lanchat.errors import CommandUnusable, Forbidden, ReadOnly, RoomLocked, StoreUnavailable
from lanchat.store.sqlite import SqliteStore

HERE = Origin("192.168.1.33", "Browser/1", "laptop")


class Recorder:
    """Stands where the sockets and the log are; writes down every call as (name, arguments)."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments, **options: self.calls.append((name, arguments, options))

    def last(self, name):
        """The arguments of the last call by that name."""
        return [arguments for called, arguments, _ in self.calls if called == name][-1]


@pytest.fixture
def world():
    """Broadcaster and connection log in one."""
    return Recorder()


@pytest.fixture
def store():
    """A store in memory that outlives the hub."""
    store = SqliteStore(None)
    yield store
    store.close()


@pytest.fixture
def hub(world, store):
    """A hub with Ana, who is host, and Bia, who is not."""
    hub = Hub(store, world, world, store, history=10, grace=0)
    for name in ("Ana", "Bia"):
        guest = hub.log_in(name, HERE, host=name == "Ana")
        hub.join(name, guest, HERE, None)
    yield hub
    hub.close()


def test_guests_may_not_keep_order(hub):
    """Help is for all, everything else is the hosts'."""
    with pytest.raises(Forbidden):
        hub.command("Bia", "lock", "")
    shown = hub.command("Bia", "help", "").params["commands"]
    assert [command.name for command in shown] == ["help"]
    assert len(hub.command("Ana", "help", "").params["commands"]) > 10


def test_a_locked_room_opens_for_hosts_alone(hub):
    """And for everybody after /unlock."""
    hub.command("Ana", "lock", "")
    with pytest.raises(RoomLocked):
        hub.log_in("Carla", HERE)
    assert hub.log_in("Dora", HERE, host=True)
    hub.command("Ana", "unlock", "")
    assert hub.log_in("Carla", HERE)


def test_everybody_learns_the_rules(hub, world):
    """Once, however often the same is said; who comes later gets them with the welcome."""
    for _ in range(2):
        hub.command("Ana", "slow", "10s")
    assert [name for name, *_ in world.calls].count("room_changed") == 1
    assert world.last("room_changed")[0].slow == 10
    carla = hub.log_in("Carla", HERE)
    assert hub.join("Carla", carla, HERE, None).rules.slow == 10


def test_rules_outlive_the_server(hub, world, store):
    """As do hosts."""
    hub.command("Ana", "readonly", "")
    hub.command("Ana", "topic", "Fractions")
    hub.close()
    after = Hub(store, world, world, store, history=10, grace=0)
    assert after.order.state.hosts == hub.order.state.hosts
    assert (after.order.rules.topic, after.order.rules.readonly) == ("Fractions", True)
    after.close()


def test_only_hosts_write_when_they_say_so(hub):
    """The guest is told why."""
    hub.command("Ana", "readonly", "on")
    assert hub.post("Ana", "listen", "1").result(10)
    with pytest.raises(ReadOnly):
        hub.post("Bia", "but", "2")


def test_a_topic_has_a_longest_length(hub):
    """It is one line above the chat."""
    with pytest.raises(CommandUnusable):
        hub.command("Ana", "topic", "x" * (TOPIC_LIMIT + 1))


def test_a_message_is_deleted(hub, world):
    """All are told, its author with words; it does not come back with the history."""
    message = hub.post("Bia", "ugly", "1").result(10)
    hub.command("Ana", "delete", str(message.id))
    assert world.last("message_deleted") == (message.id,)
    assert world.last("notice") == (["Bia"], Notice("deleted"))
    carla = hub.log_in("Carla", HERE)
    assert hub.join("Carla", carla, HERE, None).history.messages == []
    with pytest.raises(CommandUnusable):
        hub.command("Ana", "delete", str(message.id))


def test_a_history_is_cleared(hub, world):
    """All learn up to where; what is said afterwards stays."""
    old = hub.post("Bia", "old", "1").result(10)
    hub.command("Ana", "clear", "")
    assert world.last("history_cleared") == (old.id,)
    hub.post("Bia", "new", "2").result(10)
    carla = hub.log_in("Carla", HERE)
    history = hub.join("Carla", carla, HERE, None).history
    assert [message.message for message in history.messages] == ["new"]


def test_the_log_says_who_did_what(hub, world):
    """The terminal of the server's computer has a name, too."""
    hub.moderator.carry_out(TERMINAL, "lock", "")
    assert world.last("command") == ("lock", "terminal", None)


class BrokenKeeper:
    """Stands where the notes are; the disk under it refuses everything."""

    def __getattr__(self, _name):
        return self._refuse

    def _refuse(self, *_arguments):
        raise StoreUnavailable("full")


def test_a_disk_that_refuses_keeps_no_host_from_keeping_order(world, store, caplog):
    """It is done, and the server's own log says what a restart may not know."""
    hub = Hub(store, world, world, BrokenKeeper(), history=3, grace=0)
    hub.moderator.carry_out(TERMINAL, "lock", "")
    assert hub.order.rules.locked
    assert "a restart may not know" in caplog.text
    hub.close()
