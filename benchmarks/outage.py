"""Take the server away for a while, and see how soon a page in each engine is back after it.

    python benchmarks/outage.py [--away 20 165] [--engines chromium firefox webkit]

The browsers have the room open at the same time. The time counts from when the server listens
again until the page has joined: by itself, and after another outage by a reload, since Firefox
delays WebSockets to a host that was away for a new page, too. Exits with 1 where it takes longer
than 8 s. Needs what `make test` installs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

HOUSE = Path(__file__).parents[1]
sys.path[:0] = [str(HOUSE), str(HOUSE / "scripts")]

from rich.console import Console
from rich.table import Table

from tests.world.engines import ENGINES
from tests.world.server import ServerProcess
from tests.world.visitor import Visitor

LIMIT = 8.0


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--away", type=float, nargs="+", default=[20, 165], help="seconds")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    options = parser.parse_args()
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
            waited = _outage(server, visitors, away, reload=False)
            reloaded = _outage(server, visitors, away, reload=True)
            for name, visitor in visitors.items():
                version = str(visitor.browser.capabilities["browserVersion"])
                seconds = [f"{number:.1f} s" for number in (away, waited[name], reloaded[name])]
                table.add_row(name, version, *seconds)
            worst = max(worst, *waited.values(), *reloaded.values())
    Console().print(table)
    return int(worst > LIMIT)


def _outage(
    server: ServerProcess, visitors: dict[str, Visitor], away: float, *, reload: bool
) -> dict[str, float]:
    """How many seconds after the server each page is back."""
    for visitor in visitors.values():
        visitor.until_quiet()
    server.kill()
    time.sleep(away)
    server.start()
    started = time.monotonic()
    if reload:
        for visitor in visitors.values():
            visitor.browser.refresh()
    back: dict[str, float] = {}
    while len(back) < len(visitors):
        for name in visitors.keys() - back.keys():
            if visitors[name].is_in_room() and "lost" not in visitors[name].status():
                back[name] = time.monotonic() - started
    return back


if __name__ == "__main__":
    sys.exit(main())
