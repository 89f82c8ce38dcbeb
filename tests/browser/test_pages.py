"""Logging in, and how the pages look to a reader: language and appearance."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, Route, expect

from tests.world.pages import log_out

Arrive = Callable[..., Page]
Visit = Callable[..., Page]


def test_last_name_is_remembered(visit: Visit) -> None:
    """Who comes back finds the name in the field."""
    ana = visit()
    ana.fill("#username", "Ana Souza")
    ana.press("#username", "Enter")
    log_out(ana)
    expect(ana.locator("#username")).to_have_value("Ana Souza")


def test_taken_name_is_said_beside_the_field(arrive: Arrive, visit: Visit) -> None:
    """The refusal names a free name, and belongs to the field for screen readers, too."""
    arrive("Ana")
    page = visit()
    page.fill("#username", "ana")
    page.keyboard.press("Enter")
    expect(page.locator("#username-error")).to_contain_text("ana 2")
    expect(page.locator("#username")).to_have_attribute("aria-describedby", "username-error")
    expect(page.locator("#username")).to_have_value("ana")
    page.get_by_role("button", name="Join as “ana 2”").click()
    expect(page.locator("#people .people__you")).to_have_count(1)
    log_out(page)
    expect(page.locator("#username")).to_have_value("ana 2")


def test_login_needs_no_script(visit: Visit) -> None:
    """Without JavaScript one still gets in, and is told that the chat needs it."""
    page = visit(java_script_enabled=False)
    page.fill("#username", "Ana")
    page.click("button[type=submit]")
    assert "The chat needs JavaScript" in page.content()


def test_language_follows_the_browser(visit: Visit) -> None:
    """A Brazilian browser gets Portuguese."""
    page = visit(locale="pt-BR")
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    expect(page.get_by_role("button", name="Entrar na sala")).to_be_visible()


def test_language_switch_keeps_the_text(arrive: Arrive) -> None:
    """Another language costs neither the place nor what one was writing."""
    ana = arrive("Ana")
    ana.fill("#message", "half a thou")
    ana.click("#open-settings")
    ana.get_by_role("link", name="Português").click()
    expect(ana.locator("html")).to_have_attribute("lang", "pt-BR")
    expect(ana.locator("#message")).to_have_attribute("placeholder", "Escreva uma mensagem")
    expect(ana.locator("#message")).to_have_value("half a thou")


def test_appearance_follows_the_system(visit: Visit) -> None:
    """A system in the dark gets a dark page."""
    assert _is_dark(visit(color_scheme="dark"))
    assert not _is_dark(visit(color_scheme="light"))


def test_appearance_can_be_chosen(arrive: Arrive) -> None:
    """The choice wins over the system and outlives a reload."""
    ana = arrive("Ana", color_scheme="light")
    ana.click("#open-settings")
    ana.get_by_label("Appearance").select_option("dark")
    assert _is_dark(ana)
    ana.reload()
    assert _is_dark(ana)
    ana.click("#open-settings")
    expect(ana.get_by_label("Appearance")).to_have_value("dark")


def test_times_are_the_readers_own(arrive: Arrive) -> None:
    """A message shows the local time as the reader's country writes it."""
    ana = arrive("Ana", locale="en-US", timezone_id="Asia/Tokyo")
    ana.fill("#message", "hello")
    ana.keyboard.press("Enter")
    time = ana.locator(".message time")
    expect(time).to_have_text(re.compile(r"^\d?\d:\d\d\s[AP]M$"))
    sent = datetime.fromisoformat(str(time.get_attribute("datetime")).replace("Z", "+00:00"))
    there = f"{sent + timedelta(hours=9):%I:%M}".lstrip("0")
    expect(time).to_have_text(re.compile(f"^{there}"))


def _is_dark(page: Page) -> bool:
    dark: bool = page.evaluate(
        """() => {
            const [red] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g);
            return Number(red) < 128;
        }"""
    )
    return dark


def test_no_press_is_lost_before_the_scripts_are_there(arrive: Arrive) -> None:
    """The header's buttons cannot be pressed until somebody listens."""
    ana = arrive("Ana")
    held: list[Route] = []
    ana.route("**/js/chat.js*", lambda route: held.append(route))  # noqa: PLW0108  not a builtin
    ana.reload(wait_until="commit")
    expect(ana.locator("#acts")).to_have_attribute("inert", "")
    while not held:
        ana.wait_for_timeout(20)
    held[0].continue_()
    ana.click("#open-settings")
    expect(ana.locator("#settings")).to_be_visible()
