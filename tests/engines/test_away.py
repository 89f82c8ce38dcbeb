"""The server goes away and comes back, in Firefox and WebKit as in Chromium.

How long the way back takes is measured by benchmarks/outage.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.visitor import Visitor

pytestmark = pytest.mark.own_server


def test_what_is_written_meanwhile_goes_out(ana: Visitor, server: Any) -> None:
    """Once, in its order, and nobody has to do anything for it."""
    ana.say("before")
    ana.shows("before", way="confirmed")
    server.kill()
    ana.until(lambda: "Connection lost" in ana.status(), "the loss")
    ana.say("one")
    ana.say("two")
    ana.until(lambda: "2 messages wait" in ana.status(), "the queue")
    server.start()
    ana.shows("before", "one", "two", way="confirmed")
    ana.until_quiet()


def test_a_reload_after_an_outage_leads_back(ana: Visitor, server: Any) -> None:
    """What was written before it is not lost, wherever the browser delays WebSockets."""
    server.stop()
    ana.until(lambda: "was stopped" in ana.status(), "the goodbye")
    ana.say("do not lose me")
    ana.until(lambda: "1 message waits" in ana.status(), "the queue")
    server.start()
    ana.browser.refresh()
    ana.wait_for_room()
    ana.shows("do not lose me", way="confirmed")
