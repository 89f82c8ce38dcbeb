"""Take the pictures of docs/using.md: real people in real Chromiums talk through a real server.

Writes docs/images/chat-light.png, chat-dark.png, phone-light.png and phone-dark.png.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from needs import browser_arguments, find
from playwright.sync_api import Browser, Page, expect, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
DEADLINE = 15.0  # seconds
ROOM = "Room 12"
ADDRESS = "192.168.1.20"  # what a LAN's address looks like, whatever this machine's is
TALK = (
    ("Vera", "Good morning! Everybody here?"),
    ("Bia", "Here 👋"),
    ("Davi", "Here, on my phone"),
    ("Vera", "Today we measure how long a ping takes. Work in pairs, please."),
    ("Vera", "The worksheet: http://192.168.1.20:8000/ping.pdf"),
    ("Davi", "0.4 ms from here to the switch, 2.1 ms over the Wi-Fi"),
    ("Ana", "Same here: 2.3 ms, but one in ten takes 40 ms. Why?"),
    ("Bia", "Somebody else is talking on the same channel 😄"),
    ("Ana", "So we wait for each other, like in here"),
    ("Vera", "Exactly. That is our next chapter."),
)
WIDE: dict[str, Any] = {
    "viewport": {"width": 1120, "height": 880},
    "device_scale_factor": 1.5,
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
READERS = (("Ana", "chat", WIDE), ("Davi", "phone", PHONE))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    """Let everybody talk, then look over the shoulders of two of them."""
    with serve() as url, chromium() as browser:
        options = {name: settings for name, _, settings in READERS}
        names = dict.fromkeys(name for name, _ in TALK)
        pages = {name: arrive(browser, url, name, options.get(name, WIDE)) for name in names}
        for name, text in TALK:
            say(pages[name], text)
        for name, picture, _ in READERS:
            expect(pages[name].locator(".message__text")).to_have_count(len(TALK))
            for scheme in SCHEMES:
                take(pages[name], scheme, IMAGES / f"{picture}-{scheme}.png")


@contextlib.contextmanager
def serve() -> Iterator[str]:
    """`lanchat serve` in a folder of its own, which goes away with it; yields its address."""
    with tempfile.TemporaryDirectory(prefix="lanchat-pictures-") as folder:
        yield from serve_in(Path(folder))


def serve_in(folder: Path) -> Iterator[str]:
    """`lanchat serve` with everything it writes in the folder; yields its address."""
    output = folder / "output.txt"
    options = ["--host", "127.0.0.1", "--name", ROOM, "--advertise", ADDRESS]
    options += ["--data-dir", str(folder / "data"), "--log-file", str(folder / "log")]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "lanchat", "serve", *options], stdout=file, stderr=file
        )
    try:
        deadline = time.monotonic() + DEADLINE
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", output.read_text("utf-8"))):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The server does not start:\n{output.read_text('utf-8')}")
            time.sleep(0.05)
        yield found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(DEADLINE)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the tests use, too."""
    path = find("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browser_arguments())
        yield browser
        browser.close()


def arrive(browser: Browser, url: str, name: str, options: dict[str, Any]) -> Page:
    """Log in with a browser of one's own."""
    page = browser.new_context(locale="en-GB", reduced_motion="reduce", **options).new_page()
    page.set_default_timeout(DEADLINE * 1000)
    page.goto(url)
    page.fill("#username", name)
    page.keyboard.press("Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    return page


def say(page: Page, text: str) -> None:
    """Send a message, and wait until the server has it."""
    page.fill("#message", text)
    page.press("#message", "Enter")
    expect(page.locator(".message__text").last).to_have_text(text)
    expect(page.locator(".message__pending")).to_have_count(0)


def take(page: Page, scheme: Literal["light", "dark"], path: Path) -> None:
    """One picture, at the end of the conversation."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.locator("#log").evaluate("log => { log.scrollTop = log.scrollHeight }")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled", caret="hide")
    print(f"{path.relative_to(IMAGES.parents[1])}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
