"""How much one may say, and that nobody else has to bear it."""

from __future__ import annotations

import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import socketio

from lanchat.errors import TooFast
from lanchat.web.limits import BURST_SECONDS, STRIKES, Limits

RATE = 5


@pytest.fixture
def limits():
    """The limits of a server that was started without --rate."""
    return Limits(RATE)


def fill(limits, person):
    """Use up what the person may say at once."""
    for _ in range(BURST_SECONDS * RATE):
        limits.message(person)


def flood(person, count):
    """Send messages without waiting for an answer; what was answered, in order."""
    answers: list[dict[str, Any]] = []
    with suppress(socketio.exceptions.BadNamespaceError):  # disconnected meanwhile
        for number in range(count):
            payload = {"message": f"flood {number}", "client_id": str(uuid.uuid4())}
            person.socket.emit("new_message", payload, callback=answers.append)
    return answers


def test_one_more_than_a_burst_is_refused(limits):
    """Twenty at once are fine; the next one hears when to try again."""
    fill(limits, "ana")
    with pytest.raises(TooFast) as refusal:
        limits.message("ana")
    assert refusal.value.retry_after == BURST_SECONDS


def test_everybody_has_a_burst_of_their_own(limits):
    """What Ana says takes nothing from Bia."""
    fill(limits, "ana")
    limits.message("bia")


def test_the_third_strike_is_one_too_many(limits):
    """Two refusals within a minute are forgiven."""
    assert [limits.strike("ana") for _ in range(STRIKES)] == [False, False, True]
    assert limits.strike("bia") is False


def test_a_rate_of_0_is_no_limit():
    """The host may trust the guests."""
    limits = Limits(0)
    for _ in range(1_000):
        limits.message("ana")
        limits.event("connection")


def test_other_events_are_limited_too(limits):
    """Asking for the history again and again would be the dearer flood."""
    for _ in range(10 * BURST_SECONDS * RATE):
        limits.event("connection")
    with pytest.raises(TooFast):
        limits.event("connection")


def test_nobody_is_remembered_for_ever(limits, until):
    """Once somebody has been quiet for a while, nothing of them is left in memory."""
    limits.message("ana")

    def forgotten():
        limits.event(str(uuid.uuid4()))  # the storage looks for what is over when it is used
        limits.forget()
        return not any("ana" in key for key in limits._storage.events)

    until(forgotten)


def test_too_fast_says_when_to_try_again(ana, until):
    """The refused message is not stored; after the time that was named it is."""
    ana.join()
    answers = flood(ana, BURST_SECONDS * RATE + 1)
    until(lambda: len(answers) == BURST_SECONDS * RATE + 1)
    [error] = [answer["error"] for answer in answers if not answer["ok"]]
    assert (error["code"], error["retry_after"]) == ("too_fast", BURST_SECONDS)
    assert str(BURST_SECONDS) in error["message"]
    ana.socket.sleep(error["retry_after"])
    assert ana.say("patient")["ok"]


def test_a_persons_tabs_share_the_limit(ana, until):
    """A second connection is no second burst."""
    ana.join()
    answers = flood(ana, BURST_SECONDS * RATE)
    until(lambda: len(answers) == BURST_SECONDS * RATE)
    tab = ana.new_socket()
    tab.connect(ana.server.url, transports=["websocket"])
    tab.call("new_host", {})
    message = {"message": "more", "client_id": str(uuid.uuid4())}
    assert tab.call("new_message", message)["error"]["code"] == "too_fast"


def test_invalid_messages_are_no_strikes(ana):
    """A program that is being written hears what is wrong with it, and not that it is fast."""
    ana.join()
    answers = [ana.call("new_message", {"message": 7}) for _ in range(30)]
    assert {answer["error"]["code"] for answer in answers} == {"invalid"}
    assert ana.say("now I have it")["ok"]


@pytest.mark.own_server
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_who_floods_is_disconnected(person_factory, server, until, transport):
    """All the person's connections are closed, once, and the host can read why."""
    ana = person_factory("Ana")
    tab = ana.new_socket()
    tab.connect(server.url, transports=["websocket"])
    ana.connect([transport])
    ana.join()
    flood(ana, 500)
    until(lambda: not ana.socket.connected and not tab.connected)
    ana.socket = ana.new_socket()
    ana.join()
    messages = [text for text in server_messages(ana) if text.startswith("flood")]
    assert len(messages) == BURST_SECONDS * RATE
    server.stop()
    assert server.log().count('"flood"') == 1


