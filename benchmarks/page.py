"""What a message costs the page of a cheap phone, in a small talk and in a long one.

    python benchmarks/page.py [--history 200 5000] [--seconds 10] [--slowed 4] [--rate 5]

A real Chromium, 390 pixels wide, its processor slowed four times, shows a room with so many
messages; somebody else says five a second. Of the page it tells the frames, the long tasks (more
than 50 ms), the main thread's time for each message, and how many elements the messages have.
`--busy` tells the same of a page that somebody has scrolled up and down before.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
import socketio
from playwright.sync_api import Browser, CDPSession, sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from needs import browser_arguments, find

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
"""One pixel for a point: here the processor paints, on a phone it does not."""

AT_ONCE = 100
"""So many messages are said without waiting for the first of them to be stored."""

WATCH = """() => {
    const seen = { frames: [], tasks: [] };
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now) => {
        seen.frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.seen = seen;
}"""
"""Writes down how long each frame and each long task takes."""

COUNT = """() => [
    document.querySelectorAll(".message").length,
    document.querySelectorAll(".message, .message *").length,
]"""

READ = """async () => {
    const log = document.querySelector("#log");
    for (const way of [-1, 1]) for (let step = 0; step < 60; step += 1) {
        log.scrollTop += way * 800;
        await new Promise((done) => requestAnimationFrame(done));
    }
    document.querySelector("#newest").click();
}"""
"""Scrolls up by 60 screens, and down again."""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--history", type=int, nargs="+", default=[200, 5_000])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--slowed", type=float, default=4.0)
    parser.add_argument("--rate", type=float, default=5.0)
    parser.add_argument("--busy", action="store_true")
    options = parser.parse_args()
    table = Table("messages", "frames", "p95, ms", "long tasks", "ms a message", "rows", "elements")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find("chromium"), args=browser_arguments()
        )
        for history in options.history:
            with served() as url, Talker(url) as talker:
                talker.say(history)
                table.add_row(f"{history:,}", *_measured(browser, url, talker, options))
        browser.close()
    Console().print(table)
    return 0


@contextlib.contextmanager
def served() -> Iterator[str]:
    """A server without limits, in a folder of its own; yields its address."""
    with tempfile.TemporaryDirectory(prefix="lanchat-page-") as name:
        folder = Path(name)
        log_file = folder / "connections.log"
        command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--port", "0"]
        command += ["--no-mdns", "--rate", "0", "--max-per-ip", "0", "--quiet"]
        command += ["--data-dir", str(folder / "data"), "--log-file", str(log_file)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:
            started = re.compile(r'"event": "start", .*"port": (\d+)')
            while not (log_file.exists() and (found := started.search(log_file.read_text()))):
                if server.poll() is not None:
                    sys.exit("the server does not start")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{found[1]}"
            server.terminate()


class Talker:
    """Somebody who has come in and talks; a connection of their own, and no page."""

    def __init__(self, url: str) -> None:
        session = requests.Session()
        session.post(url, data={"username": "Bia"}, timeout=30).raise_for_status()
        self._socket = socketio.Client(http_session=session)
        self._socket.connect(url, transports=["websocket"])
        self._socket.call("new_host", {})
        self._said = 0

    def __enter__(self) -> Talker:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.disconnect()

    def say(self, count: int) -> None:
        """Say so many lines, as fast as they are stored."""
        for number in range(count):
            self._said += 1
            text = f"line {self._said}, and a few words more, as people write them"
            draft = {"message": text, "client_id": str(uuid.uuid4())}
            wait = number == count - 1 or not self._said % AT_ONCE
            (self._socket.call if wait else self._socket.emit)("new_message", draft)

    def talk(self, count: int, rate: float) -> None:
        """Say so many lines at a steady pace."""
        begin = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
            self.say(1)


def _measured(
    browser: Browser, url: str, talker: Talker, options: argparse.Namespace
) -> tuple[str, ...]:
    """A line of the table."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(url)
    page.fill("#username", "Ana")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message")
    developer = context.new_cdp_session(page)
    developer.send("Performance.enable", {"timeDomain": "threadTicks"})
    developer.send("Emulation.setCPUThrottlingRate", {"rate": options.slowed})
    if options.busy:
        page.evaluate(READ)
    page.wait_for_timeout(2_000)
    count = int(options.rate * options.seconds)
    before = _busy(developer)
    page.evaluate(WATCH)
    thread = threading.Thread(target=talker.talk, args=(count, options.rate))
    thread.start()
    page.wait_for_timeout(1_000 * options.seconds)
    thread.join()
    seen, busy = page.evaluate("window.seen"), _busy(developer) - before
    rows, elements = page.evaluate(COUNT)
    context.close()
    return (*_frames(seen), f"{1_000 * busy / count:.1f}", str(rows), f"{elements:,}")


def _busy(developer: CDPSession) -> float:
    """Seconds of processor time that the page's main thread has used."""
    metrics = developer.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def _frames(seen: dict[str, list[float]]) -> tuple[str, str, str]:
    """How many frames there were, the 95th percentile of their time, and the long tasks."""
    frames, tasks = sorted(seen["frames"]), seen["tasks"]
    slowest = frames[int(0.95 * (len(frames) - 1))]
    return str(len(frames)), f"{slowest:.1f}", f"{len(tasks)} (at most {max(tasks, default=0):.0f})"


if __name__ == "__main__":
    sys.exit(main())
