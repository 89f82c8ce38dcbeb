from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lanchat.net.watch import Watch


def test_looks_again_and_again_until_it_is_closed(until: Callable[..., Any]) -> None:
    """After closing nobody looks any more."""
    looks: list[int] = []
    watch = Watch([lambda: looks.append(1)], seconds=0.001)
    until(lambda: len(looks) > 2)
    watch.close()
    assert not watch._thread.is_alive()


def test_a_look_that_fails_is_not_the_last_one(
    until: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, and the next one may do better."""
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        raise OSError

    watch = Watch([look], seconds=0.001)
    until(lambda: len(looks) > 1)
    watch.close()
    assert "could not be looked at" in caplog.text
