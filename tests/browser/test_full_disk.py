"""The host's disk is full."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.own_server
@pytest.mark.skipif(sys.platform != "linux", reason="setting another process's limits is Linux's")
def test_the_reader_sees_why_and_it_is_sent_later(
    server: Any, arrive: Callable[..., Page], say: Callable[[Page, str], None]
) -> None:
    """Messages stay in the list with the reason, also when the page is loaded again.

    When there is space, they go in their order.
    """
    import resource

    ana = arrive("Ana")
    say(ana, "before")
    expect(ana.locator(".message__time")).to_have_count(1)
    full = (server.data_dir / "messages.db-wal").stat().st_size
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, -1))
    for text in ("too much", "more"):
        say(ana, text)
    whys = ana.locator(".message__why")
    expect(whys).to_have_count(2)
    expect(whys.first).to_contain_text("The server cannot store messages")
    expect(ana.get_by_role("button", name="Try again")).to_have_count(2)
    ana.reload()
    expect(whys).to_have_count(2)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (-1, -1))
    expect(whys).to_have_count(0)
    expect(ana.locator(".message__text")).to_have_text(["before", "too much", "more"])
    expect(ana.locator(".message__time")).to_have_count(3)
