"""Take the server away for a while, and see how soon a page in each engine is back after it.

    python benchmarks/outage.py [--away 20 165] [--silent] [--engines chromium firefox webkit]

The server is killed, so that the system refuses connections at once. With --silent it runs on and
all packets to and from it are lost, as where its computer sleeps or the Wi-Fi is gone; that takes
root and iptables, happens in a network namespace of its own, and pages notice after 45 s at most.

The browsers have the room open at the same time. The time counts from when the server listens
again until the page has joined: by itself, and after another outage by a reload, since Firefox
delays WebSockets to a host that was away for a new page, too. Exits with 1 where it takes longer
than 8 s. Needs what `make test` installs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HOUSE = Path(__file__).parents[1]
sys.path[:0] = [str(HOUSE), str(HOUSE / "scripts")]

from rich.console import Console
from rich.table import Table

from tests.world.engines import ENGINES
from tests.world.server import ServerProcess
from tests.world.visitor import Visitor

LIMIT = 8.0
INSIDE = "LANCHAT_OUTAGE_INSIDE"


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--away", type=float, nargs="+", default=[20, 165], help="seconds")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--silent", action="store_true", help="lose packets, kill nothing")
    options = parser.parse_args()
    if options.silent and os.environ.get(INSIDE) is None:
        inside = ["sh", "-c", 'ip link set lo up && exec "$0" "$@"', sys.executable, *sys.argv]
        environment = {**os.environ, INSIDE: "1"}
        return subprocess.run(
            ["unshare", "--net", *inside], env=environment, check=False
        ).returncode
    table = Table("engine", "version", "away", "back by itself", "by a reload")
    worst = 0.0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = ServerProcess(folder / "server")
        stack.callback(server.kill)
        visitors = {}
        for name in options.engines:
            (folder / name).mkdir()
            visitors[name] = Visitor(stack.enter_context(ENGINES[name](folder / name)), server)
            visitors[name].log_in(name)
        for away in options.away:
            gone = _silent if options.silent else _killed
            with gone(server):
                time.sleep(away)
            waited = _way_back(visitors, reload=False)
            with gone(server):
                time.sleep(away)
            reloaded = _way_back(visitors, reload=True)
            for name, visitor in visitors.items():
                version = str(visitor.browser.capabilities["browserVersion"])
                seconds = [f"{number:.1f} s" for number in (away, waited[name], reloaded[name])]
                table.add_row(name, version, *seconds)
            worst = max(worst, *waited.values(), *reloaded.values())
    Console().print(table)
    return int(worst > LIMIT)


@contextmanager
def _killed(server: ServerProcess) -> Iterator[None]:
    server.kill()
    yield
    server.start()


@contextmanager
def _silent(server: ServerProcess) -> Iterator[None]:
    _rules("--append", server.port)
    yield
    _rules("--delete", server.port)


def _rules(change: str, port: int) -> None:
    for side in ("--dport", "--sport"):
        rule = ["INPUT", "--protocol", "tcp", side, str(port), "--jump", "DROP"]
        subprocess.run(["iptables", change, *rule], check=True)


def _way_back(visitors: dict[str, Visitor], *, reload: bool) -> dict[str, float]:
    """After how many seconds each page has joined again."""
    started = time.monotonic()
    if reload:
        for visitor in visitors.values():
            visitor.browser.refresh()
    back: dict[str, float] = {}
    while len(back) < len(visitors):
        for name in visitors.keys() - back.keys():
            if visitors[name].is_in_room() and "lost" not in visitors[name].status():
                back[name] = time.monotonic() - started
    for visitor in visitors.values():
        visitor.until_quiet()
    return back


if __name__ == "__main__":
    sys.exit(main())
