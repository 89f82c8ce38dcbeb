"""How soon the chat page is there, and what it costs to load.

    python benchmarks/first_load.py [--slowed 1 4] [--loads 5]

A real Chromium without anything kept loads a room with 60 messages: the requests and their bytes
until the people and the messages stand there, and with what comes right after them; when the first
letters are seen, and when the people and the messages are. The medians of so many loads, with its
processor as it is and slowed four times.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from typing import Any, NamedTuple

from page import Talker, served
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from needs import browser_arguments, find

READY = """() => {
    new MutationObserver((_, observer) => {
        if (!document.querySelector(".people__you") || !document.querySelector(".message")) return;
        window.readyAt = performance.now();
        observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
}"""
TIMES = """() => [
    performance.getEntriesByName("first-contentful-paint")[0].startTime,
    window.readyAt,
]"""
EARLY = """() => performance.getEntries()
    .filter(({ startTime, initiatorType }) => initiatorType && startTime < window.readyAt)
    .map(({ name }) => name)"""


class Load(NamedTuple):
    """One load of the page: requests, bytes, and milliseconds."""

    requests: float
    size: float
    all_requests: float
    all_size: float
    painted: float
    ready: float


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--slowed", type=float, nargs="+", default=[1, 4])
    parser.add_argument("--loads", type=int, default=5)
    options = parser.parse_args()
    heads = ("slowed", "requests", "kB", "in all", "kB in all", "first letters, ms", "ready, ms")
    table = Table(*heads)
    with sync_playwright() as playwright, served() as url, Talker(url) as talker:
        browser = playwright.chromium.launch(
            executable_path=find("chromium"), args=browser_arguments()
        )
        talker.say(60)
        for slowed in options.slowed:
            loads = [loaded(browser, url, slowed, number) for number in range(options.loads)]
            found = Load(*map(statistics.median, zip(*loads, strict=True)))
            cells = found._replace(size=found.size / 1_000, all_size=found.all_size / 1_000)
            table.add_row(f"{slowed:g}", *(f"{cell:.0f}" for cell in cells))
        browser.close()
    Console().print(table)
    return 0


def loaded(browser: Browser, url: str, slowed: float, number: int) -> Load:
    """Load the page of somebody who is in, with nothing of it kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(url)
    page.fill("#username", f"Ana {number} {slowed:g}")
    page.keyboard.press("Enter")
    page.wait_for_selector(".people__you")
    developer = context.new_cdp_session(page)
    developer.send("Network.enable")
    developer.send("Network.clearBrowserCache")
    developer.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def begun(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def done(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    developer.on("Network.requestWillBeSent", begun)
    developer.on("Network.loadingFinished", done)
    page.add_init_script(f"({READY})()")
    page.reload()
    page.wait_for_selector(".message")
    page.wait_for_timeout(1_500)
    painted, ready = page.evaluate(TIMES)
    needed = set(page.evaluate(EARLY))
    context.close()
    early = [size for request, size in sizes.items() if urls[request] in needed]
    return Load(len(early), sum(early), len(sizes), sum(sizes.values()), painted, ready)


if __name__ == "__main__":
    sys.exit(main())
