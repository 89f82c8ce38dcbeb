"""Groups as clients have them: on sharing out each is shown their place, and hosts come to them."""

import pytest

from tests.world.person import code


@pytest.fixture
def shared(host, bia, davi):
    """Bia and Davi are in groups of their own, whose ids it is; Ana is host."""
    for person in (host, bia, davi):
        person.come_in(rooms=True)
    assert host.command("groups", "Bia | Davi")["ok"]
    one = bia.hears("room_opened", kind="group", member=True)["id"]
    two = davi.hears("room_opened", kind="group", member=True)["id"]
    yield one, two
    host.command("groups", "end")


def test_groups_from_their_beginning_to_their_end(shared, host, bia, davi, person_factory):
    """Each is told of their own alone, and reads it on."""
    one, two = shared
    told = bia.hears("room_opened", id=one)
    assert (told["name"], told["members"], told["people"][0]["user"]) == ("1", 1, "Bia")
    assert [event["id"] for event in bia.events("room_opened")] == [one]
    for room in shared:
        host.hears("room_opened", id=room, member=False)
    said = bia.say("in one", room=one)
    assert code(davi.say("in one, too", room=one)) == "unknown_room"
    eva = person_factory("Eva")
    place = eva.come_in(rooms=True)["rooms"][1]
    assert (place["id"], place["kind"], place["members"]) == (one, "group", 2)
    bia.hears("member_joined", room=one, user="Eva")
    assert host.command("group", "Eva 2")["ok"]
    eva.hears("member_left", room=one, user="Eva")
    assert eva.hears("room_opened", id=two)["member"]
    davi.hears("member_joined", room=two, user="Eva")
    assert host.command("groups", "end")["ok"]
    for person, room in ((bia, one), (davi, two), (eva, two), (host, one)):
        assert person.hears("room_closed", id=room)["closed"]
    assert bia.call("enter_room", {"room": one})["messages"][0]["id"] == said["id"]
    assert code(bia.say("too late", room=one)) == "room_closed"
    assert "in one" not in davi.messages() + eva.messages() + host.messages()
    assert host.command("groups", "end")["error"]["message"] == "There are no groups just now."


def test_a_host_is_called_and_comes(shared, host, bia, davi):
    """From a group at most once a minute, by whomever of those in it."""
    one, _ = shared
    assert bia.call("call_host", {"room": one}) == {"ok": True, "hosts": 1}
    called = host.hears("host_called", room=one)
    assert (called["name"], called["user"]) == ("1", "Bia")
    bia.hears("host_called", room=one)
    again = bia.call("call_host", {"room": one})["error"]
    assert (again["code"], 0 < again["retry_after"] <= 60) == ("too_fast", True)
    assert code(davi.call("call_host", {"room": one})) == "unknown_room"
    assert code(davi.call("call_host", {"room": "lobby"})) == "invalid"
    assert host.call("enter_room", {"room": called["room"]})["ok"]
    bia.hears("member_joined", room=one, user="Ana")
    assert davi.events("host_called") == []


def test_an_announcement_reaches_who_is_in_a_group(shared, host, bia, davi):
    """And a client that knows neither rooms nor positions, as a message."""
    davi.join()
    assert host.command("announce", "Five minutes left")["ok"]
    heard = davi.hears("add_chat_message", message="Five minutes left")
    announced = bia.hears("announced", id=heard["id"])
    assert heard["room"] == "lobby"
    changed = bia.hears("message_changed", id=heard["id"])
    assert (changed["pinned"], changed["seq"]) == (True, announced["seq"])
    names = [name for name, _ in bia.heard]
    assert names.index("add_chat_message") < names.index("message_changed")
    assert names.index("message_changed") < names.index("announced")
    assert davi.events("announced") == []
    (pin,) = bia.come_in(rooms=True)["pins"]
    assert (pin["message"], pin["announced"]) == ("Five minutes left", True)
