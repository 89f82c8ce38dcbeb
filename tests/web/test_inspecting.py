"""One's own connections, looked at; and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wsproto.utilities import generate_accept_token

from tests.world.look import Look
from tests.world.person import Person
from tests.world.raw_client import RawClient
from tests.world.server import ServerProcess

KEY = b"\xde\xad\xbe\xef"


@pytest.fixture
def look() -> Iterator[Callable[[Person], Look]]:
    """Let somebody look."""
    looks: list[Look] = []

    def begin(person: Person) -> Look:
        looks.append(Look(person))
        return looks[-1]

    yield begin
    for each in looks:
        each.close()


def test_what_one_says_is_seen_both_ways(
    ana: Person, bia: Person, look: Callable[[Person], Look]
) -> None:
    """The frame, its acknowledgement, and how it went out to all, in order."""
    ana.join()
    bia.join()
    seen = look(ana)
    assert seen.sees("connection", state="open")["opening"] is False
    said = ana.say("Hello, network")
    sent = seen.sees_event("new_message")
    assert sent["head"]["masked"]
    assert sent["head"]["opcode"] == 1
    assert '"Hello, network"' in sent["text"]
    wire, head = bytes.fromhex(sent["bytes"]), sent["head"]
    key = bytes.fromhex(head["key"])
    body = wire[-head["length"] :]
    assert bytes(b ^ key[i % 4] for i, b in enumerate(body)).decode() == sent["text"]
    assert len(wire) == sent["size"]
    fan = seen.sees("fanout", message=said["id"])
    assert fan["connections"] == 2
    assert fan["together"] == 1
    assert fan["joined"] >= 1
    moments = ["received", "checked", "committed", "told", "taken"]
    assert [fan[each] for each in moments] == sorted(fan[each] for each in moments)
    told = seen.sees_event("add_chat_message", "server")
    assert told["send"]["frames"] >= 1
    assert not told["head"]["masked"]


def test_nothing_of_others_is_seen(
    ana: Person, bia: Person, raw_client: Callable[..., RawClient], look: Callable[[Person], Look]
) -> None:
    """Neither what they send, nor their key, nor anybody's cookie, in lines and in the file."""
    other = raw_client(bia, get_mask_key=lambda _: KEY)
    other.join()
    seen = look(ana)
    raw_client(ana).join()
    other.call("search", {"text": "secretword"})
    other.say("heard by all")
    seen.sees_event("add_chat_message", "server")
    file = ana.get("/inspect.pcapng").content
    lines = b"\n".join(seen.raw)
    texts = b"\n".join(fact["text"].encode() for fact in seen.facts if "text" in fact)
    assert b"heard by all" in texts
    cookies = [str(c.value).encode() for p in (ana, bia) for c in p.http.cookies]
    for secret in (b"secretword", KEY, KEY.hex().encode(), *cookies):
        assert secret not in lines
        assert secret not in file
        assert secret.hex().encode() not in lines


def test_the_handshake_is_seen_by_who_looks_before(
    ana: Person, raw_client: Callable[..., RawClient], look: Callable[[Person], Look]
) -> None:
    """As it was sent, without the cookie, and with the steps to its answer."""
    seen = look(ana)
    client = raw_client(ana, header=["X-Odd-CASE: as it is"])
    handshake = seen.sees("handshake")
    assert handshake["as_sent"]
    assert handshake["request"][0].startswith("GET /socket.io/?EIO=4&transport=websocket")
    assert "X-Odd-CASE: as it is" in handshake["request"]
    cookie = next(line for line in handshake["request"] if line.startswith("Cookie: "))
    assert cookie.endswith("bytes, hidden)")
    accept = handshake["accept"]
    assert accept["base64"] == generate_accept_token(accept["key"].encode()).decode()
    assert accept["joined"] == accept["key"] + accept["guid"]
    assert f"Sec-WebSocket-Accept: {accept['base64']}" in handshake["answer"]
    first = seen.sees("frame", **{"from": "server"})
    assert first["text"].startswith('0{"sid":')
    client.socket.ping(b"?")
    assert seen.sees("frame", **{"from": "server", "size": 3})["head"]["opcode"] == 10
    client.socket.send_close(1001, b"bye")
    closed = seen.sees("connection", state="closed")
    assert (closed["by"], closed["code"]) == ("browser", 1001)
    link = seen.sees("link")
    assert link["sent"].keys() == link["received"].keys()
    if seen.sees("hello")["tcp"]:
        assert link["tcp"]["rtt"] > 0


def test_it_goes_on_as_before_when_nobody_looks_any_more(
    ana: Person, bia: Person, look: Callable[[Person], Look], until: Callable[..., Any]
) -> None:
    """Nothing is kept, and nothing is lost on the connection."""
    ana.join()
    bia.join()
    seen = look(ana)
    bia.say("seen")
    seen.sees_event("add_chat_message", "server")
    assert ana.get("/inspect.pcapng").status_code == 200
    seen.close()
    until(lambda: ana.get("/inspect.pcapng").status_code == 409, "the end of the look")
    bia.say("unseen")
    ana.hears("add_chat_message", message="unseen")
    ana.say("still here")
    bia.hears("add_chat_message", message="still here")
    again = look(ana)
    again.sees("connection", state="open")
    assert not [fact for fact in again.facts if fact["kind"] == "frame"]


def test_connections_are_opened_again(
    ana: Person, raw_client: Callable[..., RawClient], look: Callable[[Person], Look]
) -> None:
    """For who wants to see a handshake."""
    client = raw_client(ana)
    client.join()
    seen = look(ana)
    seen.sees("connection", state="open")
    assert ana.http.post(f"{ana.url}/inspect/again").status_code == 204
    assert client.close_code() == 1012
    assert seen.sees("connection", state="closed")["code"] == 1012


def test_only_so_many_look(ana: Person, look: Callable[[Person], Look]) -> None:
    for _ in range(3):
        look(ana)
    assert ana.get("/inspect/stream").status_code == 429


def test_it_ends_with_the_session(ana: Person, look: Callable[[Person], Look]) -> None:
    seen = look(ana)
    ana.log_out()
    assert seen.ended.wait(10)
    assert ana.get("/inspect/stream").status_code == 403


def test_strangers_see_nothing(person_factory: Callable[..., Person]) -> None:
    stranger = person_factory()
    for path in ("/inspect/stream", "/inspect.pcapng"):
        assert stranger.get(path).status_code == 403
    assert stranger.http.post(f"{stranger.url}/inspect/again").status_code == 403


def test_a_connection_over_tls_is_seen_within_it(
    encrypted_server: ServerProcess,
    person_factory: Callable[..., Person],
    raw_client: Callable[..., RawClient],
    look: Callable[[Person], Look],
) -> None:
    person = person_factory("Eva", encrypted_server)
    seen = look(person)
    client = raw_client(person)
    client.join()
    assert client.say("within")["ok"]
    assert seen.sees("connection", state="open")["encrypted"]
    assert '"within"' in seen.sees_event("new_message")["text"]


@pytest.mark.server_options("--grace", "0.5", "--no-inspect")
def test_it_can_be_turned_off(ana: Person) -> None:
    for path in ("/inspect/stream", "/inspect.pcapng", "/inspect/class/stream"):
        assert ana.get(path).status_code == 404
