"""What a check has found, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
