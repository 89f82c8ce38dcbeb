"""Structure and code in messages: how they are shown, and that nothing of them is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

TEXT = """**Now** *this* ~~that~~ `x = 1` <b>no</b>
> asked
answered
- first
2. second
```python
def f():
    return "one"
```"""


def copied(page: Page) -> str:
    """What lands in the clipboard of what is selected."""
    copied: str = page.evaluate(
        """() => new Promise((done) => {
            const take = (event) => done(event.clipboardData.getData("text/plain")
                || String(getSelection()));
            document.addEventListener("copy", take, { once: true });
            document.execCommand("copy");
        })"""
    )
    return copied


def test_a_message_has_structure_and_is_copied_as_it_was_typed(arrive: Arrive, say: Say) -> None:
    """Emphasis, quotes, lists and code are elements; HTML is text; all of it is what was typed."""
    page = arrive("Ana")
    say(page, TEXT)
    said = page.locator(".message__text").last

    expect(said.locator("strong")).to_have_text("Now")
    expect(said.locator("em")).to_have_text("this")
    expect(said.locator("s")).to_have_text("that")
    expect(said.locator("code.code")).to_have_text("x = 1")
    expect(said.locator("b")).to_have_count(0)
    expect(said).to_contain_text("<b>no</b>")
    expect(said.locator("blockquote")).to_have_text("asked")
    expect(said.get_by_role("listitem")).to_have_text(["• first", "2. second"])
    expect(said.locator("pre")).to_have_text('def f():\n    return "one"')
    expect(said.locator("pre .token--kwd")).to_have_text(["def", "return"])

    said.evaluate("(node) => getSelection().selectAllChildren(node)")
    assert copied(page) == TEXT


def test_a_long_code_is_folded_and_its_button_copies_all_of_it(arrive: Arrive, say: Say) -> None:
    """Past 20 lines only the beginning is shown; the clipboard gets everything, without https."""
    page = arrive("Ana")
    code = "\n".join(f"x{number} = {number}" for number in range(40))
    say(page, f"```\n{code}\n```")
    expect(page.locator(".message__time")).to_have_count(1)
    block = page.locator(".code-block")

    short = block.locator("pre").bounding_box()
    block.get_by_role("button", name="Show all 40 lines").click()
    whole = block.locator("pre").bounding_box()
    block.get_by_role("button", name="Copy").click()

    expect(block.get_by_role("button", name="Copied")).to_be_visible()
    assert short
    assert whole
    assert whole["height"] > 1.8 * short["height"]
    field = page.get_by_role("textbox", name="Message")
    field.press("ControlOrMeta+v")
    expect(field).to_have_value(code)
