"""People react to messages and hosts pin them, as any client sees it."""

import pytest


def again(person, answer):
    """Come back after a break, with what one knew then."""
    person.socket.disconnect()
    person.socket = person.new_socket()
    return person.come_in(answer["seq"], answer["epoch"])


def react(person, number, emoji="👍", **fields):
    """React, or take it back; returns the answer."""
    return person.call("react", {"id": number, "emoji": emoji, **fields})


def like(*people):
    """What a message has that these people like."""
    users = [{"id": answer["you"]["id"], "user": answer["you"]["name"]} for answer in people]
    return {"👍": {"count": len(users), "users": users}}


def test_a_reaction_reaches_everybody_who_knows_positions(ana, bia, person_factory):
    """Its position is a new one; older clients are told nothing."""
    me = ana.come_in()
    bia.come_in()
    carla = person_factory("Carla")
    carla.join()
    number = ana.say("hello")["id"]
    assert react(ana, number) == {"ok": True}
    heard = bia.hears("reactions_changed", id=number)
    assert heard == {"id": number, "seq": heard["seq"], "reactions": like(me)}
    assert heard["seq"] > number
    ana.say("later")
    carla.hears("add_chat_message", message="later")
    assert (carla.events("reactions_changed"), carla.events("mine")) == ([], [])


def test_the_last_one_is_told_as_well(ana, bia):
    """Though it comes too soon after the first one to be told at once."""
    me, you = ana.come_in(), bia.come_in()
    number = ana.say("hello")["id"]
    react(ana, number)
    react(bia, number)
    bia.hears("reactions_changed", id=number, reactions=like(me, you))
    react(ana, number, on=False)
    react(bia, number, on=False)
    bia.hears("reactions_changed", id=number, reactions={})


def test_ones_own_reactions_stand_beside_the_messages(ana, bia, until):
    """In one's own answers, and at once on one's other connections; not in anybody else's."""
    before = ana.come_in()
    tab = ana.new_socket()
    tab.connect(ana.server.url, transports=["websocket"])
    own = bia.come_in()
    number = ana.say("hello")["id"]
    react(ana, number)
    assert ana.hears("mine") == {str(number): {"reactions": ["👍"]}}
    until(lambda: len(ana.events("mine")) == 2)  # this connection and the other one
    assert again(ana, before)["mine"] == {str(number): {"reactions": ["👍"]}}
    (message,) = again(bia, own)["messages"]
    assert (message["reactions"], bia.events("mine")) == (like(before), [])
    assert bia.come_in()["mine"] == {}


def test_who_was_away_learns_what_was_reacted(ana, bia):
    """The message comes once more, as it is now."""
    ana.come_in()
    number = ana.say("hello")["id"]
    before = bia.come_in()
    bia.socket.disconnect()
    ana.say("meanwhile")
    react(ana, number)
    react(ana, number, "❤")
    ana.hears("reactions_changed", id=number)
    after = again(bia, before)
    (changed,) = after["changed"]
    assert (changed["id"], changed["reactions"]["👍"]["count"]) == (number, 1)


@pytest.mark.own_server
def test_a_kill_loses_no_reaction(ana, server):
    """Whatever was acknowledged is told, at the latest by the next start."""
    before = ana.come_in()
    number = ana.say("hello")["id"]
    me, kinds = like(before)["👍"], "👍❤️🎉😂"
    for emoji in ("👍", "❤️", "🎉", "😂"):
        assert react(ana, number, emoji)["ok"]
    server.kill()
    server.start()
    after = again(ana, before)
    (message,) = after["messages"]
    assert "".join(message["reactions"]) == kinds
    assert set(map(str, message["reactions"].values())) == {str(me)}
    assert after["mine"] == {str(number): {"reactions": ["👍", "❤️", "🎉", "😂"]}}
    assert message["seq"] <= after["seq"]


REFUSED = [
    ({"id": 1, "emoji": "👍"}, "unknown_message"),
    ({"id": 2**53, "emoji": "👍", "on": False}, "unknown_message"),
    ({"id": 1, "emoji": "👍👍"}, "invalid"),
    ({"id": 1, "emoji": "👍" * 50}, "invalid"),
    ({"id": 1, "emoji": "like"}, "invalid"),
    ({"id": 1, "emoji": "\ud83d"}, "invalid"),
    ({"id": 1, "emoji": 1}, "invalid"),
    ({"id": 1}, "invalid"),
    ({"id": -1, "emoji": "👍"}, "invalid"),
    ({"id": "1", "emoji": "👍"}, "invalid"),
    ({"id": 1, "emoji": "👍", "on": 1}, "invalid"),
]


def test_what_is_no_reaction_is_refused(ana):
    """With a reason; the connection goes on."""
    ana.come_in()
    answers = [ana.call("react", payload)["error"]["code"] for payload, _ in REFUSED]
    assert answers == [code for _, code in REFUSED]


def test_pins_are_there_for_who_comes(host, bia, until):
    """Also where the message itself is older than all that they get."""
    host.come_in()
    numbers = [host.say(text)["id"] for text in "ab"]
    before = bia.come_in()
    for number in numbers:
        command = {"name": "pin", "text": str(number)}
        assert host.call("host_command", command)["ok"]
        assert bia.hears("message_changed", id=number)["pinned"] is True
    pins = again(bia, before)["pins"]
    assert [(pin["id"], pin["pinned"]) for pin in pins] == [(n, True) for n in numbers]
    assert host.command("unpin")["ok"]
    until(lambda: "pinned" not in bia.events("message_changed")[-1])
    assert [pin["id"] for pin in bia.come_in()["pins"]] == numbers[:1]
