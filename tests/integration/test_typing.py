"""Who is typing, as others see it."""

import pytest

FAST = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


def type_(person, **asked):
    """Say that one is typing; returns the answer."""
    return person.call("typing", asked)


@FAST
def test_the_others_in_the_room_see_it(ana, bia):
    """And nobody else: not oneself in another tab, not who has not come in."""
    ana.come_in()
    tab = ana.new_socket()
    tab.connect(ana.url, transports=["websocket"])
    tab.call("new_host", {"last_seq": 0})
    bia.come_in()
    assert type_(ana, room="lobby") == {"ok": True}
    seen = bia.hears("typing", room="lobby", user="Ana")
    assert sorted(seen) == ["room", "user", "user_id"]
    bia.say("what is it?")
    ana.hears("add_chat_message", message="what is it?")
    assert ana.events("typing") == []


@FAST
def test_a_client_that_knows_no_positions_is_not_told(ana, bia, person_factory):
    """Nor one that polls and has not taken what was said before."""
    ana.come_in()
    bia.join()
    eva = person_factory("Eva")
    eva.connect(["polling"])
    eva.call("new_host", {"last_seq": 0})
    type_(ana)
    eva.hears("typing", user="Ana")
    ana.say("it is this")
    bia.hears("add_chat_message", message="it is this")
    assert bia.events("typing") == []


def test_it_is_told_every_few_seconds_at_most(ana, bia):
    """However often a client says so; it is no refusal."""
    ana.come_in()
    bia.come_in()
    assert [type_(ana)["ok"] for _ in range(10)] == [True] * 10
    ana.say("it is this")
    bia.hears("add_chat_message", message="it is this")
    assert len(bia.events("typing")) == 1


@FAST
def test_who_may_not_write_types_nothing(ana, bia):
    """Nor does one type in a room that one is not in."""
    ana.come_in()
    bia.become_host()
    bia.come_in()
    assert type_(ana, room="elsewhere")["error"]["code"] == "unknown_room"
    assert bia.command("readonly", "on")["ok"]
    assert type_(ana)["error"]["code"] == "read_only"
    assert type_(bia) == {"ok": True}
    ana.hears("typing", user="Bia")
    assert bia.events("typing") == []
