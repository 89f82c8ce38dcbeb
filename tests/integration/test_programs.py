"""Programs speak over HTTP, and read: with a token, and by the rules that hold for people."""

import random
import threading
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from lanchat.web.streams import OF_A_PROGRAM
from lanchat.web.tokens import WRONG
from tests.world.deadline import DEADLINE, wait_for
from tests.world.program import Program

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


@pytest.fixture
def build(server):
    """A program of the main room that may do both."""
    return Program(server)


def heard(person):
    """The messages that somebody was told of as they were posted."""
    return [data for event, data in person.heard if event == "add_chat_message"]


def refused(answer):
    """With which status and code something is refused."""
    return answer.status_code, answer.json()["error"]["code"]


def texts(found):
    """What messages say."""
    return [message["message"] for message in found["messages"]]


# Saying something.


def test_people_hear_what_a_program_says(build, ana):
    """At once, and marked; what is plain text is the message, as curl sends it."""
    ana.join()
    answer = build.http.post(build.address, data=b"Build 7 is done\n")
    assert answer.status_code == 201
    (message,) = wait_for(lambda: heard(ana), "the message")
    assert (message["message"], message["user"], message["bot"]) == (
        *("Build 7 is done", "build"),
        True,
    )
    said = answer.json()
    assert {name: message[name] for name in ("id", "seq", "time", "room", "client_id")} == said
    assert ana.call("new_host", {"last_id": 0})["hosts"] == ana.join()["hosts"]
    assert [each["user"] for each in ana.join()["messages"]] == ["build"]


def test_what_is_sent_twice_is_said_once(build, ana):
    """By a key in a header or in the body, whatever it looks like."""
    ana.join()
    once = build.say("done", client_id="build 7")
    assert build.say("done", client_id="build 7").json() == once.json()
    key = {"Idempotency-Key": "build 8"}
    twice = [build.http.post(build.address, data=b"done", headers=key) for _ in range(2)]
    assert twice[0].json() == twice[1].json()
    assert texts(build.read()) == ["done", "done"]


def test_a_program_answers_somebody(build, ana):
    """As people do."""
    ana.join()
    asked = ana.say("Is it done?")["id"]
    build.say("Yes", reply_to=asked)
    found = build.read()["messages"]
    assert found[-1]["quoted"]["message"] == "Is it done?"
    assert refused(build.say("Yes", reply_to=10**9)) == (404, "unknown_message")


def test_what_cannot_be_said_is_refused(build):
    """With a status and a code, and nothing is said."""
    json = {"Content-Type": "application/json"}
    for body, headers, *why in (
        (b"", {}, 400, "invalid"),
        (b"\xff", {}, 400, "invalid"),
        (b"{", json, 400, "invalid"),
        (b'{"message": 1}', json, 400, "invalid"),
        (b'{"message": "a", "room": "x"}', json, 404, "unknown_room"),
        (b"[" * 60_000, json, 400, "invalid"),
        (b"9" * 5_000, json, 400, "invalid"),
        (b'{"message": "a", "reply_to": ' + b"9" * 5_000 + b"}", json, 400, "invalid"),
        (b"x" * 4_001, {}, 413, "too_long"),
        (b"x" * 100_000, {}, 413, "too_long"),
    ):
        answer = build.http.post(build.address, data=body, headers=headers)
        assert refused(answer) == tuple(why), body[:40]
    long_key = {"Idempotency-Key": "k" * 201}
    assert refused(build.http.post(build.address, data=b"a", headers=long_key)) == (400, "invalid")
    assert build.read()["messages"] == []
    assert refused(build.http.put(build.address, data=b"a")) == (405, "invalid")
    assert refused(build.http.get(f"{build.address}/1")) == (404, "invalid")


def test_the_longest_message_is_said_however_it_is_written(build):
    """Every character as two escapes of JSON, twelve bytes."""
    assert build.say("🦊" * 4_000).status_code == 201
    assert texts(build.read()) == ["🦊" * 4_000]


