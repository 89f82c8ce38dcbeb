"""How a room full of people gets in: by what stands on the wall."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from needs import browser_arguments
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.world.deadline import wait_for
from tests.world.namespace import Namespace
from tests.world.screen import decode

Arrive = Callable[..., Page]


# Its address does not depend on this machine.
pytestmark = pytest.mark.server_options("--advertise", "192.0.2.7", "--grace", "0.5")


def scan(page: Page) -> list[str]:
    """What a phone's camera reads in a picture of the page."""
    # The page's policy keeps Playwright's own wait_for_function from looking a second time.
    loaded = partial(page.evaluate, "document.querySelector('#invite-code').naturalWidth > 0")
    wait_for(loaded, "the code")
    return decode(Image.open(io.BytesIO(page.screenshot())))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phones_scan_the_popover_and_the_wall(arrive: Arrive, server: Any, scheme: str) -> None:
    """By day and by night, the small code and the large one."""
    ana = arrive("Ana", color_scheme=scheme)
    address = f"http://192.0.2.7:{server.port}"
    ana.click("#open-invite")
    # Behind the popover the empty room shows it, too.
    assert set(scan(ana)) == {address}
    ana.goto(server.url + "/invite")
    assert scan(ana) == [address]


def test_the_wall_counts_who_is_here(arrive: Arrive) -> None:
    """The invitation leads there; one person more or less shows at once."""
    ana = arrive("Ana")
    with ana.context.expect_page() as opened:
        ana.click("#open-invite")
        ana.get_by_role("link", name="Show full screen").click()
    expect(opened.value.locator("#count")).to_have_text("1 person here")
    bia = arrive("Bia")
    expect(opened.value.locator("#count")).to_have_text("2 people here")
    bia.close()
    expect(opened.value.locator("#count")).to_have_text("1 person here")


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_the_address_is_as_large_as_the_wall(
    arrive: Arrive, server: Any, size: tuple[int, int]
) -> None:
    """It takes most of the width, in one line, and nothing has to be scrolled."""
    page = arrive("Ana", viewport={"width": size[0], "height": size[1]})
    page.goto(server.url + "/invite")
    expect(page.locator("#count")).to_have_text("1 person here")
    width = page.evaluate(
        """() => {
            const range = document.createRange();
            range.selectNodeContents(document.getElementById("invite-address"));
            return range.getClientRects().length === 1 ? range.getBoundingClientRect().width : 0;
        }"""
    )
    assert 0.6 * size[0] < width < size[0]
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_pages_follow_the_computer_to_another_network(
    namespace: Namespace,
    server_factory: Callable[..., Any],
    playwright: Playwright,
    tmp_path: Path,
    browser_type_launch_args: dict[str, Any],
) -> None:
    """The Wi-Fi is switched: the open pages show the new address, and its code."""
    server = server_factory(launcher=namespace.launcher)
    inside = tmp_path / "chromium"
    program = browser_type_launch_args.get("executable_path", playwright.chromium.executable_path)
    inside.write_text(f'#!/bin/sh\nexec {" ".join(namespace.launcher)} {program} "$@"\n')
    inside.chmod(0o755)
    # Inside it may look like root, for whom there is no sandbox.
    arguments = [*browser_arguments(), "--no-sandbox"]
    browser = playwright.chromium.launch(executable_path=inside, args=arguments)
    page = browser.new_page(locale="en-GB")
    page.goto(server.url)
    page.fill("#username", "Ana")
    page.keyboard.press("Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    page.click("#open-invite")
    expect(page.locator("#invite-address")).to_have_text(f"http://192.0.2.10:{server.port}")
    namespace.remove("192.0.2.10")
    expect(page.locator("#invite-none")).to_be_visible()
    namespace.add("198.51.100.4")
    expect(page.locator("#invite-address")).to_have_text(f"http://198.51.100.4:{server.port}")
    assert set(scan(page)) == {f"http://198.51.100.4:{server.port}"}
    browser.close()
