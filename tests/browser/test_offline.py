"""The network is switched off and on below an open page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


# One person talks as fast as the tests want.
pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


@pytest.fixture
def talk(person_factory: Callable[..., Any]) -> Callable[[int], list[str]]:
    """Let Bia say so many lines; returns them."""
    bia = person_factory("Bia")
    bia.join()

    def say(count: int) -> list[str]:
        lines = [f"line {number}" for number in range(count)]
        for line in lines:
            bia.say(line)
        return lines

    return say


def go_offline(page: Page) -> None:
    """Switch the page's network off and wait until it has noticed."""
    page.context.set_offline(True)
    expect(page.locator("#status")).to_contain_text("Connection lost")


def go_online(page: Page) -> None:
    """Switch it on again and wait until the host has answered."""
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Connected again")


def test_what_was_said_meanwhile_is_all_there(arrive: Arrive, talk: Any, say: Say) -> None:
    """500 messages, in their order, each once, after those from before."""
    ana = arrive("Ana")
    say(ana, "before")
    expect(ana.locator(".message__time")).to_have_count(1)
    go_offline(ana)
    lines = talk(500)
    go_online(ana)
    expect(ana.locator(".message__text").last).to_have_text(lines[-1])
    assert read_upwards(ana, "before") == ["before", *lines]
    expect(ana.locator(".note--gap")).to_have_count(0)


def test_what_is_left_out_comes_while_one_scrolls(arrive: Arrive, talk: Any, say: Say) -> None:
    """After more than the host sends at once, all of it is there, in its order."""
    ana = arrive("Ana")
    say(ana, "before")
    expect(ana.locator(".message__time")).to_have_count(1)
    go_offline(ana)
    lines = talk(1_100)
    go_online(ana)
    expect(ana.locator(".message__text").last).to_have_text(lines[-1])
    assert read_upwards(ana, "before") == ["before", *lines]


def read_upwards(page: Page, first: str) -> list[str]:
    """Scroll up to this message, and return all that has come by."""
    texts: list[str] = page.evaluate(
        """async (first) => {
            const log = document.querySelector("#log");
            const seen = new Map();
            const look = () => {
                for (const row of document.querySelectorAll(".message")) {
                    const text = row.querySelector(".message__text").textContent;
                    seen.set(Number(row.id.split("-")[1]), text);
                }
            };
            for (look(); ![...seen.values()].includes(first); look()) {
                log.scrollTop -= log.clientHeight;
                await new Promise((done) => requestAnimationFrame(done));
            }
            return [...seen].sort(([one], [other]) => one - other).map(([, text]) => text);
        }""",
        first,
    )
    return texts


def test_who_lost_their_name_loses_no_words(
    arrive: Arrive, person_factory: Callable[..., Any], say: Say, until: Callable[..., Any]
) -> None:
    """Under another name one finds what was not said, and it is said only if one wants."""
    ana = arrive("Ana")
    go_offline(ana)
    say(ana, "written as Ana")
    ana.fill("#message", "half a thou")
    until(lambda: person_factory(None).log_in("Ana").status_code == 303)
    ana.context.set_offline(False)
    ana.fill("#username", "Ana 2")
    ana.keyboard.press("Enter")
    why = "Not sent. You wrote it before you logged in again."
    expect(ana.locator(".message__why")).to_have_text([why, why])
    expect(ana.locator("#message")).to_have_value("")
    ana.get_by_role("button", name="Try again").first.click()
    expect(ana.locator(".message__time")).to_have_count(1)
    ana.get_by_role("button", name="Edit").click()
    expect(ana.locator("#message")).to_have_value("half a thou")
    ana.reload()
    expect(ana.locator("#message")).to_have_value("half a thou")


def test_what_was_written_offline_is_said_once(arrive: Arrive, say: Say) -> None:
    """It waits in the page, visibly, and goes out by itself."""
    ana, bia = arrive("Ana"), arrive("Bia")
    go_offline(ana)
    say(ana, "one")
    say(ana, "two")
    expect(ana.locator(".message--pending")).to_have_count(2)
    go_online(ana)
    for page in (ana, bia):
        expect(page.locator(".message__text")).to_have_text(["one", "two"])
    expect(ana.locator(".message--pending")).to_have_count(0)
