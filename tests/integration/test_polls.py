"""Hosts ask, everybody votes, and nobody learns who has voted for what, as any client sees it."""

import uuid

import pytest

from tests.world.person import code

OPTIONS = ["Pizza", "Rice", "Soup"]


@pytest.fixture
def host(host):
    """Ana, who is in, too."""
    host.come_in()
    return host


def ask(person, question="Lunch?", options=OPTIONS, **more):
    """Ask something; returns the answer."""
    asked = {"client_id": str(uuid.uuid4()), "poll": {"question": question, "options": options}}
    return person.call("new_message", {**asked, **more})


def vote(person, number, option):
    """Vote, or take it back; returns the answer."""
    return person.call("vote", {"id": number, "option": option})


def test_a_poll_from_its_question_to_its_end(host, bia, person_factory, until):
    """It is a message, pinned while it is open; others hear how many have chosen what."""
    before = bia.come_in()
    number = ask(host)["id"]
    posted = bia.hears("add_chat_message", id=number)
    assert posted["message"] == "Lunch?\n1. Pizza\n2. Rice\n3. Soup"
    assert posted["poll"] == {
        "question": "Lunch?",
        "options": OPTIONS,
        "counts": [0, 0, 0],
        "closed": False,
    }
    assert bia.hears("message_changed", id=number)["pinned"] is True
    assert vote(bia, number, 1) == {"ok": True}
    told = host.hears("reactions_changed", id=number, counts=[0, 1, 0])
    assert set(told) == {"id", "seq", "counts"}
    assert bia.events("mine") == [{str(number): {"vote": 1}}]
    assert host.events("mine") == []
    vote(bia, number, 2)
    host.hears("reactions_changed", id=number, counts=[0, 0, 1])
    caio = person_factory("Caio")
    answer = caio.come_in()
    assert (answer["mine"], answer["pins"][0]["poll"]["counts"]) == ({}, [0, 0, 1])
    closed = host.call("close_poll", {"id": number})
    assert set(closed) == {"ok", "seq"}
    until(lambda: bia.events("message_changed")[-1]["poll"]["closed"])
    last = bia.events("message_changed")[-1]
    assert (last["poll"]["counts"], "pinned" in last) == ([0, 0, 1], False)
    assert code(vote(bia, number, 0)) == "poll_closed"
    bia.socket.disconnect()
    bia.socket = bia.new_socket()
    assert bia.come_in(before["seq"], before["epoch"])["mine"] == {}


def test_ones_own_vote_stands_beside_the_message(host, bia):
    """In one's own answers alone; it can be taken back."""
    bia.come_in()
    number = ask(host)["id"]
    vote(bia, number, 0)
    bia.call("react", {"id": number, "emoji": "👍"})
    own = {str(number): {"reactions": ["👍"], "vote": 0}}
    assert bia.come_in()["mine"] == own
    around = {"around": number, "limit": 1}
    assert bia.call("history", around)["mine"] == own
    assert host.call("history", around)["mine"] == {}
    assert vote(bia, number, None) == {"ok": True}
    bia.heard.clear()
    assert bia.come_in()["mine"] == {str(number): {"reactions": ["👍"]}}


def test_a_poll_is_asked_once(host):
    """However often it is sent, as any message."""
    client_id = str(uuid.uuid4())
    first, again = (ask(host, client_id=client_id) for _ in range(2))
    assert first == again


def test_hosts_ask_and_close_by_commands(host, bia):
    """What is wrong with a line is said."""
    bia.come_in()
    command = {"name": "poll", "text": "Tea? | yes | no"}
    assert host.call("host_command", command)["ok"]
    poll = bia.hears("add_chat_message", message="Tea?\n1. yes\n2. no")
    assert host.command("poll", "end")["ok"]
    assert bia.hears("message_changed", id=poll["id"]) is not None
    assert code(vote(bia, poll["id"], 0)) == "poll_closed"
    assert code(host.command("close")) == "command"
    host.call("host_command", command)
    assert host.command("close")["ok"]
    answer = host.command("poll", "Tea? | yes | Yes")
    assert answer["error"] == {
        "code": "poll",
        "message": "“Yes” is there twice. Each option of a poll is another one.",
    }


def test_who_is_no_host_asks_and_closes_nothing(host, bia):
    """Nor does anybody else whom it is not for."""
    bia.come_in()
    number = ask(host)["id"]
    assert code(ask(bia)) == "forbidden"
    assert code(bia.call("close_poll", {"id": number})) == "forbidden"
    assert code(bia.command("poll", "a | b | c")) == "forbidden"
    host.command("mute", "Bia")
    assert code(vote(bia, number, 0)) == "muted"
    assert vote(bia, number, None) == {"ok": True}


REFUSED = [
    ("vote", {"id": 2**53, "option": 0}, "unknown_message"),
    ("vote", {"id": 1}, "invalid"),
    ("vote", {"id": 1, "option": -1}, "invalid"),
    ("vote", {"id": 1, "option": "1"}, "invalid"),
    ("close_poll", {}, "invalid"),
    ("close_poll", {"id": 2**53}, "unknown_message"),
    ("new_message", {"client_id": str(uuid.uuid4())}, "invalid"),
    ("new_message", {"client_id": str(uuid.uuid4()), "poll": {"question": "?"}}, "invalid"),
]


def test_what_is_no_vote_is_refused(host):
    """With a reason; the connection goes on."""
    assert [code(host.call(name, payload)) for name, payload, _ in REFUSED] == [
        why for *_, why in REFUSED
    ]
    assert code(ask(host, options=["a"])) == "poll"


def test_only_who_is_in_a_room_hears_of_its_polls(host, bia, person_factory):
    """And votes there."""
    host.come_in(rooms=True)
    room = host.call("open_room", {"name": f"Lunch {uuid.uuid4().hex[:8]}"})["room"]["id"]
    bia.come_in(rooms=True)
    bia.call("enter_room", {"room": room})
    caio = person_factory("Caio")
    caio.come_in(rooms=True)
    number = ask(host, room=room)["id"]
    vote(bia, number, 1)
    assert bia.hears("reactions_changed", id=number)["counts"] == [0, 1, 0]
    assert code(vote(caio, number, 1)) == "unknown_message"
    assert code(ask(bia, room=room)) == "forbidden"
    caio.say("later")
    bia.hears("add_chat_message", message="later")
    assert [name for name, data in caio.heard if data.get("id") == number] == []
