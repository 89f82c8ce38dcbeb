from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")

PROGRAM = """
import resource, sys
from lanchat.net.descriptors import make_room_for
connections, soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
make_room_for(connections)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def room_for(connections: int, *, soft: int, hard: int) -> tuple[int, str]:
    """The limit that a process of its own ends up with, and its warnings."""
    numbers = map(str, (connections, soft, hard))
    command = [sys.executable, "-c", PROGRAM, *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout), done.stderr


def test_raises_the_limit_to_what_is_needed() -> None:
    """Many systems let a program open 256 or 1,024 files unless it asks for more."""
    limit, warning = room_for(500, soft=100, hard=1_000)
    assert 500 < limit < 1_000
    assert warning == ""


def test_leaves_a_limit_that_is_high_enough_alone() -> None:
    """Nothing is ever lowered."""
    assert room_for(10, soft=900, hard=1_000) == (900, "")


def test_warns_where_the_system_allows_too_few() -> None:
    """One line says what to do; the server takes as many as it can."""
    limit, warning = room_for(5_000, soft=100, hard=1_000)
    assert limit == 1_000
    assert "--max-clients" in warning
    assert warning.count("\n") == 1


def test_without_a_limit_of_its_own_it_takes_all() -> None:
    """With --max-clients 0 the system's limit is the only one."""
    assert room_for(0, soft=100, hard=1_000) == (1_000, "")
