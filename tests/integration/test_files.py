"""Files go from one person to all others, and go away with what named them."""

import json
import uuid

import pytest

from tests.world.sender import Sender

FAST = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


def post(person, *files, text="", **more):
    """What came of a message with these files."""
    said = {"message": text, "client_id": str(uuid.uuid4()), "files": list(files)}
    return person.call("new_message", {**said, **more})


def status(person, file):
    """What a request for it is answered."""
    return person.get(f"/files/{file}/x").status_code


@FAST
def test_a_file_reaches_everybody(ana, bia, server, until):
    """With its message, which needs no words; who quotes it says what it holds."""
    ana.join()
    bia.join()
    file_id = Sender(ana).send(b"what is left to do", name="notes.txt")
    assert status(bia, file_id) == 404
    answer = post(ana, file_id)
    heard = bia.hears("add_chat_message", id=answer["id"])
    file = {"id": file_id, "name": "notes.txt", "type": "text/plain", "size": 18}
    assert (heard["message"], heard["files"]) == ("", [file])
    assert bia.get(f"/files/{file_id}/notes.txt").content == b"what is left to do"
    reply = post(bia, text="ok", reply_to=answer["id"])
    assert ana.hears("add_chat_message", id=reply["id"])["quoted"]["files"] == [file]
    ana.say("something else")
    found = bia.call("history", {"files": True})
    assert [message["id"] for message in found["messages"]] == [answer["id"]]
    until(lambda: '"event": "file"' in server.log(), "a line in the log")
    lines = map(json.loads, server.log().splitlines())
    (line,) = [line for line in lines if line["event"] == "file"]
    assert (line["user"], line["type"], line["size"]) == ("Ana", "text/plain", 18)
    assert "notes" not in server.log()


@FAST
@pytest.mark.parametrize("command", ["delete", "clear", "clear Ana", "ban Ana clear"])
def test_a_file_goes_with_its_message(ana, bia, server, until, command):
    """Nobody gets it from then on, and a moment later it is not on the disk any more."""
    ana.join()
    bia.join()
    file_id = Sender(ana).send(command.encode() * 1_000)
    answer = post(ana, file_id)
    folder = server.data_dir / "files"
    assert [file.stat().st_size for file in folder.rglob("*") if file.is_file()] != []
    name, _, text = command.partition(" ")
    text = str(answer["id"]) if name == "delete" else text
    server.ask({"do": "command", "name": name, "text": text})
    assert status(bia, file_id) == 404
    until(lambda: not [file for file in folder.rglob("*") if file.is_file()], "it to go")


@FAST
def test_a_file_that_cannot_be_named(ana, bia):
    """Somebody else's, or one that a message has already: the answer says why, nothing is said."""
    ana.join()
    bia.join()
    file_id = Sender(ana).send(b"abc")
    assert post(bia, file_id)["error"]["code"] == "unknown_file"
    assert post(ana, file_id, text="look")["ok"]
    answer = post(ana, file_id, text="again")
    assert answer["error"]["code"] == "unknown_file"
    assert answer["error"]["message"]
    assert [message["message"] for message in bia.call("history", {})["messages"]] == ["look"]


@FAST
def test_a_server_may_be_told_to_take_none(ana, bia, server):
    """Guests send none until it is told otherwise, and everybody learns of it."""
    ana.join()
    assert bia.join()["room"]["files"] is True
    file_id = Sender(ana).send(b"abc")
    server.ask({"do": "command", "name": "files", "text": "off"})
    assert bia.hears("room_changed", files=False)["edits"] is True
    assert post(ana, file_id)["error"]["code"] == "files_off"
    server.ask({"do": "command", "name": "files", "text": "on"})
    assert post(ana, file_id)["ok"]
