"""The access code on its way from one browser to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

CODE = "Sésamo + 7B"

pytestmark = pytest.mark.server_options("--access-code", CODE, "--advertise", "chat.example")


def test_an_invitation_fills_the_code_in(server: Any, visit: Callable[..., Page]) -> None:
    """Ana types the code; Bia opens Ana's invitation and types her name only."""
    ana = visit()
    ana.fill("#username", "Ana")
    ana.fill("#code", CODE)
    ana.keyboard.press("Enter")
    expect(ana.locator("#people .people__you")).to_have_count(1)
    ana.click("#open-invite")
    expect(ana.locator("#invite-address")).to_contain_text("#code=")
    shown = ana.locator("#invite-address").inner_text()
    bia = visit()
    bia.goto(server.url + "/#" + shown.partition("#")[2])
    expect(bia.locator("#code")).to_have_value(CODE)
    assert bia.url == server.url + "/"
    bia.fill("#username", "Bia")
    bia.keyboard.press("Enter")
    expect(bia.locator("#people .people__you")).to_have_count(1)


def test_the_code_survives_a_change_of_language(server: Any, visit: Callable[..., Page]) -> None:
    """The page is loaded anew, without the fragment."""
    page = visit()
    page.goto(server.url + "/#code=1234")
    page.get_by_role("link", name="Português").click()
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    expect(page.locator("#code")).to_have_value("1234")


def test_a_wrong_code_is_typed_anew(visit: Callable[..., Page]) -> None:
    """The reason stands at the field, which is empty; the name is kept."""
    page = visit()
    page.fill("#username", "Ana")
    page.fill("#code", "0000")
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_have_text("That is not the access code.")
    expect(page.locator("#username")).to_have_value("Ana")
    expect(page.locator("#code")).to_have_value("")
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
