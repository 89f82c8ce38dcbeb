"""What is written in a turn leaves at its end, in the order in which it was written."""

import socket

import gevent
import gevent.socket
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.live.backlog import MAX_BACKLOG_FRAMES
from lanchat.live.writer import Flusher, Group, SocketWriter

PEOPLE = 4
GROUPS = [(0, 1, 2), (1, 2, 3)]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("broadcast"), st.integers(0, 1)),
        st.tuples(st.just("write"), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("flush"), st.just(0)),
    ),
    max_size=30,
)


class Line:
    """A writer and the socket at its other end."""

    def __init__(self, flusher, buffer=None):
        ours, self.other = gevent.socket.socketpair()
        if buffer is not None:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        self.ours = ours
        self.writer = SocketWriter(ours, flusher)

    def read(self, size=None):
        """So many bytes, or what there is at once."""
        data = b""
        while size is None or len(data) < size:
            with gevent.Timeout(10):
                part = self.other.recv(1 << 20)
            data += part
            if size is None or not part:
                return data
        return data

    def close(self):
        """Let go of both ends."""
        self.writer.abort()
        self.ours.close()
        self.other.close()


@pytest.fixture
def flusher():
    """What all lines of a test share."""
    return Flusher()


@pytest.fixture
def line(flusher):
    """One client."""
    line = Line(flusher)
    yield line
    line.close()


@pytest.fixture
def slow(flusher):
    """A client for whom the kernel takes little at a time."""
    line = Line(flusher, buffer=4096)
    yield line
    line.close()


@given(steps)
def test_everybody_gets_everything_in_order(steps):
    """Whatever is broadcast to overlapping groups or written to one of them, in any order."""
    flusher = Flusher()
    lines = [Line(flusher) for _ in range(PEOPLE)]
    groups = [Group([lines[index].writer for index in members]) for members in GROUPS]
    expected = [b""] * PEOPLE
    for number, (step, which) in enumerate(steps):
        frame = b"%d;" % number
        if step == "broadcast":
            flusher.broadcast(groups[which], frame)
            for index in GROUPS[which]:
                expected[index] += frame
        elif step == "write":
            lines[which].writer.write(frame)
            expected[which] += frame
        else:
            flusher.flush()
    flusher.flush()
    heard = [line.read(len(text)) for line, text in zip(lines, expected, strict=True)]
    for line in lines:
        line.close()
    assert heard == expected


def test_a_turn_leaves_by_itself(flusher, line):
    """Nobody has to flush; and what belongs to one turn arrives in one piece."""
    group = Group([line.writer])
    flusher.broadcast(group, b"one ")
    line.writer.write(b"two ")
    flusher.broadcast(group, b"three")
    assert line.read() == b"one two three"


def test_a_slow_client_holds_up_nobody(flusher, line, slow):
    """What the kernel does not take waits, and comes whole and in order later."""
    group = Group([slow.writer, line.writer])
    said = [b"%03d" % number + b"x" * 997 for number in range(300)]
    for frame in said:
        flusher.broadcast(group, frame)
        flusher.flush()
        assert line.read() == frame
    assert flusher.backlogged == {slow.writer}
    slow.writer.write(b"the end")
    everything = b"".join([*said, b"the end"])
    assert slow.read(len(everything)) == everything
    assert not flusher.backlogged


def test_who_takes_nothing_is_cut(flusher, slow):
    """Past the bound its connection ends, and nothing of it is kept."""
    group = Group([slow.writer])
    for _ in range(MAX_BACKLOG_FRAMES + 100):
        flusher.broadcast(group, b"x" * 1000)
    flusher.flush()
    assert not flusher.backlogged
    assert slow.writer.backlog == (0, 0)
    assert flusher.slow_clients.count == 1
    while slow.read():
        pass


def test_who_has_gone_is_no_error(flusher, line, slow):
    """A broadcast to a socket that is closed reaches the others."""
    group = Group([slow.writer, line.writer])
    slow.other.close()
    for _ in range(3):
        flusher.broadcast(group, b"x")
        flusher.flush()
    assert line.read(3) == b"xxx"


def test_the_hundredth_broadcast_does_not_wait_for_the_turn_to_end(flusher, line):
    """The loop may be kept busy for long, and the first of a hundred has waited by then."""
    group = Group([line.writer])
    line.other.setblocking(False)
    for _ in range(99):
        flusher.broadcast(group, b"x")
    with pytest.raises(BlockingIOError):
        line.other.recv(1000)
    flusher.broadcast(group, b"x")
    assert line.other.recv(1000) == b"x" * 100


def test_the_last_words_are_said(flusher, line):
    """``write_eof`` sends what is pending, then tells the other side that it was all."""
    line.writer.write(b"goodbye")
    line.writer.write_eof()
    assert line.read(100) == b"goodbye"


def test_a_slow_client_hears_the_last_words_too(flusher, slow):
    """The end comes after what the kernel takes only later."""
    words = b"x" * 500_000
    slow.writer.write(words)
    slow.writer.write_eof()
    assert slow.writer.backlog[1] > 0
    assert slow.read(len(words) + 1) == words


def test_nothing_is_written_after_an_abort(flusher, line):
    """What was pending is forgotten, and a later write is no error."""
    line.writer.write(b"never")
    line.writer.abort()
    line.writer.write(b"neither")
    flusher.flush()
    assert line.read(1) == b""
