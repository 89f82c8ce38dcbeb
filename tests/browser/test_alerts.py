"""Who looks elsewhere learns that somebody has spoken: once, whatever tabs they have open."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.sync_api import Page, expect

from tests.world.deadline import wait_for

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

LISTEN = """() => {
    window.sounded = 0;
    OscillatorNode.prototype.start = () => { window.sounded += 1; };
    OscillatorNode.prototype.stop = () => {};
    Navigator.prototype.vibrate = () => { window.shaken = true; };
}"""
"""Count the notes that are played: a test cannot hear them."""

AWAY = """() => {
    document.hasFocus = () => false;
    window.dispatchEvent(new Event("blur"));
}"""
"""Somebody turns to another window: in a headless browser every page has the focus."""


def sound_for_all(page: Page) -> None:
    """Choose that every message sounds."""
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Sound").select_option("all")
    page.keyboard.press("Escape")
    page.evaluate("() => { window.sounded = 0; }")


def test_one_tab_of_several_sounds_and_its_picture_counts(arrive: Arrive, say: Say) -> None:
    """Two notes in one of two tabs, a number in the titles of both, a picture with a number."""
    ana, bia = arrive("Ana"), arrive("Bia")
    sound_for_all(ana)
    second = ana.context.new_page()
    second.goto(ana.url)
    expect(second.get_by_role("textbox", name="Message")).to_be_visible()
    second.evaluate(LISTEN)
    second.get_by_role("textbox", name="Message").click()
    for tab in (ana, second):
        tab.evaluate(AWAY)

    def sounded() -> list[int]:
        return sorted(tab.evaluate("() => window.sounded") for tab in (ana, second))

    def have_sounded(notes: int) -> bool:
        return sum(sounded()) == notes

    for number in (1, 2):
        say(bia, f"anybody there? ({number})")
        for tab in (ana, second):
            expect(tab).to_have_title(f"({number}) lanchat")
            icon = tab.locator("#icon")
            expect(icon).to_have_attribute("href", re.compile("^data:image/png"))
        wait_for(partial(have_sounded, 2 * number), "two notes")
    assert sounded() == [0, 4]


def test_an_announcement_sounds_also_where_it_is_read(
    server: Any, arrive: Arrive, say: Say
) -> None:
    """It is marked among the pins; who does not want the sound has a switch."""
    ana = arrive("Ana", f"/host#{(server.data_dir / 'host-secret').read_text()}")
    bia = arrive("Bia")
    bia.evaluate(LISTEN)
    bia.get_by_role("textbox", name="Message").click()
    say(ana, "/announce Back at ten")
    expect(bia.get_by_role("button", name="Announced: Ana: Back at ten")).to_be_visible()
    wait_for(partial(bia.evaluate, "window.sounded === 2"), "two notes")
    bia.get_by_role("button", name="Settings").click()
    bia.get_by_role("switch", name="Sound for announcements").click()
    bia.reload()
    bia.evaluate(LISTEN)
    bia.get_by_role("button", name="Settings").click()
    expect(bia.get_by_role("switch", name="Sound for announcements")).not_to_be_checked()


def test_the_screen_stays_on_for_who_asks(arrive: Arrive) -> None:
    """The browser is asked as long as the switch is on, after a reload, too."""
    ana = arrive("Ana")
    screen = ana.locator("html")
    ana.add_init_script(
        """WakeLock.prototype.request = async () => {
            const { dataset } = document.documentElement;
            dataset.screen = "on";
            return { released: false, release() { dataset.screen = "off"; } };
        };"""
    )
    ana.reload()
    ana.get_by_role("button", name="Settings").click()
    ana.get_by_role("switch", name="Keep the screen on").click()
    expect(screen).to_have_attribute("data-screen", "on")

    ana.reload()
    expect(screen).to_have_attribute("data-screen", "on")
    ana.get_by_role("button", name="Settings").click()
    ana.get_by_role("switch", name="Keep the screen on").click()
    expect(screen).to_have_attribute("data-screen", "off")


def test_where_the_page_came_plain_the_switches_say_why(arrive: Arrive) -> None:
    """Notifications and the screen are for encrypted pages alone, as browsers have it."""
    ana = arrive("Ana")
    ana.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false });")
    ana.reload()
    ana.get_by_role("button", name="Settings").click()
    for name in ("Notifications", "Keep the screen on"):
        switch = ana.get_by_role("switch", name=name)
        switch.click(force=True)
        expect(switch).not_to_be_checked()
        expect(switch).to_have_accessible_description(re.compile("--tls"))
