"""The C compiler that the benchmarks want."""

from __future__ import annotations

import os
import shutil
import sys

import pytest


@pytest.fixture
def c_compiler() -> str:
    """The compiler of this machine; without one CI on Linux fails, and others are told."""
    if sys.platform != "linux":
        pytest.skip("the load is written for Linux")
    found = shutil.which(os.environ.get("CC", "cc"))
    if not found:
        missing = "no C compiler found: install gcc, or set CC"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found
