"""People answer, react, edit, delete and mention each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.world.program import Program
from tests.world.server import ServerProcess

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]
LookFor = Callable[[Page, Locator], None]


def test_answering(arrive: Arrive, say: Say) -> None:
    """An answer quotes what it answers, as that is by now, and leads there."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "Who has the key?")
    choose(bia, _message(bia, "Who has the key?"), "Reply")
    expect(bia.locator("#composing")).to_contain_text("Reply to Ana")
    expect(bia.locator("#message")).to_be_focused()
    bia.reload()
    expect(bia.locator("#composing")).to_contain_text("Who has the key?")
    say(bia, "I have")
    expect(bia.locator("#composing")).to_be_hidden()
    quote = ana.locator(".quoted")
    expect(quote).to_have_text(re.compile("Ana Who has the key?"))
    expect(_message(ana, "I have")).to_have_accessible_name(re.compile("concerns you"))
    quote.click()
    expect(_message(ana, "Who has the key?")).to_have_class(re.compile("message--flash"))
    choose(ana, ana.locator(".message").first, "Delete this message")
    ana.click("#sure-yes")
    for page in (ana, bia):
        expect(page.locator(".quoted")).to_contain_text("deleted message")
        expect(page.locator(".message__text")).to_have_text(["I have"])


def test_reacting(arrive: Arrive, say: Say) -> None:
    """A reaction is seen by all, and who reacted; pressed again it is taken back."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "It works!")
    bia.locator(".message__time").click()
    bia.get_by_role("menuitemcheckbox", name="🎉").click()
    pill = ana.get_by_role("button", name="🎉 1: Bia")
    expect(pill).to_have_attribute("aria-pressed", "false")
    pill.click()
    expect(ana.get_by_role("button", name="🎉 2: you and Bia")).to_have_attribute(
        "aria-pressed", "true"
    )
    bia.get_by_role("button", name="🎉 2: you and Ana").click()
    expect(ana.get_by_role("button", name="🎉 1: you")).to_be_visible()
    bia.reload()
    expect(bia.get_by_role("button", name="🎉 1: Ana")).to_be_visible()


def test_any_emoji(arrive: Arrive, say: Say) -> None:
    """One can react with what one's keyboard has, and with nothing else."""
    ana = arrive("Ana")
    say(ana, "Cheese?")
    ana.locator(".message__time").press("Shift+F10")
    ana.get_by_role("menuitem", name="Any other emoji").click()
    ana.keyboard.type("ok")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("alert").filter(has_text="not one emoji")).to_be_visible()
    ana.get_by_label("Any other emoji").last.fill("🧀")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("button", name="🧀 1: you")).to_be_visible()


