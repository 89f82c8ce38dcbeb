"""The clients: load.c in a process of its own, command by command."""

from __future__ import annotations

import json
import selectors
import subprocess
from collections.abc import Sequence
from typing import IO, Any, NamedTuple, cast

from fanout.process import pinned
from fanout.programs import CannotMeasure, compiled

PATIENCE = 120.0
"""Seconds for one command; load.c itself gives up on a silent server much earlier."""


class Result(NamedTuple):
    """What load.c says of one command; times in seconds.

    ``packet_size`` is that of a message in bytes, or of the answer to who joins.
    """

    seconds: float
    cpu: float
    messages: int
    deliveries: int
    packet_size: float
    samples: int
    median: float
    p99: float


class Load:
    """So many clients as one wants, which share one cookie and end with the context.

    Where there are several ports the clients take them in turn.
    Every command raises CannotMeasure where the server refuses, hangs up or falls silent.
    """

    def __init__(
        self, ports: int | Sequence[int], cookie: str = "", core: int | None = None
    ) -> None:
        listed = [ports] if isinstance(ports, int) else ports
        command = [str(compiled("load")), ",".join(map(str, listed)), cookie]
        with pinned(core):
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        self._commands = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def connect(self, clients: int) -> Result:
        """Let clients join until there are so many."""
        return self._run("connect", clients)

    def saturate(self, seconds: float, talkers: int) -> Result:
        """Keep as many messages on their way to everybody as there are talkers."""
        return self._run("saturate", seconds, talkers)

    def calm(self, messages: int, rate: float) -> Result:
        """Say so many messages, ``rate`` a second; samples are times until the last has one."""
        return self._run("calm", messages, rate)

    def acknowledgements(self, talkers: int, seconds: float) -> Result:
        """Each talker waits for its acknowledgement; samples are the times until it is there."""
        return self._run("acks", talkers, seconds)

    def _run(self, *words: object) -> Result:
        try:
            self._commands.write(" ".join(map(str, words)) + "\n")
            self._commands.flush()
        except OSError as error:
            raise CannotMeasure("the load has ended") from error
        with selectors.DefaultSelector() as ready:
            ready.register(self._answers, selectors.EVENT_READ)
            answer = self._answers.readline() if ready.select(PATIENCE) else ""
        fields: dict[str, Any] = json.loads(answer or '{"error": "it gave no answer"}')
        if "error" in fields:
            raise CannotMeasure(f"the load, at {words[0]}: {fields['error']}")
        return Result(**fields)
