"""Reading what was said before one came, as any client does it."""

import uuid

import pytest


def read(person, **asked):
    """What a stretch says, and whether there is nothing more in that direction."""
    answer = person.call("history", asked)
    assert answer["ok"], answer
    return [message["message"] for message in answer["messages"]], answer["complete"]


@pytest.mark.server_options("--grace", "0.5", "--history", "2", "--rate", "0")
def test_one_can_go_back_to_the_first_message_and_to_the_end_again(ana, bia):
    """However little of it a newcomer gets."""
    ana.join()
    ids = [ana.say(str(number))["id"] for number in range(8)]
    answer = bia.join()
    assert [message["message"] for message in answer["messages"]] == ["6", "7"]
    assert read(bia, before=ids[6], limit=4) == (["2", "3", "4", "5"], False)
    assert read(bia, before=ids[2], limit=4) == (["0", "1"], True)
    assert read(bia, after=ids[1], limit=3) == (["2", "3", "4"], False)
    assert read(bia, room="lobby", limit=2) == (["6", "7"], False)
    around = bia.call("history", {"around": ids[1], "limit": 6})
    assert [message["id"] for message in around["messages"]] == ids[:4]
    assert (around["complete_before"], around["complete_after"]) == (True, False)
    assert not around["complete"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"before": 1, "after": 1}, "invalid"),
        ({"limit": 0}, "invalid"),
        ({"limit": 201}, "invalid"),
        ({"before": "1"}, "invalid"),
        ({"around": 2**53}, "unknown_message"),
        ({"room": "elsewhere"}, "unknown_room"),
    ],
)
def test_what_cannot_be_read_is_refused(ana, asked, code):
    """With a code that says why."""
    ana.join()
    assert ana.call("history", asked)["error"]["code"] == code


def test_who_has_not_come_in_reads_nothing(ana):
    """A connection alone is not enough."""
    ana.connect()
    assert ana.call("history", {})["error"]["code"] == "not_joined"


@pytest.mark.server_options("--grace", "0.5", "--rate", "1000")
def test_reading_costs_as_much_as_catching_up(ana, until):
    """From the same account; whoever goes on reading is told when."""
    ana.join()
    stored: list[object] = []
    for _ in range(200):
        payload = {"message": "x" * 3_000, "client_id": str(uuid.uuid4())}
        ana.socket.emit("new_message", payload, callback=stored.append)
    until(lambda: len(stored) == 200, "200 messages")
    assert ana.call("history", {"limit": 200})["ok"]
    # How many it takes depends on the machine: the account fills again meanwhile.
    refused = until(lambda: ana.call("history", {"limit": 200}).get("error"), "a refusal")
    assert refused["code"] == "too_fast"
    assert refused["retry_after"] > 0
