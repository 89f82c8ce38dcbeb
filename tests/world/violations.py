"""What axe-core complains about in a page, in the light and in the dark."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The dark appearance differs from the light one in nothing else."""

_IS_THERE = "'axe' in window"
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def violations(page: Page) -> str:
    """All of them, as a text for whoever has to mend them: none is "".

    The page follows the system's appearance, which is light again afterwards, and moves no more: a
    colour on its way from one to the other would be neither.
    """
    light = _violations(page, RULES)
    _turn(page, "dark")
    dark = _violations(page, OF_COLOURS)
    _turn(page, "light")
    return light + (dark and f"In the dark:\n{dark}")


def _turn(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(_DRAWN)


def _violations(page: Page, rules: list[str]) -> str:
    axe = Axe("0" if page.evaluate(_IS_THERE) else AXE_SCRIPT)
    results = axe.run(page, options={"resultTypes": ["violations"], "runOnly": rules})
    return results.generate_report() if results.violations_count else ""
