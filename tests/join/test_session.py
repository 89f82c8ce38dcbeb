"""Somebody takes part by what `lanchat join` is made of, without a screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from lanchat.join.lines import Line, plain
from lanchat.join.session import Session
from tests.world.deadline import DEADLINE, wait_for

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--rooms", "all")


class Sitter:
    """Somebody who types, and what they have been shown."""

    def __init__(self, url: str, name: str) -> None:
        self.shown: list[Line] = []
        self.session = Session(url, name, None, self.shown.extend)
        self.session.log_in()
        self._url = url
        self._running = threading.Thread(target=self.session.run)
        self._running.start()

    def type(self, text: str) -> None:
        self.session.typed(text)

    def sees(self, *texts: str) -> None:
        """Wait until each of these is shown, in their order; look no further back again."""
        for text in texts:
            del self.shown[: wait_for(partial(self._behind, text), text)]

    def _behind(self, text: str) -> int:
        """How many lines there are up to the first one with a text, 0 where there is none."""
        lines = [plain(line, self._url, 200) for line in self.shown]
        return next((at + 1 for at, line in enumerate(lines) if text in line), 0)

    def leave(self) -> None:
        self.session.end()
        self._running.join(DEADLINE)


@pytest.fixture
def sit() -> Iterator[Callable[..., Sitter]]:
    """Let somebody take part."""
    sitters: list[Sitter] = []

    def come(url: str, name: str = "Bia") -> Sitter:
        sitters.append(Sitter(url, name))
        return sitters[-1]

    yield come
    for each in sitters:
        each.leave()


@pytest.fixture
def host(server: Any, ana: Any) -> Any:
    """Ana, who may do everything, and takes rooms."""
    ana.connect()
    ana.call("new_host", {"last_seq": 0, "rooms": True})
    server.ask({"do": "command", "name": "host", "text": "Ana"})
    return ana


def command(person, name, text="", **fields):
    """What somebody is answered."""
    answer = person.call("host_command", {"name": name, "text": text, **fields})
    assert answer["ok"], answer
    return answer


def said(person):
    """What somebody was told of messages: by whom, and what."""
    return [data for event, data in person.heard if event == "add_chat_message"]


def test_somebody_goes_from_room_to_room(server, sit, ana):
    """What is new elsewhere is counted; what is not a command is not said as one."""
    ana.connect()
    ana.call("new_host", {"last_seq": 0, "rooms": True})
    room = ana.call("open_room", {"name": "Lunch"})["room"]["id"]
    bia = sit(server.url)
    wait_for(lambda: bia.session.talk.rooms.named("lunch"), "the room")
    bia.type("/go lunch")
    bia.sees("── Lunch")
    ana.say("in the main room")
    wait_for(lambda: bia.session.talk.rooms.own["lobby"].get("unread") == 1, "the message")
    bia.type("who eats?")
    wait_for(lambda: [one for one in said(ana) if one["room"] == room], "the question")
    bia.type("/wisper Ana hello")
    bia.sees("there is no command /wisper")
    bia.type("/go")
    bia.sees("── main", "Ana: in the main room")
    bia.type("/msg Ana psst")
    bia.sees("! Only hosts may be written to in private here.")
    assert all("hello" not in one["message"] for one in said(ana))


@pytest.mark.own_server
def test_it_comes_back_by_itself(server, sit, ana):
    """What is typed meanwhile is said then, once; what others said is there."""
    bia = sit(server.url)
    wait_for(lambda: bia.session.is_connected, "the connection")
    server.kill()
    bia.sees("the connection is gone")
    bia.type("typed meanwhile")
    bia.sees("it is said as soon as there is a connection")
    server.start()
    bia.sees("Bia: typed meanwhile")
    found = [one["message"] for one in ana.join()["messages"]]
    assert found == ["typed meanwhile"]


def test_somebody_votes(server, sit, host):
    """In the newest poll, and takes it back; how it ends is told."""
    bia = sit(server.url)
    bia.type("/vote 1")
    bia.sees("there is no poll here")
    command(host, "poll", "Lunch? | Pizza | Rice")
    bia.sees("Ana: Lunch?\\n  1) Pizza: 0\\n  2) Rice: 0")
    bia.type("/vote 2")
    bia.sees("1) Pizza: 0\\n  2) Rice: 1 ✓")
    bia.type("/vote 3")
    bia.sees("! ")
    bia.type("/vote 2")
    bia.sees("1) Pizza: 0\\n  2) Rice: 0")
    bia.type("/vote x")
    bia.sees("it is written like this: /vote")
    bia.type("/help")
    bia.sees("/quit — leave", "/room ")
    assert not any(line.text.startswith("/kick") for line in bia.shown)
    command(host, "poll", "end")
    bia.sees("Lunch? (closed)")


def test_somebody_sees_pins_and_raises_a_hand(server, sit, host):
    """What is pinned is told and shown again; whose hands are up, too."""
    number = host.say("Bring your own cup")["id"]
    bia = sit(server.url)
    bia.type("/pins")
    bia.sees("nothing is pinned here")
    command(host, "pin", str(number))
    bia.sees(f"pinned: #{number} Bring your own cup")
    bia.type("/pins")
    bia.sees(f"#{number} Ana: Bring your own cup")
    bia.type("/hand")
    bia.sees("your hand is up")
    bia.type("/who")
    bia.sees("hands are up: Bia", "Ana, Bia")
    bia.type("/hand down Ana")
    bia.sees("no hand of Ana is up")
    host.call("hand", {"all": True, "up": False})
    bia.sees("your hand is down")
    command(host, "topic", "Recursion")
    bia.sees("the topic is Recursion")
    command(host, "readonly", "on")
    bia.sees("hosts alone may write here now")
    command(host, "clear")
    bia.sees("what was said here is cleared")
    bia.type(f"/react {number} 👍")
    bia.sees("! ")


def test_somebody_finds_what_was_said(server, sit, host):
    """By its words, whatever room it was said in, and step by step going back."""
    numbers = [host.say(f"lição {number}")["id"] for number in range(60)]
    room = host.call("open_room", {"name": "Maths"})["room"]["id"]
    host.say("lição elsewhere", room=room)
    found = {"text": "licao elsewhere"}
    wait_for(lambda: host.call("search", found).get("messages"), "the index")
    bia = sit(server.url)
    wait_for(lambda: bia.session.talk.rooms.named("maths"), "the room")
    bia.type("/go maths")
    bia.sees("── Maths")
    bia.type("/search licao")
    bia.sees("Ana: lição elsewhere", "/search alone shows older ones")
    bia.type("/search")  # at once, which is too fast
    bia.sees(f"main #{numbers[0]} Ana: lição 0", f"main #{numbers[9]} Ana")
    bia.type(f"/reply {numbers[0]} yes")
    wait_for(lambda: said(host)[-1]["message"] == "yes", "the answer")
    assert said(host)[-1]["room"] == "lobby"
    bia.type(f"/show {numbers[0]}")
    bia.sees(f"#{numbers[0]} Ana: lição 0")
    bia.type("/show 1000000")
    bia.sees("there is no such message here")
    bia.type("/search nowhere")
    bia.sees("nothing was found")


@pytest.mark.own_server
@pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--history", "10")
def test_somebody_reads_what_was_said_before(server, sit, ana):
    """Twenty messages at a time, to the beginning."""
    ana.join()
    for number in range(35):
        ana.say(f"message {number}")
    bia = sit(server.url)
    bia.sees("message 25", "message 34")
    bia.type("/more")
    bia.sees("message 5", "message 24")
    bia.type("/more")
    bia.sees("message 0", "message 4")
    bia.type("/more")
    bia.sees("nothing was said here before that")


def test_somebody_sends_a_file(server, sit, ana, tmp_path):
    """Whatever it is called, with words and without; what cannot be sent is told."""
    ana.join()
    path = tmp_path / "the notes.txt"
    path.write_bytes(b"all is well")
    bia = sit(server.url)
    for typed in (f'/file "{path}" the notes', f"/file {path}"):
        bia.type(typed)
        bia.sees("the notes.txt (11 B) is on its way", "+ the notes.txt (11 B)")
    assert [one["message"] for one in said(ana)] == ["the notes", ""]
    address = f"{server.url}/files/{said(ana)[0]['files'][0]['id']}/notes.txt"
    assert ana.http.get(address).content == b"all is well"
    bia.type(f"/file {tmp_path}")
    bia.sees(f"{tmp_path} is no file")
    bia.type(f"/file {'long' * 100} name")
    bia.sees("longlong is no file")
    server.ask({"do": "command", "name": "files", "text": "off"})
    bia.type(f"/file {path}")
    bia.sees("the notes.txt was not sent: ")


def test_of_a_crowd_nobody_is_told_to_come(server, sit):
    """Else nobody could read what is said."""
    bia = sit(server.url)
    wait_for(lambda: bia.session.is_connected, "the connection")
    talk = bia.session.talk
    crowd = [{"id": f"p{number}", "user": f"P{number}"} for number in range(53)]
    assert talk.take("hosts_changed", {"joined": crowd, "left": []}, 0) == []
    assert talk.take("host_leave_room", crowd[0], 0) == []
    bia.type("/who")
    bia.sees("and 3 others")
    bia.type("/who p1")
    bia.sees("P1, P10, P11")
