"""Servers with one database and one folder have the same files."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.world.person import Person
from tests.world.sender import Sender, crc32
from tests.world.server import ServerProcess

MIB = 1 << 20
CONTENT = os.urandom(3 * MIB)

Pair = tuple[ServerProcess, ServerProcess]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of files that the servers share."""
    return tmp_path / "shared"


@pytest.fixture
def serve(
    server_factory: Callable[..., ServerProcess], address: str, folder: Path
) -> Callable[[], ServerProcess]:
    """Start one more server."""
    options = ("--database", address, "--files-dir", str(folder), "--rate", "0", "--grace", "2")
    return lambda: server_factory(*options)


@pytest.fixture
def server(serve: Callable[[], ServerProcess]) -> ServerProcess:
    """The first server, where people come without being told."""
    return serve()


@pytest.fixture
def pair(server: ServerProcess, serve: Callable[[], ServerProcess]) -> Pair:
    """It and another one, as on two machines."""
    return server, serve()


@pytest.fixture
def ana(person_factory: Callable[..., Person]) -> Person:
    """Ana, at the first server."""
    ana = person_factory("Ana")
    ana.join()
    return ana


@pytest.fixture
def elsewhere(ana: Person, person_factory: Callable[..., Person], pair: Pair) -> Person:
    """Ana, as the second server knows her."""
    same = person_factory(None, pair[1])
    same.http.cookies.update(ana.http.cookies)
    return same


@pytest.fixture
def bia(person_factory: Callable[..., Person], pair: Pair) -> Person:
    """Bia, at the second server."""
    bia = person_factory("Bia", pair[1])
    bia.join()
    return bia


def contents(folder: Path) -> set[str]:
    """What is in files, by its names on the disk."""
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    return names - {"lanchat-folder"}


def post(person: Person, *files: str) -> Any:
    """What came of a message with these files."""
    said = {"message": "", "client_id": str(uuid.uuid4()), "files": list(files)}
    return person.call("new_message", said)


def status(person: Person, file_id: str) -> int:
    """What a request for a file is answered."""
    return person.get(f"/files/{file_id}/x").status_code


@pytest.fixture
def senders(ana: Person, elsewhere: Person) -> tuple[Sender, Sender]:
    """What Ana sends to the one server, and to the other."""
    return Sender(ana), Sender(elsewhere)


def test_a_file_goes_over_both_servers(senders, bia, pair, folder, until):
    """Begun at one, gone on at the other, had from both, and gone at both with its message."""
    ana = senders[0].person
    path = senders[0].begin(len(CONTENT), name="film").headers["Location"]
    for number in range(3):
        piece = CONTENT[number * MIB : (number + 1) * MIB]
        sender = senders[number % 2]
        assert sender.offset(path) == number * MIB
        assert sender.write(path, number * MIB, piece, crc32(piece)).status_code == 204
    file_id = path.rpartition("/")[2]
    assert status(bia, file_id) == 404
    answer = post(ana, file_id)
    assert bia.hears("add_chat_message", id=answer["id"])["files"][0]["name"] == "film"
    for person in (ana, bia):
        assert person.get(f"/files/{file_id}/film").content == CONTENT
    assert contents(folder) == {hashlib.sha256(CONTENT).hexdigest()}
    pair[1].ask({"do": "command", "name": "delete", "text": str(answer["id"])})
    assert status(ana, file_id) == status(bia, file_id) == 404
    until(lambda: not contents(folder), "it to leave the disk")
    pair[1].ask({"do": "command", "name": "files", "text": "off"})
    ana.hears("room_changed", files=False)
    assert senders[0].begin(9, name="x").status_code == 403


def test_an_upload_outlives_the_server_that_had_it(senders, pair, folder, until):
    """Whoever was writing is waited for, for a while; what was acknowledged is there."""
    sender, other = senders
    path = sender.begin(len(CONTENT)).headers["Location"]
    first = CONTENT[:MIB]
    assert sender.write(path, 0, first, crc32(first)).status_code == 204
    piece = CONTENT[MIB:]
    check = crc32(piece)
    part = folder / "uploads" / path.rpartition("/")[2]

    with sender.broken_off(path, piece, len(piece) // 2, check, offset=MIB):
        until(lambda: part.stat().st_size > MIB)
        assert other.write(path, MIB, piece, check).status_code == 423
        pair[0].kill()
    until(lambda: other.write(path, MIB, piece, check).status_code == 204, "its turn")
    file_id = path.rpartition("/")[2]
    assert other.person.get(f"/files/{file_id}/x").content == CONTENT
    until(lambda: contents(folder) == {hashlib.sha256(CONTENT).hexdigest()})


def test_a_folder_that_is_away_harms_nothing(senders, bia, folder, until):
    """What has to do with files is refused for now; when it is back all is as it was."""
    sender, ana = senders[0], senders[0].person
    file_id, gone = sender.send(CONTENT), sender.send(b"deleted meanwhile")
    path = sender.begin(6).headers["Location"]
    assert sender.write(path, 0, b"abc", crc32(b"abc")).status_code == 204
    folder.rename(folder.with_name("aside"))
    folder.mkdir()  # as below a mount
    assert sender.begin(9).status_code == 503
    assert sender.write(path, 3, b"def", crc32(b"def")).status_code == 503
    assert sender.ask("DELETE", path).status_code == 503
    assert status(ana, file_id) == status(ana, gone) == 503
    assert ana.say("is anybody there?")["ok"]
    answers = [post(ana, file_id), post(ana, gone)]
    assert ana.call("delete_message", {"id": answers[1]["id"]})["ok"]
    bia.hears("message_deleted", id=answers[1]["id"])
    until(lambda: status(bia, gone) == 404)
    assert list(folder.iterdir()) == []
    folder.rmdir()
    folder.with_name("aside").rename(folder)
    assert sender.write(path, 3, b"def", crc32(b"def")).status_code == 204
    assert bia.get(f"/files/{file_id}/x").content == CONTENT
    whole = {hashlib.sha256(each).hexdigest() for each in (CONTENT, b"abcdef")}
    until(lambda: contents(folder) == whole, "what was deleted to leave the disk")


def test_a_folder_that_does_not_answer_holds_up_nobody_else(ana, server, folder):
    """Those wait who ask for what is in it; the chat goes on, and the server can be stopped."""
    sender = Sender(ana)
    ids = [sender.send(os.urandom(9)) for _ in range(3)]
    for path in list(folder.glob("??/*")):
        path.unlink()
        os.mkfifo(path)  # which nobody writes into
    waiting = [threading.Thread(target=_try_to_get, args=(ana, each)) for each in ids]
    for each in waiting:
        each.start()
    assert ana.say("hello")["ok"]
    assert sender.send(b"another one")
    assert all(each.is_alive() for each in waiting)
    assert server.stop() == 0
    for each in waiting:
        each.join()


def _try_to_get(person: Person, file_id: str) -> None:
    with suppress(requests.RequestException):
        status(person, file_id)
