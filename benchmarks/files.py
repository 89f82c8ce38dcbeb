"""Send files to lanchat and get them back, beside Python's http.server and copyparty.

    python benchmarks/files.py [--size 256] [--rounds 3] [--folder FOLDER ...] [--only PART ...]

    speed    one file up and down by loopback, on each folder's disk, in turn with the others; up
             until it is on disk
    chat     how soon messages are acknowledged while four files are sent as fast as can be
    memory   what a transfer costs the server, with 24 going up and then down at a time
    phones   thirty people send 3 MB each at the same moment, and get them back
    cuts     a file is cut off at twenty places, and goes on

Sizes are in MiB. copyparty is installed into build/bench. Exits with 1 where a figure is worse than
docs/performance.md says, or a byte was lost.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import requests
from fanout.contenders import log_in
from fanout.process import Process
from fanout.programs import BUILD
from filetransfer.clients import SLICE, Connection, Content, Sender, expect, sender
from filetransfer.servers import COPYPARTY, HTTP_SERVER, LANCHAT
from rich.console import Console
from rich.table import Table

from tests.world.raw_client import RawClient

MIB = 1 << 20
ACK_SECONDS, ACK_RATIO = 0.050, 3.0
TRANSFER_BYTES = 2_000_000
MESSAGES, MESSAGE_PAUSE = 300, 0.02
SENDERS, PHONES, PHONE_BYTES, CUTS = 4, 30, 3_000_000, 20
PEOPLE, OF_EACH, MEMORY_SIZE = 8, 3, 32
RANDOM = random.Random(1)  # noqa: S311  the same for each run
CONSOLE = Console(highlight=False)


def speed(size: int, rounds: int, folders: list[Path]) -> bool:
    """One file up and down, in turn."""
    content = Content(size * MIB)
    servers = (LANCHAT, HTTP_SERVER, COPYPARTY)
    table = Table("MB/s", *(server.name for server in servers))
    good = True
    for folder in folders:
        with tempfile.TemporaryDirectory(dir=folder) as place, ExitStack() as stack:
            ways = _ways(Path(place), content, stack)
            rates: dict[str, list[float]] = {name: [] for name in ways}
            work = dict.fromkeys(ways, 0.0)
            for _ in range(rounds):
                for name, (server, way) in ways.items():
                    before = server.cpu()
                    rates[name].append(len(content.bytes) / 1e6 / way())
                    work[name] += server.cpu() - before
        for direction in ("up", "down"):
            names = [f"{direction} {each.name}" for each in servers]
            table.add_row(
                f"{direction}, {folder.name}", *(_spread(rates.get(name, [])) for name in names)
            )
            spent = [
                work[name] / rounds / len(content.bytes) * 1e9 for name in names if name in work
            ]
            cells = iter(f"{each:.2f}" for each in spent)
            table.add_row(
                "CPU-ms for 1 MB", *(next(cells) if name in work else "" for name in names)
            )
        middle = {name: statistics.median(found) for name, found in rates.items()}
        good &= middle["up lanchat"] >= middle["up copyparty"]
        good &= middle["down lanchat"] >= middle["down http.server"]
    CONSOLE.print(table)
    return good


def _ways(
    place: Path, content: Content, stack: ExitStack
) -> dict[str, tuple[Process, Callable[[], float]]]:
    """What is timed, each in seconds, and which server does it."""
    lanchat = stack.enter_context(LANCHAT.start(place / "lanchat"))
    simple = stack.enter_context(HTTP_SERVER.start(place / "simple"))
    rival = stack.enter_context(COPYPARTY.start(place / "rival"))
    (place / "simple" / "file").write_bytes(content.bytes)
    ana = stack.enter_context(sender(lanchat.port, "Ana"))
    sent: list[str] = []

    def up() -> float:
        while sent:
            expect(ana.connection.ask("DELETE", sent.pop())[0], 204)
        return _timed(lambda: sent.append(ana.send(content)))

    def put() -> float:
        for file in (place / "rival").glob("file*"):
            file.unlink()
        connection = Connection(rival.port)

        def send() -> None:
            expect(connection.ask("PUT", "/file", content.view)[0], 201)
            # It has answered before anything is on disk; lanchat answers when it is.
            with (place / "rival" / "file").open("rb") as file:
                os.fsync(file.fileno())

        taken = _timed(send)
        connection.close()
        return taken

    def get(connection: Connection, path: str) -> None:
        _, fields = connection.ask("GET", path)
        expect(connection.read(int(fields["content-length"])), len(content.bytes))

    def get_from(port: int) -> float:
        return _timed(lambda: get(Connection(port), "/file"))

    return {
        "up lanchat": (lanchat, up),
        "up copyparty": (rival, put),
        "down lanchat": (
            lanchat,
            lambda: _timed(lambda: get(ana.connection, f"{sent[0]}/file")),
        ),
        "down http.server": (simple, partial(get_from, simple.port)),
        "down copyparty": (rival, partial(get_from, rival.port)),
    }


def chat(size: int) -> bool:
    """How soon messages are acknowledged, at rest and while four files are sent."""
    with _lanchat() as server:
        talker = RawClient(_Talker(server.port))
        talker.join()
        rest = [_acknowledged(talker) for _ in range(MESSAGES)]
        begun, stop = multiprocessing.Semaphore(0), multiprocessing.Event()
        load = [
            multiprocessing.Process(target=_send_on, args=(server.port, number, size, begun, stop))
            for number in range(SENDERS)
        ]
        for each in load:
            each.start()
        for _ in load:
            begun.acquire()
        busy = [_acknowledged(talker) for _ in range(MESSAGES)]
        stop.set()
        for each in load:
            each.join()
        talker.socket.shutdown()  # type: ignore[no-untyped-call]
    table = Table("ms until acknowledged", "median", "99 of 100", "longest")
    for name, times in (("at rest", rest), (f"with {SENDERS} files on their way", busy)):
        ordered = sorted(times)
        figures = (statistics.median(times), ordered[len(times) * 99 // 100], ordered[-1])
        table.add_row(name, *(f"{1000 * seconds:.1f}" for seconds in figures))
    CONSOLE.print(table)
    slow, calm = (sorted(times)[len(times) * 99 // 100] for times in (busy, rest))
    CONSOLE.print(f"99 of 100, to rest: {slow / calm:.1f}")
    return slow <= ACK_SECONDS and slow <= ACK_RATIO * calm


class _Talker:
    """Somebody who says something, as RawClient wants them."""

    def __init__(self, port: int) -> None:
        self.http = requests.Session()
        self.sslopt: dict[str, object] = {}
        self.server = self
        self.url = f"http://127.0.0.1:{port}"
        self.http.post(self.url, data={"username": "Talker"}, timeout=60)


def _acknowledged(talker: RawClient) -> float:
    time.sleep(MESSAGE_PAUSE)
    return _timed(lambda: talker.say("How long does this take?"))


def _send_on(port: int, number: int, size: int, begun: Semaphore, stop: Event) -> None:
    """Send the same file until it is enough."""
    content = Content(size * MIB)
    with sender(port, f"Sender {number}") as person:
        begun.release()
        while not stop.is_set():
            person.connection.ask("DELETE", person.send(content))


def memory(size: int) -> bool:
    """What the server's memory grows by at the most, for each of the transfers at a time."""
    content = Content(min(size, MEMORY_SIZE) * MIB)
    transfers = PEOPLE * OF_EACH
    with _lanchat() as server, ExitStack() as stack:
        first = stack.enter_context(sender(server.port, "First"))
        path = first.send(content)
        first.get(path)
        names = [f"Person {number}" for number in range(PEOPLE)]
        cookies = [log_in(server.port, name) for name in names]
        people = [Sender(server.port, cookie) for cookie in cookies for _ in range(OF_EACH)]
        before = server.memory()
        with ThreadPoolExecutor(transfers) as threads, _watched(server) as watched:
            paths = list(threads.map(lambda person: person.send(content), people))
            up = max(watched) - before
            watched.clear()
            both = zip(people, paths, strict=True)
            list(threads.map(lambda each: _fetch(*each), both))
            down = max(watched) - before
    CONSOLE.print(
        f"{transfers} transfers: {up / transfers / 1e6:.2f} MB of memory each on the way up, "
        f"{down / transfers / 1e6:.2f} MB on the way down"
    )
    return max(up, down) / transfers <= TRANSFER_BYTES


