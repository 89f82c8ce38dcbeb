"""The chat on a phone: 390 pixels wide, fingers for a mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


def test_nothing_is_wider_than_the_screen(arrive: Arrive, say: Say, phone: dict[str, Any]) -> None:
    """Neither long words nor code make the page scroll sideways, and names are cut nowhere."""
    ana = arrive("A" * 32, **phone)
    for text in ("w" * 500, "```\n" + "code " * 100 + "\n```", "http://10.0.0.1/" + "x" * 200):
        say(ana, text)
    expect(ana.locator(".message__time")).to_have_count(3)
    for element in ("html", "#log"):
        widths = ana.locator(element).evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert widths == [390, 390], element
    arrive("W" * 32)
    ana.fill("#message", "@W")
    expect(ana.get_by_role("option")).to_have_text("W" * 32)
    assert ana.locator("#commands").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_composer_is_in_reach(arrive: Arrive, say: Say, phone: dict[str, Any]) -> None:
    """The field stays on the screen, however much was said, and is 16 pixels or larger."""
    ana = arrive("Ana", **phone)
    for number in range(20):
        say(ana, f"line {number}")
    expect(ana.locator("#message")).to_be_in_viewport(ratio=1)
    expect(ana.locator("#send")).to_be_in_viewport(ratio=1)
    # Below 16 pixels iOS zooms into the page when the field gets the focus.
    assert ana.locator("#message").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16


def test_composer_stays_above_the_keyboard(arrive: Arrive, say: Say, phone: dict[str, Any]) -> None:
    """When the keyboard takes half of the screen, the end of the talk stays in sight."""
    ana = arrive("Ana", **phone)
    for number in range(20):
        say(ana, f"line {number}")
    ana.set_viewport_size({"width": 390, "height": 420})
    expect(ana.locator("#message")).to_be_in_viewport(ratio=1)
    expect(ana.locator(".message__text").last).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_name_hides_nothing(arrive: Arrive, width: int) -> None:
    """The name is shortened, the badge behind it is not, and the whole name can be had."""
    ana = arrive("Wilhelmina Wolkenstein-Wassermann"[:32], viewport={"width": width, "height": 800})
    if width < 960:
        ana.click("#open-panel")
    expect(ana.locator(".people__you")).to_be_in_viewport(ratio=1)
    name = ana.locator(".people__name")
    assert name.evaluate("e => e.scrollWidth > e.clientWidth")
    person = ana.locator(".people__person")
    expect(person).to_have_attribute("title", "Wilhelmina Wolkenstein-Wasserman · 127.0.0.1")


def test_people_are_a_sheet(arrive: Arrive, phone: dict[str, Any]) -> None:
    """The people open over the chat, take the focus, and give it back."""
    ana = arrive("Ana", **phone)
    expect(ana.locator("#panel")).not_to_be_in_viewport()
    ana.tap("#open-panel")
    expect(ana.locator("#people")).to_be_in_viewport()
    expect(ana.locator("#close-panel")).to_be_focused()
    ana.keyboard.press("Escape")
    expect(ana.locator("#panel")).not_to_be_visible()
    expect(ana.locator("#open-panel")).to_be_focused()


def test_sending_by_touch_keeps_the_keyboard(arrive: Arrive, phone: dict[str, Any]) -> None:
    """A tap on the send button leaves the focus in the field."""
    ana = arrive("Ana", **phone)
    ana.tap("#message")
    ana.keyboard.insert_text("hello")
    ana.tap("#send")
    expect(ana.locator(".message__text")).to_have_text(["hello"])
    expect(ana.locator("#message")).to_be_focused()


def test_pages_fit_every_width(arrive: Arrive) -> None:
    """From the smallest phone to a wide screen nothing overflows."""
    ana = arrive("Ana")
    for width in (320, 768, 1280, 1920):
        ana.set_viewport_size({"width": width, "height": 640})
        assert ana.locator("html").evaluate("e => e.scrollWidth") == width
        expect(ana.locator("#message")).to_be_in_viewport(ratio=1)