def test_a_flood_of_other_events_ends_the_same_way(ana, until):
    """Whatever the events are called."""
    ana.join()
    with suppress(socketio.exceptions.BadNamespaceError):
        for _ in range(1_000):
            ana.socket.emit("new_host", {})
    until(lambda: not ana.socket.connected)


def test_a_flood_disturbs_nobody_else(ana, bia, until):
    """While thousands of Ana's events come in, Bia's message is stored and heard."""
    ana.join()
    bia.join()
    flood(ana, 3_000)
    assert bia.say("unmoved")["ok"]
    bia.hears("add_chat_message", message="unmoved")
    until(lambda: not ana.socket.connected)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
def test_a_flood_makes_no_threads(server, ana, until):
    """3,000 events at once are handled one after the other, where nothing else stops them."""
    ana.join()
    before = threads_of(server)
    answers = flood(ana, 3_000)
    counted = {before}

    def answered():
        counted.add(threads_of(server))
        return len(answers) == 3_000

    until(answered)
    assert max(counted) - before <= 10
    # The client hands answers over in threads of its own, so they are looked at by what was said.
    said = [message for message in server_messages(ana) if message.startswith("flood")]
    assert said == [f"flood {number}" for number in range(2_800, 3_000)]


@pytest.mark.own_server
@pytest.mark.server_options("--max-per-ip", "1", "--max-clients", "0")
def test_one_connection_too_many_is_told_why(server, ana, bia, until):
    """The client gets a code for itself and a text for its reader, and the host a line."""
    ana.join()
    said: list[Any] = []
    bia.socket.on("connect_error", said.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        bia.socket.connect(server.url, {"Accept-Language": "pt-BR"})
    assert said[0]["message"] == "too_many_connections"
    assert "conexões" in said[0]["data"]["message"]
    until(lambda: '"too_many_connections"' in server.log())


@pytest.mark.own_server
@pytest.mark.server_options("--max-clients", "1")
def test_who_leaves_makes_room(ana, bia, until):
    """The count goes down with each connection that ends."""
    ana.join()
    ana.socket.disconnect()
    until(lambda: connects(bia))
    assert bia.join()["ok"]


@pytest.mark.own_server
@pytest.mark.server_options("--max-clients", "1")
def test_a_full_server_says_so_on_its_pages(ana, bia, person_factory):
    """Neither the form nor the chat lets a further person in; who is in may reload."""
    ana.join()
    for answer in (bia.get("/chat"), person_factory().log_in("Caio")):
        assert answer.status_code == 503
        assert "too many connections" in answer.text
    assert ana.get("/chat").status_code == 200


@pytest.mark.own_server
@pytest.mark.server_options("--trust-proxy", "--max-per-ip", "1")
def test_the_address_that_counts_is_that_behind_the_proxy(person_factory):
    """Behind one proxy everybody would else share one limit."""
    people = [person_factory(name) for name in ("Ana", "Bia", "Caio")]
    addresses = ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    connected = [
        connects(person, {"X-Forwarded-For": address})
        for person, address in zip(people, addresses, strict=True)
    ]
    assert connected == [True, True, False]


@pytest.mark.server_options("--max-per-ip", "0", "--max-clients", "0")
def test_0_connections_is_no_limit(server, ana):
    """A host may have everybody behind one address."""
    for _ in range(60):
        ana.new_socket().connect(server.url, transports=["websocket"])
    assert ana.join()["ok"]


def connects(person, headers=None):
    """Whether the server lets the person connect just now."""
    try:
        person.socket.connect(person.server.url, headers or {}, transports=["websocket"])
    except socketio.exceptions.ConnectionError:
        return False
    return True


def server_messages(person):
    """What a connection is served that has seen nothing."""
    return [message["message"] for message in person.call("new_host", {})["messages"]]


def threads_of(server):
    """How many threads the server's process has."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("Threads:")[2].split()[0])
