"""Rooms for two and rooms that are deleted, over two servers with one database and one folder."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from tests.world.deadline import wait_for
from tests.world.person import Person, code
from tests.world.pictures import screenshot
from tests.world.server import ServerProcess

if TYPE_CHECKING:
    from tests.world.postgres import Postgres

Pair = tuple[ServerProcess, ServerProcess]


@pytest.fixture(scope="module")
def address(postgres: Postgres) -> Iterator[str]:
    """The database of all tests here."""
    with postgres.rooms() as take:
        yield take()


@pytest.fixture(scope="module")
def pair(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers, as on two machines."""
    folder = tmp_path_factory.mktemp("pair")
    options = ("--database", address, "--files-dir", str(folder / "files"), "--private", "all")
    servers = [ServerProcess(folder / name, *options, "--rate", "0") for name in ("one", "other")]
    yield servers[0], servers[1]
    for server in servers:
        server.kill()


@pytest.fixture
def server(pair: Pair) -> ServerProcess:
    """Where people come without being told."""
    return pair[0]


@pytest.fixture
def bia(person_factory: Callable[..., Person], pair: Pair) -> Person:
    """Bia, at the other server."""
    return person_factory("Bia", pair[1])


@pytest.fixture
def where(address: str) -> Callable[[str], list[str]]:
    """In which tables a text is."""

    def found(text: str) -> list[str]:
        with psycopg.connect(address) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname='public'")
            tables = [name for (name,) in names.fetchall()]
            rows = [sql.SQL("TABLE {}").format(sql.Identifier(name)) for name in tables]
            said = [repr(connection.execute(each).fetchall()) for each in rows]
        return [name for name, all_of_it in zip(tables, said, strict=True) if text in all_of_it]

    return found


def knows(person: Person, count: int) -> bool:
    """Whether somebody's server knows that so many people are here."""
    return len(person.come_in(rooms=True)["hosts"]) == count


def test_what_was_reported_at_one_server_is_dealt_with_at_the_other(
    ana, bia, person_factory, pair, where
):
    """Until then hosts alone delete it, and its author has it deleted at no server."""
    me = ana.come_in(rooms=True)["you"]
    bia.come_in(rooms=True)
    hosts = [person_factory(name, one) for name, one in zip(("Rui", "Sol"), pair, strict=True)]
    for host in hosts:
        host.become_host()
        host.come_in(rooms=True)
    for person in (bia, *hosts):
        wait_for(partial(knows, person, 4))
    word = f"word{uuid.uuid4().hex}"
    room = bia.call("open_direct", {"person": me["id"]})["room"]["id"]
    ana.hears("room_opened", id=room)  # at her server, too
    bad, worse = (ana.say(f"{word} {number}", room=room)["id"] for number in range(2))
    bia.hears("add_chat_message", id=worse)
    elsewhere = person_factory(None, pair[1])
    elsewhere.http.cookies.update(ana.http.cookies)
    elsewhere.come_in(rooms=True)
    assert bia.call("report", {"id": bad}) == {"ok": True, "hosts": 2}
    for host in hosts:
        wait_for(partial(host.events, "reports"))
        assert [each["id"] for each in host.call("reports", {})["reports"]] == [bad]
        host.heard.clear()
    for person in (ana, elsewhere, bia):
        assert code(person.call("delete_message", {"id": bad})) == "forbidden"
    assert hosts[1].call("delete_message", {"id": bad})["ok"]
    for person in (ana, bia):
        assert person.hears("message_changed", id=bad)["deleted"]
    for host in hosts:
        assert host.call("reports", {}) == {"ok": True, "reports": [], "count": 0}
    assert bia.call("report", {"id": worse})["ok"]
    assert hosts[0].call("report", {"id": worse, "dismiss": True}) == {"ok": True}
    assert hosts[1].call("reports", {})["count"] == 0
    assert elsewhere.call("delete_message", {"id": worse})["ok"]
    wait_for(lambda: where(word) == [], "nothing of either")


def test_a_deleted_room_is_out_of_every_query_at_once(ana, bia, where):
    """At the other server, too, whatever it was told; soon the database has nothing of it."""
    for person in (ana, bia):
        person.become_host()
        person.come_in(rooms=True)
    word = f"word{uuid.uuid4().hex}"
    room = ana.call("open_room", {"name": "Robots"})["room"]["id"]
    wait_for(lambda: bia.call("enter_room", {"room": room})["ok"])
    said = ana.say(f"{word} plays", room=room)["id"]
    poll = {"question": f"{word}?", "options": [f"{word} one", "two"]}
    asked = bia.say("", room=room, poll=poll)["id"]
    assert bia.say(f"{word} again", room=room, reply_to=said)["ok"]
    assert ana.call("vote", {"id": asked, "option": 0})["ok"]
    assert bia.call("react", {"id": said, "emoji": "👍"})["ok"]
    ana.send_file(f"{word}.png", screenshot(40, 30), room=room)
    file = bia.hears("add_chat_message", room=room, message="", user="Ana")["files"][0]
    search = ("search", {"text": word})
    wait_for(lambda: len(bia.call(*search)["messages"]) == 4, "what was said")
    assert set(where(word)) == {"file", "message", "search"}

    assert ana.command("erase", room=room)["ok"]
    answers = [bia.come_in(rooms=True), bia.call(*search), bia.call("history", {"room": room})]
    answers += [
        bia.call("enter_room", {"room": room}),
        bia.call("react", {"id": said, "emoji": "🎉"}),
    ]
    assert word not in repr(answers)
    assert code(answers[-1]) == "unknown_message"
    assert bia.get(f"/files/{file['id']}/x").status_code == 404
    bia.hears("room_deleted", id=room)
    assert code(bia.call("history", {"room": room})) == "unknown_room"
    wait_for(lambda: where(word) == [], "nothing of it")
    wait_for(lambda: where(room) == ["happened"], "all but that something happened to a room")
    assert where(file["id"]) == []
