"""Rooms as people have them: nothing of them until there is a second one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.world.violations import violations

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


@pytest.fixture
def host(server: Any, arrive: Arrive) -> Callable[..., Page]:
    """Be in the room as its host."""

    def come(name: str, **options: Any) -> Page:
        page = arrive(name, **options)
        secret = Path(server.data_dir, "host-secret").read_text(encoding="utf-8")
        page.request.post(f"{server.url}/host", form={"secret": secret})
        expect(page.locator("#open-order")).to_be_visible()
        return page

    return come


def open_room(page: Page, name: str) -> None:
    """By the host's menu."""
    page.click("#open-order")
    page.get_by_role("dialog").get_by_role("button", name="Open another room").click()
    page.get_by_label("Name of the room").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def item(page: Page, name: str) -> Any:
    """A room in the list."""
    return page.get_by_role("navigation", name="Rooms").get_by_role("button", name=name)


def test_a_second_room(host: Callable[..., Page], arrive: Arrive, say: Say) -> None:
    """Each has its talk, its draft and its count; who is in the other one sees what is new."""
    ana, bia = host("Ana"), arrive("Bia")
    asked: list[str] = []
    bia.on("request", lambda request: asked.append(request.url))
    say(bia, "in the main room")
    expect(ana.locator(".message__text")).to_have_text(["in the main room"])
    expect(bia.get_by_role("navigation", name="Rooms")).to_have_count(0)
    assert not [url for url in asked if "rooms" in url]
    open_room(ana, "Robots")
    say(ana, "in the other one")
    item(bia, "Robots").click()
    expect(bia.locator("h1")).to_have_text("Robots")
    expect(bia.locator(".message__text")).to_have_text(["in the other one"])
    bia.fill("#message", "half a")
    item(bia, "lanchat").click()
    expect(bia.locator(".message__text")).to_have_text(["in the main room"])
    expect(bia.locator("#message")).to_have_value("")
    say(ana, "@Bia where are you?")
    expect(item(bia, "Robots, 1 new message, 1 mentions you")).to_be_visible()
    expect(bia).to_have_title("(1) lanchat")
    bia.reload()
    expect(item(bia, "Robots, 1 new message, 1 mentions you")).to_be_visible()
    bia.keyboard.press("Control+k")
    bia.keyboard.type("rob")
    bia.keyboard.press("Enter")
    expect(bia.locator("h1")).to_have_text("Robots")
    expect(bia.locator("#message")).to_have_value("half a")
    expect(bia.locator(".message__text").last).to_have_text("@Bia where are you?")
    expect(bia).to_have_title("lanchat")
    item(bia, "Robots").focus()
    bia.keyboard.press("ArrowUp")
    bia.keyboard.press("Enter")
    expect(bia.locator("h1")).to_have_text("lanchat")
    assert violations(bia) == ""


def test_what_was_read_in_one_page_is_read_in_the_other(
    server: Any, host: Callable[..., Page], arrive: Arrive, say: Say
) -> None:
    """And a message of another room leads there."""
    ana, bia = host("Ana"), arrive("Bia")
    open_room(ana, "Robots")
    item(bia, "Robots").click()
    expect(bia.locator("h1")).to_have_text("Robots")
    item(bia, "lanchat").click()
    say(ana, "a first one")
    other = bia.context.new_page()
    other.goto(f"{server.url}/chat")
    expect(item(other, "Robots, 1 new message")).to_be_visible()
    bia.bring_to_front()
    item(bia, "Robots").click()
    expect(item(other, "Robots").first).to_have_accessible_name("Robots")
    other.close()
    item(bia, "lanchat").click()
    address = ana.locator(".message").get_attribute("id")
    room = ana.evaluate("JSON.parse(sessionStorage.getItem('lanchat.room'))[1]")
    bia.evaluate("hash => { location.hash = hash }", f"{address}@{room}")
    expect(bia.locator("h1")).to_have_text("Robots")
    expect(bia.locator(".message--flash .message__text")).to_have_text("a first one")


