from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import logging
from lanchat.cli.diagnostics import set_up_logging
set_up_logging(quiet={quiet}, verbose={verbose})
for level in ("debug", "info", "warning", "error"):
    getattr(logging.getLogger("any"), level)("%s said", level)
"""


def stderr_of(program: str) -> str:
    """What a program of its own writes to stderr: logging is set up once in a process."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stderr


@pytest.mark.parametrize(
    ("quiet", "verbose", "levels"),
    [
        (True, 0, ["error"]),
        (False, 0, ["warning", "error"]),
        (False, 1, ["info", "warning", "error"]),
        (False, 2, ["debug", "info", "warning", "error"]),
        (False, 5, ["debug", "info", "warning", "error"]),
    ],
)
def test_says_as_much_as_was_asked_for(quiet: bool, verbose: int, levels: list[str]) -> None:
    """-q shows errors, -v adds what happens, -vv everything."""
    shown = stderr_of(PROGRAM.format(quiet=quiet, verbose=verbose)).splitlines()
    assert shown == [f"lanchat: {level}: {level} said" for level in levels]


def test_a_message_is_one_harmless_line() -> None:
    """A guest's text in a message can neither paint the terminal nor start a line."""
    program = PROGRAM.format(quiet=True, verbose=0)
    shown = stderr_of(program + r"logging.error('by %s', 'Ana\n\x1b[2J')")
    assert shown.splitlines()[-1] == r"lanchat: error: by Ana\n\x1b[2J"


FAILING = "try: 1 / 0\nexcept ZeroDivisionError: logging.exception('no sum')"


def test_an_exception_is_one_line() -> None:
    """Its type and text are enough for a person."""
    shown = stderr_of(PROGRAM.format(quiet=True, verbose=0) + FAILING).splitlines()
    assert shown[1:] == ["lanchat: error: no sum: ZeroDivisionError: division by zero"]


def test_everything_includes_tracebacks() -> None:
    """-vv is for those who look for the cause."""
    shown = stderr_of(PROGRAM.format(quiet=False, verbose=2) + FAILING)
    assert "Traceback (most recent call last)" in shown
