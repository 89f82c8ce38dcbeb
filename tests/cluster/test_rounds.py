"""People of two servers talk while something fails: all hear the same, once, in one order."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.world.needs import need

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "cluster_faults.py"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="it reads Linux's /proc"),
]


def tried(**options):
    """What the script says that fails where something is missing, double or out of order."""
    need("postgres")
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=5_400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_round_in_which_a_server_is_killed():
    """Its people go on at the other one."""
    counts = {"messages": 100, "people": 6, "rounds": 1, "logins": 0, "moving": 0, "orders": 1}
    said = tried(only="a server is killed", **counts)
    assert "a server is killed" in said
    assert all(f"{order} at one server holds" in said for order in ("mute", "lock", "kick", "ban"))


@pytest.mark.long
def test_rounds_in_which_anything_fails():
    """Ten thousand messages, edits and reactions, and two thousand people who move."""
    assert "2000 people of a server that stops are in" in tried(seconds=60)
