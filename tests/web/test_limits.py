"""How much one may say, and that nobody else has to bear it."""

from __future__ import annotations

import sys
import uuid
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import socketio

from lanchat.errors import TooFast, TooMuchAtOnce
from lanchat.web.limits import (
    ADDRESS_SHARE,
    BURST_SECONDS,
    HANDS,
    LOGINS,
    MARKS,
    REACTIONS_PER_MESSAGE,
    ROOM_SHARE,
    ROOMS_A_MINUTE,
    STRIKES,
    Limits,
    Logins,
    Window,
)

RATE = 5


HERE, THERE = "192.168.1.20", "192.168.1.33"


@pytest.fixture
def limits(clock):
    """The limits of a server that was started without --rate."""
    return Limits(RATE, clock)


def fill(limits, person, address=HERE):
    """Use up what the person may say at once."""
    for _ in range(BURST_SECONDS * RATE):
        limits.message(person, address)


def said(limits, clock, seconds, speakers):
    """How many messages get through where all speakers never stop trying."""
    count = 0
    for _ in range(seconds * 10):
        clock.now += 0.1
        for person, address in speakers:
            with suppress(TooFast):
                limits.message(person, address)
                count += 1
    return count


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
        limits.message("ana", THERE)
    assert refusal.value.retry_after == BURST_SECONDS


def test_everybody_has_a_burst_of_their_own(limits):
    """What Ana says takes nothing from Bia."""
    fill(limits, "ana")
    limits.message("bia", HERE)


def test_many_names_of_one_address_say_no_more_than_six_people(limits, clock):
    """Forty say what six may, and others elsewhere are heard; nobody is at fault alone."""
    forty = [(f"name {number}", HERE) for number in range(40)]
    seconds = 60
    heard = said(limits, clock, seconds, forty)
    assert heard <= 1.2 * RATE * ADDRESS_SHARE * (seconds + BURST_SECONDS)
    for number in range(BURST_SECONDS * RATE * ADDRESS_SHARE):
        with suppress(TooMuchAtOnce):
            limits.message(f"another {number}", HERE)
    with pytest.raises(TooMuchAtOnce) as refusal:
        limits.message("one more", HERE)
    assert 1 <= refusal.value.retry_after <= BURST_SECONDS
    limits.message("bia", THERE)


def test_thirty_phones_behind_one_router_can_talk(limits, clock):
    """Each says something every second, and all of them four times at once."""
    phones = [(f"phone {number}", HERE) for number in range(30)]
    for _ in range(BURST_SECONDS):
        for phone in phones:
            limits.message(*phone)
    clock.now += BURST_SECONDS
    for _ in range(60):
        for phone in phones:
            limits.message(*phone)
            clock.now += 1 / len(phones)


def test_many_addresses_find_the_limit_of_the_room(limits, clock):
    """A laptop can have thousands of them."""
    laptop = [(f"name {number}", f"2001:db8::{number:x}") for number in range(300)]
    seconds = 30
    heard = said(limits, clock, seconds, laptop)
    assert heard <= 1.2 * RATE * ROOM_SHARE * (seconds + BURST_SECONDS)


def test_what_is_refused_for_all_does_not_count_for_one(limits, clock):
    """Whoever waits for a loud room finds their own burst whole."""
    for number in range(ADDRESS_SHARE):
        fill(limits, f"name {number}")
    for _ in range(1_000):
        with pytest.raises(TooMuchAtOnce):
            limits.message("ana", HERE)
    clock.now += BURST_SECONDS
    fill(limits, "ana")


def test_the_third_strike_is_one_too_many(limits, clock):
    """Two refusals within a minute are forgiven, also when the minute is over."""
    assert [limits.strike("ana") for _ in range(STRIKES)] == [False, False, True]
    assert limits.strike("bia") is False
    clock.now += 60
    assert limits.strike("ana") is False


def test_a_rate_of_0_is_no_limit():
    """The host may trust the guests."""
    limits = Limits(0)
    for _ in range(1_000):
        limits.message("ana", HERE)
        limits.event("ana", HERE)


def test_other_events_are_limited_too(limits):
    """Asking for the history again and again would be the dearer flood."""
    for _ in range(10 * BURST_SECONDS * RATE):
        limits.event("ana", HERE)
    with pytest.raises(TooFast):
        limits.event("ana", HERE)
    limits.event("bia", HERE)


def test_a_class_behind_one_router_can_react_at_once(limits):
    """A hundred people, ten times each: what others are told of it is one piece."""
    for number in range(100):
        for _ in range(10):
            limits.event(f"person {number}", HERE)
            limits.reaction(f"person {number}")


def test_who_toggles_a_reaction_is_refused(limits):
    """As often as they may say something, they may react; the one is not counted with the other."""
    fill(limits, "toggler")
    for _ in range(BURST_SECONDS * RATE):
        limits.reaction("toggler")
    with pytest.raises(TooFast) as refusal:
        limits.reaction("toggler")
    assert not isinstance(refusal.value, TooMuchAtOnce)
    limits.reaction("another")


