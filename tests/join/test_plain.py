"""`lanchat join` in a pipe: lines in, lines out."""

import subprocess
import sys

import pytest

from tests.world.deadline import DEADLINE


@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
def test_lines_are_said_and_read(server, ana):
    """Whatever they begin with, each once; it ends when all are stored."""
    ana.join()
    ana.say("two\nlines \x1b[31m")
    ran = subprocess.run(
        [sys.executable, "-m", "lanchat", "join", server.url, "--name", "Bia"],
        input="hello\n\n/who\n",
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    lines = [line.partition(" ")[2].partition(" ")[2] for line in ran.stdout.splitlines()]
    assert lines[0] == "Ana: two\\n  lines \\x1b[31m"
    said = [one["message"] for one in ana.join()["messages"]]
    assert said[1:] == ["hello", "/who"]
