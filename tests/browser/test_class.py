"""The whole class on the projector, and what its people see of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.world.person import Person
from tests.world.violations import violations


def test_everybody_sends_at_once(
    arrive: Callable[..., Page], server: Any, person_factory: Callable[..., Person]
) -> None:
    """A host asks, one presses the button, all see the dots; one goes, and one finds their lane."""
    bia, caio = arrive("Bia"), person_factory("Caio")
    caio.join()
    assert bia.goto(f"{server.url}/inspect/class").status == 403  # type: ignore[union-attr]
    bia.goto(f"{server.url}/chat")
    ana = arrive("Ana", viewport={"width": 1280, "height": 720})
    ana.request.post(f"{server.url}/host", form={"secret": server.host_secret})
    ana.goto(f"{server.url}/inspect/class")
    lanes = ana.get_by_role("listitem").filter(has_text=re.compile(r"^\d"))
    expect(lanes).to_have_count(3)
    expect(ana.locator("#class-status")).to_have_text("3 here")
    ana.fill("#class-text", "👋" + "W" * 98)
    ana.get_by_role("button", name="Everybody send now").click()
    expect(ana.locator("#class-round")).to_have_text("0 of 2 have sent")
    note = bia.get_by_role("region", name="Everybody send now")
    expect(note).to_contain_text("Ana asks everybody to send:")
    assert violations(bia) == ""
    send = note.get_by_role("button", name="Send 👋W")
    assert send.evaluate("button => button.scrollWidth <= button.clientWidth")  # all is to be read
    send.click()
    expect(note).to_be_hidden()
    expect(bia.get_by_role("log")).to_contain_text("👋")
    expect(ana.locator("#class-round")).to_contain_text("1 of 2 have sent · 3 copies in")
    expect(ana.locator(".lane--sent")).to_have_count(1)
    own = ana.locator(".lane--sent").inner_text()
    assert violations(ana) == ""
    ana.get_by_role("radio", name="20 times slower").press("Space")
    ana.get_by_role("button", name="Last 5 seconds again").press("Enter")
    expect(ana.locator("#class-status")).to_contain_text("s ago")
    ana.get_by_role("radio", name="As it happens").check(force=True)
    expect(ana.locator("#class-status")).to_have_text("3 here")
    caio.socket.disconnect()
    expect(ana.locator(".lane--left")).to_contain_text("has left")
    bia.goto(f"{server.url}/inspect")
    expect(bia.locator("#inspect-lane")).to_have_text(f"You are lane {own} on the projector")
    ana.set_viewport_size({"width": 390, "height": 844})
    assert ana.evaluate("document.documentElement.scrollWidth") == 390
    ana.emulate_media(reduced_motion="reduce")
    expect(ana.locator(".lane__counts").filter(has_text="1 sent")).to_have_count(1)
