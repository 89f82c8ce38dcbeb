"""Servers that share files are killed again and again while people send and delete."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.cluster.test_serving_files import post
from tests.world.person import Person
from tests.world.sender import Sender, crc32
from tests.world.server import ServerProcess

pytestmark = pytest.mark.long

ROUNDS = 20
PIECE = 1 << 19

Pair = tuple[ServerProcess, ServerProcess]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of files that the servers share."""
    return tmp_path / "shared"


@pytest.fixture
def pair(server_factory: Callable[..., ServerProcess], address: str, folder: Path) -> Pair:
    """Two servers, as on two machines."""

    def serve() -> ServerProcess:
        options = ("--rate", "0", "--max-per-ip", "0", "--file-quota-person", "10GB")
        return server_factory("--database", address, "--files-dir", str(folder), *options)

    return serve(), serve()


@pytest.fixture
def server(pair: Pair) -> ServerProcess:
    """Where people come without being told."""
    return pair[0]


class Busy:
    """Somebody who sends file after file, each piece to whichever server takes it.

    ``whole`` has what was acknowledged, by its id.
    """

    def __init__(self, person: Person, pair: Pair, seed: int) -> None:
        self.whole: dict[str, bytes] = {}
        self.person = person
        self._pair = pair
        self._chance = random.Random(seed)  # noqa: S311
        self._stopped = threading.Event()
        self._thread = ThreadPoolExecutor(1)
        self._running = self._thread.submit(self._run)

    def has_sent(self, count: int) -> bool:
        """Whether so many are whole; raises what has ended it before its time."""
        if self._running.done():
            self._running.result()
        return len(self.whole) >= count

    def stop(self) -> None:
        self._stopped.set()
        self._thread.shutdown()
        self._running.result()

    def _run(self) -> None:
        while not self._stopped.is_set():
            content = self._chance.randbytes(self._chance.randrange(1, 4 * PIECE))
            if self._chance.random() < 0.2:
                content = b"the same for everybody" * 10_000
            begun = self._patiently(201, partial(Sender.begin, length=len(content), name="x"))
            self._send(begun.headers["Location"], content)

    def _send(self, path: str, content: bytes) -> None:
        offset = 0
        while offset < len(content):
            head = self._patiently(200, lambda one: one.ask("HEAD", path))
            offset = int(head.headers["Upload-Offset"])
            piece = content[offset : offset + PIECE]
            if piece:
                with suppress(requests.RequestException):
                    self._sender().write(path, offset, piece, crc32(piece))
        self.whole[path.rpartition("/")[2]] = content

    def _patiently(
        self, status: int, ask: Callable[[Sender], requests.Response]
    ) -> requests.Response:
        while True:
            with suppress(requests.RequestException):
                answer = ask(self._sender())
                if answer.status_code == status:
                    return answer
                assert answer.status_code in {423, 503}, (answer.status_code, answer.text)
            time.sleep(0.05)

    def _sender(self) -> Sender:
        same = copy(self.person)
        same.server = self._chance.choice(self._pair)
        return Sender(same)


@pytest.fixture
def busy(person_factory: Callable[..., Person], pair: Pair) -> Iterator[list[Busy]]:
    """Two people who send until the test is over."""
    with ExitStack() as undo:
        people = [
            Busy(person_factory(name), pair, seed) for seed, name in enumerate(("Ana", "Bia"))
        ]
        for each in people:
            undo.callback(each.stop)
        yield people


def test_kills_spoil_no_file(
    busy: list[Busy], pair: Pair, address: str, folder: Path, until: Any
) -> None:
    """What was acknowledged is as it was sent; the database and the folder agree in the end."""
    chance = random.Random(1)  # noqa: S311
    for number in range(ROUNDS):
        time.sleep(chance.random())
        killed = pair[number % 2]
        killed.kill()
        time.sleep(chance.random())
        killed.start()
        wanted = [(each, len(each.whole) + 1) for each in busy]
        until(lambda w=wanted: all(each.has_sent(count) for each, count in w))
    for each in busy:
        each.stop()
        person = each.person
        person.join()
        deleted = list(each.whole)[::2]
        for file_id, content in each.whole.items():
            for server in pair:
                answer = requests.get(
                    f"{server.url}/files/{file_id}/x", cookies=person.http.cookies, timeout=60
                )
                assert answer.status_code == 200, answer.text[:1_000]
                assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()
            said = post(person, file_id)
            assert said["ok"]
            if file_id in deleted:
                assert person.call("delete_message", {"id": said["id"]})["ok"]
    for server in pair:
        server.stop()
        server.start()
    kept = {
        hashlib.sha256(content).hexdigest()
        for each in busy
        for file_id, content in each.whole.items()
        if file_id not in list(each.whole)[::2]
    }
    until(lambda: {path.name for path in folder.glob("??/*")} == kept, "the disk as it should be")
    with psycopg.connect(address) as connection:
        known = connection.execute("SELECT sha256 FROM content").fetchall()
        # Begun, though whoever began them was not told.
        begun = connection.execute("SELECT id FROM upload").fetchall()
    assert {sha256 for (sha256,) in known} == kept
    assert {path.name.partition(".")[0] for path in folder.glob("uploads/*")} <= {
        upload_id for (upload_id,) in begun
    }
