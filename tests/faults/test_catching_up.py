"""Connections break while others talk: nothing is missing, nothing comes twice."""

import threading

import pytest

# One person talks as fast as the tests want.
pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


def say_all(person, count):
    """Let the person say so many lines; returns the ids that the server gave them."""
    return [person.say(f"line {number}")["id"] for number in range(count)]


def test_five_hundred_messages_later(ana, bia, raw_client):
    """Whoever was cut off is served all that was said meanwhile, in order, and is told so."""
    bia.join()
    first = bia.say("before")["id"]
    connection = raw_client(ana)
    connection.join()
    connection.socket.shutdown()
    said = say_all(bia, 500)
    welcome = raw_client(ana).join(last_id=first)
    assert [message["id"] for message in welcome["messages"]] == said
    assert welcome["complete"] is True


def test_more_than_is_served(ana, bia, raw_client):
    """The newest ones come, in order, and the answer says that older ones are left out."""
    bia.join()
    first = bia.say("before")["id"]
    said = say_all(bia, 1_100)
    welcome = raw_client(ana).join(last_id=first)
    assert [message["id"] for message in welcome["messages"]] == said[-1_000:]
    assert welcome["complete"] is False


@pytest.mark.own_server  # it counts messages from the first one on
def test_cut_off_again_and_again_while_others_talk(ana, bia, raw_client):
    """Between what is served on arrival and what comes live there is no gap."""
    bia.join()
    stop, said = threading.Event(), []

    def talk():
        while not stop.is_set():
            said.append(bia.say("and so on")["id"])

    talker = threading.Thread(target=talk)
    talker.start()
    heard: set[int] = set()
    for _ in range(20):
        connection = raw_client(ana)
        served = connection.join(last_id=max(heard, default=0))["messages"]
        heard |= {message["id"] for message in served}
        heard |= {connection.next_message()["id"] for _ in range(5)}
        connection.socket.shutdown()
    stop.set()
    talker.join()
    assert heard == set(range(1, max(heard) + 1))
    assert heard <= set(said)


@pytest.mark.own_server
@pytest.mark.server_options("--grace", "5", "--retention-messages", "1")
@pytest.mark.parametrize("restart", [False, True], ids=["the same life", "after a restart"])
def test_what_retention_deleted_does_not_come_back(server, ana, bia, until, restart):
    """It was deleted before its author could know that it was stored."""
    client_id = "11111111-2222-3333-4444-555555555555"
    ana.join()
    first = ana.say("once", client_id)
    bia.join()
    assert bia.say("newer")["ok"]
    until(lambda: [message["message"] for message in ana.join()["messages"]] == ["newer"])
    if restart:
        server.stop()
        server.start()
        ana.socket, bia.socket = ana.new_socket(), bia.new_socket()
        ana.join()
    again = ana.say("once", client_id)
    assert (again["ok"], again["id"], again["time"]) == (True, first["id"], first["time"])
    assert [message["message"] for message in bia.join()["messages"]] == ["newer"]


@pytest.mark.own_server
@pytest.mark.parametrize("restart", [False, True], ids=["the same life", "after a restart"])
def test_a_retry_is_one_message(server, ana, bia, raw_client, restart):
    """From two tabs, and across the server's lives: one message, the same id, said once."""
    client_id = "11111111-2222-3333-4444-555555555555"
    ana.join()
    first = ana.say("once", client_id)
    if restart:
        server.kill()
        server.start()
    tab = raw_client(ana)
    tab.join()
    again = tab.call("new_message", {"message": "once", "client_id": client_id})
    assert (again["ok"], again["id"], again["time"]) == (True, first["id"], first["time"])
    assert [message["message"] for message in bia.join()["messages"]] == ["once"]
