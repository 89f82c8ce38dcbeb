"""The page of one's own connections: what goes over the wire, and what it means."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.world.violations import violations

Arrive = Callable[..., Page]
Look = Callable[..., Page]

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def entry(page: Page, event: str) -> Any:
    """The lines of the ladder with an event of this name."""
    return page.locator(f".ladder__entry[data-event={event}]")


def say(page: Page, text: str) -> None:
    """Say something by the page's own line."""
    page.fill("#inspect-say", text)
    page.press("#inspect-say", "Enter")


def test_a_message_is_followed_down_to_its_bits(arrive: Arrive) -> None:
    """From the menu of the chat: before it is sent, as an arrow, as bits, and without its mask."""
    ana = arrive("Ana")
    ana.click("#open-settings")
    with ana.context.expect_page() as opened:
        ana.get_by_role("link", name="See the wire").click()
    page = opened.value
    expect(entry(page, "new_host").and_(page.locator("[data-from=browser]"))).to_be_visible()
    expect(page.locator(".ladder")).to_contain_text("101 Switching Protocols")
    page.fill("#inspect-say", "Hi")
    expect(page.locator(".ladder__next")).to_have_text("What your message will do:")
    foretold = page.locator(".ladder__entry--next .ladder__label").first.inner_text()
    size = re.findall(r"masked, (\d+) bytes", foretold)
    page.press("#inspect-say", "Enter")
    expect(page.locator(".ladder__next")).to_have_count(0)
    sent = entry(page, "new_message")
    expect(sent).to_contain_text(f"{size[0]} bytes")
    sent.click()
    frame = page.locator("#frame")
    expect(frame).to_contain_text("✓ read by this page and by the server alike")
    expect(page.locator("#frame-text pre")).to_contain_text('"message": "Hi"')
    page.get_by_role("button", name="opcode").focus()
    expect(frame.locator(".explain__title")).to_contain_text("Opcode = 1 text")
    page.get_by_role("button", name="Its answer").click()
    expect(frame.locator(".explain__title")).to_contain_text("Acknowledgement 1")
    expect(page.locator("#frame-xor")).to_have_count(0)
    page.get_by_role("button", name="What it answers").click()
    take_the_mask_off(page)


def take_the_mask_off(page: Page) -> None:
    """By hand, with a mistake at first."""
    rows = page.locator(".exercise__row")
    expect(rows).to_have_count(4)
    for row in rows.all():
        wire, key = (int(text, 16) for text in row.locator("b").all_inner_texts())
        row.locator("input").fill(f"{wire ^ key:02x}")
    first = rows.first.locator("input")
    right = int(first.input_value(), 16)
    first.fill(f"{right ^ 0x40:08b}")
    page.click("#exercise-check")
    expect(page.locator("#exercise-result")).to_have_text("1 byte is not right yet.")
    expect(rows.first).to_contain_text("Look at bit 2 from the left")
    expect(first).to_be_focused()
    first.fill(f"{right:02x}")
    first.press("Enter")
    expect(page.locator("#exercise-result")).to_contain_text("All right: these bytes are")


def test_a_handshake_is_computed_step_by_step(look: Look) -> None:
    """The page has what RFC 6455 asks for, and computes it again for another key."""
    page = look("Ana", "#handshake")
    text = page.locator("#handshake-request").inner_text()
    found = re.search(r"Sec-WebSocket-Key: (\S+)", text)
    assert found is not None
    digest = hashlib.sha1((found[1] + GUID).encode(), usedforsecurity=False).digest()
    accept = base64.b64encode(digest).decode()
    expect(page.locator("#handshake-answer")).to_contain_text(f"Sec-WebSocket-Accept: {accept}")
    expect(page.locator("#handshake-accept")).to_contain_text(digest.hex(" "))
    assert "session=" not in text
    page.click("#accept-compute")
    expect(page.locator("#accept-result")).to_contain_text(accept)
    page.fill("#accept-key", "dGhlIHNhbXBsZSBub25jZQ==")
    page.click("#accept-compute")
    expect(page.locator("#accept-result")).to_contain_text("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    page.click("#inspect-again")
    expect(page.locator("#handshake option")).to_have_count(2)


@pytest.mark.parametrize("locale", ["pt-BR", "de"])
def test_everything_fits_a_phone(look: Look, phone: dict[str, Any], locale: str) -> None:
    """Each view is as wide as the screen, and a line that is touched leads to its bytes."""
    page = look("Ana", **{**phone, "locale": locale})
    say(page, "W" * 300)
    entry(page, "new_message").tap()
    expect(page.locator("#frame-hex")).to_be_visible()
    tabs = page.get_by_role("tab").all()
    for tab in tabs:
        tab.tap()
        expect(tab).to_have_attribute("aria-selected", "true")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        view = page.locator(f"#{tab.get_attribute('aria-controls')}")
        assert view.evaluate("view => view.scrollWidth - view.clientWidth") == 0


def test_the_keyboard_is_enough(look: Look) -> None:
    """Arrow keys walk through the ladder and from view to view; what is chosen is explained."""
    page = look("Ana")
    lines = page.locator(".ladder__entry")
    lines.last.focus()
    page.keyboard.press("Home")
    expect(lines.first).to_be_focused()
    expect(lines.first).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("tab", name="Handshake")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(page.locator("#frame .explain__title")).to_contain_text("Acknowledgement 0")
    page.get_by_role("tab", name="Frame").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#handshake")).to_be_visible()
    page.locator("#inspect-pause").press("Enter")
    say(page, "Nobody sees it here")
    expect(page.locator("#inspect-say")).to_have_value("")
    expect(entry(page, "new_message")).to_have_count(0)
    page.locator("#inspect-pause").press("Enter")
    expect(entry(page, "new_message")).to_have_count(1)
    page.get_by_role("button", name="S Socket.IO").click()
    expect(entry(page, "new_message")).to_have_count(0)
    page.get_by_role("tab", name="Link").click()
    page.locator(".skip").press("Enter")
    expect(page.locator("#inspect-say")).to_be_focused()
    expect(page.locator("#link")).to_be_visible()
    page.locator("summary[title=Settings]").press("Enter")
    page.get_by_role("link", name="Deutsch").press("Enter")
    expect(page.get_by_role("tab", name="Verbindung")).to_have_attribute("aria-selected", "true")


def test_the_page_has_no_violations(look: Look) -> None:
    """With a frame, and with a handshake beside the ladder."""
    page = look("Ana")
    say(page, "Hello")
    entry(page, "new_message").click()
    expect(page.locator("#frame-exercise")).to_be_visible()
    page.fill("#inspect-say", "and again")
    assert violations(page) == ""
    page.get_by_role("tab", name="Handshake").click()
    assert violations(page) == ""
