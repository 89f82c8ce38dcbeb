"""The process of ``forerunner.py``: it imports what `lanchat serve` does, and forks servers.

Each order is a line of JSON on standard input. A server has a keeper: its parent, which writes down
its number, and then how it has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from typing import Any, NoReturn

import gevent
from gevent import monkey


def main() -> None:
    """Fork a server for each order, until there are no more."""
    monkey.patch_all()  # as `serve` does, before it imports what serves

    import lanchat.backend
    import lanchat.cli.serve
    import lanchat.cli.startup
    import lanchat.server  # noqa: F401

    if os.environ.get("LANCHAT_TESTS_LATE"):
        from tests.world.late import be_late

        be_late()
    with open(0, "rb", buffering=0, closefd=False) as orders:
        for line in orders:
            if not _original("os", "fork")():
                _keep(json.loads(line))
            with contextlib.suppress(ChildProcessError):
                _original("os", "waitpid")(-1, os.WNOHANG)  # a keeper that has ended


def _keep(order: dict[str, Any]) -> NoReturn:
    """Start a server, and note what becomes of it."""
    notes = os.open(order["notes"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    pid = _original("os", "fork")()
    if not pid:
        os.close(notes)
        _become(order)
    _original("signal", "signal")(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the server's
    os.write(notes, b"%d\n" % pid)
    _, status = _original("os", "waitpid")(pid, 0)
    os.write(notes, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(order: dict[str, Any]) -> NoReturn:
    """Be `lanchat` in this process, to its end."""
    from lanchat.cli import main

    gevent.reinit()  # what imports have made of its hub is the forerunner's
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(order["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
    main(order["arguments"])


def _original(module: str, name: str) -> Any:
    """What gevent has put something in place of that would need its hub."""
    return monkey.get_original(module, name)


if __name__ == "__main__":
    main()
