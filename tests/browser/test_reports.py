"""What was said in private is reported, and a host deals with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.world.violations import violations

pytestmark = pytest.mark.server_options("--private", "all")


def test_a_report(
    server: Any, arrive: Callable[..., Page], say: Callable[[Page, str], None]
) -> None:
    """The host is shown what was said around it, deletes one message and dismisses another."""
    bia, caio = arrive("Bia"), arrive("Caio")
    asked: list[str] = []
    bia.locator("#people").get_by_role("button", name="Caio").first.click()
    bia.get_by_role("menuitem", name="Message privately").click()
    expect(bia.locator("h1")).to_have_text("Caio")
    for text in ("first", "ugly", "<b>last</b>"):
        say(bia, text)
    expect(bia.locator(".message__text")).to_have_count(3)
    caio.get_by_role("navigation", name="Rooms").get_by_role("button", name="Bia").click()
    for number in (1, 2):
        report(caio, number)
    host = arrive("Rui")
    host.on("request", lambda request: asked.append(request.url))
    expect(host.locator("#message")).to_be_enabled()
    assert not [url for url in asked if "reports" in url]
    secret = Path(server.data_dir, "host-secret").read_text(encoding="utf-8")
    host.request.post(f"{server.url}/host", form={"secret": secret})
    line = host.locator(".report-line")
    expect(line).to_contain_text("2 reports wait for a host")
    line.get_by_role("button", name="Look").click()
    dialog = host.get_by_role("dialog", name="Reports")
    ugly = dialog.get_by_role("article").filter(has_text="ugly").first
    expect(ugly.locator(".report__text")).to_have_text(["first", "ugly", "<b>last</b>"])
    expect(ugly.locator(".report__said--it")).to_contain_text("ugly")
    assert violations(host) == ""
    dialog.get_by_role("button", name="Dismiss the report").nth(1).click()
    expect(line).to_contain_text("1 report waits for a host")
    dialog.get_by_role("button", name="Delete the message").click()
    host.locator("#sure-yes").click()
    expect(line).to_be_hidden()
    expect(caio.locator(".message__text")).to_have_text(["first", "<b>last</b>"])


def report(page: Page, number: int) -> None:
    """Show the hosts the message with this number on the page, by its menu."""
    page.locator(".message__time").nth(number).press("Enter")
    page.get_by_role("menuitem", name="Report to the hosts").click()
    page.locator("#sure-yes").click()
    expect(page.locator("#rows")).to_contain_text("was shown to the hosts")
