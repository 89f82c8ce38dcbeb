"""What it costs everybody that people may look at their own connections, and that some of them do.

    python benchmarks/inspecting.py unseen [--before CHECKOUT] [--clients 100] [--starts 5]
    python benchmarks/inspecting.py looks [--looking 1] [--clients 100] [--rounds 20]

``unseen``: the processor time of a delivery while nobody looks, beside a server with
``--no-inspect`` and, where there is a checkout of an older one, that. All are there at once and
take turns, there and back; and all are started anew a few times, since one process differs from the
next by a few per cent though both do the same. Exits with 1 beyond 1.02 of either.

``looks``: the same server with and without that so many look at their one connection each,
while there are so many other clients: of a delivery when it is as busy as it can be, and of each
frame that is seen when somebody says something fifty times a second.
"""

from __future__ import annotations

# isort: off
from guests import PATIENCE, UNLIMITED, Guest  # it patches first

# isort: on
import contextlib
import socket
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import gevent
from fanout.contenders import log_in
from fanout.load import Load
from fanout.process import Process, cores, free_port, raise_descriptor_limit
from several.database import processor_seconds

AS_IT_IS = "as it is"
MOST_SHARE = 1.02

TALKERS = 10
WARM_UP = 0.5
SATURATION = 0.15
"""Seconds of a turn: short, so that those which are compared lie close together."""

CALM_RATE, CALM_MESSAGES = 50.0, 100
AFTERWARDS = 0.2
"""Seconds for the lines of what was said last."""

LEFT = 2.5
"""Seconds until the server knows that nobody looks any more: it says something each second."""

CORES = cores()

clients_option = click.option(
    "--clients", type=click.IntRange(TALKERS), multiple=True, default=(100,), show_default=True
)


class Chat(NamedTuple):
    """A server with as many clients as are measured."""

    server: Process
    load: Load

    def delivery(self) -> float:
        """Seconds of the processor for a delivery, when as much is said as can be."""
        before = processor_seconds(self.server.pid)
        result = self.load.saturate(SATURATION, TALKERS)
        return (processor_seconds(self.server.pid) - before) / result.deliveries

    def calm(self) -> float:
        """Seconds of the processor for a message that comes a while after the last one."""
        before = processor_seconds(self.server.pid)
        self.load.calm(CALM_MESSAGES, CALM_RATE)
        gevent.sleep(AFTERWARDS)
        return (processor_seconds(self.server.pid) - before) / CALM_MESSAGES


@click.group()
def main() -> None:
    """What looking at connections costs."""
    raise_descriptor_limit()


@main.command()
@clients_option
@click.option("--before", type=click.Path(path_type=Path), help="A checkout of an older lanchat.")
@click.option("--starts", type=click.IntRange(1), default=5, show_default=True)
@click.option("--rounds", type=click.IntRange(2), default=50, show_default=True)
def unseen(clients: Sequence[int], before: Path | None, starts: int, rounds: int) -> None:
    """Tell what a delivery costs while nobody looks."""
    worst = 0.0
    for count in clients:
        begun = [_unseen(count, before, rounds, number) for number in range(starts)]
        for other in begun[0]:
            shares = [each[other] for each in begun]
            middle = statistics.median(shares)
            told = ", ".join(f"{share:.3f}" for share in sorted(shares))
            click.echo(f"{count:,} clients, as it is to {other}: {middle:.3f} ({told})")
            worst = max(worst, middle)
    sys.exit(int(worst > MOST_SHARE))


def _unseen(count: int, before: Path | None, rounds: int, number: int) -> dict[str, float]:
    """Start servers and let them take turns; what a delivery costs, divided by each other one's."""
    kinds: dict[str, Callable[[], contextlib.AbstractContextManager[Chat]]] = {
        AS_IT_IS: lambda: _chat(count),
        "--no-inspect": lambda: _chat(count, "--no-inspect"),
    }
    if before is not None:
        kinds["before"] = lambda: _chat(count, sources=before / "src")
    with contextlib.ExitStack() as undo:
        # Which is started first makes a difference, too.
        order = list(kinds)[number % len(kinds) :] + list(kinds)[: number % len(kinds)]
        chats = {name: undo.enter_context(kinds[name]()) for name in order}
        found = _in_turn({name: chat.delivery for name, chat in chats.items()}, rounds)
    _tell(f"{count:,} clients", found)
    return {other: _share(found, AS_IT_IS, other) for other in kinds if other != AS_IT_IS}


