"""Changing one's name in the page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


def change_name(page: Page, name: str) -> None:
    """Open the form in the settings, and send it."""
    page.click("#open-settings")
    page.click("#open-rename")
    page.fill("#new-name", name)
    page.keyboard.press("Enter")


def test_all_see_the_new_name_at_once(arrive: Arrive, say: Say) -> None:
    """The page stays, what was said stays one's own, and nobody has left."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "before")
    change_name(ana, "Anita")
    expect(ana.locator("#rename")).to_be_hidden()
    say(ana, "after")
    for page, people in ((ana, ["Anita", "Bia"]), (bia, ["Bia", "Anita"])):
        expect(page.locator(".people__name")).to_have_text(people)
        expect(page.locator(".note").last).to_contain_text("Ana is now called Anita.")
    expect(ana.locator(".message--mine")).to_have_count(2)
    ana.reload()
    expect(ana.locator(".message--mine")).to_have_count(2)
    ana.click("#open-settings")
    ana.click("#open-rename")
    expect(ana.locator("#new-name")).to_have_value("Anita")


def test_a_name_that_cannot_be_had_says_why(arrive: Arrive) -> None:
    """It does so beside the field, which keeps what was typed."""
    ana, _ = arrive("Ana"), arrive("Bia")
    change_name(ana, "bia")
    expect(ana.locator("#rename-error")).to_contain_text("bia 2")
    expect(ana.locator("#new-name")).to_have_attribute("aria-invalid", "true")
    ana.fill("#new-name", "bia 2")
    expect(ana.locator("#rename-error")).to_have_text("")
    ana.keyboard.press("Enter")
    expect(ana.locator(".people__name").first).to_have_text("bia 2")
