"""Rooms as clients have them: who takes them hears of theirs, and all others go on as before."""

import uuid

import pytest

from tests.world.person import code
from tests.world.pictures import screenshot


def open_room(person):
    """Open a room that nobody has opened before."""
    return person.call("open_room", {"name": f"Robots {uuid.uuid4().hex[:8]}"})


@pytest.mark.own_server
def test_as_long_as_there_is_one_room_nothing_is_new(ana, bia):
    """But for a line about it: the rest is what everybody gets."""
    said = ana.join() and ana.say("hello")
    answer = bia.come_in(rooms=True)
    (main,) = answer.pop("rooms")
    assert answer.pop("open") == []
    old = bia.call("new_host", {"last_seq": 0, "epoch": ""})
    assert {**answer, "invite": 0} == {**old, "invite": 0}
    assert main == {
        "id": "lobby",
        "name": "",
        "kind": "main",
        "members": 2,
        "closed": False,
        "topic": "",
        "locked": False,
        "readonly": False,
        "slow": 0,
        "unread": 0,
        "mentions": 0,
        "last_id": said["id"],
        "complete": True,
        "cleared": main["cleared"],
        "retired": 0,
    }


def test_a_room_from_its_opening_to_its_end(host, bia, davi):
    """Who is in it hears what happens there; who is not learns that it is there."""
    for person in (host, bia, davi):
        person.come_in(rooms=True)
    opened = open_room(host)
    room = opened["room"]["id"]
    assert (opened["room"]["kind"], opened["members"][0]["user"]) == ("open", "Ana")
    told = bia.hears("room_opened", id=room)
    assert (told["name"], told["members"]) == (opened["room"]["name"], 1)
    assert not told["member"]
    host.hears("room_opened", id=room, member=True)
    said = host.say("one", room=room)
    entered = bia.call("enter_room", {"room": room})
    assert [message["id"] for message in entered["messages"]] == [said["id"]]
    assert (entered["complete"], len(entered["members"])) == (True, 2)
    host.hears("member_joined", room=room, user="Bia")
    assert bia.say("two", room=room)["ok"]
    heard = host.hears("add_chat_message", message="two")
    assert heard["room"] == room
    assert code(davi.say("three", room=room)) == "not_a_member"
    assert code(davi.call("history", {"room": room})) == "unknown_room"
    assert code(davi.call("search", {"text": "two", "room": room})) == "unknown_room"
    react = {"id": said["id"], "emoji": "👍"}
    assert code(davi.call("react", react)) == "unknown_message"
    assert bia.call("react", react) == {"ok": True}
    assert bia.call("leave_room", {"room": room}) == {"ok": True}
    host.hears("member_left", room=room, user="Bia")
    assert davi.events("add_chat_message") == davi.events("member_joined") == []
    assert davi.events("reactions_changed") == []


def test_a_client_that_knows_nothing_of_rooms_stays_in_the_main_one(host, bia):
    """Also where its person is in another one, by another tab."""
    host.come_in(rooms=True)
    room = open_room(host)["room"]["id"]
    bia.come_in(rooms=True)
    bia.call("enter_room", {"room": room})
    old = bia.new_socket()
    heard = []
    old.on("*", lambda event, data: heard.append((event, data)))
    old.connect(bia.url, transports=["websocket"])
    answer = old.call("new_host", {})
    assert "rooms" not in answer
    host.say("in the room", room=room)
    bia.hears("room_opened", id=open_room(host)["room"]["id"])
    bia.hears("add_chat_message", room=room)
    wait = old.call("new_message", {"message": "me, too", "client_id": str(uuid.uuid4())})
    assert wait["ok"]
    assert host.hears("add_chat_message", message="me, too")["room"] == "lobby"
    told = {event for event, _ in heard}
    assert not told & {"room_opened", "member_joined", "room_changed", "read"}
    assert {data["room"] for event, data in heard if event == "add_chat_message"} == {"lobby"}
    assert old.call("search", {"text": "room"})["messages"] == []
    assert code(old.call("history", {"room": room})) == "unknown_room"


