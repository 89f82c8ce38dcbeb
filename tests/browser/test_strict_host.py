"""A host who lets people say less than their page knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.world.pages import put_into_queue

# It takes four messages at once, then one a second.
pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "1")


def _without_rate(route: Route) -> None:
    """The page as it is, but for the host's limit."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('"rate": 1', '"rate": 0'))


def test_a_refusal_of_the_host_is_waited_out(arrive: Callable[..., Page]) -> None:
    """Where the page could not know that it is too fast, the message goes by itself later."""
    ana = arrive("Ana")
    ana.route("**/chat", _without_rate)
    put_into_queue(ana, *map(str, range(7)))
    expect(ana.locator("#composer-limit")).to_contain_text("You can send again in")
    expect(ana.locator(".message__time")).to_have_count(7)
    expect(ana.locator(".message--pending, .message--failed")).to_have_count(0)
