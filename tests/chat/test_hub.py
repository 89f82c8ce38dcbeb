"""The hub with a real store in memory; what it tells the world is written down."""

import pytest

from lanchat.chat.hub import Hub
from lanchat.chat.model import MESSAGE_LIMIT, Guest, Held, Origin
from lanchat.chat.welcome import CATCH_UP_BYTES
from lanchat.errors import (
    MessageTooLong,
    NameTaken,
    NotJoined,
    PayloadInvalid,
    StoreUnavailable,
    Unauthorized,
)
from lanchat.store.sqlite import SqliteStore

HERE = Origin("192.168.1.33", "Browser/1")


class Recorder:
    """Stands where the sockets and the log are; writes down every call as (name, arguments)."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments, **_options: self.calls.append((name, arguments))

    def names(self):
        """What was called, in order."""
        return [name for name, _ in self.calls]


class BrokenKeeper:
    """Stands where the notes about seats are; the disk under it refuses everything."""

    def __getattr__(self, _name):
        return self._refuse

    def _refuse(self, *_arguments):
        raise StoreUnavailable("full")


@pytest.fixture
def world():
    """Broadcaster and connection log in one, so that their order is seen."""
    return Recorder()


@pytest.fixture
def hub(world):
    """A hub with a history of three messages and no grace period."""
    store = SqliteStore(None)
    hub = Hub(store, world, world, store, history=3, grace=0)
    yield hub
    hub.close()
    store.close()


@pytest.fixture
def ana(hub):
    """Ana, who has joined by the connection "tab"."""
    guest = hub.log_in("Ana", HERE)
    hub.join("tab", guest, HERE, None)
    return guest


def test_a_connection_is_subscribed_before_the_history_is_read(hub, world):
    """Nothing can be said between the history and the subscription."""
    guest = hub.log_in("Ana", HERE)
    hub.join("tab", guest, HERE, None)
    assert world.names() == ["subscribe", "join", "host_joined"]


def test_a_welcome_tells_who_is_here(hub, ana):
    """A newcomer gets the roster, themselves included."""
    bia = hub.log_in("Bia", HERE)
    welcome = hub.join("other tab", bia, HERE, None)
    assert welcome.you == bia
    assert [(host.name, host.ip) for host in welcome.hosts] == [("Ana", HERE.ip), ("Bia", HERE.ip)]


def test_only_the_newest_messages_go_to_a_newcomer(hub, ana):
    """With a history of three the oldest two are left out, and that is said."""
    for number in range(5):
        hub.post("tab", f"message {number}", f"id {number}").result(10)
    welcome = hub.join("tab", ana, HERE, None)
    assert [m.message for m in welcome.history.messages] == ["message 2", "message 3", "message 4"]
    assert welcome.history.complete is False


def test_who_was_away_gets_more_than_a_newcomer(hub, ana):
    """Catching up is not bounded by --history."""
    first = hub.post("tab", "before", "id").result(10)
    for number in range(50):
        hub.post("tab", f"message {number}", f"id {number}").result(10)
    welcome = hub.join("tab", ana, HERE, first.id)
    assert (len(welcome.history.messages), welcome.history.complete) == (50, True)


def test_an_answer_stays_small_enough_to_be_sent(hub, ana):
    """Of very long messages only as many go out as one client's backlog takes."""
    first = hub.post("tab", "before", "id").result(10)
    for number in range(200):
        hub.post("tab", "x" * MESSAGE_LIMIT, f"id {number}").result(10)
    welcome = hub.join("tab", ana, HERE, first.id)
    assert sum(len(m.message) for m in welcome.history.messages) <= CATCH_UP_BYTES
    assert welcome.history.messages[-1].client_id == "id 199"
    assert welcome.history.complete is False


def test_a_message_is_told_once(hub, ana, world):
    """The same client_id again gives the same message and no second broadcast."""
    message = hub.post("tab", "hello", "same").result(10)
    assert hub.post("tab", "hello", "same").result(10) == message
    assert world.names().count("message_posted") == 1


def test_nobody_speaks_before_joining(hub):
    """A connection without new_host cannot post."""
    with pytest.raises(NotJoined):
        hub.post("tab", "hello", "id")


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b", "\u2800 \u3164", "a\0b", "\ud800"])
def test_text_that_cannot_be_shown_is_refused(hub, ana, text):
    """Empty messages, NULs and lone surrogates are no messages."""
    with pytest.raises(PayloadInvalid):
        hub.post("tab", text, "id")


def test_a_message_carries_the_address_it_came_from(hub, ana):
    """A person may have a phone and a laptop, or come back through another network."""
    hub.join("phone", ana, Origin("10.0.0.7"), None)
    assert hub.post("tab", "from here", "1").result(10).ip == HERE.ip
    assert hub.post("phone", "from there", "2").result(10).ip == "10.0.0.7"


def test_a_stopping_hub_takes_nobody_in(hub, ana):
    """Nobody arrives after everybody's departure has been written down."""
    hub.close()
    with pytest.raises(StoreUnavailable):
        hub.join("late tab", ana, HERE, None)


def test_a_message_has_a_longest_length(hub, ana):
    """4,000 characters are a message, 4,001 are not."""
    hub.post("tab", "x" * MESSAGE_LIMIT, "long").result(10)
    with pytest.raises(MessageTooLong) as refused:
        hub.post("tab", "x" * (MESSAGE_LIMIT + 1), "longer")
    assert refused.value.params == {"limit": MESSAGE_LIMIT}


