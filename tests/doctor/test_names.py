from __future__ import annotations

import pytest

from lanchat.doctor.finding import Verdict
from lanchat.doctor.names import judge, resolve
from lanchat.net.discovery import FoundRoom

ROOM = FoundRoom("7B", "http://192.0.2.10:8765", "http://lanchat.local:8765", 0, False, "1")


@pytest.mark.parametrize(
    ("port", "own", "verdict"),
    [
        (8765, {"192.0.2.10"}, Verdict.OK),
        (8766, {"192.0.2.10"}, Verdict.WARNING),
        (8765, {"192.0.2.11"}, Verdict.WARNING),
    ],
)
def test_only_our_own_room_counts(port: int, own: set[str], verdict: Verdict) -> None:
    """By address and port, as others may announce the same name."""
    assert judge([ROOM], port, own, lambda _: own).verdict is verdict


def test_a_computer_that_knows_no_such_names() -> None:
    """Guests may know them."""
    finding = judge([ROOM], 8765, {"192.0.2.10"}, lambda _: set())
    assert "knows no such names" in finding.text


def test_resolving() -> None:
    """Addresses without a zone; nothing for what is no name."""
    assert "127.0.0.1" in resolve("localhost")
    assert resolve("no such name") == set()
    assert resolve("x" * 70) == set()