def _fetch(person: Sender, path: str) -> None:
    _, fields = person.connection.ask("GET", f"{path}/file")
    person.connection.read(int(fields["content-length"]))


@contextmanager
def _watched(server: Process) -> Iterator[list[int]]:
    """The server's memory, looked at again and again."""
    seen, stop = [server.memory()], threading.Event()

    def look() -> None:
        while not stop.wait(0.005):
            seen.append(server.memory())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def phones() -> bool:
    """Many send at the same moment; what they get back is what they sent."""
    with _lanchat() as server, ThreadPoolExecutor(PHONES) as threads:
        contents = [Content(PHONE_BYTES) for _ in range(PHONES)]
        people = [Sender(server.port, log_in(server.port, f"Phone {n}")) for n in range(PHONES)]
        paths: list[str] = []
        pairs = list(zip(people, contents, strict=True))
        taken = _timed(lambda: paths.extend(threads.map(lambda pair: pair[0].send(pair[1]), pairs)))
        back = [person.get(path) for person, path in zip(people, paths, strict=True)]
    same = sum(a == b.bytes for a, b in zip(back, contents, strict=True))
    CONSOLE.print(f"{PHONES} people with 3 MB at once: {taken:.1f} s, {same} files are the same")
    return same == PHONES


def cuts() -> bool:
    """What has to be sent once more, where a connection breaks at any moment."""
    content = Content(CUTS * 3 * MIB + 12_345)
    size, again = len(content.bytes), []
    with _lanchat() as server, sender(server.port, "Ana") as ana:
        path = ana.begin(size)
        for place in sorted(RANDOM.sample(range(size), CUTS)):
            start = ana.offset(path)
            while start + SLICE <= place:
                ana.slice(path, content, start)
                start += SLICE
            ana.cut(path, content, start, max(0, place - start))
            offset = ana.offset(path)
            again.append(max(0, place - offset))
        for start in range(ana.offset(path), size, SLICE):
            ana.slice(path, content, start)
        same = ana.get(path) == content.bytes
    CONSOLE.print(
        f"cut off {CUTS} times: at most {max(again) / MIB:.1f} MiB were sent again, and "
        f"{'every byte is the same' if same else 'BYTES ARE OTHERS'}"
    )
    return same and max(again) <= SLICE


@contextmanager
def _lanchat() -> Iterator[Process]:
    with tempfile.TemporaryDirectory() as folder, LANCHAT.start(Path(folder) / "data") as server:
        yield server


def _timed(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _spread(rates: list[float]) -> str:
    if not rates:
        return ""
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parts = ("speed", "chat", "memory", "phones", "cuts")
    parser.add_argument("--size", type=int, default=256, help="MiB of a file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, action="append", help="where the files lie")
    parser.add_argument("--only", choices=parts, action="append")
    options = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    shared = Path("/dev/shm")  # noqa: S108  memory, where there is no disk to wait for
    folders = options.folder or [BUILD, *([shared] if shared.is_dir() else [])]
    measures: dict[str, Callable[[], bool]] = {
        "speed": partial(speed, options.size, options.rounds, folders),
        "chat": partial(chat, options.size),
        "memory": partial(memory, options.size),
        "phones": phones,
        "cuts": cuts,
    }
    good = [measures[name]() for name in parts if name in (options.only or parts)]
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
