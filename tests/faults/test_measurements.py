"""The promises of docs/reliability.md that benchmarks/ measures, at a size for every day.

With --long the sizes are those of the document. Nothing here looks at times: each script exits with
1 where something is lost or not given back.
"""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="they read Linux's /proc"),
]


def measure(script, **options):
    """Run a script; returns what it printed."""
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=3_600, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_what_was_acknowledged_survives_being_killed(long):
    """Five times under load: nothing is missing, double or out of order."""
    size = {"messages": 10_000, "rounds": 20} if long else {"messages": 1_500, "rounds": 5}
    assert "acknowledged messages" in measure("durability.py", **size)


def test_who_comes_and_goes_leaves_nothing_behind(long):
    """Threads and descriptors come back after 50 rounds, and memory does not grow."""
    measure("leaks.py", rounds=50, guests=100 if long else 10, settle=0)


def test_who_never_reads_is_closed(long):
    """At the bound of what may wait for one client, and the server does not grow meanwhile."""
    size = {"guests": 200} if long else {"guests": 10, "pace": 60, "seconds": 1}
    assert "was closed after" in measure("slow_reader.py", **size)


@pytest.mark.long
def test_a_day_of_guests_misses_nothing():
    """Sixty stay, others come, flood, fall asleep and go: every message is heard."""
    measure("soak.py", seconds=600)
