"""Who is measured, and how each is started."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fanout.process import Process, free_port
from fanout.programs import RIVALS, CannotMeasure, compiled, node, node_modules

UNLIMITED = ("--rate", "0", "--max-per-ip", "0", "--max-clients", "0")


class Contender(NamedTuple):
    """A server by the name that results have for it.

    ``command`` takes the port and a folder for data. ``on_node`` needs Node and npm. ``most`` is
    the largest number of clients that is feasible.
    """

    name: str
    label: str
    command: Callable[[int, Path], list[str]]
    logs_in: bool = False
    acknowledges: bool = True
    on_node: bool = False
    most: int | None = None

    def start(self, folder: Path, core: int | None) -> Process:
        """Run it on the core; everything that it writes goes into the folder."""
        port = free_port()
        output = folder / f"{self.name}.txt"
        variables = {"NODE_PATH": str(node_modules())} if self.on_node else {}
        return Process(self.command(port, folder), port, output, core, **variables)

    def cookie(self, port: int) -> str:
        """The session that all clients of the load share: one person with many tabs."""
        return log_in(port, "Load") if self.logs_in else ""


def _lanchat(port: int, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--quiet"]
    command += ["--port", str(port), "--data-dir", str(folder / "data")]
    return [*command, "--log-file", str(folder / "connections.log"), *UNLIMITED]


def _stock(mode: str) -> Callable[[int, Path], list[str]]:
    return lambda port, _: [sys.executable, str(RIVALS / "stock.py"), mode, str(port)]


def _node(port: int, _: Path) -> list[str]:
    return [node(), str(RIVALS / "server.js"), str(port)]


def _node_that_stores(port: int, folder: Path) -> list[str]:
    return [*_node(port, folder), "--sqlite", str(folder / "messages.db")]


def _node_that_groups(port: int, folder: Path) -> list[str]:
    return [*_node_that_stores(port, folder), "--grouped"]


def _limit(mode: str) -> Callable[[int, Path], list[str]]:
    return lambda port, _: [str(compiled("limit")), mode, str(port)]


def log_in(port: int, name: str) -> str:
    """The session cookie of somebody of this name. Raises CannotMeasure."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/", f"username={name}", form)
    answer = connection.getresponse()
    connection.close()
    for header in answer.headers.get_all("Set-Cookie", []):
        if header.startswith("lanchat_"):
            return header.partition(";")[0]
    raise CannotMeasure(f"lanchat refuses the login with {answer.status}")


# The labels are short, so that tables fit a terminal; docs/performance.md says who they are.
LANCHAT = Contender("lanchat", "lanchat", _lanchat, logs_in=True)
GROUPED = Contender("node-grouped", "Node grouped", _node_that_groups, on_node=True)
SQLITE = Contender("node-sqlite", "Node SQLite", _node_that_stores, on_node=True)
NODE = Contender("node", "Node", _node, on_node=True)
GEVENT = Contender("gevent", "stock gevent", _stock("gevent"))
# A thread for each client, and all of them for one lock: minutes a measurement beyond.
THREADS = Contender("threads", "stock threads", _stock("threading"), most=1_000)
LIMIT_SINGLE = Contender("limit-single", "single limit", _limit("single"), acknowledges=False)
LIMIT = Contender("limit", "joined limit", _limit("joined"), acknowledges=False)

CONTENDERS = (LANCHAT, GROUPED, SQLITE, NODE, GEVENT, THREADS, LIMIT_SINGLE, LIMIT)
QUICK = (LANCHAT, GROUPED, NODE, LIMIT)
