"""How soon the chat page is there, and what it costs to load.

    python benchmarks/first_load.py [--slowed 1 4] [--loads 5]

A real Chromium without anything kept loads a room with 60 messages: the requests and their bytes,
when the first letters are seen, and when the people and the messages stand there. The medians of
so many loads, with its processor as it is and slowed four times.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

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


class Load(NamedTuple):
    """One load of the page: requests, bytes, and milliseconds."""

    requests: float
    size: float
    painted: float
    ready: float


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--slowed", type=float, nargs="+", default=[1, 4])
    parser.add_argument("--loads", type=int, default=5)
    options = parser.parse_args()
    table = Table("slowed", "requests", "kB", "first letters, ms", "ready, ms")
    with sync_playwright() as playwright, served() as url, Talker(url) as talker:
        browser = playwright.chromium.launch(
            executable_path=find("chromium"), args=browser_arguments()
        )
        talker.say(60)
        for slowed in options.slowed:
            loads = [loaded(browser, url, slowed, number) for number in range(options.loads)]
            requests, size, painted, ready = map(statistics.median, zip(*loads, strict=True))
            cells = (requests, size / 1_000, painted, ready)
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
    sizes: list[float] = []
    developer.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    page.add_init_script(f"({READY})()")
    page.reload()
    page.wait_for_selector(".message")
    page.wait_for_timeout(1_500)
    painted, ready = page.evaluate(TIMES)
    context.close()
    return Load(len(sizes), sum(sizes), painted, ready)


if __name__ == "__main__":
    sys.exit(main())
