"""What a test needs of the machine besides Python."""

from __future__ import annotations

import os
import sys

import pytest
from needs import NEEDS, complaint, find


def need(name: str) -> str:
    """Find one of NEEDS; where it is missing the test is skipped, but fails in CI."""
    if found := find(name):
        return found
    if os.environ.get("CI") and sys.platform in NEEDS[name].systems:
        pytest.fail(complaint([name]))
    pytest.skip(complaint([name]))
