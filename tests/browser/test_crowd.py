"""A page in a room with more people than one can greet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

# It takes a class from one address.
pytestmark = pytest.mark.server_options("--grace", "600", "--max-per-ip", "0")


@pytest.mark.parametrize(
    ("locale", "joined"),
    [
        ("en-GB", "Guest 0, Guest 1, and 58 others joined the room!"),
        ("pt-BR", "Guest 0, Guest 1 e mais 58 pessoas entraram na sala!"),
    ],
)
def test_a_class_that_comes_in_has_one_line(
    arrive: Callable[..., Page],
    person_factory: Callable[..., Any],
    raw_client: Callable[..., Any],
    locale: str,
    joined: str,
) -> None:
    """And everybody is in the list of people, each once, and can be searched for there."""
    page = arrive("Ana", locale=locale)
    for number in range(60):
        raw_client(person_factory(f"Guest {number}")).join()
    expect(page.locator("#people .people__person")).to_have_count(61)
    expect(page.locator(".note--joined")).to_have_text([joined])
    page.fill("#people-search", "GUEST 5")
    expect(page.locator("#people .people__person")).to_have_count(11)
