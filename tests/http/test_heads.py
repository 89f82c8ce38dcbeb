"""Heads are read with limits, and none whose meaning is in doubt; more in tests/faults."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.http.heads import MAX_FIELDS, MAX_HEAD_BYTES, Head

NAMES = st.from_regex(r"X-[A-Za-z0-9!#$%&'*+.^_`|~-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(codec="latin-1", exclude_characters="\0\r\n"), max_size=50)


def read(*lines):
    """The head of these lines, which are written without their ends."""
    return Head(io.BytesIO(b"".join(line + b"\r\n" for line in (*lines, b""))))


@given(st.lists(st.tuples(NAMES, VALUES), max_size=10))
def test_fields_are_read_as_they_were_written(fields):
    """Only the spaces around a value are not its part."""
    head = read(*(f"{name}:{value}".encode("latin-1") for name, value in fields))
    assert list(head.headers) == [f"{name}: {value.strip(' ' + chr(9))}" for name, value in fields]


def test_a_field_is_found_by_its_name():
    """Case does not matter, the first value counts, and there may be none."""
    head = read(b"content-TYPE: text/plain", b"X: 1", b"x: 2")
    assert (head.typeheader, head.get("X"), head.getheader("Y", "none")) == (
        "text/plain",
        "1",
        "none",
    )


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: 1", b"Content-Length: 1"],
        [b"Content-Length: 1", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: gzip"],
        [b"Content-Length: -1"],
        [b"Content-Length: 1_0"],
        ["Content-Length: ¹".encode("latin-1")],
        [b"Host: a", b"Host: b"],
    ],
)
def test_a_head_of_doubtful_meaning_is_refused(lines):
    """Servers disagree on where its body ends, or on whom it is for."""
    with pytest.raises(ValueError, match=r"told twice|no number|unknown way"):
        read(*lines)


@pytest.mark.parametrize(
    "line", [b"X", b"X : 1", b" X: 1", b": 1", b"X: \0", b"X: 1\r2", b"X: 1\r\n folded", b"\xe9: 1"]
)
def test_a_line_that_is_no_field_is_refused(line):
    """There is no leniency that another server may not share."""
    with pytest.raises(ValueError, match="malformed"):
        read(line)


def test_a_head_that_ends_too_soon_is_refused():
    """The client has gone."""
    with pytest.raises(ValueError, match="malformed"):
        Head(io.BytesIO(b"X: 1\r\n"))


@pytest.mark.parametrize(
    "lines", [[b"X: 1"] * MAX_FIELDS, [b"X: " + b"1" * (MAX_HEAD_BYTES - len(b"X: \r\n\r\n"))]]
)
def test_the_limits_themselves_are_allowed(lines):
    """One line more is too much."""
    read(*lines)
    with pytest.raises(ValueError, match="too long"):
        read(*lines, b"Y: 1")
