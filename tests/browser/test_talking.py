"""People talk to each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.world.pages import log_out

Arrive = Callable[..., Page]
Visit = Callable[..., Page]
Say = Callable[[Page, str], None]


def test_two_people_talk(arrive: Arrive, say: Say) -> None:
    """What one writes stands in both pages, once, in the same order."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "Oi, Bia!")
    expect(bia.locator(".message__text")).to_have_text(["Oi, Bia!"])
    say(bia, "Oi, Ana!")
    for page in (ana, bia):
        expect(page.locator(".message__text")).to_have_text(["Oi, Bia!", "Oi, Ana!"])
        expect(page.locator(".message__pending")).to_have_count(0)


def test_own_messages_stand_apart(arrive: Arrive, say: Say) -> None:
    """One sees which messages are one's own."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "mine")
    expect(ana.locator(".message--mine .message__text")).to_have_text(["mine"])
    expect(bia.locator(".message:not(.message--mine) .message__author")).to_have_text("Ana")


def test_nothing_moves_when_a_message_is_confirmed(visit: Visit, say: Say) -> None:
    """The row of a message is as high when it has just been sent as it is ever after."""
    ana = visit(bypass_csp=True)
    wire = Wire(ana)
    ana.fill("#username", "Ana")
    ana.press("#username", "Enter")
    expect(ana.locator("#people .people__you")).to_have_count(1)
    # As if no time passed: what appears after a while does not appear.
    ana.add_style_tag(content="* { animation-play-state: paused !important }")
    for text in ("short", "w" * 40, "w" * 41, "w" * 42, "w" * 90):
        wire.cut()
        say(ana, text)
        expect(ana.locator(".message--pending")).to_have_count(1)
        heights = _row_heights(ana)
        wire.mend()
        expect(ana.locator(".message--pending")).to_have_count(0)
        assert _row_heights(ana) == heights


def test_third_person_sees_the_history(arrive: Arrive, say: Say) -> None:
    """Who comes later reads what was said before."""
    ana = arrive("Ana")
    say(ana, "one")
    say(ana, "two")
    expect(ana.locator(".message__time")).to_have_count(2)
    carla = arrive("Carla")
    expect(carla.locator(".message__text")).to_have_text(["one", "two"])


def test_people_come_and_go(arrive: Arrive) -> None:
    """The list and a line in the chat tell who is here; of oneself one need not be told."""
    ana, bia = arrive("Ana"), arrive("Bia")
    expect(ana.locator(".note")).to_have_text(["Bia joined the room!"])
    expect(bia.locator(".note")).to_have_count(0)
    expect(ana.locator(".people__name")).to_have_text(["Ana", "Bia"])
    expect(bia.locator(".people__name")).to_have_text(["Bia", "Ana"])
    log_out(bia)
    expect(ana.locator(".note").last).to_have_text("Bia left the room.")
    expect(ana.locator("#count")).to_have_text("1 person here")


def test_arrivals_are_told_in_portuguese(arrive: Arrive) -> None:
    """The lines about people are in the reader's language, not the traveller's."""
    ana = arrive("Ana", locale="pt-BR")
    bia = arrive("Bia")
    expect(ana.locator(".note").last).to_have_text("Bia entrou na sala!")
    log_out(bia)
    expect(ana.locator(".note").last).to_have_text("Bia saiu da sala.")


def test_details_tell_the_address(arrive: Arrive, say: Say) -> None:
    """The time of a message opens its details, too, by keyboard as well."""
    ana = arrive("Ana")
    say(ana, "hello")
    ana.locator(".message__time").focus()
    ana.keyboard.press("Enter")
    expect(ana.locator(".acts__details")).to_contain_text("127.0.0.1")


def test_reader_of_old_messages_is_not_moved(
    arrive: Arrive, person_factory: Callable[..., Any]
) -> None:
    """Further up the list stands still, and a button leads to what is new."""
    ana, bia = person_factory("Ana"), arrive("Bia")
    ana.join()
    for number in range(15):
        ana.say(f"line {number}\nand\nmore")
    expect(bia.locator(".message__time")).to_have_count(15)
    bia.locator("#log").evaluate("log => { log.scrollTop = 0 }")
    expect(bia.locator("#newest")).to_be_visible()
    ana.say("news")
    expect(bia.locator("#newest")).to_contain_text("1 new message")
    assert bia.locator("#log").evaluate("log => log.scrollTop") == 0
    bia.click("#newest")
    expect(bia.locator(".message__text").last).to_be_in_viewport()
    expect(bia.locator("#newest")).to_be_hidden()


def test_today_becomes_yesterday(visit: Visit, say: Say) -> None:
    """A page that stays open over midnight calls the days by their right names."""
    ana = visit()
    ana.clock.install()
    ana.fill("#username", "Ana")
    ana.press("#username", "Enter")
    expect(ana.locator("#people .people__you")).to_have_count(1)
    say(ana, "hello")
    expect(ana.locator(".day__label")).to_have_text("Today")
    ana.clock.fast_forward("24:00:00")
    expect(ana.locator(".day__label")).to_have_text("Yesterday")


def test_title_counts_what_a_hidden_page_missed(arrive: Arrive, say: Say) -> None:
    """The tab's title tells how many messages came in while one looked elsewhere."""
    ana, bia = arrive("Ana"), arrive("Bia")
    _hide(bia, hidden=True)
    say(ana, "one")
    say(ana, "two")
    expect(bia).to_have_title("(2) lanchat")
    _hide(bia, hidden=False)
    expect(bia).to_have_title("lanchat")


class Wire:
    """A page's connection; while it is cut, what the host says is kept for later."""

    def __init__(self, page: Page) -> None:
        self._cut = False
        self._kept: list[Callable[[], None]] = []
        page.route_web_socket(re.compile("/socket.io/"), self._connect)

    def cut(self) -> None:
        self._cut = True

    def mend(self) -> None:
        self._cut = False
        while self._kept:
            self._kept.pop(0)()

    def _connect(self, page: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self._cut:
                self._kept.append(partial(page.send, message))
            else:
                page.send(message)

        page.connect_to_server().on_message(pass_on)


def _row_heights(page: Page) -> list[float]:
    heights: list[float] = page.locator(".message").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().height)"
    )
    return heights


def _hide(page: Page, *, hidden: bool) -> None:
    # Headless pages are always visible: say what another tab in front would say.
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
