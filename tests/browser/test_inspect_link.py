"""The page of one's own connections: the network beneath, and how a message gets to all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.world.deadline import wait_for
from tests.world.violations import violations

Arrive = Callable[..., Page]
Look = Callable[..., Page]


def say(page: Page, text: str) -> None:
    """Say something by the page's own line."""
    page.fill("#inspect-say", text)
    page.press("#inspect-say", "Enter")


def test_the_network_beneath_is_measured_and_reckoned(look: Look) -> None:
    """Round trips as a curve, what TCP knows, the overhead, and why a connection ended."""
    page = look("Ana", "#link")
    link = page.locator("#link")
    say(page, "Hi")
    expect(link.locator(".series__last").nth(1)).to_contain_text("network and browser")
    page.click("#inspect-measure")
    expect(link.locator(".curve__square")).to_have_count(13)  # new_host, the message, the legend's
    expect(link.get_by_role("img")).to_have_attribute("aria-label", re.compile("12 measured"))
    expect(link.locator(".kernel")).to_contain_text("Congestion window (cwnd)")
    sum_of = link.locator(".bytes__sum").inner_text()
    found = re.search(r"\(([\d,]+) \+ ([\d,]+)\) ÷ ([\d,]+) = (\d+)%", sum_of)
    assert found is not None, sum_of
    heads, below, payload, share = (int(text.replace(",", "")) for text in found.groups())
    assert share == round(100 * (heads + below) / payload)
    assert violations(page) == ""
    page.click("#inspect-again")
    comings = link.locator(".comings__one")
    expect(comings.nth(0)).to_contain_text("It came after connection 1:")
    expect(comings.nth(1)).to_contain_text("the server sent the first close frame, code 1012")


def test_a_message_is_followed_to_everybody(arrive: Arrive, look: Look) -> None:
    """Step by step on one axis, to a dot for each connection; an earlier one can be chosen."""
    arrive("Bia")
    page = look("Ana", "#fanout")
    expect(page.locator("#fanout")).to_contain_text("Say something below")
    for number, text in enumerate(["First", "Second"], 1):
        say(page, text)
        expect(page.locator(".fan__one")).to_have_count(number)
    expect(page.get_by_label("Second")).to_be_checked()
    expect(page.locator(".steps__name")).to_have_text(
        ["1. Read and checked", "2. Stored on disk", "3. Handed out", "4. Taken by the kernel"]
    )
    expect(page.locator(".fan__told")).to_contain_text("2 connections get it")
    expect(page.locator(".dots__one")).to_have_count(2)
    assert violations(page) == ""
    page.click("#inspect-slowly")
    expect(page.get_by_role("status").filter(has_text="times slower")).to_be_visible()
    page.get_by_label("Second").press("ArrowDown")
    expect(page.get_by_label("First")).to_be_checked()
    page.get_by_role("button", name="Look at its frame").click()
    expect(page.locator("#frame")).to_contain_text('"message": "First"')


def test_what_had_no_answer_is_stored_once(arrive: Arrive, server: Any) -> None:
    """The network breaks behind the message and before its answer, and it is said again."""
    page = arrive("Ana")
    answers: list[str] = []

    def pass_on(way: WebSocketRoute) -> None:
        server = way.connect_to_server()

        def back(packet: str | bytes) -> None:
            answer = re.match(r'43\d+\[\{"ok":true,"id":(\d+)', str(packet))
            if answer:
                answers.append(answer[1])
            if answer and len(answers) == 1:
                way.close()
            else:
                way.send(packet)

        server.on_message(back)

    page.route_web_socket(re.compile("/socket.io/"), pass_on)
    page.goto(f"{server.url}/inspect")

    came_in = page.locator(".ladder__digits", has_text=re.compile("^430$"))
    expect(came_in).to_have_count(1)
    say(page, "Only once")
    expect(page.locator("#inspect-said")).to_contain_text("No answer came.")
    expect(page.locator("#inspect-say")).to_have_value("Only once")

    def has_been_said_again() -> bool:
        if page.input_value("#inspect-say"):  # also where the page was not in again yet
            page.press("#inspect-say", "Enter")
        return len(answers) == 2

    wait_for(has_been_said_again, "the second answer")
    assert len(set(answers)) == 1


@pytest.mark.own_server
def test_a_server_that_is_killed_and_started_is_looked_at_again(look: Look, server: Any) -> None:
    """Nothing is said to be open meanwhile, and the page's next opening is seen as well."""
    page = look("Ana", "#link")
    comings = page.locator(".comings__one")
    server.kill()
    expect(page.locator("#inspect-trouble")).to_contain_text("The server does not answer")
    expect(comings).to_contain_text("This browser says that it ended with 1006.")
    server.start()
    expect(comings.nth(0)).to_contain_text(
        re.compile(r"this page’s.*Opened at .*after connection 1")
    )
    expect(page.locator("#inspect-trouble")).to_be_hidden()
    opening = page.locator(".ladder__entry[data-event=new_host][data-from=browser]")
    expect(opening).to_have_count(2)
