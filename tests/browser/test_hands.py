"""Hands are raised and lowered: by guests with one button, by hosts in a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_alerts import LISTEN
from tests.world.deadline import wait_for
from tests.world.violations import violations

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


@pytest.fixture
def host(server: Any, arrive: Arrive) -> Arrive:
    """Be in the room by the host link."""

    def open_link(name: str, **options: Any) -> Page:
        secret = (server.data_dir / "host-secret").read_text()
        page = arrive(name, f"/host#{secret}", **options)
        expect(page.locator("#people .badge")).to_have_text("host")
        return page

    return open_link


def test_a_class_raises_its_hands(host: Arrive, arrive: Arrive, say: Say) -> None:
    """The host sees them in order, and who is missing; a reload keeps them; one goes, then all."""
    ana, bia, caio = host("Ana"), arrive("Bia"), arrive("Caio")
    ana.evaluate(LISTEN)
    ana.click("#message")  # before it was touched a page cannot sound
    bia.get_by_role("button", name="Raise my hand").click()
    wait_for(partial(ana.evaluate, "window.sounded === 2"), "two notes")
    expect(bia.get_by_role("button", name="Lower my hand")).to_be_visible()
    raising = caio.locator(".hands__button")
    expect(raising).to_have_text("Raise my hand")
    panel = ana.get_by_role("region", name="1 hand up")
    expect(panel.locator("summary")).to_have_text("1 has no hand up")
    raising.press("Enter")
    expect(caio.locator(".hands__place")).to_have_text("Your hand is up: number 2 of 2.")
    names = ana.locator(".hands__person .hands__name")
    expect(names).to_have_text(["Bia", "Caio"])
    expect(ana.get_by_text("Everybody has a hand up.")).to_be_visible()
    say(bia, "the answer is 42")
    expect(ana.locator(".message__author .badge")).to_have_text("hand up")
    expect(caio.locator(".message__author .badge")).to_have_count(0)
    bia.reload()
    expect(bia.locator(".hands__place")).to_have_text("Your hand is up: number 1 of 2.")
    assert violations(ana) == violations(bia) == ""
    ana.get_by_role("button", name="Lower the hand of Bia").press("Enter")
    expect(names).to_have_text(["Caio"])
    expect(ana.get_by_role("button", name="Lower the hand of Caio")).to_be_focused()
    expect(bia.locator(".hands__button")).to_have_text("Raise my hand")
    ana.get_by_role("button", name="Lower all").click()
    expect(names).to_have_count(0)
    expect(caio.locator("#hands")).to_be_hidden()


def test_a_large_button_comes_and_goes_with_a_command(
    host: Arrive, arrive: Arrive, say: Say, phone: dict[str, Any]
) -> None:
    """On a phone there is none before, but a choice of the menu; a host sees a line there."""
    ana, bia = host("Ana", **phone), arrive("Bia", **phone)
    expect(bia.locator("#add-hand")).to_be_hidden()
    bia.click("#add")
    bia.get_by_role("menuitem", name="Raise my hand").click()
    line = ana.locator(".hands__line")
    expect(line).to_have_text("1 hand up: Bia")
    line.tap()
    ana.get_by_role("button", name="Lower the hand of Bia").tap()
    expect(line).to_be_hidden()
    expect(bia.locator("#hands")).to_be_hidden()
    ana.get_by_role("button", name="Close").tap()
    say(ana, "/hands on")
    button = bia.locator(".hands__button")
    expect(button).to_be_visible()
    expect(button).to_have_text("Raise my hand")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert violations(bia) == ""
    say(ana, "/hands off")
    expect(bia.locator("#hands")).to_be_hidden()


def test_the_wall_shows_them(arrive: Arrive, server: Any) -> None:
    """In large letters, in order; nothing has to be scrolled."""
    wall = arrive("Ana", viewport={"width": 1280, "height": 720})
    wall.goto(server.url + "/invite")
    bia, caio = arrive("Bia"), arrive("Caio")
    expect(wall.locator("#hands")).to_be_hidden()
    bia.click("#add-hand")
    caio.locator(".hands__button").click()
    expect(wall.locator("#hands-list li")).to_have_text(["Bia", "Caio"])
    size = wall.locator("#hands-list li").first.evaluate("e => getComputedStyle(e).fontSize")
    assert float(size.removesuffix("px")) > 36
    assert wall.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert violations(wall) == ""
    caio.locator(".hands__button").click()
    expect(wall.locator("#hands-list li")).to_have_text(["Bia"])
