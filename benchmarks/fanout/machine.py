"""Where it was measured, and how quiet it was there."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from fanout.process import Cores, pinned
from fanout.programs import PROJECT

LOOPS = 400_000


class Calibration:
    """A loop that does the same work every time: its spread is the machine's, not a server's."""

    def __init__(self, core: int | None) -> None:
        self._core = core
        self._times: list[float] = []

    def take(self) -> None:
        """Run the loop once, where the server is going to run."""
        with pinned(self._core):
            began = time.perf_counter()
            for _ in range(LOOPS):
                pass
            self._times.append(time.perf_counter() - began)

    def spread(self) -> float:
        """The 90th percentile above the 10th, as a share of the median; 0 for a quiet machine."""
        if len(self._times) < 2:  # noqa: PLR2004 - one value has no spread
            return 0.0
        deciles = statistics.quantiles(self._times, n=10)
        return (deciles[-1] - deciles[0]) / statistics.median(self._times)


def describe(cores: Cores, descriptors: int) -> dict[str, str]:
    """The machine and the versions, as people want to read them."""
    packages = ("Flask-SocketIO", "python-socketio", "python-engineio", "gevent")
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in packages),
        "node": _first_line("node", "--version").lstrip("v") or "none",
        "commit": _first_line("git", "-C", str(PROJECT), "describe", "--always", "--dirty"),
        "pinning": "none: there is one core only"
        if cores.server is None
        else f"server on core {cores.server}, load on core {cores.load}",
        "descriptors": str(descriptors),
        "load average at the start": f"{os.getloadavg()[0]:.1f}",
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0]
