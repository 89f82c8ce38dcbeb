"""`lanchat join` in a terminal: what one sees, types and has completed."""

import pytest

from tests.world.deadline import DEADLINE, wait_for

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


def said(person):
    """What somebody was told of messages: by whom, and what."""
    return [data for event, data in person.heard if event == "add_chat_message"]


def test_somebody_talks_from_a_narrow_terminal(server, seat, ana):
    """They read what was said, answer, react, see what becomes of it, and who is writing."""
    ana.connect()
    you = ana.call("new_host", {"last_seq": 0, "rooms": True})["you"]
    first = ana.say("Is anybody there, on the other side of this long line?")["id"]
    bia = seat(40, server.url, "--name", "Bia")
    bia.sees(f"#{first} Ana: Is anybody there, on the other side of this long line?")
    bia.sees("2 here")
    ana.call("typing", {"room": "lobby"})
    bia.sees("Ana …")
    bia.type(f"/reply {first} Yes @A\t!\r")
    wait_for(lambda: len(said(ana)) == 2, "the answer")
    answer = said(ana)[-1]
    assert (answer["user"], answer["message"]) == ("Bia", "Yes @Ana !")
    assert (answer["reply_to"], answer["mentions"]) == (first, [you["id"]])
    bia.type(f"/react {first} 👍\r")
    wait_for(lambda: [d for e, d in ana.heard if e == "reactions_changed"], "the reaction")
    bia.sees(f"#{first} 👍 1")
    ana.say("\x1b]0;evil\x07\x1b[2J\u202egone")
    bia.sees("\\x1b]0;evil\\x07\\x1b[2J\\u202egone")
    assert b"\x1b]0;evil" not in bia.raw
    assert "\u202e".encode() not in bia.raw
    ana.call("delete_message", {"id": first})
    bia.sees(f"✗ #{first} of Ana was deleted")
    bia.type("/quit\r")
    assert bia.process.wait(DEADLINE) == 0
    wait_for(lambda: "host_leave_room" in [event for event, _ in ana.heard], "the end")
