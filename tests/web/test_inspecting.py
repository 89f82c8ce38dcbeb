"""One's own connections, looked at; and nobody else's."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address

import pytest
import requests
from wsproto.utilities import generate_accept_token

from tests.world.deadline import DEADLINE
from tests.world.look import Look
from tests.world.person import Person
from tests.world.raw_client import RawClient

KEY, OTHER_KEY = b"\xde\xad\xbe\xef", b"\xfa\xce\xfe\xed"
HERE = "127.0.0.1"


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
    """Both talk, both look, one is host: what a line or file has of the other was said to all."""
    ana.become_host()
    people = {}
    for person, key, address in ((ana, KEY, "127.0.0.3"), (bia, OTHER_KEY, "127.0.0.5")):
        way = socket.create_connection((HERE, person.server.port), source_address=(address, 0))
        client = raw_client(person, get_mask_key=lambda _, key=key: key, socket=way)
        client.join()
        people[person.name] = person, client, look(person), key, address
    for number in range(10):
        for name, (_, client, *_) in people.items():
            assert client.say(f"{number} heard by all from {name}")["ok"]
            client.call("search", {"text": f"secretword of {name}"})
    for name, (person, _, seen, key, address) in people.items():
        _, _, _, other_key, other_address = people[other := "Bia" if name == "Ana" else "Ana"]
        seen.sees_event("add_chat_message", "server", said="9 heard by all from Bia")
        answer = person.get("/inspect.pcapng")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        file = answer.content
        told = b"\n".join(seen.raw)
        wire = b"".join(bytes.fromhex(each["bytes"]) for each in seen.facts if "bytes" in each)
        texts = "\n".join(each["text"] for each in seen.facts if "text" in each)
        assert f"heard by all from {other}" in texts
        assert f"secretword of {name}" in texts
        assert key.hex().encode() in told
        assert all(each in file for each in ends(address))
        cookies = [str(c.value) for p in (ana, bia) for c in p.http.cookies]
        secrets = [f"secretword of {other}", *cookies]
        for secret in map(str.encode, secrets):
            assert not [each for each in (told, texts.encode(), wire, file) if secret in each]
        for secret in (other_key, *ends(other_address)):
            assert secret.hex().encode() not in told
            assert secret not in file


def ends(address: str) -> tuple[bytes, bytes]:
    """Both addresses as IP's header has them, in either direction.

    Four bytes alone could stand there by chance: the port and TCP's number behind it.
    """
    there, here = ip_address(address).packed, ip_address(HERE).packed
    return there + here, here + there


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
    link = seen.sees("link")
    assert link["sent"].keys() == link["received"].keys()
    if seen.sees("hello")["tcp"]:
        assert link["tcp"]["rtt"] > 0
    client.socket.ping(b"?")
    assert seen.sees("frame", **{"from": "server", "size": 3})["head"]["opcode"] == 10
    client.socket.send_close(1001, b"bye")
    assert client.close_code() == 1001
    closed = seen.sees("connection", state="closed")
    assert (closed["by"], closed["code"]) == ("browser", 1001)


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


def test_it_goes_on_for_who_is_muted_or_renamed(
    ana: Person, bia: Person, raw_client: Callable[..., RawClient], look: Callable[[Person], Look]
) -> None:
    client = raw_client(ana)
    client.join()
    bia.become_host()
    bia.join()
    seen = look(ana)
    assert bia.command("mute", "Ana")["ok"]
    renamed = ana.http.post(f"{ana.url}/name", data={"username": "Anita"})
    assert renamed.status_code == 204
    bia.say("all the same")
    seen.sees_event("add_chat_message", "server", said="all the same")
    raw_client(ana).join()
    assert seen.sees("handshake", connection=2)
    assert not seen.ended.is_set()


def test_it_ends_with_the_session(
    ana: Person, bia: Person, person_factory: Callable[..., Person], look: Callable[[Person], Look]
) -> None:
    """By a logout, an order of a host, or the login of somebody else in the same browser."""
    caio, dora = person_factory("Caio"), person_factory("Dora")
    bia.become_host()
    bia.join()
    for each in (caio, dora):
        each.join()
    looks = [look(each) for each in (ana, caio, dora)]
    kept = {c.name: str(c.value) for c in ana.http.cookies}
    ana.log_out()
    assert bia.command("kick", "Caio")["ok"]
    dora.log_in("Eva")
    for seen in looks:
        assert seen.ended.wait(DEADLINE)
    for person in (ana, caio):
        assert person.get("/inspect/stream").status_code == 403
    again = person_factory("Ana")
    again.join()
    assert look(again).sees("connection", state="open")
    late = requests.get(f"{ana.url}/inspect/stream", cookies=kept, timeout=DEADLINE)
    assert late.status_code == 403


def test_strangers_see_nothing(person_factory: Callable[..., Person]) -> None:
    stranger = person_factory()
    for path in ("/inspect/stream", "/inspect.pcapng"):
        assert stranger.get(path).status_code == 403
    assert stranger.http.post(f"{stranger.url}/inspect/again").status_code == 403


def test_old_and_hasty_programs_are_answered(ana: Person) -> None:
    """HTTP/1.0 knows no chunks, and who asks for the head alone does not look."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in ana.http.cookies)
    head = f"/inspect/stream HTTP/1.0\r\nHost: {HERE}\r\nCookie: {cookies}\r\n\r\n"
    with socket.create_connection((HERE, ana.server.port), DEADLINE) as way:
        way.sendall(f"HEAD {head}".encode())
        answer = way.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert ana.get("/inspect.pcapng").status_code == 409
    with socket.create_connection((HERE, ana.server.port), DEADLINE) as way:
        way.sendall(f"GET {head}".encode())
        file = way.makefile("rb")
        lines = list(iter(file.readline, b"\r\n"))
        assert not [line for line in lines if line.lower().startswith(b"transfer-encoding")]
        assert file.readline().startswith(b'{"kind":"hello"')


def test_whoever_is_in_gets_the_page(ana: Person, person_factory: Callable[..., Person]) -> None:
    """The chat leads there; strangers log in first."""
    assert 'href="/inspect"' in ana.get("/chat").text
    assert ana.get("/inspect").status_code == 200
    answer = person_factory().get("/inspect")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.server_options("--grace", "0.5", "--no-inspect")
def test_it_can_be_turned_off(ana: Person) -> None:
    for path in ("/inspect", "/inspect/stream", "/inspect.pcapng", "/inspect/class/stream"):
        assert ana.get(path).status_code == 404
    assert "/inspect" not in ana.get("/chat").text
