"""What an onlooker sees of frames is what wsproto, which is not ours, reads in them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.frame_protocol import FrameProtocol

from lanchat.live.inspection.seen_frames import KEPT, Meaning, Onlooker, SeenFrame, meaning

MESSAGES = st.one_of(
    st.builds(TextMessage, st.text(max_size=300), message_finished=st.booleans()),
    st.builds(BytesMessage, st.binary(max_size=300), message_finished=st.booleans()),
    st.sampled_from(
        [TextMessage("x" * 126), BytesMessage(b"\0" * 0xFFFF), TextMessage("é" * 0x8000)]
    ),
)
CONTROL = st.builds(Ping, st.binary(max_size=125)) | st.builds(Pong, st.binary(max_size=125))


def stream(role, events):
    """What this side of a connection sends; a message goes on until it is finished."""
    sender = Connection(role)
    sent, kind = [], None
    for event in events:
        if isinstance(event, TextMessage | BytesMessage):
            if kind is not None and not isinstance(event, kind):
                continue  # a message has parts of one kind
            kind = None if event.message_finished else type(event)
        sent.append(sender.send(event))
    return sent


def told(reader, data):
    """Each frame by wsproto: opcode, payload, whether the message ends."""
    reader.receive_bytes(data)
    parts, found = [], []
    for frame in reader.received_frames():
        payload = frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)
        parts.append(payload)
        if frame.frame_finished:
            found.append((int(frame.opcode), b"".join(parts), frame.message_finished))
            parts = []
    return found


@settings(max_examples=settings().max_examples // 4)
@given(
    st.sampled_from([ConnectionType.CLIENT, ConnectionType.SERVER]),
    st.lists(MESSAGES | CONTROL, max_size=6),
    st.data(),
)
def test_bits_agree_with_wsproto(role, events, data):
    """In either direction, wherever the network cuts the stream."""
    frames = stream(role, events)
    onlooker, rest = Onlooker(), b"".join(frames)
    seen: list[SeenFrame] = []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        seen += onlooker.see(rest[:size])
        rest = rest[size:]
    reader = FrameProtocol(client=role is ConnectionType.SERVER, extensions=[])
    expected = told(reader, b"".join(frames))
    assert len(seen) == len(expected)
    continued = None
    for frame, raw, (opcode, payload, finished) in zip(seen, frames, expected, strict=True):
        assert (frame.size, frame.plain) == (len(payload), payload[:KEPT])
        assert frame.wire == raw[: len(frame.head) + KEPT]
        assert len(frame.head) + frame.size == len(raw)
        assert bool(frame.key) is (role is ConnectionType.CLIENT)
        assert frame.reserved == 0
        if opcode >= 8:
            assert (frame.opcode, frame.final) == (opcode, True)
            continue
        # wsproto says of a continuation what it continues.
        assert frame.opcode == (0 if continued else opcode)
        assert frame.final is finished
        continued = not finished


@pytest.mark.parametrize(("size", "bits"), [(125, 7), (126, 16), (0xFFFF, 16), (0x10000, 64)])
def test_how_the_length_is_written(size, bits):
    (frame,) = Onlooker().see(b"".join(stream(ConnectionType.SERVER, [BytesMessage(b"\0" * size)])))
    assert (frame.size, frame.length_bits) == (size, bits)


def test_a_close_says_why():
    sent = Connection(ConnectionType.CLIENT).send(CloseConnection(1001, "going"))
    (frame,) = Onlooker().see(sent)
    assert (frame.opcode, frame.close_code, frame.plain[2:]) == (8, 1001, b"going")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2", Meaning(2)),
        ("40", Meaning(4, 0)),
        ('421["new_message",{}]', Meaning(4, 2, 1, "new_message")),
        (
            '42["add_chat_message",' + json.dumps({"id": 1}) + "]",
            Meaning(4, 2, None, "add_chat_message"),
        ),
        ('4317[{"ok":true}]', Meaning(4, 3, 17)),
        ('42/other,5["x"]', Meaning(4, 2, 5, "x")),
        ("3probe", Meaning(3)),
        ("hello", None),
        ("", None),
    ],
)
def test_what_a_text_means(text, known):
    assert meaning(text) == known
