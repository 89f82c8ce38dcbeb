"""What a program prints, as messages."""

import os
import selectors
import threading

import pytest

from lanchat.cli.spoken import LIMIT, batches, messages, readable


def said(text, *, code=False):
    """The messages of a text."""
    return list(messages(text, code=code))


def test_a_short_text_is_one_message():
    """Without empty lines around it."""
    assert said("\nhello\n  there\n\n") == ["hello\n  there"]
    assert said(" \n") == []


def test_code_is_fenced():
    """Whatever is in it: nothing of it ends the fence."""
    assert said("int main()\n", code=True) == ["```\nint main()\n```"]
    (one,) = said("a ``` b", code=True)
    assert one.count("```") == 2


@pytest.mark.parametrize("code", [False, True])
def test_a_long_text_is_cut_between_lines(code):
    """And nothing of it gets lost."""
    lines = [f"line {number} of a long build" for number in range(1_000)]
    pieces = said("\n".join(lines), code=code)
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= LIMIT
    kept = [line for piece in pieces for line in piece.split("\n") if line != "```"]
    assert kept == lines


def test_a_line_that_is_too_long_is_cut_anywhere():
    """As it has to be."""
    pieces = said("x" * (2 * LIMIT + 1))
    assert [len(piece) for piece in pieces] == [LIMIT, LIMIT, 1]


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        (b"\x1b[1;32mok\x1b[0m\r\n", "ok\n"),
        (b"10 %\r50 %\rdone\n", "done\n"),
        (b"10 %\r\r50 %\r\n", "50 %\n"),
        (b"title\x1b]0;evil\x07 \x1b(Bend\x00\x08\x7f", "title end"),
        (b"tab\there \xff\n", "tab\there �\n"),
    ],
)
def test_what_is_for_a_terminal_is_left_out(output, seen):
    """Colours, places, and what was written over."""
    assert readable(output) == seen


def test_what_comes_together_is_one_batch():
    """However it was written; a line that is not whole waits for its end."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", 0) as output:
        came = batches(source)
        output.write(b"one\n")
        output.write(b"two\nth")
        assert next(came) == b"one\ntwo\n"
        threading.Timer(0.05, _end, [output]).start()
        assert list(came) == [b"three"]


def test_a_long_line_takes_no_longer_than_a_short_one():
    """Its bytes are looked at once each, and not once for every one before them."""
    blob = "x" * 2_000_000
    assert readable(blob.encode()) == blob


def test_who_prints_faster_than_it_is_said_has_to_wait():
    """What is kept of it meanwhile is little."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", 0) as output:
        came = batches(source)
        output.write(b"line\n")
        next(came)
        written = 0
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_WRITE)
            while selector.select(0.5):
                written += output.write(b"x" * 4_095 + b"\n") or 0
                assert written < 10_000_000


def _end(output):
    output.write(b"ree")
    output.close()