def test_editing(arrive: Arrive, say: Say) -> None:
    """The upward key edits what one has said last; Escape leaves it as it is."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "Tomorow")
    expect(ana.locator(".message__time")).to_have_count(1)
    ana.press("#message", "ArrowUp")
    expect(ana.locator("#message")).to_have_value("Tomorow")
    ana.press("#message", "Escape")
    expect(ana.locator("#message")).to_have_value("")
    ana.press("#message", "ArrowUp")
    say(ana, "Tomorrow")
    for page in (ana, bia):
        expect(page.locator(".message__text")).to_have_text(["Tomorrow"])
        expect(page.locator(".message__edited")).to_have_attribute("title", re.compile("^Edited: "))
    expect(ana.locator("#message")).to_have_value("")
    ana.context.set_offline(True)
    expect(ana.locator("#status")).to_contain_text("Connection lost")
    say(ana, "not sent yet")
    ana.press("#message", "ArrowUp")  # would bring an older one than was said last
    ana.keyboard.type("!")
    expect(ana.locator("#message")).to_have_value("!")


def test_mentioning(arrive: Arrive, say: Say) -> None:
    """Names are completed behind an "@", and the one who is meant sees it."""
    ana, bia = arrive("Ana"), arrive("Bia Souza")
    ana.locator("#message").press_sequentially("Ask @bi")
    expect(ana.get_by_role("option", name="Bia Souza")).to_be_visible()
    ana.keyboard.press("Tab")
    expect(ana.locator("#message")).to_have_value("Ask @Bia Souza ")
    ana.keyboard.type("first")
    expect(bia.locator("#typing")).to_have_text("Ana is typing…")
    ana.keyboard.press("Enter")
    expect(bia.locator(".message--named .mention")).to_have_text("@Bia Souza")
    expect(bia.locator("#typing")).to_have_text("")
    expect(ana.locator(".message--named")).to_have_count(0)


def test_a_finger_is_enough(arrive: Arrive, say: Say, phone: dict[str, Any]) -> None:
    """A long touch opens what can be done; a swipe to the right answers."""
    bia = arrive("Bia")
    say(bia, "Oi!")
    say(bia, "Eu também")
    ana = arrive("Ana", **phone)
    message = _message(ana, "Oi!")
    _touch(message, "pointerdown")
    ana.get_by_role("menuitem", name="Reply").tap()
    expect(ana.locator("#composing")).to_contain_text("Reply to Bia")
    ana.tap("#composing-cancel")
    expect(ana.locator("#composing")).to_be_hidden()
    _touch(message, "pointerdown")
    _touch(message, "pointermove", x=70)
    _touch(message, "pointerup", x=70)
    expect(ana.locator("#composing")).to_contain_text("Reply to Bia")
    _touch(message, "pointerdown")
    ana.get_by_role("menuitem", name="Select text").tap()
    assert ana.evaluate("getSelection().toString()") == "Oi!"
    _touch(message, "pointerdown", x=5)
    expect(message).to_have_class(re.compile("message--selecting"))
    _touch(_message(ana, "Eu também"), "pointerdown")
    expect(message).not_to_have_class(re.compile("message--selecting"))
    assert ana.evaluate("getSelection().isCollapsed")


def choose(page: Page, message: Locator, name: str) -> None:
    """Open a message's menu by its time, and take one of its items."""
    message.locator(".message__time").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=name, exact=True).click()


def _message(page: Page, text: str) -> Locator:
    return page.locator(".message", has=page.locator(".message__text", has_text=text))


def _touch(message: Locator, event: str, x: int = 0) -> None:
    point = {"clientX": 60 + x, "clientY": 200, "isPrimary": True, "pointerType": "touch"}
    bubble = message.locator(".message__text")
    bubble.dispatch_event(event, {**point, "bubbles": True, "pointerId": 1})


def test_a_program_is_told_from_people(arrive: Arrive, server: ServerProcess) -> None:
    """By a word beside its name."""
    ana = arrive("Ana")
    Program(server).say("Build 7 is done")
    author = _message(ana, "Build 7 is done").locator(".message__author")
    expect(author).to_have_text("build bot")
    expect(author.locator(".badge")).to_be_visible()


def test_searching(arrive: Arrive, say: Say, look_for: LookFor) -> None:
    """Words are found without their accents, by whom as well, and a hit leads to its message."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(bia, "A **lição** de hoje")
    say(ana, "Which lição?")
    expect(ana.locator(".message__time")).to_have_count(2)
    ana.click("#open-search")
    expect(ana.get_by_label("Words")).to_be_focused()
    ana.keyboard.type("lic")
    ana.get_by_label("From whom").fill("bia")
    hit = ana.get_by_role("dialog", name="Search").get_by_role("listitem")
    look_for(ana, hit)
    expect(hit).to_have_text(re.compile("^Bia .*A lição de hoje$"))
    expect(hit.locator("mark")).to_have_text("lição")
    ana.get_by_label("Words").press("ArrowDown")
    ana.keyboard.press("Enter")
    expect(_message(ana, "de hoje")).to_have_class(re.compile("message--flash"))
    ana.click("#open-search")
    ana.keyboard.press("Escape")
    expect(ana.locator("#open-search")).to_be_focused()


def test_what_did_not_load_comes_with_the_next_try(arrive: Arrive, say: Say) -> None:
    """The menu of a message and the search, where the network was gone for a moment."""
    ana = arrive("Ana")
    say(ana, "one")
    time = ana.locator(".message__time")
    for script, opener, card in (
        ("actions", time, ana.get_by_role("menu")),
        ("search", ana.locator("#open-search"), ana.get_by_role("dialog", name="Search")),
    ):
        ana.route(f"**/js/{script}.js", lambda route: route.abort())
        opener.click()
        expect(ana.locator(".note").last).to_contain_text("could not be loaded")
        ana.unroute(f"**/js/{script}.js")
        opener.click()
        expect(card).to_be_visible()
        ana.keyboard.press("Escape")
        expect(opener).to_be_focused()