@pytest.mark.server_options("--rooms", "all", "--private", "all")
def test_where_all_may_guests_open_rooms_and_talk_in_private(bia, davi):
    """And their pages are told that they may."""
    answer, other = bia.come_in(rooms=True), davi.come_in(rooms=True)
    assert (answer["room"]["rooms"], answer["room"]["private"]) == ("all", "all")
    opened = open_room(bia)["room"]
    assert opened["opener"] == answer["you"]["id"]
    direct = bia.call("open_direct", {"person": other["you"]["id"]})["room"]
    assert (direct["kind"], "opener" in direct) == ("direct", False)


def test_a_word_in_private(host, bia, davi):
    """Two people hear it, with whom they speak; the others learn nothing of it."""
    you = {person.name: person.come_in(rooms=True)["you"]["id"] for person in (host, bia, davi)}
    answer = bia.call("open_direct", {"person": you["Ana"]})
    room = answer["room"]["id"]
    assert answer["room"]["person"] == {"id": you["Ana"], "user": "Ana"}
    told = host.hears("room_opened", id=room)
    assert (told["kind"], told["person"]["user"], told["member"]) == ("direct", "Bia", True)
    number = bia.say("a word", room=room)["id"]
    assert host.hears("add_chat_message", id=number)["room"] == room
    assert code(bia.call("open_direct", {"person": you["Davi"]})) == "forbidden"
    rules = bia.come_in(rooms=True)["room"]
    assert (rules["rooms"], rules["private"]) == ("hosts", "hosts")
    for event, payload in (
        ("enter_room", {"room": room}),
        ("history", {"room": room}),
        ("typing", {"room": room}),
        ("mark_read", {"room": room, "id": number}),
        ("leave_room", {"room": room}),
    ):
        assert code(davi.call(event, payload)) == "unknown_room"
    assert code(davi.call("delete_message", {"id": number})) == "unknown_message"
    assert {event for event, _ in davi.heard} <= {"host_join_room", "person_changed"}


def test_files_of_a_room_are_for_who_is_in_it(host, bia, davi):
    """Whoever leaves has them no more."""
    for person in (host, bia, davi):
        person.come_in(rooms=True)
    room = open_room(host)["room"]["id"]
    bia.call("enter_room", {"room": room})
    host.send_file("plan.png", screenshot(40, 30), room=room)
    file = bia.hears("add_chat_message", room=room)["files"][0]
    address = f"/files/{file['id']}/plan.png"
    assert [person.get(address).status_code for person in (host, bia, davi)] == [200, 200, 404]
    bia.call("leave_room", {"room": room})
    assert bia.get(address).status_code == 404


def test_who_was_away_gets_what_was_said_in_their_rooms(host, bia):
    """In one answer, with how much of it they have not read."""
    host.come_in(rooms=True)
    room = open_room(host)["room"]["id"]
    bia.come_in(rooms=True)
    bia.call("enter_room", {"room": room})
    before = bia.come_in(rooms=True)
    bia.socket.disconnect()
    for text, where in (("a", "lobby"), ("b", room), ("c", "lobby"), ("d", room)):
        last = host.say(text, room=where)
    answer = bia.come_in(before["seq"], before["epoch"], rooms=True)
    assert [message["message"] for message in answer["messages"]] == list("abcd")
    unread = {one["id"]: one["unread"] for one in answer["rooms"]}
    assert unread == {"lobby": 2, room: 2}
    assert answer["rooms"][1]["last_id"] == last["id"]
    read = bia.call("mark_read", {"room": room, "id": last["id"]})
    assert read == {"ok": True, "room": room, "id": last["id"], "unread": 0, "mentions": 0}
    bia.hears("read", room=room, unread=0)
    again = bia.come_in(rooms=True)["rooms"]
    assert {one["id"]: one["unread"] for one in again} == {"lobby": 2, room: 0}