@pytest.mark.long
@pytest.mark.own_server
def test_what_was_sent_when_the_server_was_killed_is_said_once(server, build):
    """Whether it had been stored or not: sent again with its key it is there, once."""
    for number in range(20):
        sending = threading.Thread(target=_try, args=[build, f"{number}"])
        sending.start()
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 (any moment will do)
        server.kill()
        sending.join(DEADLINE)
        server.start()
        build.address = f"{server.url}/api/messages"
        assert build.say(f"{number}", client_id=f"{number}").status_code == 201
    assert texts(build.read()) == [f"{number}" for number in range(20)]


def _try(program, text):
    with suppress(requests.RequestException):
        program.say(text, client_id=text)


# Who may.


def test_without_its_token_nobody_is_let_in(server, build, ana):
    """Neither with a wrong one nor by somebody's cookie, which counts nothing beside it either."""
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {build.token}"}):
        for method in ("get", "post"):
            answer = ana.http.request(method, build.address, data=b"hello", headers=headers)
            assert refused(answer) == (401, "unauthorized")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    bearer = {"Authorization": f"Bearer {build.token}"}
    assert ana.http.post(build.address, data=b"hello", headers=bearer).status_code == 201
    assert [each["user"] for each in build.read()["messages"]] == ["build"]
    assert build.token not in server.log() + server.output()


def test_a_token_in_an_address_is_not_looked_at(build):
    """Addresses are kept by proxies and in histories."""
    for name in ("token", "access_token"):
        answer = requests.get(build.address, params={name: build.token}, timeout=DEADLINE)
        assert refused(answer) == (400, "invalid")
        assert "Authorization" in answer.json()["error"]["message"]


def test_a_token_is_for_what_it_was_made_for(server):
    """One that reads says nothing, and the other way round."""
    reader = Program(server, "reader", writes=False)
    writer = Program(server, "writer", reads=False)
    assert refused(reader.say("hello")) == (403, "forbidden")
    assert refused(reader.hook({"text": "hello"})) == (403, "forbidden")
    assert writer.say("hello").status_code == 201
    assert refused(writer.http.get(writer.address)) == (403, "forbidden")
    assert texts(reader.read()) == ["hello"]


def test_a_token_that_was_revoked_is_refused(server, build):
    """From then on."""
    server.ask({"do": "token_revoke", "name": "build"})
    assert refused(build.say("hello")) == (401, "unauthorized")
    assert refused(build.hook({"text": "hello"})) == (401, "unauthorized")


def test_nobody_is_called_like_a_program(build, person_factory):
    """A login by its name finds it taken, and is told another one."""
    answer = person_factory().log_in("Build")
    assert answer.status_code == 409
    assert "Build 2" in answer.text


def test_a_program_is_held_to_what_holds_for_guests(server, build):
    """Muted, slow, read only."""
    server.ask({"do": "command", "name": "mute", "text": "build"})
    assert refused(build.say("hello")) == (403, "muted")
    server.ask({"do": "command", "name": "unmute", "text": "build"})
    server.ask({"do": "command", "name": "slow", "text": "1m"})
    assert build.say("hello").status_code == 201
    slow = build.say("again")
    assert refused(slow) == (429, "slow_mode")
    assert 0 < int(slow.headers["Retry-After"]) <= 60
    server.ask({"do": "command", "name": "readonly", "text": "on"})
    assert refused(build.say("again")) == (403, "read_only")


def test_a_program_of_a_room_knows_no_other(server, build, ana):
    """It reads and writes there alone; the other one hears nothing of it."""
    server.ask({"do": "command", "name": "room", "text": "Builds"})
    inside = Program(server, "inside", "Builds")
    assert inside.say("here").json()["room"] != "lobby"
    ana.join()
    ana.say("elsewhere")
    assert texts(inside.read()) == ["here"]
    assert texts(build.read()) == ["elsewhere"]


