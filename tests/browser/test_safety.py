"""What guests type stays text, and nothing leaves the LAN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

MARKUP = [
    "<script>window.broken = true</script>",
    '<img src="x" onerror="window.broken = true">',
    "`<svg onload='window.broken = true'>`",
    "&lt;b&gt; &amp;",
]
NAMES = ["<script>broken=1</script>", '<img src=x onerror="broken=1">']
NO_LINKS = [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "main.py",
    "ana@example.org",
]


def test_markup_in_messages_stays_text(arrive: Arrive, say: Say) -> None:
    """A message shows what was typed, to the letter."""
    ana, bia = arrive("Ana"), arrive("Bia")
    for text in MARKUP:
        say(ana, text)
    shown = [text.strip("`") for text in MARKUP]
    for page in (ana, bia):
        expect(page.locator(".message__text")).to_have_text(shown)
        assert page.evaluate("window.broken") is None


def test_markup_in_names_stays_text(arrive: Arrive, say: Say) -> None:
    """A name shows as it is in the list, in the lines and above a message."""
    ana = arrive("Ana")
    for name in NAMES:
        say(arrive(name), "hello")
        expect(ana.locator(".note").last).to_contain_text(f"{name} joined the room!")
    expect(ana.locator(".message__author bdi")).to_have_text(NAMES)
    expect(ana.locator(".people__name").filter(has_text="<")).to_have_text(sorted(NAMES))
    assert ana.evaluate("window.broken") is None


def test_links_are_links(arrive: Arrive, say: Say) -> None:
    """Web addresses can be followed, and the page they open cannot reach back."""
    ana = arrive("Ana")
    say(ana, "See http://192.168.1.20:8080/a?b=c, https://example.org/x_(y) and www.example.org.")
    links = ana.locator(".message__text a")
    expect(links).to_have_text(
        ["http://192.168.1.20:8080/a?b=c", "https://example.org/x_(y)", "www.example.org"]
    )
    for link in links.all():
        assert link.get_attribute("rel") == "noopener"
        assert str(link.get_attribute("href")).startswith("http")


def test_other_texts_are_no_links(arrive: Arrive, say: Say) -> None:
    """Neither scripts nor file names nor mail addresses become links."""
    ana = arrive("Ana")
    for text in NO_LINKS:
        say(ana, text)
    expect(ana.locator(".message__text")).to_have_text(NO_LINKS)
    expect(ana.locator(".message__text a")).to_have_count(0)


def test_page_asks_no_other_host(server: Any, visit: Callable[..., Page], say: Say) -> None:
    """Everything that the pages load comes from the server itself, sockets included."""
    asked: set[str | None] = set()
    page = visit()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).netloc))
    page.reload()
    page.fill("#username", "Ana")
    page.keyboard.press("Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    say(page, "look at http://192.0.2.1/")
    expect(page.locator(".message__time")).to_have_count(1)
    assert asked == {urlsplit(server.url).netloc}


def test_address_can_be_copied_without_https(arrive: Arrive) -> None:
    """Browsers keep the clipboard's interface from plain LAN addresses: there is another way."""
    ana = arrive("Ana")
    ana.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    ana.click("#open-invite")
    ana.click("#invite-copy")
    expect(ana.locator("#invite-result")).to_have_text("Address copied")
    address = ana.locator("#invite-address").inner_text()
    ana.keyboard.press("Escape")
    ana.focus("#message")
    ana.keyboard.press("ControlOrMeta+V")
    expect(ana.locator("#message")).to_have_value(address)
