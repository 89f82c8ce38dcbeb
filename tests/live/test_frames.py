"""Frames are built and cut as the standard has it; wsproto, which is not ours, is the witness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Ping, TextMessage
from wsproto.frame_protocol import Opcode

from lanchat.errors import FrameTooLarge
from lanchat.live.frames import FrameCutter, build_frame

LIMIT = 1_000
SIZES = [0, 1, 125, 126, 0xFFFF, 0x10000]


def cut(cutter, data):
    """Everything that comes out once the data is in."""
    cutter.feed(data)
    found = []
    while (frame := cutter.next()) is not None:
        found.append(frame)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_client_reads_our_frames(size):
    """All three ways to write a length."""
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(build_frame(b"x" * size) + build_frame(b"\0", Opcode.BINARY))
    events = list(client.events())
    assert "".join(e.data for e in events if isinstance(e, TextMessage)) == "x" * size
    assert events[-1] == BytesMessage(b"\0")


@given(st.lists(st.text(max_size=200)), st.data())
def test_texts_come_out_as_they_went_in(texts, data):
    """Whatever they are, and wherever the network cuts the stream."""
    client = Connection(ConnectionType.CLIENT)
    stream = b"".join(client.send(TextMessage(text)) for text in texts)
    cutter, found = FrameCutter(LIMIT), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += cut(cutter, stream[:size])
        stream = stream[size:]
    assert found == texts


def test_what_is_no_text_in_one_piece_comes_raw():
    """Control frames, binary ones and fragments are for wsproto, whole and in their order."""
    client = Connection(ConnectionType.CLIENT)
    sent = [Ping(b"?"), BytesMessage(b"\0"), TextMessage("a", message_finished=False)]
    sent += [Ping(b"!"), TextMessage("b"), TextMessage("c")]
    frames = [client.send(event) for event in sent]
    assert cut(FrameCutter(LIMIT), b"".join(frames)) == [*frames[:-1], "c"]


def test_a_frame_is_refused_by_its_header():
    """None of its bytes is waited for."""
    frame = Connection(ConnectionType.CLIENT).send(TextMessage("x" * (LIMIT + 1)))
    with pytest.raises(FrameTooLarge):
        cut(FrameCutter(LIMIT), frame[:4])


def test_fragments_are_counted_together():
    """A message does not get around the limit in small pieces; control frames do not count."""
    client, cutter = Connection(ConnectionType.CLIENT), FrameCutter(LIMIT)
    piece = TextMessage("x" * (LIMIT // 2), message_finished=False)
    assert len(cut(cutter, client.send(piece) + client.send(Ping(b"?")) + client.send(piece))) == 3
    with pytest.raises(FrameTooLarge):
        cut(cutter, client.send(TextMessage("x")))


@pytest.mark.parametrize(
    "broken",
    [b"\x81\x021x", b"\x81\xfe\x00\x02", b"\x81\xff" + b"\xff" * 8, b"\x89\xfe\x00\x7e"],
    ids=["not masked", "a length written too long", "a negative one", "a long ping"],
)
def test_what_breaks_the_protocol_comes_raw(broken):
    """None of it is waited for, and wsproto says what is wrong."""
    assert cut(FrameCutter(LIMIT), broken) == [broken]
