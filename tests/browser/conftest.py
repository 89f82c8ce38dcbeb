"""Real people in a real Chromium.

A failed test leaves a picture of every page and the server's output below test-results/.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import requests
from needs import browser_arguments
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.world.deadline import DEADLINE
from tests.world.needs import need

DEADLINE_MS = 1000 * DEADLINE
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}

expect.set_options(timeout=DEADLINE_MS)


def pytest_configure(config: pytest.Config) -> None:
    """Take pictures of failures without being asked to."""
    config.option.screenshot = "only-on-failure"
    # pytest-base-url, which pytest-playwright brings, is behind the times.
    config.addinivalue_line(
        "filterwarnings", "ignore:Session-scoped fixtures defined as instance methods"
    )


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """The browser of this machine, looked for before Playwright starts."""
    need("playwright-node")
    return need("chromium")


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium: str
) -> dict[str, Any]:
    """That browser, and nothing that it does of its own accord."""
    return {
        **browser_type_launch_args,
        "args": browser_arguments(),
        "executable_path": chromium,
    }


@pytest.fixture
def server(server: Any, request: pytest.FixtureRequest, output_path: str) -> Iterator[Any]:
    """The server; what it printed is kept where the test fails."""
    yield server
    report = getattr(request.node, "rep_call", None)
    if report is not None and report.failed:
        Path(output_path).mkdir(parents=True, exist_ok=True)
        Path(output_path, "server-output.txt").write_text(server.output(), encoding="utf-8")


@pytest.fixture
def log_out_later(server: Any) -> Iterator[Callable[[BrowserContext], None]]:
    """Let a browser's person leave the server for good, once its pages are closed.

    Earlier the page would turn to the login page, and Chromium may never close one that does.
    """
    cookies: list[dict[str, str]] = []

    def note(context: BrowserContext) -> None:
        cookies.append({cookie["name"]: cookie["value"] for cookie in context.cookies()})

    yield note
    if server.process.poll() is None:
        for known in cookies:
            requests.post(
                f"{server.url}/logout",
                cookies=known,
                allow_redirects=False,
                verify=server.verify,
                timeout=DEADLINE,
            )


@pytest.fixture
def new_page(
    log_out_later: Callable[[BrowserContext], None], new_context: Callable[..., BrowserContext]
) -> Iterator[Callable[..., Page]]:
    """Start a browser of one's own, by Playwright's options.

    Whatever a test is about, no script of the page may throw.
    """
    thrown: list[str] = []
    contexts: list[BrowserContext] = []

    def start(**options: Any) -> Page:
        contexts.append(new_context(**{"locale": "en-GB", **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(DEADLINE_MS)
        page.on("pageerror", lambda error: thrown.append(str(error)))
        return page

    yield start
    for context in contexts:
        log_out_later(context)
    assert thrown == []


@pytest.fixture
def visit(server: Any, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open the login page."""

    def open_login(**options: Any) -> Page:
        page = new_page(**options)
        page.goto(server.url)
        return page

    return open_login


@pytest.fixture
def arrive(server: Any, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Be in the room by a name, as if one had just logged in.

    The login page is left out, which is a quarter of the time; tests of it `visit` it.
    """

    def log_in(name: str, path: str = "/chat", **options: Any) -> Page:
        page = new_page(**options)
        answer = page.request.post(server.url, form={"username": name}, max_redirects=0)
        assert answer.status == HTTPStatus.SEE_OTHER, answer.text()
        page.goto(server.url + path)
        expect(page.locator("#people .people__you")).to_have_count(1)
        return page

    return log_in


@pytest.fixture
def look(server: Any, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open the page of one's own connections, as somebody who is in.

    The opening of its own connection is seen.
    """

    def begin(name: str, view: str = "", **options: Any) -> Page:
        page = new_page(**options)
        answer = page.request.post(server.url, form={"username": name}, max_redirects=0)
        assert answer.status == HTTPStatus.SEE_OTHER, answer.text()
        page.goto(f"{server.url}/inspect{view}")
        expect(page.locator(".ladder__entry[data-event=new_host]")).to_have_count(1)
        return page

    return begin


@pytest.fixture
def say() -> Callable[[Page, str], None]:
    """Type a message and press Enter."""

    def send(page: Page, text: str) -> None:
        page.fill("#message", text)
        page.press("#message", "Enter")

    return send


@pytest.fixture
def look_for() -> Callable[[Page, Locator], None]:
    """Search until the hit is there: words get into the index, and one may look once a second."""

    def look(page: Page, hit: Locator) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            page.keyboard.press("Enter")
            with suppress(AssertionError):
                expect(hit).to_have_count(1, timeout=1_100)
                return
        said = page.locator(".overlay--search").inner_text()
        value = page.get_by_label("Words").input_value()
        focused = page.evaluate("document.activeElement.id")
        pytest.fail(f"{value!r} is not found, {focused} has the focus, and the card says: {said}")

    return look


@pytest.fixture
def phone() -> dict[str, Any]:
    """The options of a browser on a phone."""
    return dict(PHONE)
