"""Several `lanchat serve` with one database are one chat."""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest
import requests
import socketio

from tests.world.deadline import wait_for
from tests.world.look import Look
from tests.world.person import Person
from tests.world.server import ServerProcess

Start = Callable[..., ServerProcess]


@pytest.fixture
def start(server_factory: Start, address: str) -> Start:
    """Start one more server of the chat."""

    def serve(*options: str) -> ServerProcess:
        return server_factory("--database", address, "--rate", "0", *options)

    return serve


@pytest.fixture
def pair(start: Start, request: pytest.FixtureRequest) -> tuple[ServerProcess, ServerProcess]:
    """Two servers, as on two machines."""
    marked = request.node.get_closest_marker("server_options")
    options = marked.args if marked else ()
    return start(*options), start(*options)


@pytest.fixture
def come(
    person_factory: Callable[..., Person], pair: tuple[ServerProcess, ServerProcess]
) -> Callable[..., Person]:
    """Let somebody come to a server; all that run know of them then."""

    def arrive(server: ServerProcess, name: str) -> Person:
        person = person_factory(name, server)
        answer = person.join()
        cursor = {"last_seq": answer["seq"], "epoch": answer["epoch"]}
        assert person.call("new_host", cursor)["ok"]
        for each in pair:
            if each.process.poll() is None:
                wait_for(partial(knows, each, name), name)
        return person

    return arrive


@pytest.fixture
def server(pair: tuple[ServerProcess, ServerProcess]) -> ServerProcess:
    """Where people come without being told."""
    return pair[0]


def knows(server: ServerProcess, name: str) -> bool:
    """Whether a server knows that somebody is here."""
    return name in [each["name"] for each in server.ask({"do": "list"})["people"]]


def told(person: Person) -> list[int]:
    """The ids of what somebody has heard, in its order."""
    return [message["id"] for message in person.events("add_chat_message")]


def test_people_of_two_servers_talk(pair, come, until):
    """What is said, changed and cleared at one is told at both, in the same order."""
    ana, bia = come(pair[0], "Ana"), come(pair[1], "Bia")
    talking = [
        threading.Thread(target=lambda one=one: [one.say(str(i)) for i in range(30)])
        for one in (ana, bia)
    ]
    for each in talking:
        each.start()
    for each in talking:
        each.join()
    until(lambda: len(told(ana)) == len(told(bia)) == 60)
    assert told(ana) == told(bia) == sorted(told(ana))
    last = ana.say("gone soon")["id"]
    edit = {"id": last, "message": "better", "client_id": str(uuid.uuid4())}
    assert ana.call("edit_message", edit)["ok"]
    bia.hears("message_changed", id=last, message="better")
    assert bia.call("react", {"id": last, "emoji": "👍", "on": True})["ok"]
    ana.hears("reactions_changed", id=last)
    pair[1].ask({"do": "command", "name": "clear", "text": ""})
    ana.hears("history_cleared")
    check_class(ana, bia)


def check_class(ana, bia):
    """A host asks those of both servers to send something, and sees the lanes of their own one."""
    ana.become_host()
    with closing(Look(ana, "/inspect/class/stream")) as seen:
        assert seen.sees("hello")["shared"]
        assert ana.call("send_now", {"text": "👋"}) == {"ok": True, "people": 2}
        bia.hears("send_now", text="👋")
        bia.say("👋")
        ana.say("and I")
        lane = seen.sees("dot", what="message")["lane"]
        assert (lane, seen.sees("dot", what="copy", of=lane)["copies"]) == (1, 1)
        assert [each["lane"] for each in seen.facts if each["kind"] == "lane"] == [1]


def test_a_cookie_of_one_server_is_good_at_all(pair, come):
    """The secrets are in the database; so is the link that makes somebody a host."""
    ana = come(pair[0], "Ana")
    page = requests.get(pair[1].url + "/chat", cookies=ana.http.cookies, timeout=60)
    assert page.history == []
    assert '"name": "Ana"' in page.text
    links = {tuple(re.findall(r"/host#(\w+)", server.output())) for server in pair}
    assert len(links) == 1
    assert not (pair[0].data_dir / "secret").exists()


