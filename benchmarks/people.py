"""People who take rooms, on a server whose use of the processor is counted.

Import this module right after ``guests``, which patches the standard library.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import gevent
from fanout.process import Process, cores, free_port, pinned, raise_descriptor_limit
from gevent.pool import Pool
from guests import UNLIMITED, Guest
from several.database import Usage, processor_seconds, throwaway

from lanchat.control.client import Room as Place
from lanchat.control.client import ask

JOIN = '420["new_host",{"last_seq":0,"batches":true,"rooms":true}]'
OPENED = '42["room_opened",'
SAID = '42["add_chat_message",'

PING = 25.0
"""Seconds between two pings; who comes evenly within them is pinged evenly afterwards."""

CORES = cores()


class Chat(NamedTuple):
    """A server, where it keeps what it knows, and the process of its database, if any."""

    server: Process
    place: Place
    database: int | None

    def command(self, name: str, text: str) -> None:
        """What a host does from a terminal."""
        ask(self.place, {"do": "command", "name": name, "text": text})

    def used(self, what: Callable[[], object]) -> float:
        """The seconds of the processor, the database's too, that it takes."""
        usage, before = Usage(self.database), processor_seconds(self.server.pid)
        with usage.counted():
            what()
        return processor_seconds(self.server.pid) - before + usage.seconds


class Person:
    """Somebody with a client that takes rooms."""

    def __init__(self, chat: Chat, name: str) -> None:
        self.guest = Guest(chat.server, name)
        self.groups: list[str] = []
        """Those that they were put into, in their order."""
        self.heard = 0
        """How many messages they have heard."""
        self.told = 0.0

    def connect(self, *, comes_in: bool) -> None:
        """Connect and listen, and perhaps come in before."""
        self.guest.connect()
        if comes_in:
            self.guest.send(JOIN)
            while not self.guest.receive().startswith("430"):
                pass
        self.guest.listen(self._hear)

    def say(self, room: str) -> None:
        """Say something of an ordinary length."""
        said = {"message": "x" * 40, "client_id": str(uuid.uuid4()), "room": room}
        self.guest.send("421" + json.dumps(["new_message", said]))

    def _hear(self, packet: str) -> None:
        if packet.startswith(SAID):
            self.heard += 1
        elif packet.startswith(OPENED):
            self.told = time.monotonic()
            self.groups.append(json.loads(packet[2:])[1]["id"])


@contextlib.contextmanager
def serving(store: str, people: int, outside: int = 0) -> Iterator[tuple[Chat, list[Person]]]:
    """A server, and so many people in it; others are connected alone."""
    raise_descriptor_limit()
    with contextlib.ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="lanchat-rooms-")))
        port, data, log = free_port(), folder / "data", folder / "connections.log"
        command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--quiet"]
        command += ["--port", str(port), "--data-dir", str(data), "--log-file", str(log)]
        database: int | None = None
        if store == "postgresql":
            postgres = undo.enter_context(throwaway())
            address = undo.enter_context(postgres.databases())()
            database = postgres.pid
            command += ["--database", address]
        output = folder / "output.txt"
        server = Process([*command, *UNLIMITED], port, output, CORES.server)
        undo.enter_context(server)
        undo.enter_context(pinned(CORES.load))
        chat = Chat(server, Place(data, log), database)
        here = [Person(chat, f"Guest {number}") for number in range(people + outside)]
        pool, begun = Pool(50), time.monotonic()
        for number, person in enumerate(here):
            gevent.sleep(max(0.0, begun + number * PING / len(here) - time.monotonic()))
            pool.spawn(person.connect, comes_in=number < people)
        pool.join()
        yield chat, here[:people]
