"""The oldest browsers that the pages are for, and older ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Say = Callable[[Page, str], None]

YOUNGER = """
    for (const [of, names] of [
        [Array.prototype, ["at", "findLast", "findLastIndex", "toSorted", "toReversed", "with"]],
        [String.prototype, ["at", "isWellFormed", "toWellFormed"]],
        [Object, ["hasOwn", "groupBy"]],
        [HTMLElement.prototype, ["inert", "showPopover"]],
        [HTMLDialogElement.prototype, ["show", "showModal", "close"]],
        [Crypto.prototype, ["randomUUID"]],
        [window, ["structuredClone", "HTMLDialogElement", "scheduler"]],
    ]) for (const name of names) delete of[name];
"""
"""Takes away what came after iOS 14.5, Chrome 92 and Firefox 98."""


def test_the_page_needs_nothing_younger(visit: Visit, say: Say, server: Any) -> None:
    """One can log in, write, be host, be asked and delete, and open the panel of a phone."""
    page = visit(viewport={"width": 390, "height": 844})
    page.add_init_script(YOUNGER)
    page.goto(f"{server.url}/host#{(server.data_dir / 'host-secret').read_text()}")
    page.wait_for_url(f"{server.url}/")
    page.fill("#username", "Ana")
    page.press("#username", "Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    say(page, "hello")
    expect(page.locator(".message__time")).to_have_count(1)
    expect(page.locator("#too-old")).to_be_hidden()
    page.click("#open-panel")
    expect(page.locator("#close-panel")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.querySelector('#panel').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.click("#open-order")
    page.get_by_role("switch", name="Lock").click()
    expect(page.locator("#rules")).to_have_text("Locked")
    page.get_by_role("button", name="Delete everything").click()
    page.click("#sure-yes")
    expect(page.locator(".message")).to_have_count(0)


def test_an_older_browser_says_so(arrive: Visit, server: Any) -> None:
    """Instead of a page that stays at its beginning for ever."""
    page = arrive("Ana")
    paths = ("/", "/chat", "/host", "/invite")
    for path in paths:
        page.goto(server.url + path)
        expect(page.locator("#too-old")).to_be_hidden()
    page.add_init_script("delete window.WeakRef")
    for path in paths:
        page.goto(server.url + path)
        expect(page.locator("#too-old")).to_contain_text("iOS 14.5, Chrome 92 or Firefox 98")
        expect(page.locator("#too-old")).to_be_in_viewport()


def test_a_script_that_does_not_run_is_told(arrive: Visit) -> None:
    """As where a browser does not understand one: none of those that need it runs then."""
    page = arrive("Ana", locale="pt-BR")
    page.route("**/js/chat.js", lambda route: route.fulfill(status=404))
    page.reload()
    expect(page.locator("#too-old")).to_be_visible()
    expect(page.locator("#too-old")).to_contain_text("não funciona neste navegador")
