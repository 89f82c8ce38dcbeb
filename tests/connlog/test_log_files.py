import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.connlog.log_files import BLOCK, end_of_whole_lines, lines_backwards
from lanchat.connlog.log_record import LINE_LIMIT


@given(st.lists(st.binary().map(lambda line: line.replace(b"\n", b""))), st.integers(1, 3))
def test_lines_come_in_reverse(lines: list[bytes], repeat: int) -> None:
    """Blocks make no difference to the lines, whatever is in them."""
    lines = [line * 10_000 * repeat for line in lines if len(line) < 2]
    data = b"".join(line + b"\n" for line in lines)
    found = list(lines_backwards(io.BytesIO(data), len(data)))
    assert found == [b"", *reversed(lines)] if lines else [b""]


def test_only_the_blocks_asked_for_are_read() -> None:
    """The first line from the end costs one block."""
    data = io.BytesIO(b"x\n" * BLOCK)
    assert next(lines_backwards(data, 2 * BLOCK)) == b""
    assert data.tell() == 2 * BLOCK
    data.seek(0)
    lines = lines_backwards(data, 2 * BLOCK)
    assert [next(lines) for _ in range(3)] == [b"", b"x", b"x"]


def test_an_endless_line_costs_no_memory() -> None:
    """Of a line past the limit only so much is kept that it is still past it."""
    data = b"a\n" + b"x" * 5_000_000 + b"\nb\n"
    last, b, endless, a = lines_backwards(io.BytesIO(data), len(data))
    assert (last, b, a) == (b"", b"b", b"a")
    assert LINE_LIMIT < len(endless) <= LINE_LIMIT + BLOCK + 1


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"a\nb\n", 4),
        (b"a\nhalf", 2),
        (b"half", 0),
        (b"a\n" + b"x" * LINE_LIMIT, LINE_LIMIT + 2),
    ],
)
def test_end_of_whole_lines(data: bytes, end: int) -> None:
    """Half a line at the end is left out, unless it is past the limit anyway."""
    assert end_of_whole_lines(io.BytesIO(data), len(data)) == end
