"""What the benchmarks want."""

from __future__ import annotations

import pytest

from tests.world.needs import need


@pytest.fixture
def c_compiler() -> str:
    """The compiler of this machine."""
    return need("cc")


@pytest.fixture
def postgres_program() -> str:
    """The PostgreSQL of this machine."""
    return need("postgres")
