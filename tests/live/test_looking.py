"""People look at their connections, whatever way these go."""

import pytest

from tests.world.look import Look


@pytest.fixture
def server(either_server):
    """The fast path, the stock one, and TLS."""
    return either_server


def test_connections_are_seen_whatever_way_they_go(ana, bia, raw_client):
    """One that was there before and one that comes, both ways; and they go on afterwards."""
    before, other = raw_client(ana), raw_client(bia)
    before.join()
    other.join()
    look = Look(ana)
    after = raw_client(ana)
    after.join()
    assert before.say("by the first")["ok"]
    assert after.say("by the second")["ok"]
    other.say("by another one")
    for text in ("by the first", "by the second"):
        said = look.sees_event("new_message", said=text)
        got = [look.sees_event("add_chat_message", "server", n, said=text) for n in (1, 2)]
        assert said["connection"] == (1 if text == "by the first" else 2)
        assert all(each["send"]["frames"] >= 1 for each in got)
    look.sees_event("add_chat_message", "server", 2, said="by another one")
    assert look.sees("handshake", connection=2)["as_sent"]
    opened = [look.sees("connection", connection=n) for n in (1, 2)]
    assert [each["opening"] for each in opened] == [False, True]
    assert {each["encrypted"] for each in opened} == {ana.encrypted}
    look.close()
    assert before.say("and on")["ok"]
    assert after.messages(until="and on")[-1] == "and on"
