"""One browser of each engine, and people who come to it one after the other.

A failed test leaves a picture of the page and the server's output below test-results/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.world.engines import ENGINES
from tests.world.visitor import Visitor


@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebDriver]:
    """A browser, for all tests that one process has for it."""
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as browser:
        yield browser


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
    visitor.leave()


@pytest.fixture
def ana(visitor: Visitor) -> Visitor:
    """Ana, who is in the room."""
    visitor.log_in("Ana")
    return visitor
