"""Numbers with their things."""

from __future__ import annotations

import pytest

from lanchat.cli.counting import counted


@pytest.mark.parametrize(
    ("number", "thing", "words"),
    [
        (0, "event", "0 events"),
        (1, "event", "1 event"),
        (2000, "event", "2,000 events"),
        (2, "person", "2 people"),
    ],
)
def test_one_is_no_plural(number: int, thing: str, words: str) -> None:
    """As people say it."""
    assert counted(number, thing) == words
