"""Waiting for what should happen, with one deadline for all tests.

It is long: on a machine with much else to do everything takes ten times as long, and only who
waits in vain notices how long it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

DEADLINE = 60.0
"""Seconds after which something that should have happened counts as not happening."""


def wait_for(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """Poll until the condition is true and return its value; fail after DEADLINE."""
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come true within {DEADLINE:.0f} s")
        time.sleep(0.01)
    return value
