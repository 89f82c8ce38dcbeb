"""Processes that talk through one database (``talking.py``), from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple, cast

from fanout.programs import CannotMeasure

from several.database import Usage

_SCRIPT = Path(__file__).with_name("talking.py")


class Talked(NamedTuple):
    """What one process says of its talk, as ``talking.py`` prints it; times are in seconds."""

    seconds: float
    cpu: float
    commits: int
    acknowledged: list[float]
    heard: list[float]
    told: list[int]


class Talking:
    """One process, whose number tells its people from those of the others."""

    def __init__(self, log: str, database: str, number: int, senders: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(_SCRIPT), log, database, f"{number:x}", str(senders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._commands = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)

    def answer(self) -> str:
        """The next line that it prints. Raises CannotMeasure where there is none."""
        line = self._answers.readline()
        if not line:
            raise CannotMeasure("a process that talks has ended")
        return line

    def tell(self, line: str) -> None:
        """Let it go on."""
        self._commands.write(f"{line}\n")
        self._commands.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def talk(
    log: str, database: str, senders: Sequence[int], seconds: float, usage: Usage
) -> Sequence[Talked]:
    """Let as many processes talk at the same time as there are numbers of senders."""
    with ExitStack() as undo:
        talking = [Talking(log, database, *each) for each in enumerate(senders)]
        for each in talking:
            undo.callback(each.kill)
        for each in talking:
            each.answer()
        with usage.counted():
            for each in talking:
                each.tell(str(seconds))
            said = sum(int(each.answer()) for each in talking)
        for each in talking:
            each.tell(str(said))
        return [Talked(**json.loads(each.answer())) for each in talking]
