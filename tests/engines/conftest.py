"""One browser of each engine but Chromium's, and people who come to it one after the other.

What is tried here in Firefox and WebKit is tried in Chromium by tests/browser.

A failed test leaves a picture of the page and the server's output below test-results/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from tests.world.engines import ENGINES
from tests.world.visitor import Visitor


@pytest.fixture(scope="session", params=["firefox", "webkit"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], WebDriver]]:
    """A browser, for all tests that one process has for it.

    One that has crashed fails the test that it was in, and no other: the next has another one.
    """
    opened = ExitStack()
    browsers: list[WebDriver] = []

    def open_browser() -> WebDriver:
        if not browsers or not _is_alive(browsers[-1]):
            with suppress(WebDriverException):
                opened.close()
            folder = tmp_path_factory.mktemp(request.param)
            browsers.append(opened.enter_context(ENGINES[request.param](folder)))
        return browsers[-1]

    yield open_browser
    opened.close()


@pytest.fixture
def engine(running: Callable[[], WebDriver]) -> WebDriver:
    """The browser of this engine."""
    return running()


@pytest.fixture
def visitor(
    engine: WebDriver, server: Any, request: pytest.FixtureRequest, output_path: str
) -> Iterator[Visitor]:
    """Somebody who has opened the login page in that browser."""
    visitor = Visitor(engine, server)
    yield visitor
    report = getattr(request.node, "rep_call", None)
    if report is not None and report.failed:
        folder = Path(output_path)
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath("server-output.txt").write_text(server.output(), encoding="utf-8")
        engine.save_screenshot(str(folder / "page.png"))
    with suppress(WebDriverException):  # it has crashed, and the next test has another one
        visitor.leave()


@pytest.fixture
def ana(visitor: Visitor) -> Visitor:
    """Ana, who is in the room."""
    visitor.log_in("Ana")
    return visitor


def _is_alive(browser: WebDriver) -> bool:
    try:
        return bool(browser.execute_script("return true"))
    except WebDriverException:
        return False
