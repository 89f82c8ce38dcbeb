"""One goes back in what was said, to the first message, and finds the way to the end again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

# One person talks as fast as the test wants.
pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")

COUNT = 520
MOST_ROWS = 300

SCROLL_UP = """async () => {
    const log = document.querySelector("#log");
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const moves = [];
    const rows = [];
    while (!document.querySelector("#message-1") || log.scrollTop > 0) {
        const { top } = log.getBoundingClientRect();
        const all = [...document.querySelectorAll(".message")];
        const read = all.find((row) => row.getBoundingClientRect().bottom > top + 300);
        const before = read.getBoundingClientRect().top;
        const by = Math.min(250, log.scrollTop);
        log.scrollTop -= by;
        await frame();
        await frame();
        if (read.isConnected) moves.push(read.getBoundingClientRect().top - before - by);
        rows.push(document.querySelectorAll(".message").length);
    }
    return { most: Math.max(...rows), moved: Math.max(...moves.map(Math.abs)) };
}"""
"""Scrolls to the first message; how many rows there were at most, and how far one that was read
moved by itself."""


@pytest.fixture
def talk(person_factory: Callable[..., Any]) -> list[int]:
    """What Bia has said, by the ids: more than a page holds, and than comes at once."""
    bia = person_factory("Bia")
    bia.join()
    return [int(bia.say(f"line {number}")["id"]) for number in range(1, COUNT + 1)]


def test_one_scrolls_to_the_first_message_and_back(arrive: Arrive, talk: list[int]) -> None:
    """What is read stays in its place, and the page holds a part of the talk at a time."""
    ana = arrive("Ana")
    expect(ana.locator(".message__text").last).to_have_text(f"line {COUNT}")
    scrolled = ana.evaluate(SCROLL_UP.replace("#message-1", f"#message-{talk[0]}"))
    assert scrolled["most"] <= MOST_ROWS
    assert scrolled["moved"] < 1
    expect(ana.locator(".message__text").first).to_have_text("line 1")
    expect(ana.locator(f"#message-{talk[-1]}")).to_have_count(0)
    ana.evaluate("document.querySelector('#log').scrollTop += 40")
    expect(ana.locator(".floating-day--shown")).to_have_text("Today")
    ana.click("#newest")
    expect(ana.locator(".message__text").last).to_be_in_viewport()
    expect(ana.locator("#newest")).to_be_hidden()


def test_a_link_leads_to_its_message(server: Any, arrive: Arrive, talk: list[int]) -> None:
    """From outside, within the page, and to one that is gone."""
    ana = arrive("Ana")
    for number in (10, 250):
        target = talk[number - 1]
        ana.evaluate(f"location.hash = '#message-{target}'")
        expect(ana.locator(f"#message-{target}")).to_be_in_viewport(ratio=1)
        expect(ana.locator(f"#message-{target}")).to_be_focused()
    ana.goto(f"{server.url}/invite")
    ana.goto(f"{server.url}/chat#message-{talk[9]}")
    expect(ana.locator(".message--flash .message__text")).to_have_text("line 10")
    expect(ana).to_have_url(f"{server.url}/chat")
    ana.evaluate("location.hash = '#message-999999999'")
    expect(ana.locator(".note--told")).to_have_text("That message is not there any more.")


def test_a_link_leads_through_the_login(server: Any, visit: Arrive, talk: list[int]) -> None:
    """Who is not in yet finds the message, too."""
    ana = visit()
    ana.goto(f"{server.url}/chat#message-{talk[9]}")
    ana.fill("#username", "Ana")
    ana.press("#username", "Enter")
    expect(ana.locator(".message--flash .message__text")).to_have_text("line 10")


def test_the_line_new_stands_where_one_had_stopped(
    arrive: Arrive, say: Say, person_factory: Callable[..., Any]
) -> None:
    """Who comes back to the tab finds it, and the first new message below it, until they write."""
    ana, bia = arrive("Ana"), person_factory("Bia")
    bia.join()
    bia.say("known")
    expect(ana.locator(".message__text")).to_have_text(["known"])
    look(ana, away=True)
    for number in range(40):
        bia.say(f"new {number}")
    expect(ana).to_have_title(re.compile(r"^\(40\)"))
    look(ana, away=False)
    expect(ana.locator(".new-line + .message")).to_contain_text("new 0")
    expect(ana.locator(".new-line")).to_be_in_viewport()
    expect(ana.locator("#newest")).to_contain_text("40 new messages")
    ana.click("#newest")
    expect(ana.locator("#newest")).to_be_hidden()
    expect(ana.locator(".new-line")).to_have_count(1)
    say(ana, "here again")
    expect(ana.locator(".new-line")).to_have_count(0)


def test_screen_readers_hear_messages_and_no_traffic(arrive: Arrive, say: Say) -> None:
    """A message is an article with a name; who comes is not announced, and days are headings."""
    ana = arrive("Ana")
    bia = arrive("Bia")
    say(bia, "hello")
    log = ana.get_by_role("log", name="Messages")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_role("article", name=re.compile(r"^Bia, "))).to_contain_text("hello")
    expect(log.get_by_role("heading", name="Today")).to_be_visible()
    expect(ana.locator(".note--joined")).to_have_attribute("aria-live", "off")


def look(page: Page, *, away: bool) -> None:
    """Headless pages are always visible: say what another tab in front would say."""
    page.evaluate(
        """(away) => {
            Object.defineProperty(document, "hidden", { value: away, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )
