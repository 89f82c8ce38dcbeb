"""The chat in a pipe: lines that come in are said, and what others say goes out, a line each.

What is no message goes to the other output, so that programs need not tell them apart.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator

from lanchat.join.lines import Line, plain
from lanchat.join.session import Session

_WIDE = 1_000
_AT_ONCE = 64 << 10


def show_in(url: str) -> Callable[[list[Line]], None]:
    """What prints lines for whoever reads the output of this program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")

    def show(lines: list[Line]) -> None:
        for line in lines:
            output = sys.stderr if line.kind in {"note", "room", "trouble"} else sys.stdout
            print(plain(line, url, _WIDE), file=output, flush=True)

    return show


def given() -> Iterator[str]:
    """The lines of standard input, whatever their bytes are."""
    if sys.stdin is None:  # closed by the shell
        return
    source = sys.stdin.buffer
    # Not the buffered one, whose lock a thread that reads at the end of the program would hold.
    raw = getattr(source, "raw", source)
    rest = b""
    while piece := raw.read(_AT_ONCE):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode(errors="replace") for line in lines)
        rest = rest[:_AT_ONCE]  # of a line that nobody ends: more than a message may have
    yield rest.decode(errors="replace")


def take_part(session: Session, lines: Iterable[str], *, follow: bool) -> None:
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
