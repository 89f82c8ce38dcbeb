"""The room on the projector: what moves, and nothing of anybody's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.world.deadline import wait_for
from tests.world.look import Look
from tests.world.person import Person

PATH = "/inspect/class/stream"

# Whose grace lasts until somebody is back on a machine that has much to do.
pytestmark = pytest.mark.server_options("--private", "all")


@pytest.fixture
def host(ana: Person) -> Person:
    """Ana, in the room, as its host."""
    ana.become_host()
    ana.join()
    return ana


@pytest.fixture
def look() -> Iterator[Callable[..., Look]]:
    """Let somebody look."""
    looks: list[Look] = []

    def begin(person: Person, path: str = PATH) -> Look:
        looks.append(Look(person, path))
        return looks[-1]

    yield begin
    for each in looks:
        each.close()


def messages(seen: Look) -> list[dict[str, Any]]:
    """The dots of messages since the look has begun."""
    dots = [fact for fact in seen.facts if fact.get("what") == "message"]
    return [dot for dot in dots if dot["from"] == "browser" and dot["at"] > seen.facts[0]["at"]]


def lane_of(person: Person, seen: Look) -> int:
    """Which lane the person's message comes from."""
    before = messages(seen)
    assert person.say(str(uuid.uuid4()))["ok"]

    def found() -> int | None:
        return next((fact["lane"] for fact in messages(seen)[len(before) :]), None)

    lane: int = wait_for(found, "a message's dot")
    return lane


def test_a_message_goes_to_all_as_dots(
    host: Person, bia: Person, person_factory: Callable[..., Person], look: Callable[..., Look]
) -> None:
    """Nobody's name, id, text, key or address is in any line, nor a size of anything."""
    caio = person_factory("Caio")
    for each in (bia, caio):
        each.join()
    seen = look(host)
    assert sum(fact["kind"] == "lane" for fact in seen.facts) == 3
    lane = lane_of(bia, seen)
    assert seen.sees("hello")["own"] == lane_of(host, seen) != lane
    client_id = str(uuid.uuid4())
    said = bia.say("secretword", client_id)
    caio.hears("add_chat_message", message="secretword")
    copy = seen.sees("dot", **{"from": "server", "what": "copy", "of": lane})
    assert (copy["lanes"], copy["copies"]) == ("all", 3)
    seen.sees("dot", **{"from": "server", "what": "ack", "lane": lane})
    people = host.join()["hosts"]
    secrets = [each for one in people for each in (one["id"], one["name"], one["ip"])]
    cookies = [str(c.value) for p in (host, bia, caio) for c in p.http.cookies]
    raw = b"\n".join(seen.raw).decode()
    for secret in ("secretword", client_id, said["time"], *secrets, *cookies):
        assert secret not in raw
    assert {key for fact in seen.facts for key in fact} <= {
        *("kind", "at", "until", "lane", "lanes", "state", "from", "what", "of", "copies", "count"),
        *("grace", "ping", "beat", "shared", "seconds", "away", "behind", "again", "own"),
    }


def test_who_is_away_comes_back_to_what_they_missed(
    host: Person, bia: Person, look: Callable[..., Look]
) -> None:
    """Or leaves, at once by a logout."""
    bia.join()
    seen = look(host)
    lane = lane_of(bia, seen)
    bia.socket.disconnect()
    assert 0 < seen.sees("lane", lane=lane, state="away")["grace"] <= 10
    host.say("one")
    host.say("two")
    bia.join()
    back = seen.sees("lane", lane=lane, state="back")
    assert back["behind"] == 2
    assert back["away"] < 10
    bia.log_out()
    seen.sees("lane", lane=lane, state="left")


def test_everybody_is_asked_to_send(host: Person, bia: Person, look: Callable[..., Look]) -> None:
    """By a host alone; who looks sees when, and who has."""
    bia.join()
    seen = look(host)
    assert bia.call("send_now", {"text": "👋"})["error"]["code"] == "forbidden"
    assert host.call("send_now", {"text": "👋"}) == {"ok": True, "people": 2}
    assert bia.hears("send_now")["text"] == "👋"
    cue = seen.sees("send_now")
    assert lane_of(bia, seen) != lane_of(host, seen)
    assert all(fact["at"] >= cue["at"] for fact in seen.facts if fact.get("what") == "message")
    assert host.call("send_now", {"text": "👋"})["error"]["code"] == "too_fast"


def test_one_finds_ones_own_lane(host: Person, bia: Person, look: Callable[..., Look]) -> None:
    """Where one looks at one's own connections, and nowhere else."""
    bia.join()
    own = look(bia, "/inspect/stream")
    seen = look(host)
    lane = own.sees("lane")["lane"]
    assert lane == lane_of(bia, seen)
    seen.close()
    own.sees("lane", lane=None)


def test_what_two_say_to_each_other_is_not_seen(
    host: Person, bia: Person, person_factory: Callable[..., Person], look: Callable[..., Look]
) -> None:
    """Two dots one after the other would tell who talks to whom."""
    caio = person_factory("Caio")
    for each in (bia, caio):
        each.come_in(rooms=True)
    person = next(one["id"] for one in host.join()["hosts"] if one["name"] == "Caio")
    room = bia.call("open_direct", {"person": person})["room"]["id"]
    seen = look(host)
    for each in (bia, caio):
        assert each.say("between us", room=room)["ok"]
        each.call("typing", {"room": room})
    lane_of(host, seen)
    dots = [fact for fact in seen.facts if fact["kind"] in {"dot", "dots"}]
    assert {fact["lane"] for fact in dots if "lane" in fact} == {dots[0]["lane"]}
    assert sum(fact["what"] == "copy" for fact in dots) <= 1


def test_hosts_alone_look(
    host: Person, bia: Person, look: Callable[..., Look], person_factory: Callable[..., Person]
) -> None:
    """As long as they are; and so many at a time."""
    bia.join()
    assert bia.get(PATH).status_code == 403
    assert person_factory().get(PATH).status_code == 403
    host.command("host", "Bia")
    seen = look(bia)
    for _ in range(4):
        look(host)
    assert host.get(PATH).status_code == 429
    host.command("unhost", "Bia")
    assert seen.ended.wait(10)


def test_everything_goes_its_usual_way_afterwards(
    host: Person, bia: Person, look: Callable[..., Look]
) -> None:
    """And who looks again has the same numbers."""
    bia.join()
    seen = look(host)
    lane = lane_of(bia, seen)
    seen.close()
    assert bia.say("unseen")["ok"]
    host.hears("add_chat_message", message="unseen")
    again = look(host)
    assert not [fact for fact in again.facts if fact["kind"] == "dot"]
    assert lane_of(bia, again) == lane
