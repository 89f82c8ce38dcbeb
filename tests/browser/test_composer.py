"""Writing a message."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.world.pages import put_into_queue

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


def test_enter_sends_and_shift_enter_breaks(arrive: Arrive) -> None:
    """A message can have several lines."""
    ana = arrive("Ana")
    ana.focus("#message")
    ana.keyboard.type("first")
    ana.keyboard.press("Shift+Enter")
    ana.keyboard.type("second")
    ana.keyboard.press("Enter")
    expect(ana.locator(".message__text")).to_have_text(["first\nsecond"], use_inner_text=True)
    expect(ana.locator("#message")).to_have_value("")


def test_enter_while_composing_chooses_a_character(arrive: Arrive) -> None:
    """An input method's Enter is not the chat's."""
    ana = arrive("Ana")
    ana.fill("#message", "にほん")
    ana.dispatch_event("#message", "keydown", {"key": "Enter", "isComposing": True})
    expect(ana.locator("#message")).to_have_value("にほん")
    expect(ana.locator(".message")).to_have_count(0)


def test_nothing_is_not_sent(arrive: Arrive, say: Say) -> None:
    """White space alone is no message."""
    ana = arrive("Ana")
    for text in ("", "   ", "\n\n \n"):
        say(ana, text)
        expect(ana.locator("#send")).to_be_disabled()
    say(ana, "something")
    expect(ana.locator(".message__text")).to_have_text(["something"])


def test_field_grows_with_its_text(arrive: Arrive, say: Say) -> None:
    """Several lines can be seen while they are written; then the field is small again."""
    ana = arrive("Ana")
    small = _height(ana)
    ana.fill("#message", "\n".join("12345"))
    assert _height(ana) > 3 * small
    ana.press("#message", "Enter")
    expect(ana.locator(".message")).to_have_count(1)
    assert _height(ana) == small


def test_text_survives_a_reload(arrive: Arrive) -> None:
    """What one was writing is still there after a reload."""
    ana = arrive("Ana")
    ana.fill("#message", "half a thou")
    ana.reload()
    expect(ana.locator("#message")).to_have_value("half a thou")


def test_too_long_is_said_before_sending(arrive: Arrive) -> None:
    """The limit counts characters as the host does, so an emoji is one."""
    ana = arrive("Ana")
    ana.fill("#message", "😀" * 3999)
    expect(ana.locator("#composer-limit")).to_have_text("1 character left")
    ana.fill("#message", "😀" * 4001)
    expect(ana.locator("#composer-limit")).to_have_text("1 character too many")
    expect(ana.locator("#send")).to_be_disabled()


def test_longest_message_is_taken(arrive: Arrive, say: Say) -> None:
    """What the page lets through the host takes."""
    ana = arrive("Ana")
    say(ana, "😀" * 4000)
    expect(ana.locator(".message__time")).to_have_count(1)


def test_refused_message_can_be_edited(arrive: Arrive) -> None:
    """What the host refuses says why, and its text is not lost."""
    ana = arrive("Ana")
    put_into_queue(ana, "x" * 4001)
    failure = ana.locator(".message__failure")
    expect(failure).to_contain_text("A message can have 4000 characters at most.")
    failure.get_by_role("button", name="Edit").click()
    expect(ana.locator("#message")).to_have_value("x" * 4001)
    expect(ana.locator(".message")).to_have_count(0)


def test_refused_message_can_be_tried_again_or_discarded(arrive: Arrive) -> None:
    """Trying again asks the host again; discarding forgets the message for good."""
    ana = arrive("Ana")
    put_into_queue(ana, "x" * 4001)
    failure = ana.locator(".message__failure")
    failure.get_by_role("button", name="Try again").click()
    expect(failure).to_contain_text("Not sent")
    failure.get_by_role("button", name="Discard").click()
    ana.reload()
    expect(ana.locator("#people .people__you")).to_have_count(1)
    expect(ana.locator(".message")).to_have_count(0)


def test_too_fast_counts_down_and_keeps_the_text(arrive: Arrive, say: Say) -> None:
    """What is too much goes by itself when it may; what is written meanwhile stays."""
    ana = arrive("Ana")
    put_into_queue(ana, *map(str, range(21)))
    limit = ana.locator("#composer-limit")
    expect(limit).to_contain_text("You can send again in")
    say(ana, "not yet")
    expect(ana.locator("#message")).to_have_value("not yet")
    expect(ana.locator("#send")).to_be_disabled()
    expect(ana.locator(".message__text")).to_have_count(21)
    expect(limit).to_have_text("")
    ana.press("#message", "Enter")
    expect(ana.locator(".message__text")).to_have_count(22)
    expect(ana.locator(".message--pending, .message--failed")).to_have_count(0)


def _height(page: Page) -> float:
    height: float = page.locator("#message").evaluate("e => e.getBoundingClientRect().height")
    return height
