"""The measurement: all contenders in turn, again and again.

What disturbs the machine for a while thus hits everybody, and the median of the rounds forgets it.
Each contender and number of clients gets a server of its own, so that memory is that of clients.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fanout.contenders import Contender
from fanout.load import Load
from fanout.machine import Calibration
from fanout.process import Cores, Process
from fanout.programs import CannotMeasure

Figures = dict[str, float]
"""What one round says of one server, by the names in figures.py."""

TALKERS = 10
SETTLE_SECONDS = 0.5
RATE = 10.0

NEWEST = 200
"""Messages that are in the room before anybody else comes: everybody who joins gets them."""

FILLING_RATE = 1_000.0


class Plan(NamedTuple):
    """What is measured for how long.

    ``seconds`` are for all of it: no further round begins that would not end within them.
    """

    contenders: Sequence[Contender]
    clients: Sequence[int]
    rounds: int
    seconds: float
    warm_up: float
    saturation: float
    calm_messages: int

    def measurements(self) -> Iterator[tuple[Contender, int]]:
        """One round in its order."""
        for clients in self.clients:
            for contender in self.contenders:
                if contender.most is None or clients <= contender.most:
                    yield contender, clients


class Measured(NamedTuple):
    """One round of one contender with so many clients; ``error`` says why there are no figures."""

    contender: Contender
    clients: int
    figures: Figures
    error: str = ""


def run(
    plan: Plan, cores: Cores, calibration: Calibration, tell: Callable[[Measured], None]
) -> list[Measured]:
    """Measure all rounds of the plan, and tell of each measurement as it is made."""
    results = []
    hopeless: set[tuple[str, int]] = set()
    began = time.monotonic()
    for done in range(plan.rounds):
        spent = time.monotonic() - began
        if done and spent * (done + 1) / done > plan.seconds:
            break
        for contender, clients in plan.measurements():
            if (contender.name, clients) in hopeless:
                continue
            calibration.take()
            try:
                measured = Measured(contender, clients, measure(contender, clients, plan, cores))
            except CannotMeasure as error:
                measured = Measured(contender, clients, {}, error.message)
                hopeless.add((contender.name, clients))
            results.append(measured)
            tell(measured)
    return results


def measure(contender: Contender, clients: int, plan: Plan, cores: Cores) -> Figures:
    """One round of one contender. Raises CannotMeasure."""
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-bench-") as folder,
        contender.start(Path(folder), cores.server) as server,
        Load(server.port, contender.cookie(server.port), cores.load) as load,
    ):
        try:
            figures = _join(server, load, clients)
            load.saturate(plan.warm_up, min(TALKERS, clients))
            figures |= _saturate(server, load, min(TALKERS, clients), plan.saturation)
            calm = load.calm(plan.calm_messages, RATE)
            figures |= {"fanout_ms": calm.median * 1e3, "fanout_p99_ms": calm.p99 * 1e3}
            if clients == TALKERS and contender.acknowledges:
                acks = load.acknowledgements(TALKERS, plan.saturation)
                figures |= {
                    "acks_per_s": acks.samples / acks.seconds,
                    "ack_ms": acks.median * 1e3,
                    "ack_p99_ms": acks.p99 * 1e3,
                }
        except CannotMeasure as error:
            raise CannotMeasure(f"{error.message} (server: {server.last_words()})") from error
        return figures


def _join(server: Process, load: Load, clients: int) -> Figures:
    load.connect(1)
    load.calm(NEWEST, FILLING_RATE)
    time.sleep(SETTLE_SECONDS)
    memory, cpu = server.memory(), server.cpu()
    joined = load.connect(clients)
    cpu = server.cpu() - cpu
    time.sleep(SETTLE_SECONDS)
    newcomers = clients - 1
    return {
        "connections_per_s": newcomers / joined.seconds,
        "join_cpu_us": cpu / newcomers * 1e6,
        "join_bytes": joined.packet_size,
        "memory_kb": (server.memory() - memory) / newcomers / 1e3,
    }


def _saturate(server: Process, load: Load, talkers: int, seconds: float) -> Figures:
    before = server.cpu()
    result = load.saturate(seconds, talkers)
    cpu = server.cpu() - before
    return {
        "deliveries_per_s": result.deliveries / result.seconds,
        "cpu_us": cpu / result.deliveries * 1e6,
        "server_share": cpu / result.seconds,
        "load_share": result.cpu / result.seconds,
        "packet_bytes": result.packet_size,
    }