def test_a_word_in_private(host: Callable[..., Page], arrive: Arrive, say: Say) -> None:
    """Between two people; the first thing in it is who can read it."""
    ana, bia, caio = host("Ana"), arrive("Bia"), arrive("Caio")
    bia.locator("#people").get_by_role("button", name="Ana").click()
    bia.get_by_role("menuitem", name="Message privately").click()
    expect(bia.locator("h1")).to_have_text("Ana")
    expect(bia.locator(".room-intro")).to_contain_text("Whoever runs the server could read it")
    say(bia, "a word")
    item(ana, "Bia, 1 new message").click()
    say(ana, "yes?")
    expect(bia.locator(".message__text")).to_have_text(["a word", "yes?"])
    expect(caio.get_by_role("navigation", name="Rooms")).to_have_count(0)
    assert caio.locator(".message").count() == 0
    caio.close()


def test_groups(host: Callable[..., Page], arrive: Arrive, say: Say) -> None:
    """Everybody is led to theirs and back; a host comes where one is called."""
    ana, bia = host("Ana"), arrive("Bia")
    bia.fill("#message", "not said yet")
    ana.click("#open-order")
    ana.get_by_role("button", name="Share out into groups").click()
    ana.get_by_label("How many groups?").fill("1")
    ana.keyboard.press("Enter")
    expect(bia.locator("h1")).to_have_text("Group 1")
    expect(bia.get_by_role("status").filter(has_text="put into Group 1")).to_be_visible()
    say(bia, "hello?")
    bia.get_by_role("button", name="Call a host").click()
    ana.get_by_role("button", name="Go there").click()
    expect(ana.locator(".message__text")).to_have_text(["hello?"])
    assert violations(bia) == ""
    ana.locator("h1 button").click()
    ana.get_by_role("menuitem", name="End all groups").click()
    for page in (ana, bia):
        expect(page.locator("h1")).to_have_text("lanchat")
    expect(bia.locator("#message")).to_have_value("not said yet")
    bia.get_by_text("Closed (1)").click()
    item(bia, "Group 1").click()
    expect(bia.locator(".message__text")).to_have_text(["hello?"])
    expect(bia.locator("#composer-barred")).to_contain_text("This room is closed.")


@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
def test_one_begins_where_what_is_new_does(
    person_factory: Callable[..., Any], arrive: Arrive
) -> None:
    """Also where that is more than the page has; it is read at its end."""
    ana, bia = person_factory("Ana"), arrive("Bia")
    ana.become_host()
    ana.come_in(rooms=True)
    room = ana.call("open_room", {"name": "Robots"})["room"]["id"]
    item(bia, "Robots").click()
    expect(bia.locator("h1")).to_have_text("Robots")
    item(bia, "lanchat").click()
    expect(bia.locator("h1")).to_have_text("lanchat")
    for number in range(250):
        ana.say(f"line {number}", room=room)
    expect(item(bia, "Robots, 250 new messages")).to_be_visible()
    item(bia, "Robots").click()
    for begins in (0, 50):
        expect(bia.locator(".new-line + .message")).to_contain_text(f"line {begins}")
        expect(bia.locator(".new-line")).to_be_in_viewport()
        expect(bia.locator("#newest")).to_contain_text(f"{250 - begins} new messages")
        bia.reload()
    bia.click("#newest")
    expect(bia.locator(".message").last).to_be_in_viewport()
    item(bia, "lanchat").click()
    expect(item(bia, "Robots")).to_have_accessible_name("Robots")


def test_a_phone_has_the_list_in_a_sheet(
    host: Callable[..., Page], arrive: Arrive, say: Say, phone: dict[str, Any]
) -> None:
    """Behind a button that says how much is new in all of them."""
    ana, bia = host("Ana"), arrive("Bia", reduced_motion="reduce", **phone)
    for name in ("Robots", "Chess"):
        open_room(ana, name)
        bia.get_by_role("button", name="Rooms").tap()
        item(bia, name).tap()
        expect(bia.locator("h1")).to_have_text(name)
    say(ana, "check")
    bia.get_by_role("button", name="Rooms").tap()
    item(bia, "Robots").tap()
    say(ana, "mate")
    button = bia.get_by_role("button", name="Rooms, 1 new message")
    expect(button).to_be_visible()
    button.tap()
    expect(item(bia, "Chess, 1 new message")).to_be_visible()
    assert violations(bia) == ""
