"""What leaves the page: copied messages, and printed ones."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

COPY = """() => new Promise((told) => {
  document.addEventListener("copy", (event) => {
    told(event.defaultPrevented ? event.clipboardData.getData("text/plain") : null);
  }, { once: true });
  document.execCommand("copy");
})"""


def copied(page: Page, select: str) -> str | None:
    """What the clipboard gets of this selection; None where the browser itself decides."""
    page.evaluate(f"() => {{ const all = document.getSelection(); {select} }}")
    text: str | None = page.evaluate(COPY)
    return text


def test_copied_messages_are_lines(arrive: Arrive, say: Say) -> None:
    """Each has its time and its author's name, also where the selection has a part of it."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "first of all\n```\nx = 1\n```")
    say(bia, "then this")
    expect(ana.locator(".message__time")).to_have_count(2)
    whole = copied(ana, "all.selectAllChildren(document.querySelector('#rows'));") or ""
    lines = re.sub(r"\d\d:\d\d", "TIME", whole).splitlines()
    code = ["```", "x = 1", "```"]
    assert lines[-5:] == ["TIME Ana: first of all", *code, "TIME Bia: then this"]
    parts = copied(
        ana,
        "const [one, two] = document.querySelectorAll('.message__text');"
        "all.setBaseAndExtent(one.firstChild, 6, two.firstChild, 4);",
    )
    assert re.sub(r"\d\d:\d\d", "TIME", parts or "").splitlines() == [
        "TIME Ana: of all",
        "x = 1",
        "TIME Bia: then",
    ]
    within = "all.selectAllChildren(document.querySelector('.message__text'));"
    assert copied(ana, within) == "first of all\n```\nx = 1\n```"


def test_everything_is_printed(arrive: Arrive, say: Say) -> None:
    """As many pages as it takes, and dark on light whatever the screen is."""
    ana = arrive("Ana", color_scheme="dark")
    for number in range(12):
        say(ana, "\n".join(f"{number} line {line}" for line in range(12)))
    expect(ana.locator(".message")).to_have_count(12)
    pages = len(re.findall(rb"/Type\s*/Page\b", ana.pdf(format="A6")))
    assert pages >= 5
    ana.emulate_media(media="print")
    expect(ana.locator("#composer")).to_be_hidden()
    own = ana.locator(".message__text").first
    expect(own).to_have_css("color", "rgb(0, 0, 0)")
