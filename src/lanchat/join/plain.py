"""The chat in a pipe: lines that come in are said, and what others say goes out, a line each.

What is no message goes to the other output, so that programs need not tell them apart.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from io import TextIOBase

from lanchat.join.lines import plain
from lanchat.join.session import Session
from lanchat.join.talk import Line

_WIDE = 1_000


def show_in(url: str) -> Callable[[Line], None]:
    """What prints a line for whoever reads the output of this program."""

    def show(line: Line) -> None:
        output = sys.stderr if line.kind in {"note", "room", "trouble"} else sys.stdout
        print(plain(line, url, _WIDE), file=output, flush=True)

    return show


def take_part(session: Session, lines: Iterable[str] | TextIOBase, *, follow: bool) -> None:
    """Say what comes in, until that ends; with ``follow`` go on reading what others say."""
    running = threading.Thread(target=session.run, daemon=True)
    running.start()
    threading.Thread(target=_say, args=[session, lines, follow], daemon=True).start()
    try:
        while running.is_alive():
            running.join(1.0)
    except KeyboardInterrupt:
        session.end()
        running.join(5.0)


def _say(session: Session, lines: Iterable[str], follow: bool) -> None:
    for line in lines:
        if said := line.rstrip("\r\n"):
            session.said(said)
    if not follow:
        session.end(when_said=True)
