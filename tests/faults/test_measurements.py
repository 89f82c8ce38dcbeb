"""The promises of docs/reliability.md that benchmarks/ measures, at a size for every day.

Nothing here looks at times: each script exits with 1 where something is lost or not given back.
"""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="they read Linux's /proc")


def measure(script, **options):
    """Run a script; returns what it printed."""
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_what_was_acknowledged_survives_being_killed():
    """Five times under load: nothing is missing, double or out of order."""
    assert "acknowledged messages" in measure("durability.py", messages=1_500, rounds=5)


def test_who_comes_and_goes_leaves_nothing_behind():
    """Threads and descriptors come back after 50 rounds, and memory does not grow."""
    measure("leaks.py", rounds=50, guests=10, settle=0)


def test_who_never_reads_is_closed():
    """At the bound of what may wait for one client, and the server does not grow meanwhile."""
    assert "was closed after" in measure("slow_reader.py", guests=10, pace=60, seconds=1)
