"""More than fifty people: who asks for it is told of arrivals together."""

import json
from typing import Any

import pytest

CROWD = 51


# It takes a class from one address.
pytestmark = pytest.mark.server_options("--grace", "0.5", "--max-per-ip", "0")


@pytest.fixture
def enter(person_factory, raw_client):
    """Log somebody in and bring them into the room, as a client that asks for this."""

    def join(name, **asked):
        client = raw_client(person_factory(name))
        client.socket.send("40")
        client.receive()
        assert client.call("new_host", asked)["ok"]
        return client

    return join


def heard(client, until):
    """The events that the client gets, as (name, data), up to one that ``until`` is true of."""
    events: list[tuple[str, dict[str, Any]]] = []
    while not (events and until(*events[-1])):
        packet = client.receive()
        if packet.startswith("42"):
            event, data = json.loads(packet[2:])
            events.append((event, data))
    return events


def test_a_crowd_hears_together_or_one_by_one(enter):
    """Nobody is left out, and nobody told twice."""
    for number in range(CROWD):
        enter(f"Guest {number}")
    together, single = enter("Ana", batches=True), enter("Bia")
    names = ["Caio", "Davi", "Eva"]
    for name in names:
        enter(name)
    arrivals = heard(single, lambda _event, data: data["user"] == "Eva")
    assert {event for event, _ in arrivals} == {"host_join_room"}
    assert [data["user"] for _, data in arrivals] == ["Bia", *names][-len(arrivals) :]
    pieces = heard(together, lambda _event, data: "Eva" in users(data))
    assert {event for event, _ in pieces} == {"hosts_changed"}
    assert [user for _, data in pieces for user in users(data)][-3:] == names


def users(changes):
    """Who has come."""
    return [arrival["user"] for arrival in changes["joined"]]


def test_a_small_room_is_told_as_ever(enter):
    """Also those who would take batches."""
    ana = enter("Ana", batches=True)
    enter("Bia")
    ((event, data),) = heard(ana, lambda _event, data: data["user"] == "Bia")
    assert (event, data["user"]) == ("host_join_room", "Bia")


@pytest.mark.parametrize("batches", ["yes", 1, None])
def test_what_is_asked_for_is_true_or_false(person_factory, raw_client, batches):
    """Anything else is refused like any payload that is none."""
    client = raw_client(person_factory("Ana"))
    client.socket.send("40")
    client.receive()
    assert client.call("new_host", {"batches": batches})["error"]["code"] == "invalid"
