"""The pages as whoever works on them sees them: from sources that have changed since the build."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import lanchat
from tests.world.server import ServerProcess


@pytest.fixture
def server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_factory: Callable[..., ServerProcess]
) -> ServerProcess:
    """A server of a checkout in which a script was just changed."""
    copy = tmp_path / "src"
    package = Path(lanchat.__file__).parent
    shutil.copytree(package, copy / "lanchat", ignore=shutil.ignore_patterns("__pycache__"))
    script = copy / "lanchat" / "web" / "static" / "js" / "page.js"
    with script.open("a", encoding="utf-8") as file:
        file.write('document.documentElement.dataset.edited = "yes";\n')
    monkeypatch.setenv("PYTHONPATH", str(copy), prepend=os.pathsep)
    return server_factory()


def test_a_script_that_was_changed_runs(
    arrive: Callable[..., Page], say: Callable[[Page, str], None]
) -> None:
    """With all others, their style, and what is loaded later: a worker, the card of all files."""
    ana = arrive("Ana")
    expect(ana.locator("html")).to_have_attribute("data-edited", "yes")
    say(ana, "```py\nreturn 1\n```")
    expect(ana.locator("pre .token--kwd")).to_have_text("return")
    expect(ana.locator("#composer-box")).to_have_css("display", "flex")
    ana.click("#open-search")
    ana.get_by_role("button", name="All files of the room").click()
    expect(ana.get_by_role("dialog", name="All files of the room")).to_be_visible()
