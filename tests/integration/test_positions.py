"""Catching up by positions, as any client sees it: one cursor for news and changes."""

import uuid

import pytest


def delete(host, number):
    """Let a host delete the message with this id."""
    answer = host.command("delete", str(number))
    assert answer["ok"], answer


def texts(messages):
    """What they say."""
    return [message["message"] for message in messages]


def test_a_message_is_posted_at_its_position(ana):
    """``seq`` is the ``id`` as long as nothing has changed, and the answer's is not behind it."""
    answer = ana.come_in()
    said = ana.say("hello")
    heard = ana.hears("add_chat_message", message="hello")
    assert heard["seq"] == heard["id"] == said["id"] > answer["seq"]
    assert "deleted" not in heard


def test_each_client_is_told_of_a_deletion_in_its_own_way(host, bia):
    """Who knows positions gets the message as it is now, everybody else its id."""
    host.come_in()
    bia.join()
    number = host.say("a slip")["id"]
    delete(host, number)
    changed = host.hears("message_changed", id=number)
    assert (changed["message"], changed["deleted"], changed["seq"] > number) == ("", True, True)
    bia.hears("message_deleted", id=number)
    assert (host.events("message_deleted"), bia.events("message_changed")) == ([], [])


def test_an_edit_reaches_who_is_here_and_who_was_away(ana, bia):
    """Who knows positions at once, everybody else when they come anew."""
    ana.come_in()
    bia.join()
    number = ana.say("a slpi")["id"]
    edit = {"id": number, "message": "a slip", "client_id": str(uuid.uuid4())}
    answer = ana.call("edit_message", edit)
    assert (answer["ok"], answer["seq"] > number) == (True, True)
    assert ana.call("edit_message", edit) == answer
    changed = ana.hears("message_changed", id=number)
    expected = ("a slip", answer["time"], answer["seq"])
    assert (changed["message"], changed["edited"], changed["seq"]) == expected
    assert ana.events("message_changed") == [changed]
    assert bia.call("new_host", {})["messages"] == [changed]
    assert (bia.events("message_changed"), bia.events("message_deleted")) == ([], [])


def test_an_answer_quotes_and_mentions(ana, bia):
    """Everybody gets the same, live and later."""
    me = ana.come_in()["you"]["id"]
    bia.join()
    number = ana.say("who?")["id"]
    said = {"message": "you", "client_id": str(uuid.uuid4()), "mentions": [me, "nobody"]}
    answer = bia.call("new_message", {**said, "reply_to": number})
    heard = ana.hears("add_chat_message", id=answer["id"])
    quoted = {"id": number, "user_id": me, "user": "Ana", "message": "who?"}
    assert (heard["reply_to"], heard["quoted"], heard["mentions"]) == (number, quoted, [me])
    ana.call("delete_message", {"id": number})
    (later,) = bia.call("new_host", {})["messages"]
    assert later == {**heard, "quoted": {**quoted, "message": "", "deleted": True}}
    said = {"message": "hm", "client_id": str(uuid.uuid4()), "reply_to": answer["id"] + 100}
    assert bia.call("new_message", said)["error"]["code"] == "unknown_message"


def test_people_delete_what_they_have_said(ana, bia):
    """And nobody else does, unless they are host."""
    ana.come_in()
    bia.join()
    number = ana.say("a slip")["id"]
    assert bia.call("delete_message", {"id": number})["error"]["code"] == "forbidden"
    answer = ana.call("delete_message", {"id": number})
    assert ana.hears("message_changed", id=number)["seq"] == answer["seq"] > number
    bia.hears("message_deleted", id=number)
    refused = ana.call("delete_message", {"id": number})
    assert refused["error"]["code"] == "unknown_message"


def test_each_client_is_told_of_a_cleared_person_in_its_own_way(host, bia):
    """Who knows positions by one event, everybody else by the messages' ids."""
    host.come_in()
    you = bia.join()["you"]["id"]
    numbers = [bia.say(text)["id"] for text in "ab"]
    answer = host.command("clear", person=you)
    assert answer["ok"]
    cleared = host.hears("user_cleared", user_id=you)
    assert numbers[1] <= cleared["up_to"] < cleared["seq"]
    for number in numbers:
        bia.hears("message_deleted", id=number)
    assert (host.events("message_deleted"), bia.events("user_cleared")) == ([], [])


def test_who_was_away_gets_what_is_new_and_what_has_changed(host, bia):
    """In one answer, each message once and as it is now."""
    host.come_in()
    first, second = host.say("one")["id"], host.say("two")["id"]
    before = bia.come_in()
    bia.socket.disconnect()
    delete(host, first)
    third = host.say("three")["id"]
    bia.socket = bia.new_socket()
    answer = bia.come_in(before["seq"], before["epoch"])
    assert texts(answer["messages"]) == ["three"]
    assert [(one["id"], one["deleted"]) for one in answer["changed"]] == [(first, True)]
    assert answer["complete"]
    assert "anew" not in answer
    assert answer["seq"] == third > second


@pytest.mark.own_server
def test_a_cursor_outlives_a_restart(ana, server):
    """The epoch is another one, and nothing is told twice or anew."""
    ana.come_in()
    ana.say("before")
    ana.socket.disconnect()
    ana.socket = ana.new_socket()
    before = ana.come_in()
    ana.socket.disconnect()
    server.stop()
    server.start()
    ana.socket = ana.new_socket()
    answer = ana.come_in(before["seq"], before["epoch"])
    assert answer["epoch"] != before["epoch"]
    assert (answer["messages"], answer["changed"], answer["complete"]) == ([], [], True)
    assert "anew" not in answer


@pytest.mark.parametrize("cursor", [(1, "of another server"), (2**40, None)])
def test_a_cursor_of_another_history_is_answered_anew(ana, cursor):
    """Whatever it has seen there: what is here comes as to a newcomer."""
    epoch = ana.come_in()["epoch"]
    ana.say("here")
    ana.socket.disconnect()
    ana.socket = ana.new_socket()
    answer = ana.come_in(cursor[0], cursor[1] or epoch)
    assert answer["anew"] is True
    assert texts(answer["messages"]) == ["here"]


@pytest.mark.own_server
@pytest.mark.server_options("--no-history")
def test_without_history_pages_keep_their_talk(server, ana, person_factory):
    """What was said before the restart is known to the pages alone: nothing is anew."""
    ana.come_in()
    ana.say("before")
    before = ana.hears("add_chat_message", message="before")
    epoch = ana.call("new_host", {"last_seq": 0})["epoch"]
    server.kill()
    server.start()
    bia = person_factory("Bia")
    answer = bia.come_in(before["seq"], epoch)
    assert "anew" not in answer
    assert answer["complete"] is False
