"""Servers that are one chat, each in a process of its own, and the clients of all of them."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from fanout.contenders import UNLIMITED, log_in
from fanout.load import Load, Result
from fanout.process import Process, free_port
from fanout.programs import RIVALS, node, node_modules, redis

from several.database import Usage, throwaway

TALKERS = 10
CALM = 10.0
STEADY = 50.0
"""Messages a second that each leave by themselves, and that two processes have as well as one."""


class Running(NamedTuple):
    """Servers, and the process of the database that they share, if any."""

    servers: Sequence[Process]
    database: int | None
    cookie: str = ""


class Reached(NamedTuple):
    """What came of it; times in seconds, those of the processor for each delivery."""

    deliveries: float
    messages: float
    server_cpu: float
    database_cpu: float
    steady_cpu: float
    steady_database_cpu: float
    all_have_it: float
    all_have_it_p99: float
    acknowledged: float
    acknowledged_p99: float


@contextlib.contextmanager
def sqlite(count: int, folder: Path) -> Iterator[Running]:
    """One lanchat with its data in a folder."""
    with ExitStack() as undo:
        servers = [undo.enter_context(_lanchat(folder, number)) for number in range(count)]
        yield Running(servers, None, log_in(servers[0].port, "Load"))


@contextlib.contextmanager
def postgresql(count: int, folder: Path) -> Iterator[Running]:
    """So many lanchat with one PostgreSQL."""
    with throwaway() as postgres, postgres.databases() as new_database, ExitStack() as undo:
        database = ("--database", new_database())
        servers = [undo.enter_context(_lanchat(folder, each, *database)) for each in range(count)]
        yield Running(servers, postgres.pid, log_in(servers[0].port, "Load"))


@contextlib.contextmanager
def nodes(count: int, folder: Path) -> Iterator[Running]:
    """One Node by itself, or several with a Redis."""
    with ExitStack() as undo:
        port = 0
        broker: int | None = None
        if count > 1:
            port = free_port()
            command = [str(redis()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
            broker = undo.enter_context(Process(command, port, folder / "redis.txt", None)).pid
        servers = [undo.enter_context(_node(folder, each, port)) for each in range(count)]
        yield Running(servers, broker)


KINDS: dict[str, Callable[[int, Path], contextlib.AbstractContextManager[Running]]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
    "node": nodes,
}


def reach(kind: str, count: int, clients: int, seconds: float) -> Reached:
    """Let the clients talk as fast as they can, then quietly, then each wait for its answer."""
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-bench-") as folder,
        KINDS[kind](count, Path(folder)) as running,
        Load([server.port for server in running.servers], running.cookie) as load,
    ):
        load.connect(clients)
        load.saturate(0.5, TALKERS)
        fast = _counted(running, lambda: load.saturate(seconds, TALKERS))
        steady = _counted(running, lambda: load.calm(int(seconds * STEADY), STEADY))
        calm = load.calm(int(seconds * CALM), CALM)
        answered = load.acknowledgements(TALKERS, seconds)
    return Reached(
        *(fast.result.deliveries / fast.result.seconds, fast.result.messages / fast.result.seconds),
        *(*fast.cpu, *steady.cpu),
        *(calm.median, calm.p99, answered.median, answered.p99),
    )


class _Counted(NamedTuple):
    """What came of a command, and what each delivery took of servers and database."""

    result: Result
    cpu: tuple[float, float]


def _counted(running: Running, command: Callable[[], Result]) -> _Counted:
    usage, before = Usage(running.database), sum(each.cpu() for each in running.servers)
    with usage.counted():
        result = command()
    seconds = (sum(each.cpu() for each in running.servers) - before, usage.seconds)
    return _Counted(result, (seconds[0] / result.deliveries, seconds[1] / result.deliveries))


def _lanchat(folder: Path, number: int, *options: str) -> Process:
    port, own = free_port(), folder / str(number)
    own.mkdir()
    command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--quiet"]
    command += ["--port", str(port), "--data-dir", str(own / "data")]
    command += ["--log-file", str(own / "connections.log"), *UNLIMITED, *options]
    return Process(command, port, own / "output.txt", None)


def _node(folder: Path, number: int, redis_port: int) -> Process:
    port = free_port()
    command = [node(), str(RIVALS / "server.js"), str(port), "--redis", str(redis_port)]
    output = folder / f"node-{number}.txt"
    return Process(command, port, output, None, NODE_PATH=str(node_modules()))
