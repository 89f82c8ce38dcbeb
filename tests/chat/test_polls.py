"""What can be asked, and how a message says so."""

import pytest

from lanchat.chat.model import Poll
from lanchat.chat.polls import OPTION_LIMIT, OPTIONS, QUESTION_LIMIT, parts, poll_text, read_poll
from lanchat.errors import PollUnusable

MANY = [str(number) for number in OPTIONS]  # one too few
LONGEST = "x" * OPTION_LIMIT


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("Lunch?", ["Pizza", "Rice"]),
        ("What is 1. 2. 3?", ["2. is first", "1.", ". "]),
        ("y" * QUESTION_LIMIT, [LONGEST, f"{LONGEST[:-1]}y"]),
        ("午饭？", [*MANY, "🍕"]),
    ],
)
def test_what_is_asked_is_read_again(question, options):
    """Also where it looks like the numbers that stand before options."""
    text = poll_text(question, options)
    options = tuple(option.strip() for option in options)
    counts = (0,) * len(options)
    assert read_poll(text, counts, closed=True) == Poll(question, options, counts, closed=True)


def test_a_poll_is_its_lines():
    """What is typed over several lines, or with many spaces, is one line each."""
    assert poll_text(" Is it\nnoon? ", ["y  es", "no\u2028"]) == "Is it noon?\n1. y es\n2. no"


@pytest.mark.parametrize(
    ("question", "options", "reason"),
    [
        ("", "ab", "empty"),
        ("?", ["a", " \u200b "], "empty"),
        ("?", ["a", "\ud83d"], "empty"),
        ("?", ["a", "b\0"], "empty"),
        ("?" * (QUESTION_LIMIT + 1), "ab", "long"),
        ("?", ["a", LONGEST + "x"], "long"),
        ("?", "", "options"),
        ("?", "a", "options"),
        ("?", [*MANY, "a", "b"], "options"),
        ("?", ["Rice", " rice"], "twice"),
        ("?", ["Rice", "Ｒｉｃｅ"], "twice"),
    ],
)
def test_what_cannot_be_asked_is_refused(question, options, reason):
    """With the reason, which people are told."""
    with pytest.raises(PollUnusable) as refusal:
        poll_text(question, options)
    assert refusal.value.reason == reason


def test_what_is_typed_in_one_line_is_taken_apart():
    """By the strokes between; who forgets them is told."""
    assert parts("Lunch? | Pizza |Rice") == ("Lunch? ", [" Pizza ", "Rice"])
    assert parts("Lunch?") == ("Lunch?", [])