def test_a_refused_login_is_logged(hub, ana, world):
    """The host can see who tried to take a name that is present."""
    with pytest.raises(NameTaken):
        hub.log_in("ANA", HERE)
    assert world.calls[-1] == ("login_refused", ("ANA", HERE, "name_taken"))


def test_a_departure_is_logged_and_told(hub, ana, world, until):
    """When the last connection is gone the others and the log hear of it."""
    hub.disconnect("tab")
    until(lambda: world.names()[-1] == "host_left")
    assert world.names()[-2:] == ["leave", "host_left"]


def test_a_crowd_is_told_of_together(hub, world, until):
    """With more than 50 people present a moment's arrivals go out in one piece, soon."""
    for number in range(60):
        guest = hub.log_in(f"Guest {number}", HERE)
        hub.join(f"tab {number}", guest, HERE, None)
    until(lambda: sum(len(changes.joined) for changes in changes_in(world)) == 10)
    assert len(changes_in(world)) < 10


def changes_in(world):
    """What was told together."""
    return [arguments[0] for name, arguments in list(world.calls) if name == "hosts_changed"]


def test_logging_out_returns_the_open_connections(hub, ana):
    """So that they can be closed; the name is free at once."""
    hub.join("second tab", ana, HERE, None)
    assert hub.log_out(ana) == ["second tab", "tab"]
    hub.log_in("Ana", HERE)


def test_closing_logs_everybody_out_quietly(hub, ana, world):
    """A stopping server writes departures down but has nobody to tell."""
    hub.close()
    assert world.names()[-1] == "leave"
    assert "host_left" not in world.names()


@pytest.fixture
def disk():
    """A store that outlives the hubs on it."""
    store = SqliteStore(None)
    yield store
    store.close()


@pytest.fixture
def new_life(disk, world):
    """A hub on that disk, as a start of the server makes one; no grace period."""
    hubs = []

    def start():
        hubs.append(Hub(disk, world, world, disk, history=3, grace=0))
        return hubs[-1]

    yield start
    for hub in hubs:
        hub.close()


@pytest.mark.parametrize("end", ["close", "kill"])
def test_a_name_outlives_the_server(new_life, end):
    """After a restart the cookie's owner may come back, and a stranger may not have the name."""
    before = new_life()
    guest = before.log_in("Ana", HERE)
    before.join("tab", guest, HERE, None)
    if end == "close":
        before.close()
    after = new_life()
    with pytest.raises(NameTaken):
        after.log_in("ana", HERE)
    assert after.join("tab", guest, HERE, None).you == guest


def test_a_name_is_kept_from_the_login_on(new_life):
    """Also where the server ended before the page had connected."""
    guest = new_life().log_in("Ana", HERE)
    after = new_life()
    with pytest.raises(NameTaken):
        after.log_in("Ana", HERE)
    assert after.may_enter(guest, HERE)


def test_of_names_that_have_become_the_same_the_first_is_kept(new_life, disk):
    """An earlier lanchat may have told apart what this one does not."""
    first, second = Guest("1", "Ana"), Guest("2", "ANA")
    disk.note([Held(first), Held(second)])
    hub = new_life()
    assert hub.may_enter(first, HERE)
    assert not hub.may_enter(second, HERE)


def test_who_never_came_does_not_leave(hub, world):
    """Logging out before the page has connected is nothing to tell."""
    hub.log_out(hub.log_in("Ana", HERE))
    assert world.names() == []


def test_who_has_left_leaves_no_name_behind(new_life, world, until):
    """Whoever was away longer than the grace period is not waited for after a restart."""
    before = new_life()
    before.join("tab", before.log_in("Ana", HERE), HERE, None)
    before.disconnect("tab")
    until(lambda: "host_left" in world.names())
    before.close()
    assert new_life().log_in("Ana", HERE)


def test_who_comes_back_after_leaving_is_noted_again(new_life, disk, world, until):
    """The old cookie still has its name, and the next restart knows it."""
    before = new_life()
    guest = before.log_in("Ana", HERE)
    before.join("tab", guest, HERE, None)
    before.disconnect("tab")
    until(lambda: disk.held() == [])
    before.join("tab", guest, HERE, None)
    assert disk.held() == [guest]


def test_a_logout_outlives_the_server(new_life):
    """An old copy of the cookie lets nobody in, and the name is free."""
    before = new_life()
    guest = before.log_in("Ana", HERE)
    before.join("tab", guest, HERE, None)
    before.log_out(guest)
    after = new_life()
    assert not after.may_enter(guest, HERE)
    with pytest.raises(Unauthorized):
        after.join("tab", guest, HERE, None)
    assert after.log_in("Ana", HERE)


def test_who_does_not_come_back_is_not_announced(new_life, world):
    """The room has not seen them since the restart, so nobody has left it."""
    before = new_life()
    before.join("tab", before.log_in("Ana", HERE), HERE, None)
    new_life().close()
    assert "leave" not in world.names()
    assert "host_left" not in world.names()


def test_a_disk_that_refuses_keeps_nobody_out(world, caplog):
    """People come, go and log out as ever; the server's own log says what may be forgotten."""
    store = SqliteStore(None)
    hub = Hub(store, world, world, BrokenKeeper(), history=3, grace=0)
    guest = hub.log_in("Ana", HERE)
    assert hub.join("tab", guest, HERE, None).you == guest
    assert hub.log_out(guest) == ["tab"]
    assert not hub.may_enter(guest, HERE)
    assert "whose name is whose: full" in caplog.text
    hub.close()
    store.close()