def test_who_has_logged_out_is_out_at_all_servers(pair, come, until):
    """The old cookie is none any more, and the name is free."""
    ana = come(pair[0], "Ana")
    kept = dict(ana.http.cookies)
    ana.log_out()

    def is_out() -> bool:
        page = f"{pair[1].url}/chat"
        answer = requests.get(page, cookies=kept, allow_redirects=False, timeout=60)
        return answer.status_code == 303

    until(is_out)
    assert come(pair[1], "Ana").socket.connected


def test_who_polls_is_told_what_to_do(pair, start, come):
    """Another request of theirs might reach another server, which would know nothing of them."""
    ana = come(pair[0], "Ana")
    polling = "/socket.io/?EIO=4&transport=polling"
    refused = requests.get(pair[0].url + polling, cookies=ana.http.cookies, timeout=60)
    assert refused.status_code == 400
    assert refused.json()["message"].endswith("connect with transports=['websocket']")
    heard: list[object] = []
    library = socketio.Client(http_session=ana.http, reconnection=False)
    library.on("connect_error", heard.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        library.connect(pair[0].url)
    assert heard == [refused.json()]
    (told,) = re.findall(r'"transports": (\[.*?\])', ana.get("/chat").text)
    assert json.loads(told) == ["websocket"]
    sticky = start("--sticky")
    opened = requests.get(sticky.url + polling, cookies=ana.http.cookies, timeout=60)
    assert opened.status_code == 200


def test_a_database_that_is_away_costs_nothing_that_was_acknowledged(pair, come, postgres, until):
    """Nobody is disconnected; what is refused meanwhile is sent again, and all hear it once."""
    people = [come(pair[0], "Ana"), come(pair[1], "Bia")]
    acknowledged: dict[int, str] = {}
    refused: list[str] = []

    def talk(one: Person) -> None:
        for number in range(60):
            client_id = str(uuid.uuid4())
            while not (answer := one.say(f"{one.name} {number}", client_id))["ok"]:
                refused.append(answer["error"]["code"])
            acknowledged[answer["id"]] = f"{one.name} {number}"

    talking = [threading.Thread(target=talk, args=[one]) for one in people]
    for each in talking:
        each.start()
    until(lambda: len(acknowledged) > 20)
    postgres.stop(signal.SIGQUIT)
    until(lambda: refused)
    postgres.start()
    for each in talking:
        each.join()
    assert set(refused) == {"unavailable"}
    assert len(acknowledged) == 120
    for one in people:
        until(lambda one=one: len(told(one)) == 120)
        assert told(one) == sorted(acknowledged)
        assert one.socket.connected


def test_who_was_on_a_server_that_is_killed_goes_on_at_the_other(pair, come, person_factory):
    """Nothing is missing there, and for the others they have neither left nor joined."""
    ana, bia = come(pair[0], "Ana"), come(pair[1], "Bia")
    last = bia.say("before")["id"]
    pair[0].kill()
    bia.say("meanwhile")
    moved = person_factory(None, pair[1])
    moved.http.cookies.update(ana.http.cookies)
    answer = moved.join(last_id=last)
    assert answer["you"]["name"] == "Ana"
    assert [each["message"] for each in answer["messages"]] == ["meanwhile"]
    moved.say("after")
    bia.hears("add_chat_message", message="after")
    assert [each["user"] for each in bia.events("host_join_room")] == ["Bia"]
    assert bia.events("host_leave_room") == []


def test_who_was_on_a_server_that_is_stopped_goes_on_at_the_other(
    pair, come, person_factory, until
):
    """As in a rolling restart: nobody is told that the chat stops, and nobody leaves or joins."""
    people = [come(pair[0], f"Ana {number}") for number in range(4)]
    bia = come(pair[1], "Bia")
    assert pair[0].stop() == 0
    until(lambda: not any(each.socket.connected for each in people))
    for each in people:
        moved = person_factory(None, pair[1])
        moved.http.cookies.update(each.http.cookies)
        assert moved.join()["you"]["name"] == each.name
        assert each.events("server_stop") == []
    people[0].server.start()
    assert come(people[0].server, "Caro").say("hello")["ok"]
    bia.hears("add_chat_message", message="hello")
    assert [each["user"] for each in bia.events("host_join_room")] == ["Bia", "Caro"]
    assert bia.events("host_leave_room") == []


@pytest.mark.server_options("--grace", "1")
def test_who_does_not_come_back_from_a_killed_server_has_left(pair, come):
    """One of the others sees to it, once."""
    come(pair[0], "Ana")
    bia = come(pair[1], "Bia")
    pair[0].kill()
    bia.hears("host_leave_room", user="Ana")
    assert len(bia.events("host_leave_room")) == 1


def test_people_are_known_on_all_servers(pair, come, person_factory, until):
    """Who is here, who is writing, who is a host; and a name is one person's."""
    ana, bia = come(pair[0], "Ana"), come(pair[1], "Bia")
    listed = {each["name"] for each in bia.call("new_host", {"last_seq": 0})["hosts"]}
    assert listed == {"Ana", "Bia"}
    taken = person_factory(None, pair[1]).log_in("Ana")
    assert taken.status_code == 409
    # Who has much to be told is not told of it.
    until(lambda: ana.socket.emit("typing", {}) or bia.events("typing"), "it to be told")
    assert bia.events("typing")[0]["user"] == "Ana"
    pair[1].ask({"do": "command", "name": "host", "text": "Ana"})
    bia.hears("person_changed", user="Ana", role="host")
    ana.hears("notice", code="host")
    pair[1].ask({"do": "command", "name": "unhost", "text": "Ana"})
    pair[1].ask({"do": "command", "name": "mute", "text": "Ana"})
    ana.hears("notice", code="muted")
    assert ana.say("hello")["error"]["code"] == "muted"
    pair[1].ask({"do": "command", "name": "kick", "text": "Ana"})
    ana.hears("notice", code="kicked")
    until(lambda: not ana.socket.connected, "the end")
    bia.hears("host_leave_room", user="Ana")
    pair[0].ask({"do": "command", "name": "lock", "text": ""})
    bia.hears("room_changed", locked=True)
    assert "locked the room" in person_factory(None, pair[1]).log_in("Caro").text
    pair[0].ask({"do": "command", "name": "unlock", "text": ""})
    pair[0].ask({"do": "command", "name": "ban", "text": "Bia"})
    bia.hears("notice", code="banned")
    until(lambda: not bia.socket.connected, "the end")
    # The notice may overtake the log, by which it holds: whoever comes in meanwhile leaves again.
    for each in pair:
        until(lambda each=each: person_factory(None, each).log_in("Bia").status_code == 403)


def test_nobody_new_gets_in_while_the_database_is_away(pair, come, person_factory, postgres):
    """The pages of those who are in stay open, and go on when it is back."""
    ana = come(pair[0], "Ana")
    late = person_factory(None, pair[0])
    postgres.stop()
    refused = late.log_in("Bia")
    stays = ana.get("/chat").status_code
    postgres.start()
    assert refused.status_code == 503
    assert "cannot let anybody in" in refused.text
    assert stays == 200
    assert ana.socket.connected


@pytest.mark.skipif(sys.platform != "linux", reason="Linux shares a port's connections out")
def test_processes_on_one_port(start, until):
    """Who comes reaches one of them; one that is stopped leaves the others to it."""
    first = start("--reuse-port")
    second = start("--reuse-port", "--port", str(first.port))
    assert second.port == first.port
    first.stop()
    assert requests.get(f"{second.url}/healthz", timeout=60).json()["status"] == "ok"


def test_hands_are_raised_at_all_servers(pair, come, until):
    """All see them in one order; who moves to another server keeps theirs, and leaving ends it."""
    ana, bia, caio = come(pair[0], "Ana"), come(pair[1], "Bia"), come(pair[0], "Caio")
    for person in (caio, bia, ana):
        assert person.call("hand", {"up": True})["ok"]

    def up(person):
        lists = [told["hands"] for told in person.events("hands_changed")]
        return [one["user"] for one in lists[-1]] if lists else []

    until(lambda: up(ana) == up(bia) == ["Caio", "Bia", "Ana"])
    ana.socket.disconnect()
    ana.server = pair[1]
    assert [one["user"] for one in ana.join()["hands"]] == ["Caio", "Bia", "Ana"]
    bia.log_out()
    until(lambda: up(ana) == up(caio) == ["Caio", "Ana"])
    caio.log_out()
    until(lambda: up(ana) == ["Ana"])
