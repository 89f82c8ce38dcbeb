"""What people see in a terminal: rich consoles, and untrusted text made safe for them."""

from __future__ import annotations

import os
import select
import sys
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Literal, NoReturn

from rich.color import ColorSystem
from rich.console import Console

ColorChoice = Literal["auto", "always", "never"]

ACCENT = "cyan"
"""The one accent colour, from the terminal's own palette."""

# They take no place on the screen, and yet str.isprintable() lets them pass: fillers, a joiner,
# blank Braille and the variation selectors that can carry a hidden text.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xE0100, 0xE01F0))
)


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise  # noqa: PLE0704 (rich calls this while it handles the error, and would exit with 1)


def console(color: ColorChoice = "auto", *, stderr: bool = False) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, no guessed highlights.

    ``auto`` follows the stream and ``NO_COLOR``; ``always`` outdoes both. In a pipe nothing is
    wrapped or cut. What the stream's encoding cannot say is escaped, and a closed stream
    swallows everything.
    """
    stream = sys.stderr if stderr else sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    if color == "auto" and os.environ.get("NO_COLOR"):
        color = "never"
    always = color == "always"
    dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    return _Console(
        stderr=stderr,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=not is_screen(stderr=stderr),
        color_system=None if color == "never" else "standard" if always and dumb else "auto",
        force_terminal=True if always else None,
        no_color=False if always else None,
    )


def painter(screen: Console) -> Callable[[str, str], str] | None:
    """What makes of a text and a style what the screen takes, in a hundredth of ``print``'s time.

    None where it has no colours. Texts have to be printable.
    """
    if screen.color_system is None or screen.legacy_windows:
        return None

    @cache
    def around(style: str) -> tuple[str, str]:
        # The colours are of the sixteen that every terminal has.
        painted = screen.get_style(style).render("\0", color_system=ColorSystem.STANDARD)
        before, _, after = painted.partition("\0")
        return before, after

    def paint(text: str, style: str) -> str:
        before, after = around(style)
        return f"{before}{text}{after}"

    return paint


def write(text: str) -> None:
    """Write to standard output at once, as the consoles do: what its encoding lacks is escaped."""
    if sys.stdout is not None:  # closed by the shell
        sys.stdout.write(text)
        sys.stdout.flush()


def is_screen(*, stderr: bool = False) -> bool:
    """Whether a person looks at the stream, whatever colours it is to have."""
    stream = sys.stderr if stderr else sys.stdout
    return stream is not None and not stream.closed and stream.isatty()


def wait(seconds: float) -> None:
    """Sleep; raises BrokenPipeError when whoever read our output went away meanwhile."""
    if hasattr(select, "poll") and sys.stdout is not None:
        with suppress(ValueError):  # no descriptor behind it
            poller = select.poll()
            poller.register(sys.stdout.fileno(), 0)
            found = poller.poll(seconds * 1000)
            if any(events & (select.POLLERR | select.POLLHUP) for _, events in found):
                raise BrokenPipeError
            if not found:
                return
    time.sleep(seconds)


def printable(text: str) -> str:
    r"""The text with every character that could move, hide or reorder output as an escape.

    That is ESC and all other controls, bidi controls, zero-width and private characters, line
    separators, tags and lone surrogates: they become ``\x1b`` or ``\u202e``. The rest stays.
    """
    if text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text)):
        return text
    return "".join(
        character
        if character.isprintable() and character not in _INVISIBLE
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def beside(text: str) -> str:
    """The printable text for a place with others beside it, such as a column of a table.

    In a terminal that knows Hebrew and Arabic the numbers behind such a text would change sides
    with it; a mark that takes no place (U+200E) keeps them where they are.
    """
    safe = printable(text)
    leftward = not safe.isascii() and any(map(_goes_left, safe))
    return f"{safe}\u200e" if leftward else safe


def _goes_left(character: str) -> bool:
    return unicodedata.bidirectional(character) in {"R", "AL", "AN"}