@main.command()
@clients_option
@click.option("--looking", type=click.IntRange(1), multiple=True, default=(1, 30))
@click.option("--rounds", type=click.IntRange(2), default=20, show_default=True)
def looks(clients: Sequence[int], looking: Sequence[int], rounds: int) -> None:
    """Tell what it costs that so many look."""
    for count in clients:
        for lookers in looking:
            with _chat(count) as chat, _people(chat.server, lookers) as people:
                _measure_looks(f"{count:,} clients, {lookers} look", chat, people, rounds)


def _measure_looks(words: str, chat: Chat, people: Sequence[Looker], rounds: int) -> None:
    before = chat.server.memory()
    memory = [before]

    def seen(measure: Callable[[], float]) -> Callable[[], float]:
        def measured() -> float:
            with _all_looking(people):
                found = measure()
                memory.append(chat.server.memory())
                return found

        return measured

    saturated = _in_turn({"unseen": chat.delivery, "seen": seen(chat.delivery)}, rounds)
    _tell(f"{words}, saturated", saturated)
    _share(saturated, "seen", "unseen")
    calm = _in_turn({"unseen": chat.calm, "seen": seen(chat.calm)}, rounds)
    more = statistics.median(calm["seen"]) - statistics.median(calm["unseen"])
    click.echo(f"{words}, calm: {more / len(people) * 1e6:.1f} µs of the processor a frame seen")
    kept = (max(memory) - before) / len(people)
    click.echo(f"{words}: {kept / 1e3:.0f} kB of memory a look")


def _in_turn(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure all in turn, there and back: a machine is not as fast at all times."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            found[name].append(ways[name]())
    return found


def _tell(words: str, found: dict[str, list[float]]) -> None:
    for name, each in found.items():
        quarter, middle, three = statistics.quantiles([s * 1e6 for s in each], method="inclusive")
        click.echo(f"{words}, {name}: {middle:.3f} µs ({quarter:.3f} to {three:.3f}) a delivery")


def _share(found: dict[str, list[float]], name: str, other: str) -> float:
    shares = [ours / theirs for ours, theirs in zip(found[name], found[other], strict=True)]
    quarter, middle, three = statistics.quantiles(shares, method="inclusive")
    click.echo(f"    {name} to {other}: {middle:.4f} ({quarter:.4f} to {three:.4f})")
    return middle


@contextlib.contextmanager
def _chat(clients: int, *options: str, sources: Path | None = None) -> Iterator[Chat]:
    port = free_port()
    command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--quiet"]
    variables = {} if sources is None else {"PYTHONPATH": str(sources)}
    with tempfile.TemporaryDirectory(prefix="lanchat-bench-") as folder:
        place = Path(folder)
        command += ["--port", str(port), "--data-dir", str(place / "data"), *UNLIMITED, *options]
        command += ["--log-file", str(place / "connections.log")]
        output = place / "output.txt"
        with (
            Process(command, port, output, CORES.server, **variables) as server,
            Load(port, log_in(port, "Load"), CORES.load) as load,
        ):
            load.connect(clients)
            load.saturate(WARM_UP, TALKERS)
            yield Chat(server, load)


class Looker(Guest):
    """Somebody with a connection, who can look at it."""

    port: int

    def look(self) -> socket.socket:
        """Begin to look; what is seen is read and thrown away."""
        head = f"GET /inspect/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n\r\n"
        stream = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        stream.sendall(head.encode())
        if not stream.recv(65_536).startswith(b"HTTP/1.1 200"):
            raise ConnectionError("the look is refused")
        gevent.spawn(_drain, stream)
        return stream

    def drain(self) -> None:
        """Throw away what comes by the connection."""
        gevent.spawn(_drain, self._socket)


def _drain(stream: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while stream.recv(1 << 20):
            pass


@contextlib.contextmanager
def _people(server: Process, count: int) -> Iterator[list[Looker]]:
    people = []
    for number in range(count):
        person = Looker(server, f"Looker {number}")
        person.port = server.port
        person.connect()
        person.join()
        person.drain()
        people.append(person)
    yield people
    for person in people:
        person.cut()


@contextlib.contextmanager
def _all_looking(people: Sequence[Looker]) -> Iterator[None]:
    streams = [person.look() for person in people]
    try:
        yield
    finally:
        for stream in streams:
            stream.shutdown(socket.SHUT_RDWR)
            stream.close()
        gevent.sleep(LEFT)


if __name__ == "__main__":
    main()
