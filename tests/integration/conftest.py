"""Who comes to the servers of these tests, beside Ana and Bia."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world.person import Person


@pytest.fixture
def host(ana: Person) -> Person:
    """Ana, who has opened the host link."""
    ana.become_host()
    return ana


@pytest.fixture
def davi(person_factory: Callable[..., Person]) -> Person:
    """Davi, logged in but not connected yet."""
    return person_factory("Davi")