@pytest.mark.own_server
@pytest.mark.server_options("--rate", "2")
def test_who_asks_too_much_is_told_to_wait(build):
    """As much at once as people, then `Retry-After`; wrong tokens keep out no right one."""
    answers = [build.say(f"{number}") for number in range(9)]
    assert [answer.status_code for answer in answers] == [201] * 8 + [429]
    assert refused(answers[-1]) == (429, "too_fast")
    assert int(answers[-1].headers["Retry-After"]) > 0
    wrong = {"Authorization": "Bearer x"}
    with requests.Session() as stranger:
        tried = [stranger.get(build.address, headers=wrong).status_code for _ in range(WRONG + 1)]
    assert tried == [401] * WRONG + [429]
    assert build.read()["more"] is False


# Reading.


def test_what_has_changed_since_is_read_in_its_order(build, ana):
    """Each message as it is now, by the position of its last change; what is gone, too."""
    ana.join()
    first, second = (ana.say(text)["id"] for text in ("first", "second"))
    begin = build.read()["seq"]
    assert build.read(after=begin)["messages"] == []
    ana.call("delete_message", {"id": first})
    third = ana.say("third")["id"]
    edit = {"id": second, "message": "2nd", "client_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    ana.call("edit_message", edit)
    found = build.read(after=begin)
    assert [each["id"] for each in found["messages"]] == [first, third, second]
    assert [each.get("deleted", False) for each in found["messages"]] == [True, False, False]
    assert texts(found) == ["", "third", "2nd"]
    seqs = [each["seq"] for each in found["messages"]]
    assert seqs == sorted(seqs)
    assert (found["seq"], found["more"]) == (seqs[-1], False)


def test_much_is_read_stretch_by_stretch(build):
    """Nothing twice and nothing left out, from the beginning on."""
    for number in range(7):
        build.say(f"{number}")
    said, after, more = [], 0, True
    while more:
        found = build.read(after=after, limit=3)
        said += texts(found)
        after, more = found["seq"], found["more"]
    assert said == [f"{number}" for number in range(7)]


def test_a_position_of_another_history_begins_anew(build, ana):
    """As does one that has not been yet; a history that was cleared says up to where."""
    build.say("hello")
    assert build.read(after=1, epoch="another")["anew"]
    found = build.read(after=10**9)
    assert (found["anew"], texts(found)) == (True, ["hello"])
    build.server.ask({"do": "command", "name": "clear", "text": ""})
    after = build.read(after=found["seq"])
    assert (after["messages"], after["cleared"] >= found["messages"][0]["id"]) == ([], True)


def test_what_cannot_be_asked_is_refused(build):
    """As everywhere."""
    numbers = ("after=-1", "after=x", "after=" + "9" * 5_000, "limit=0", "limit=201")
    for asked in (*numbers, "wait=61", "wait=nan", "wait=inf", "epoch=é"):
        answer = build.http.get(f"{build.address}?{asked}")
        assert refused(answer) == (400, "invalid"), asked


def test_a_program_waits_for_the_next_message(build, ana):
    """It has it as soon as it is said; without one it has an empty answer."""
    ana.join()
    begin = build.read()["seq"]
    assert build.read(after=begin, wait=0.01)["messages"] == []
    found = []
    waiting = threading.Thread(target=lambda: found.append(build.read(after=begin, wait=DEADLINE)))
    waiting.start()
    ana.say("hello")
    waiting.join(DEADLINE)
    assert texts(found[0]) == ["hello"]


def test_a_stream_has_a_line_for_each_message(build, ana):
    """And one for each change; without a position it begins with what is said from then on."""
    ana.join()
    ana.say("before")
    with build.stream() as lines, build.stream(after=0) as everything:
        said = ana.say("hello")["id"]
        assert next(lines)["message"] == "hello"
        ana.call("delete_message", {"id": said})
        assert next(lines)["deleted"]
        assert next(everything)["message"] == "before"


def test_a_stream_ends_with_its_token(server, build):
    """At once: what is said then is not read there any more."""
    other = Program(server, "other")
    with build.stream() as lines:
        server.ask({"do": "token_revoke", "name": "build"})
        other.say("hello")
        assert list(lines) == []


def test_of_a_stream_the_head_can_be_asked_for(build):
    """Nothing follows that would stand before the next answer."""
    bearer = {"Authorization": f"Bearer {build.token}"}
    with closing(HTTPConnection("127.0.0.1", build.server.port, timeout=DEADLINE)) as connection:
        for method, accept in (("HEAD", "application/x-ndjson"), ("GET", "application/json")):
            connection.request(method, "/api/messages", headers={**bearer, "Accept": accept})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200


def test_so_many_streams_are_open_at_a_time(build):
    """One that was closed makes room for another one."""
    streams = [build.stream() for _ in range(OF_A_PROGRAM)]
    for stream in streams:
        stream.__enter__()
    accept = {"Accept": "application/x-ndjson"}
    answer = build.http.get(build.address, headers=accept)
    assert refused(answer) == (429, "too_many_connections")
    for stream in streams:
        stream.__exit__(None, None, None)

    def is_let_in():
        build.say("something that the streams find nobody to tell")
        with build.http.get(build.address, headers=accept, stream=True) as again:
            return again.status_code == 200

    wait_for(is_let_in, "a place")


def test_who_has_hung_up_waits_no_more(build):
    """However long they wanted to wait: there are no fewer places for who comes then."""
    after = build.read()["seq"]
    for _ in range(OF_A_PROGRAM):
        with pytest.raises(requests.ReadTimeout):
            build.http.get(build.address, params={"after": after, "wait": 60}, timeout=0.05)
    assert build.read(after=after, wait=0.01)["messages"] == []


@pytest.mark.own_server
def test_streams_end_with_the_server(server, build):
    """It need not wait for them."""
    with build.stream() as lines:
        server.stop()
        with pytest.raises(requests.RequestException):
            raise requests.ConnectionError(list(lines))


# Hooks.


def test_what_is_written_for_slack_is_said(build):
    """As JSON, or as a form with that in ``payload``; what is longer than a message is cut."""
    for options in (
        {"payload": {"text": "Build <https://ci/7|7> is done"}},
        {"data": {"payload": '{"text": "hello"}'}},
        {"payload": {"text": "x" * 5_000}},
    ):
        answer = build.hook(**options)
        assert (answer.status_code, answer.text) == (200, "ok\n")
    assert texts(build.read()) == ["Build 7 (https://ci/7) is done", "hello", "x" * 3_999 + "…"]


def test_a_hook_refuses_what_says_nothing(build):
    """As everywhere."""
    nothing: list[Any] = [[], {}, {"text": " "}]
    for payload in nothing:
        assert refused(build.hook(payload)) == (400, "invalid")


# Files.


def test_a_program_sends_a_file(server, build, ana):
    """Uploaded by its token; people and programs of the room have it, others have not."""
    file_id = build.upload("log.txt", b"all is well")
    assert build.say("", files=[file_id]).status_code == 201
    address = f"{server.url}/files/{file_id}/log.txt"
    assert ana.http.get(address).content == b"all is well"
    assert build.http.get(address).content == b"all is well"
    server.ask({"do": "command", "name": "room", "text": "Builds"})
    for other in (
        Program(server, "inside", "Builds"),
        Program(server, "writer", reads=False),
    ):
        assert refused(other.http.get(address)) == (404, "unknown_file")
    reader = Program(server, "reader", writes=False)
    answer = reader.http.post(f"{server.url}/files", headers={"Tus-Resumable": "1.0.0"})
    assert refused(answer) == (403, "forbidden")
