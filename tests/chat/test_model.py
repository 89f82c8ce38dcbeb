"""How the things of a chat are written, and which texts are messages."""

import time
from pathlib import Path

import pytest

from lanchat.chat.catchup import CATCH_UP_BYTES, CATCH_UP_LIMIT
from lanchat.chat.crowd import CROWD
from lanchat.chat.model import (
    MESSAGE_LIMIT,
    SESSION_LIFETIME,
    SYSTEM_CLOCK,
    check_text,
    is_unicode,
    timestamp,
)
from lanchat.chat.presence import HOLD_AFTER_RESTART, LOGIN_HOLD
from lanchat.errors import MessageTooLong, PayloadInvalid

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (MESSAGE_LIMIT, "{:,} characters (code points) a message"),
        (CATCH_UP_LIMIT, "{:,} messages or"),
        (CATCH_UP_BYTES // 1_000, "or {} kB of messages in one answer"),
        (CROWD, "While more than {} people are present"),
        (LOGIN_HOLD, "belongs to its cookie for {:.0f} s from the login on"),
        (HOLD_AFTER_RESTART, "that was somebody's when it ended for {:.0f} s"),
        (SESSION_LIFETIME // 86_400, "A cookie lasts {} days from the last visit"),
    ],
)
def test_a_limit_is_what_the_contract_says(limit, sentence):
    """Other clients count on it."""
    assert sentence.format(limit) in " ".join(PROTOCOL.read_text("utf-8").split())


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_763_863_680.1239, "2025-11-23T02:08:00.123Z"),
        (1_763_863_680.9999, "2025-11-23T02:08:00.999Z"),
        (1_763_863_681, "2025-11-23T02:08:01.000Z"),
    ],
)
def test_a_time_has_milliseconds(seconds, written):
    """It is RFC 3339 in UTC, cut and never rounded up into the next second."""
    assert timestamp(seconds) == written


def test_the_systems_clock_has_two_times():
    """Durations are measured by the one that nobody can set."""
    assert (SYSTEM_CLOCK.monotonic, SYSTEM_CLOCK.wall) == (time.monotonic, time.time)


@pytest.mark.parametrize(
    "text", ["a", " a ", "0", "🦊", "❤\ufe0f", "\u200ba", "\ufe0fa", "x" * MESSAGE_LIMIT]
)
def test_what_can_be_seen_may_be_said(text):
    """One character that is drawn is enough, and 4,000 are a message."""
    check_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n\t ",
        "\u200b",  # a space without width
        "\u2800 \u3164",  # a Braille cell without dots, a Hangul filler
        "\u115f\u1160\uffa0",  # other fillers
        "\ufe0f",  # what makes an emoji of a symbol
        "\u034f \U000e0100",  # a joiner of accents, a variant of a character
        "\u180b\u17b4\U000e0041\U0001d159",
        "\x01\x85",
        "a\0b",
        "a\ud800",
    ],
)
def test_what_cannot_be_shown_is_refused(text):
    """Nothing to see, NULs and unpaired surrogates are no messages."""
    with pytest.raises(PayloadInvalid):
        check_text(text)


def test_a_message_has_a_longest_length():
    """The refusal names it."""
    with pytest.raises(MessageTooLong) as refusal:
        check_text("x" * (MESSAGE_LIMIT + 1))
    assert refusal.value.params == {"limit": MESSAGE_LIMIT}


def test_half_a_pair_of_surrogates_is_no_unicode():
    """A pair is one character, as everything else is that has an encoding."""
    assert is_unicode("Olá 🦊\0")
    assert not is_unicode("\ude00")
    assert not is_unicode("a\ud83db")
