"""What every check is made of: facts that are only read, and a finding that says what they mean."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from shutil import which

SECONDS = 8.0
"""How long a program may take."""

_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
"""Ordinary users have no administrator's programs on their PATH, and can ask some of them."""


class Verdict(str, Enum):
    """How bad it is; ``UNSEEN`` where it takes rights, or eyes, that nobody has here."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNSEEN = "cannot see"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result; ``next_step`` is empty where nothing is to be done.

    Some of its words may come from strangers: :func:`lanchat.terminal.printable` makes them safe.
    """

    check: str
    verdict: Verdict
    text: str
    next_step: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said; ``worked`` is false where it failed, or was too slow."""

    text: str
    worked: bool


def ask(*command: str) -> Answer | None:
    """Run a program that only reads; None where this computer has no such program."""
    program = which(command[0], path=_PATH)
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=SECONDS,
            # Without a terminal of its own nothing can ask for a password.
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Answer("", worked=False)
    return Answer(done.stdout, worked=done.returncode == 0)


def read(path: str | Path) -> str | None:
    """The text of a file, or None where it is not there or not for us."""
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return None
