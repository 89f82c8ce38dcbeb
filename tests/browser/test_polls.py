"""Hosts ask by a form, everybody votes by a click or by keys, and all see bars that grow."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.world.violations import violations

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


@pytest.fixture
def host(server: Any, arrive: Arrive) -> Arrive:
    """Be in the room by the host link."""

    def open_link(name: str) -> Page:
        secret = (server.data_dir / "host-secret").read_text()
        page = arrive(name, f"/host#{secret}")
        expect(page.locator("#people .badge")).to_have_text("host")
        return page

    return open_link


def ask(page: Page, question: str, *options: str) -> None:
    """Fill in the form, and send it."""
    page.get_by_role("button", name="Manage the room").click()
    page.get_by_role("button", name="Poll…").click()
    page.get_by_label("Question").fill(question)
    for _ in options[2:]:
        page.get_by_role("button", name="Another option").click()
    for number, option in enumerate(options, start=1):
        page.get_by_label(f"Option {number}", exact=True).fill(option)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_a_poll_from_the_form_to_its_result(host: Arrive, arrive: Arrive) -> None:
    """It stands below the bar while it is open; own votes are marked, and can be taken back."""
    ana, bia = host("Ana"), arrive("Bia")
    ask(ana, "Lunch?", "Pizza", "pizza")
    expect(ana.get_by_role("alert")).to_contain_text("is there twice")
    assert violations(ana) == ""
    ana.get_by_label("Option 2").fill("Rice")
    ana.get_by_role("button", name="Ask", exact=True).click()
    poll = bia.get_by_role("group", name="Lunch?")
    expect(poll.get_by_role("radio")).to_have_count(2)
    expect(bia.locator("#pins .board__text")).to_have_text("Ana: Lunch? · 0 votes")
    poll.get_by_role("radio", name="Pizza").focus()
    bia.keyboard.press("ArrowDown")
    expect(poll.get_by_role("radio", name="Rice")).to_be_checked()
    expect(ana.get_by_text("1 · 100%")).to_be_visible()
    expect(ana.locator("#pins .board__text")).to_have_text("Ana: Lunch? · 1 vote")
    bia.get_by_role("button", name="Take my vote back").click()
    expect(ana.locator("#pins .board__text")).to_have_text("Ana: Lunch? · 0 votes")
    poll.get_by_text("Pizza").click()
    ana.get_by_role("group", name="Lunch?").get_by_text("Pizza").click()
    expect(bia.get_by_text("2 · 100%")).to_be_visible()
    bia.reload()
    expect(poll.get_by_role("radio", name="Pizza")).to_be_checked()
    assert violations(bia) == ""
    ana.get_by_role("button", name="Close the poll").click()
    ana.click("#sure-yes")
    expect(bia.get_by_text("Closed · 2 votes")).to_be_visible()
    expect(poll.get_by_role("radio")).to_have_count(0)
    expect(bia.locator("#pins")).to_be_hidden()
    expect(bia.locator(".poll__option--most")).to_have_text(re.compile("^Pizza"))
    assert violations(bia) == ""


def test_a_poll_is_large_on_the_projector(host: Arrive, say: Say) -> None:
    """The way in stays there, small; the result stays when the poll is closed."""
    ana = host("Ana")
    screen = ana.context.new_page()
    screen.goto(ana.url.replace("/chat", "/invite"))
    say(ana, "/poll Tea? | yes | no")
    ana.get_by_role("group", name="Tea?").get_by_text("yes").click()
    expect(screen.get_by_role("heading", level=1)).to_be_visible()
    expect(screen.locator(".poll__question")).to_have_text("Tea?")
    expect(screen.get_by_text("1 · 100%")).to_be_visible()
    assert violations(screen) == ""
    say(ana, "/poll end")
    expect(screen.get_by_text("Closed · 1 vote")).to_be_visible()
    screen.close()


def test_phones_show_the_newest_pin_until_one_asks_for_all(host: Arrive, say: Say) -> None:
    """A tap on one that is cut shows the whole text, the next leads to the message."""
    ana = host("Ana")
    ana.set_viewport_size({"width": 390, "height": 700})
    for text in ("first", "a long text " * 40):
        say(ana, text)
        say(ana, "/pin")
    lines = ana.locator("#pins .board__line:visible")
    expect(lines).to_have_count(1)
    ana.get_by_role("button", name="1 more").click()
    expect(lines).to_have_count(2)
    lines.first.click()
    expect(lines.first).to_have_attribute("aria-expanded", "true")
    assert violations(ana) == ""
