"""axe-core finds nothing to complain about, and the keyboard is enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.world.violations import violations

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]
LookFor = Callable[[Page, Locator], None]


def test_login_has_no_violations(visit: Callable[..., Page]) -> None:
    """The login page, with an error beside its field."""
    page = visit()
    assert violations(page) == ""
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    assert violations(page) == ""


@pytest.mark.own_server
def test_chat_has_no_violations(server: Any, arrive: Arrive, say: Say) -> None:
    """The chat with talk, code, links and the queue."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(bia, "See http://192.0.2.1/ and `code`")
    say(ana, "See http://192.0.2.1/ and `code`")
    expect(ana.locator(".message__time")).to_have_count(2)
    assert violations(ana) == ""
    ana.keyboard.press("Escape")
    server.kill()
    say(ana, "while the host is away")
    expect(ana.locator("#status")).to_contain_text("1 message")
    expect(ana.locator(".message__pending")).to_be_visible()
    assert violations(ana) == ""


def test_messages_have_no_violations(arrive: Arrive, say: Say, look_for: LookFor) -> None:
    """Answers, mentions, reactions, the menu of a message, the bars, and what is searched for."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "Where is it?")
    for item in (
        bia.get_by_role("menuitem", name="Reply", exact=True),
        bia.get_by_role("menuitemcheckbox", name="🎉"),
    ):
        bia.locator(".message__time").press("Enter")
        item.click()
    say(bia, "@Ana there")
    expect(ana.locator(".message--named .quoted")).to_be_visible()
    ana.get_by_role("button", name="🎉").click()
    say(ana, "Thank you")
    expect(bia.get_by_text("Thank you")).to_be_visible()
    expect(ana.locator(".message--pending")).to_have_count(0)
    ana.press("#message", "ArrowUp")
    say(ana, "Thanks")
    expect(ana.locator(".message__edited")).to_be_visible()
    ana.locator(".message--named .message__text").hover()
    expect(ana.locator(".hover-bar")).to_be_visible()
    ana.get_by_role("button", name="Reply", exact=True).click()
    expect(ana.locator("#composing")).to_be_visible()
    assert violations(ana) == ""
    ana.locator(".message--named .message__time").press("Enter")
    expect(ana.get_by_role("menuitem", name="Copy link")).to_be_visible()
    assert violations(ana) == ""
    ana.get_by_role("menuitem", name="Any other emoji").click()
    expect(ana.get_by_label("Any other emoji").last).to_be_focused()
    assert violations(ana) == ""
    ana.keyboard.press("Escape")
    ana.click("#open-search")
    expect(ana.get_by_label("Words")).to_be_focused()
    ana.keyboard.type("where")
    look_for(ana, ana.locator(".search__found"))
    assert violations(ana) == ""


def test_phone_has_no_violations(arrive: Arrive, phone: dict[str, Any]) -> None:
    """The sheets with the people and the settings over the chat."""
    ana = arrive("Ana", reduced_motion="reduce", **phone)
    ana.tap("#open-panel")
    expect(ana.locator("#close-panel")).to_be_focused()
    assert violations(ana) == ""
    ana.tap("#close-panel")
    ana.tap("#open-settings")
    ana.tap("#compact")
    assert violations(ana) == ""


def test_projector_has_no_violations(server: Any, arrive: Arrive) -> None:
    """The page for a whole room."""
    ana = arrive("Ana")
    ana.goto(server.url + "/invite")
    expect(ana.locator("#count")).to_have_text("1 person here")
    assert violations(ana) == ""


def test_keyboard_alone_is_enough(visit: Callable[..., Page]) -> None:
    """Log in, write, walk through the messages and come back without a pointer."""
    page = visit()
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_be_focused()
    for text in ("one", "two"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.locator(".message__time")).to_have_count(2)
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".message__time").last).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".message__time").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#message")).to_be_focused()


def test_new_messages_are_announced(arrive: Arrive) -> None:
    """A screen reader is told what is added, and who said it."""
    ana = arrive("Ana")
    log = ana.get_by_role("log", name="Messages")
    expect(log).to_be_visible()
    expect(ana.locator("#status")).to_have_role("status")
