"""Raised hands: who may raise and lower them, and when all are told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import HandsChanged
from lanchat.chat.hands import PAUSE, Hands
from lanchat.chat.model import User
from lanchat.chat.permissions import Permissions
from lanchat.chat.room_settings import State
from lanchat.errors import Forbidden, NotJoined
from lanchat.web import event_packets, outgoing
from tests.chat.conftest import NOON, PHONE, Times


@pytest.fixture
def told(recorder):
    """Whose hands are up, as all were told it, time after time."""
    return lambda: [[hand.user.name for hand in each.hands] for each in recorder.all(HandsChanged)]


def test_a_hand_is_told_at_once_and_once(hub, bia, told, times):
    """It is a person's, on whatever connection they say so."""
    hub.connect("tab", bia)
    hub.join("tab", bia, PHONE)
    hub.hands.raise_hand("Bia")
    hub.hands.raise_hand("tab")
    assert told() == [["Bia"]]
    hub.hands.lower_hand("tab")
    hub.tick(times.monotonic)
    assert told() == [["Bia"]]
    times.go_on(PAUSE)
    hub.tick(times.monotonic)
    assert told() == [["Bia"], []]


def test_what_a_moment_brings_is_told_together(hub, bia, told, times, recorder):
    """With the next tick; what was taken back within it is no news."""
    hub.hands.raise_hand("Bia")
    hub.hands.raise_hand("Ana")
    hub.hands.lower_hand("Bia")
    assert told() == [["Bia"]]
    times.go_on(PAUSE)
    hub.tick(times.monotonic)
    assert told() == [["Bia"], ["Ana"]]
    last = recorder.all(HandsChanged)[-1]
    assert ([one.user.name for one in last.raised], last.lowered) == (["Ana"], (bia.id,))
    hub.tick(times.monotonic)
    assert len(told()) == 2


def test_who_comes_later_sees_whose_hands_are_up(hub, bia, come, recorder, times):
    """As it was told last: what comes next is told to them, too."""
    hub.hands.raise_hand("Bia")
    come("Caio")
    snapshot = hub.join("Bia", bia, PHONE)
    assert [hand.user for hand in snapshot.hands] == [bia]
    times.go_on(PAUSE)
    hub.hands.raise_hand("Caio")
    assert [type(event) for event in recorder.heard("Caio")][-1] is HandsChanged


def test_hosts_lower_the_hands_of_others(hub, ana, bia, told, times):
    """One, or all; guests lower their own alone."""
    for name in ("Bia", "Ana"):
        times.go_on(PAUSE)
        hub.hands.raise_hand(name)
    with pytest.raises(Forbidden):
        hub.hands.lower_hand("Bia", ana.id)
    with pytest.raises(Forbidden):
        hub.hands.lower_all("Bia")
    times.go_on(PAUSE)
    hub.hands.lower_hand("Ana", bia.id)
    assert told()[-1] == ["Ana"]
    hub.hands.raise_hand("Bia")
    times.go_on(PAUSE)
    hub.hands.lower_all("Ana")
    assert told()[-1] == []


def test_who_may_not_write_may_ask_to_speak(hub, give, bia, told):
    """That is what hands are for."""
    give("readonly")
    give("mute Bia")
    hub.hands.raise_hand("Bia")
    assert told() == [["Bia"]]


@pytest.mark.parametrize("end", ["kick Bia", "ban Bia", "log out", "leave"])
def test_leaving_ends_it(hub, give, told, times, end):
    """However somebody leaves."""
    bia = hub.members()[-1]
    hub.hands.raise_hand("Bia")
    if end == "log out":
        hub.identities.log_out(User(bia.id, bia.name))
    elif end == "leave":
        hub.disconnect("Bia")
        times.go_on(4)
        hub.tick(times.monotonic)
        assert told() == [["Bia"]]
        times.go_on(1)
    else:
        give(end)
    times.go_on(PAUSE)
    hub.tick(times.monotonic)
    assert told() == [["Bia"], []]


def test_nothing_of_it_is_written_down(hub, bia, audit):
    """Neither in the connection log nor among what was said."""
    before = list(audit.lines)
    hub.hands.raise_hand("Bia")
    hub.hands.lower_all("Ana")
    assert audit.lines == before
    assert hub.join("Bia", bia, PHONE).page.messages == []


def test_who_has_not_come_in_raises_nothing(hub):
    """A connection alone is nobody here."""
    for ask in (hub.hands.raise_hand, hub.hands.lower_hand, hub.hands.lower_all):
        with pytest.raises(NotJoined):
            ask("nobody")


class Client:
    """Whose hands are up, as a client knows it that takes what docs/protocol.md says."""

    def __init__(self, known=()):
        self.up = {one["id"]: one["since"] for one in known}

    def take(self, event):
        for _, payload, _ in event_packets.packets(event):
            if "hands" in payload:
                self.up = {one["id"]: one["since"] for one in payload["hands"]}
                continue
            for gone in payload["lowered"]:
                del self.up[gone]
            for one in payload["raised"]:
                self.up.pop(one["id"], None)
                self.up[one["id"]] = one["since"]
            assert payload["count"] == len(self.up)

    def order(self):
        return sorted(self.up, key=self.up.__getitem__)


PEOPLE = [f"Guest {number}" for number in range(event_packets.LISTED + 4)]
DEEDS = st.one_of(
    st.tuples(st.sampled_from(["raise", "lower"]), st.sampled_from(PEOPLE[:5])),
    st.tuples(st.sampled_from(["tick", "come", "lower all"]), st.just("")),
)


@given(st.lists(DEEDS, max_size=40))
def test_clients_know_whose_hands_are_up(deeds):
    """Whenever they come, whatever happens, and however many are told of one by one."""
    directory, times = LocalDirectory(5), Times()
    told: list[Any] = []
    permissions = Permissions()
    permissions.take(State(moderators=frozenset(PEOPLE)), times.monotonic, times.wall)
    hands = Hands(directory, permissions, deliver=told.append, clock=times.clock)
    for name in PEOPLE:
        directory.connect(User(name, name), name, PHONE, 0, NOON, "guest")
    for name in PEOPLE[3:]:
        directory.raise_hand(name, NOON)
    clients = [(0, Client())]
    for deed, name in [*deeds, ("tick", "")]:
        times.go_on(PAUSE if deed == "tick" else PAUSE / 3)
        if deed == "raise":
            hands.raise_hand(name)
        elif deed == "lower":
            hands.lower_hand(name)
        elif deed == "lower all":
            hands.lower_all(PEOPLE[0])
        elif deed == "tick":
            hands.tell(times.monotonic)
        else:
            clients.append((len(told), Client(map(outgoing.hand, hands.told()))))
    for since, client in clients:
        for event in told[since:]:
            client.take(event)
        assert client.order() == [hand.user.id for hand in directory.hands()]