def test_many_devices_find_a_limit_for_reactions(limits):
    """Nobody of them is at fault."""
    most = BURST_SECONDS * RATE * REACTIONS_PER_MESSAGE * ROOM_SHARE
    for number in range(most):
        limits.reaction(f"device {number}")
    with pytest.raises(TooMuchAtOnce):
        limits.reaction("one more")


def test_who_walks_through_rooms_is_slowed_down(limits, clock):
    """And so is who says all the time how far they have read, or that they want to speak.

    That is no strike.
    """
    for count, most in (
        (partial(limits.room, "ana", HERE), ROOMS_A_MINUTE),
        (partial(limits.marking, "ana"), MARKS),
        (partial(limits.hand, "ana"), HANDS),
        (limits.cue, 1),
    ):
        for _ in range(most):
            count()
        with pytest.raises(TooMuchAtOnce) as refused:
            count()
        clock.now += refused.value.retry_after
        count()
    limits.room("bia", HERE)
    limits.marking("bia")


def test_nobody_is_remembered_for_ever():
    """Once people have been quiet for a while, nothing of them is left in memory."""
    window = Window(20, 3.5)
    for second in range(10_000):
        window.hit(f"person {second}", second)
    assert len(window) <= 100


def test_a_moving_window_lets_no_more_through_at_any_time():
    """It moves with each message, and does not begin anew."""
    window = Window(2, 10)
    assert [window.hit("ana", now) for now in (0, 9, 9.5, 10, 10.5, 19)] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]
    assert window.wait("ana", 19) == 1


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


def test_another_login_in_the_same_browser_is_the_same_person(ana, until):
    """A new name brings no second burst."""
    ana.join()
    answers = flood(ana, BURST_SECONDS * RATE)
    until(lambda: len(answers) == BURST_SECONDS * RATE)
    assert ana.log_in("Anita").status_code == 303
    until(lambda: not ana.socket.connected)
    ana.socket = ana.new_socket()
    ana.join()
    assert ana.say("more")["error"]["code"] == "too_fast"


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
    # Nor may more of their pages look at what connections carry, whatever cookies they have.
    with ana.get("/inspect/stream", stream=True) as look:
        assert look.status_code == 200
        assert bia.get("/inspect/stream").status_code == 429


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


def log_in_often(logins, count, address=HERE, device=None, *, been=False):
    """Log in so often, each time in another browser unless one is given."""
    for number in range(count):
        logins.count(device or f"{address} {number}", address, been=been)


def test_one_browser_logs_in_so_often_a_minute(clock):
    """Every login is somebody new; others behind the same address come in as before."""
    logins = Logins(50, 1_000, clock)
    log_in_often(logins, LOGINS, device="laptop")
    with pytest.raises(TooFast) as refusal:
        logins.count("laptop", HERE, been=True)
    assert refusal.value.retry_after == 60
    log_in_often(logins, 30)
    clock.now += 60
    logins.count("laptop", HERE, been=True)


def test_a_class_behind_one_address_comes_in_several_times_a_minute(clock):
    """Who deletes their cookies each time finds that the address has a limit, too."""
    logins = Logins(50, 1_000, clock)
    log_in_often(logins, 50 * ADDRESS_SHARE)
    with pytest.raises(TooFast):
        logins.count("another", HERE, been=False)
    logins.count("another", THERE, been=False)


def test_who_comes_in_with_many_addresses_keeps_out_nobody_of_before(clock):
    """One network of IPv6 has half of what there is for all, and strangers have their own."""
    logins = Logins(50, 1_000, clock)
    for number in range(500):
        logins.count(f"{number}", f"2001:db8::{number:x}", been=False)
    with pytest.raises(TooFast):
        logins.count("laptop", "2001:db8::ffff", been=False)
    for number in range(1, 501):
        logins.count(f"{number}", f"2001:db8:{number:x}::1", been=False)
    with pytest.raises(TooFast):
        logins.count("phone", HERE, been=False)
    logins.count("phone", HERE, been=True)


def test_0_connections_is_no_limit_of_logins(clock):
    """Where a host has everybody behind one address, a browser has its limit all the same."""
    logins = Logins(0, 0, clock)
    log_in_often(logins, 5_000)
    with pytest.raises(TooFast):
        log_in_often(logins, LOGINS + 1, device="laptop")


@pytest.mark.own_server
def test_who_logs_in_without_end_is_told_to_wait(ana, until):
    """429 at the login page, and a line in the log."""
    answers = [ana.log_in(f"Ana {number}") for number in range(2, LOGINS + 2)]
    assert [answer.status_code for answer in answers] == [303] * (LOGINS - 1) + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    until(lambda: '"reason": "too_many"' in ana.server.log())


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
