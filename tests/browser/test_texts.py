"""What people write looks as they wrote it, and like nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

SIZES = [{"width": 1280, "height": 900}, {"width": 390, "height": 844}]
ENDS = """(text, words) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.data.indexOf(words);
        if (at < 0) continue;
        const range = document.createRange();
        const x = (offset) => {
            range.setStart(node, offset);
            range.setEnd(node, offset + 1);
            return range.getBoundingClientRect().left;
        };
        return [x(at), x(at + words.length - 1)];
    }
}"""
"""Where the first and the last letter of these words are seen."""


@pytest.mark.parametrize("size", SIZES)
def test_each_line_goes_its_own_way(arrive: Arrive, say: Say, size: dict[str, int]) -> None:
    """By its first letter, and code always from left to right."""
    ana = arrive("Ana", viewport=size)
    text = "שלום עולם!\n\nhello there!\n```\nx = f(שלום)[1];\n```\nסוף: `a(b)`"
    say(ana, text)
    expect(ana.locator(".message__time")).to_have_count(1)
    shown = ana.locator(".message__text")
    expect(shown).to_contain_text("hello there!\n", use_inner_text=True)

    def goes_right(words: str) -> bool:
        first, last = shown.evaluate(f"(text) => ({ENDS})(text, {words!r})")
        return bool(first < last)

    assert not goes_right("שלום עולם!")
    assert goes_right("hello there!")
    assert goes_right("x = f(שלום)[1];")
    assert goes_right("a(b)")
    assert not goes_right("סוף:")
    said = shown.evaluate("text => text.textContent")
    assert said.startswith("שלום עולם!\n\nhello there!\n")
    copied = shown.evaluate(
        "text => { getSelection().selectAllChildren(text); return String(getSelection()) }"
    )
    assert copied.startswith("שלום עולם!\n\nhello there!\n")


def test_what_is_written_goes_its_own_way(arrive: Arrive) -> None:
    """In the field, where the topic stands, and where one types one's name."""
    ana = arrive("Ana")
    ana.fill("#message", "שלום")
    assert ana.locator("#message").evaluate("field => getComputedStyle(field).direction") == "rtl"


def test_a_tall_message_is_folded(arrive: Arrive, say: Say) -> None:
    """It is no taller than the screen until its reader asks, and again when they have read it."""
    blank_lines, long_letters = "a" + "\n" * 900 + "b", "ﷺ " * 1900
    hebrew, one_word = "שלום\n" * 700, "W" * 4000
    ana = arrive("Ana")
    for number, text in enumerate((long_letters, blank_lines, hebrew, one_word)):
        size = SIZES[min(number, 1)]
        ana.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
        say(ana, text)
        row = ana.locator(".message").nth(number)
        expect(row.get_by_role("button", name="Show all of it")).to_be_visible()
        assert _height(row) < size["height"]
        row.get_by_role("button", name="Show all of it").click()
        assert _height(row) > size["height"]
        row.get_by_role("button", name="Show less").click()
        assert _height(row) < size["height"]


def test_a_message_that_came_folded_stays_as_its_reader_left_it(arrive: Arrive, say: Say) -> None:
    """Also when the next one joins its group; and a long answer of a command has its own bound."""
    ana = arrive("Ana")
    say(ana, "a" + "\n" * 500 + "b")
    expect(ana.locator(".message__time")).to_have_count(1)
    ana.get_by_role("button", name="Show all of it").click()
    say(ana, "c")
    expect(ana.locator(".message__time")).to_have_count(2)
    expect(ana.get_by_role("button", name="Show less")).to_have_count(1)


def test_piles_of_accents_stay_in_their_row(arrive: Arrive, say: Say) -> None:
    """Nobody paints over what others have said."""
    ana = arrive("Ana")
    say(ana, "below")
    say(ana, "h" + "\u0301\u0308\u0334\u0317" * 300)
    expect(ana.locator(".message__time")).to_have_count(2)
    rows = ana.locator(".message")
    assert rows.evaluate_all("all => all.map((row) => getComputedStyle(row).overflowY)") == [
        "hidden",
        "hidden",
    ]
    assert _height(rows.last) < 200


def _height(row: Any) -> float:
    height: float = row.evaluate("row => row.getBoundingClientRect().height")
    return height
