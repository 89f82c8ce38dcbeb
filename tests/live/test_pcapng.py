"""Files for Wireshark, read by Wireshark's own program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from lanchat.live.inspection.pcapng import Capture, checksum
from tests.world import tshark

BROWSER = ("192.0.2.7", 50_000), ("2001:db8::7", 50_000), ("", 0)
SERVER = ("192.0.2.1", 8765), ("2001:db8::1", 8765), ("", 0)
REQUEST = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 192.0.2.1:8765\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def masked(text):
    return Connection(ConnectionType.CLIENT).send(TextMessage(text))


def plain(text):
    return Connection(ConnectionType.SERVER).send(TextMessage(text))


@pytest.mark.parametrize(("guest", "server"), [*zip(BROWSER, SERVER, strict=True)])
def test_tshark_reads_what_was_written(tmp_path, guest, server):
    """Whole frames and one that was kept in part, in both directions, with nothing to complain."""
    long = plain("x" * 200_000)
    with (tmp_path / "file.pcapng").open("wb") as file:
        capture = Capture(file.write, "lanchat")
        flow = capture.open(guest, server, 1_795_702_800.25)
        capture.data(flow, REQUEST, 1_795_702_800.25, from_browser=True)
        capture.data(flow, ANSWER, 1_795_702_800.25, from_browser=False)
        capture.data(flow, masked("421" + "é" * 2_000), 1_795_702_800.5, from_browser=True)
        capture.data(flow, long[:4_000], 1_795_702_801.0, from_browser=False, size=len(long))
        capture.data(flow, plain("2"), 1_795_702_802.0, from_browser=False)
        capture.data(flow, masked("3"), 1_795_702_802.125, from_browser=True)
        capture.close(flow, 1_795_702_803.0, by_browser=True)
    rows = tshark.read(
        *(tmp_path / "file.pcapng", "frame.time_epoch", "websocket.payload.text"),
        *("websocket.mask", "tcp.checksum.status", "_ws.malformed", "tcp.analysis.flags"),
        *("tcp.flags.str", "ip.checksum.status"),
    )
    texts = [row[1] for row in rows if row[1]]
    assert "421" + "é" * 2_000 in texts
    assert texts[-2:] == ["2", "3"]
    assert {row[2] for row in rows if row[1] == "3"} & {"1", "True"}
    assert not [row for row in rows if row[4] or row[5]]
    whole = [row for row in rows if row[3] and row[3] not in {"1", "Good"}]
    assert len(whole) == 4  # of the long frame, in part: nobody can tell
    assert float(rows[0][0]) == 1_795_702_800.25
    assert float(rows[-1][0]) == 1_795_702_803.0


@given(st.binary(min_size=2, max_size=200).filter(any))
def test_a_checksum_makes_the_sum_nothing(data):
    """What whoever receives it looks for (RFC 1071)."""
    data += bytes(len(data) % 2)
    assert checksum(data + checksum(data).to_bytes(2, "big")) == 0