def test_a_command_counts_for_its_room(host, bia, davi, server, until):
    """Who is there learns what holds from now on; elsewhere nothing has changed."""
    for person in (host, bia, davi):
        person.come_in(rooms=True)
    answer = host.command("room", "Robots")
    room = answer["room"]
    assert bia.command("room", "robots") == {**answer, "message": "You are in the room Robots."}
    assert host.command("slow", "30s", room=room)["ok"]
    assert bia.hears("room_changed", id=room)["slow"] == 30
    assert bia.say("one", room=room)["ok"]
    assert code(bia.say("two", room=room)) == "slow_mode"
    assert bia.say("hello", room="lobby")["ok"]
    assert code(bia.command("close", room=room)) == "forbidden"
    assert code(host.command("topic", "X", room="none")) == "unknown_room"
    assert host.command("clear", room=room)["ok"]
    assert bia.hears("history_cleared")["room"] == room
    assert davi.command("rooms")["message"] == "Rooms:\nRobots (2)"
    assert host.command("close", room=room)["ok"]
    assert davi.hears("room_closed", id=room)["closed"]
    by_ana = [one for one in until(lambda: closed(server)) if one.get("by") == "Ana"]
    assert [(one["event"], one["room"]) for one in by_ana] == [
        ("room_opened", "Robots"),
        ("slow", "Robots"),
        ("clear", "Robots"),
        ("room_closed", "Robots"),
    ]


def test_a_command_opens_no_more_rooms_than_an_event(bia):
    """Whoever asks again and again has to wait, whatever came of it."""
    bia.come_in(rooms=True)
    codes = [code(bia.command("room", "Chess")) for _ in range(31)]
    assert codes == ["forbidden"] * 30 + ["too_fast"]


def closed(server):
    """What is in the log, once a room was closed."""
    records = server.records()
    return records if any(one["event"] == "room_closed" for one in records) else []


def test_a_deleted_room_is_on_no_disk(host, bia, server, until):
    """Nor shown to anybody, in a moment, with its files."""
    for person in (host, bia):
        person.come_in(rooms=True)
    room = open_room(host)["room"]
    bia.call("enter_room", {"room": room["id"]})
    secret = f"secret {uuid.uuid4().hex}"
    assert bia.say(secret, room=room["id"])["ok"]
    host.send_file("plan.png", screenshot(40, 30), room=room["id"])
    file = bia.hears("add_chat_message", room=room["id"], user="Ana")["files"][0]
    assert where(server, secret) != []
    assert host.command("erase", room=room["id"])["ok"]
    assert bia.hears("room_deleted", id=room["id"]) == {"id": room["id"]}
    assert bia.get(f"/files/{file['id']}/plan.png").status_code == 404
    assert [one["id"] for one in bia.come_in(rooms=True)["rooms"]] == ["lobby"]
    assert code(bia.call("enter_room", {"room": room["id"]})) == "unknown_room"
    until(lambda: where(server, secret) == where(server, room["id"]) == [])


def where(server, text):
    """In which of the server's files the text is."""
    files = [file for file in server.data_dir.rglob("*") if file.is_file()]
    return [file.name for file in files if text.encode() in file.read_bytes()]


@pytest.mark.own_server
def test_a_restart_keeps_rooms(host, bia, server):
    """And who is in them."""
    host.come_in(rooms=True)
    room = open_room(host)["room"]["id"]
    before = bia.come_in(rooms=True)
    bia.call("enter_room", {"room": room})
    host.say("one", room=room)
    server.stop()
    server.start()
    answer = bia.come_in(before["seq"], before["epoch"], rooms=True)
    (_, found) = answer["rooms"]
    assert (found["id"], found["anew"], found["members"]) == (room, True, 2)
    assert [message["message"] for message in answer["messages"]] == ["one"]
