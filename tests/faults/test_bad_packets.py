"""Broken bytes of every layer end the connection that they came by, and nothing else.

The server here prints everything (-vv), so that a traceback of whatever library would be seen.
"""

import contextlib
import json
import socket
import struct
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world.deadline import DEADLINE

pytestmark = pytest.mark.server_options("--grace", "0.1", "--rate", "0", "-vv")

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NORMAL, PROTOCOL_ERROR, NOT_UTF8, TOO_BIG = 1000, 1002, 1007, 1009

# Fewer than elsewhere, because each opens a connection.
BOUNDED = settings(max_examples=settings().max_examples // 2, derandomize=True, database=None)


def frame(opcode, payload=b"", *, fin=1, rsv=0, announced=None):
    """A masked WebSocket frame; ``announced`` is another length than the true one."""
    if announced is not None:
        length = struct.pack("!BQ", 0x80 | 127, announced)
    elif len(payload) < 126:
        length = struct.pack("!B", 0x80 | len(payload))
    else:
        length = struct.pack("!BH", 0x80 | 126, len(payload))
    return struct.pack("!B", fin << 7 | rsv << 4 | opcode) + length + bytes(4) + payload


FRAMES = {
    "a reserved opcode": (frame(3), PROTOCOL_ERROR),
    "a reserved control opcode": (frame(11), PROTOCOL_ERROR),
    "RSV1": (frame(TEXT, b"40", rsv=4), PROTOCOL_ERROR),
    "RSV2": (frame(TEXT, b"40", rsv=2), PROTOCOL_ERROR),
    "RSV3": (frame(TEXT, b"40", rsv=1), PROTOCOL_ERROR),
    "compressed": (frame(TEXT, zlib.compress(b"40")[2:-4], rsv=4), PROTOCOL_ERROR),
    "not masked": (b"\x81\x0240", PROTOCOL_ERROR),
    "a ping in parts": (frame(PING, fin=0), PROTOCOL_ERROR),
    "a long ping": (frame(PING, b"x" * 126), PROTOCOL_ERROR),
    "bad UTF-8": (frame(TEXT, b"42\xff\xfe"), NOT_UTF8),
    "a surrogate": (frame(TEXT, b"42\xed\xa0\x80"), NOT_UTF8),
    "half a character": (frame(TEXT, b"42\xc3"), NOT_UTF8),
    "a continuation of nothing": (frame(CONTINUATION, b"x"), PROTOCOL_ERROR),
    "interleaved": (frame(TEXT, b"4", fin=0) + frame(TEXT, b"40"), PROTOCOL_ERROR),
    "2^63 bytes": (frame(TEXT, announced=1 << 63), PROTOCOL_ERROR),
    "2^62 bytes": (frame(TEXT, announced=1 << 62), TOO_BIG),
    "a length too long": (frame(TEXT, b"40", announced=2), PROTOCOL_ERROR),
    "an empty text": (frame(TEXT), PROTOCOL_ERROR),
    "an empty binary": (frame(BINARY), PROTOCOL_ERROR),
    "binary data": (frame(BINARY, b"\0\1\2"), NORMAL),
    "Engine.IO's type 7": (frame(TEXT, b"7"), PROTOCOL_ERROR),
    "half a close code": (frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    "close code 999": (frame(CLOSE, struct.pack("!H", 999)), PROTOCOL_ERROR),
    "close code 1005": (frame(CLOSE, struct.pack("!H", 1005)), PROTOCOL_ERROR),
    "close code 2999": (frame(CLOSE, struct.pack("!H", 2999)), PROTOCOL_ERROR),
    "close code 5000": (frame(CLOSE, struct.pack("!H", 5000)), PROTOCOL_ERROR),
    "a close reason in bad UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), NOT_UTF8),
}

PACKETS = [
    # Engine.IO
    *["7", "8", "9", "x", "é", "\0", " 40", "b", "b4AAA", "b%%%"],
    # A message that is no packet of Socket.IO
    *["4", "4abc", "47", "48", "49", "4-1", "4²", "4{}", "4[]", '4""', "4null", "4true", "4NaN"],
    # Types that only a server sends, names and numbers that cannot be
    *["44", '44{"message":"x"}', "40/" + "x" * 50_000, "40/\u202e", "40/\ud7ff,{}", "40{", "40[1"],
    *["42", "42{}", "42[", "42[1", '42["a"', "420", "42" + "9" * 101 + '["a"]', '4²["a"]'],
    "42[" + "[" * 60_000,
    "42" + '[{"a":' * 9_000,
    # Binary events: attachments that are missing, too many or none
    *["45", "451", "45-[]", "45x-[]", "450-[]", '4511-["a"]', '459999999999-["a"]', "45-1-[]"],
    *["46", "460-[]", '461e9-["a"]'],
]
"""Packets of which each ends its session."""

PAYLOADS = [
    b"",
    b"\x1e",
    b"40\x1e",
    b"\x1e40",
    b"4\xff\xfe",
    b"4\xed\xa0\x80",
    b"0",
    b"2",
    b"6",
    b"b=",
]
"""Bodies of which each ends the session that they are sent for."""

HARMLESS = [
    *[
        '42["unknown"]',
        '42[""]',
        "42[null]",
        '42["unknown",NaN,Infinity,-Infinity,1e999]',
    ],
    *['42["new_message",{"message":"a","message":NaN}]', '42["new_host",{"last_id":1e999}]'],
    *['42["new_message",{"message":"\\ud800","client_id":"x"}]', '42["\\ud800\\u0000"]'],
    *[
        "42" + "9" * 100 + '["unknown"]',
        '42/other,["unknown"]',
        "43[]",
        "431[]",
        "43" + "9" * 99 + "[]",
    ],
    *[
        "41/other,",
        "40",
        '40{"name":"Bia"}',
        "40/,",
        '42["new_host",' + "[" * 500 + "]" * 500 + "]",
    ],
]
"""Packets of a curious client that the protocol allows: nothing happens to anybody."""


HOST = b"Host: localhost\r\n"
ONE_MORE = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HEADS = {
    "two kinds of length": HOST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + ONE_MORE,
    "two lengths": HOST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + ONE_MORE,
    "a list of lengths": HOST + b"Content-Length: 0, 5\r\n\r\n" + ONE_MORE,
    "a length with a sign": HOST + b"Content-Length: +5\r\n\r\n" + ONE_MORE,
    "a length below zero": HOST + b"Content-Length: -1\r\n\r\n" + ONE_MORE,
    "a length with a line": HOST + b"Content-Length: 1_0\r\n\r\n" + ONE_MORE,
    "an unknown coding": HOST + b"Transfer-Encoding: xchunked\r\n\r\n" + ONE_MORE,
    "two codings": HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + ONE_MORE,
    "a space before the colon": HOST + b"Transfer-Encoding : chunked\r\n\r\n" + ONE_MORE,
    "a folded line": HOST + b"X: a\r\n b\r\n\r\n" + ONE_MORE,
    "a line without a colon": HOST + b"nonsense\r\n\r\n" + ONE_MORE,
    "a NUL": HOST + b"X: a\0b\r\n\r\n" + ONE_MORE,
    "two hosts": HOST + b"Host: example.org\r\n\r\n" + ONE_MORE,
    "a chunk of no size": HOST + CHUNKED + b"\r\nxyz\r\nabc\r\n0\r\n\r\n" + ONE_MORE,
    "a chunk of 2^72 bytes": HOST + CHUNKED + b"\r\nFFFFFFFFFFFFFFFFFF\r\n" + ONE_MORE,
    "300 headers": HOST + b"X: y\r\n" * 300 + b"\r\n" + ONE_MORE,
    "a header of 40 kB": HOST + b"X: " + b"x" * 40_000 + b"\r\n\r\n",
}
"""Heads, without their first line, of which another server could see another end."""


LISTENING = 2
"""The sockets that a server has without guests: for them, and for `lanchat host`."""


def sockets_of(server):
    """How many sockets the server has open, where the system tells."""
    if sys.platform != "linux":
        return 0
    folder, count = Path(f"/proc/{server.process.pid}/fd"), 0
    for descriptor in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            count += str(descriptor.readlink()).startswith("socket:")
    return count


class Room:
    """What must be the same afterwards: Bia talks, nobody else is there, nothing is left open."""

    def __init__(self, server, bia, until):
        self._server, self._bia, self._until = server, bia, until
        assert [host["name"] for host in bia.join()["hosts"]] == ["Bia"]
        self._sockets = sockets_of(server)

    def bia_talks(self, times):
        for _ in range(times):
            assert self._bia.say("all is well")["ok"]

    def is_unharmed(self):
        self.bia_talks(1)
        assert "Traceback" not in self._server.output()
        self._until(lambda: sockets_of(self._server) <= self._sockets, "the sockets' end")
        self._until(lambda: self._names() == ["Bia"], "the others' leaving")
        return True

    def _names(self):
        return [host["name"] for host in self._bia.call("new_host", {})["hosts"]]


@pytest.fixture
def room(server, person_factory, until):
    """Bia is in the room, alone, and nothing else is open."""
    until(lambda: sockets_of(server) <= LISTENING, "the end of the test before")
    return Room(server, person_factory("Bia"), until)


@pytest.fixture
def ana(room, person_factory):
    """Ana, logged in; she keeps no connection open for her next request."""
    person = person_factory("Ana")
    person.http.close()
    return person


@pytest.fixture(params=["not logged in", "not connected", "joined"])
def connect(request, room, person_factory, raw_client):
    """New WebSockets of somebody who got this far."""
    person = person_factory(None if request.param == "not logged in" else "Ana")
    person.http.close()

    def open_client():
        client = raw_client(person)
        if request.param == "joined":
            client.join()
        return client

    return open_client


class Polling:
    """A session by HTTP long-polling."""

    def __init__(self, person):
        self._cookies = person.http.cookies
        self._url = person.server.url + "/socket.io/?EIO=4&transport=polling"
        self._url += "&sid=" + json.loads(self.poll().text[1:])["sid"]

    def poll(self):
        return requests.get(self._url, cookies=self._cookies, timeout=DEADLINE)

    def send(self, body, **options):
        return requests.post(self._url, body, cookies=self._cookies, timeout=DEADLINE, **options)


def test_broken_frames(connect, room):
    """Each gets the close code that RFC 6455 has for it."""
    for name, (data, code) in FRAMES.items():
        client = connect()
        client.socket.sock.sendall(data)
        assert client.close_code() == code, name
    assert room.is_unharmed()


def test_broken_packets(connect, room):
    """Each ends its WebSocket with a close code."""
    for packet in PACKETS:
        client = connect()
        client.socket.send(packet)
        assert client.close_code() in {NORMAL, PROTOCOL_ERROR}, packet[:50]
    assert room.is_unharmed()


def test_harmless_packets(connect, room):
    """What the protocol allows is answered or ignored, and the connection goes on."""
    for packet in HARMLESS:
        client = connect()
        client.socket.send(packet)
        client.socket.ping("are you there?")
        while (got := client.socket.recv_data(control_frame=True)) != (PONG, b"are you there?"):
            assert got[0] != CLOSE, packet[:60]
        client.socket.shutdown()
    assert room.is_unharmed()


@pytest.mark.parametrize("connected", [False, True], ids=["not connected", "connected"])
def test_broken_payloads(ana, room, connected):
    """By polling each gets 400, and the session is over."""
    for body in [*PAYLOADS, *(packet.encode("utf-8") for packet in PACKETS)]:
        session = Polling(ana)
        if connected:
            session.send(b"40")
        assert session.send(body).status_code == 400, body[:50]
        assert session.poll().status_code == 400
    assert room.is_unharmed()


def test_what_is_behind_a_broken_packet_is_not_read(ana, room):
    """A session that has ended connects to nothing any more."""
    session = Polling(ana)
    assert session.send(b'4abc\x1e40\x1e42["new_host",{}]').status_code == 400
    assert room.is_unharmed()


def test_what_is_behind_one_on_a_websocket_is_not_read(ana, raw_client, room):
    """The same, where all of it has arrived already."""
    client = raw_client(ana)
    client.join()
    packets = ["4abc", "41", "40", '42["new_host",{}]', '42["new_message",{"message":"ghost"}]']
    client.socket.sock.sendall(b"".join(frame(TEXT, packet.encode()) for packet in packets))
    assert client.close_code() == NORMAL
    assert room.is_unharmed()


@pytest.mark.parametrize("start", [b"\x01\x80\0\0\0\0", frame(3)], ids=["read", "thrown away"])
def test_endless_bytes_hold_up_nobody(ana, raw_client, room, start):
    """Ana pours empty fragments until Bia has had her say, or the server has hung up."""
    client = raw_client(ana)
    client.join()
    bia_is_done = threading.Event()

    def pour():
        with contextlib.suppress(OSError):
            client.socket.sock.sendall(start)
            while not bia_is_done.is_set():
                client.socket.sock.sendall(b"\x00\x80\0\0\0\0" * 200_000)

    with ThreadPoolExecutor(1) as pool:
        poured = pool.submit(pour)
        try:
            room.bia_talks(5)
        finally:
            bia_is_done.set()
            poured.result()
    client.socket.shutdown()
    assert room.is_unharmed()


def test_a_text_in_place_of_an_attachment(connect, room):
    """The stock stack would take any packet for one."""
    client = connect()
    client.socket.send('451-["new_message",{"_placeholder":true,"num":0}]')
    client.socket.send('42["new_host",{}]')
    assert client.close_code() == NORMAL
    assert room.is_unharmed()


@pytest.mark.parametrize("number", ["1", '"0"', "null", "-2", "1e99"])
def test_a_placeholder_of_no_attachment(ana, raw_client, room, number):
    """The number says which attachment is meant; there is one."""
    client = raw_client(ana)
    client.join()
    client.socket.send(f'451-["new_message",{{"_placeholder":true,"num":{number}}}]')
    client.socket.send_binary(b"x")
    assert client.close_code() == NORMAL
    assert room.is_unharmed()


def test_attachments_are_bounded_in_bytes(ana, raw_client, room):
    """With their packet they may have 64 KiB, as any event."""
    client = raw_client(ana)
    client.join()
    client.socket.send('4510-["new_message"]')
    for _ in range(9):
        client.socket.send_binary(bytes(8 << 10))
    assert client.close_code() == NORMAL
    assert room.is_unharmed()


def test_a_session_may_end_by_reset(connect, room):
    """Clients that vanish in the middle of a frame leave nothing behind."""
    for data, _ in FRAMES.values():
        client = connect()
        client.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.sock.sendall(data[:-1])
        client.socket.sock.close()
    assert room.is_unharmed()


ANY_FRAME = st.builds(
    frame,
    st.integers(0, 15),
    st.binary(max_size=200) | st.sampled_from(PACKETS[:20]).map(str.encode),
    fin=st.sampled_from([1, 1, 1, 0]),
    rsv=st.sampled_from([0, 0, 0, 0, 4, 7]),
)
ANY_TEXT = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from([*"0123456", "4"]),
    st.sampled_from([*"0123456", "", "x"]),
    st.sampled_from(["", "1-", "/,", "/x,", "/x?", "99999999999-"]),
    st.sampled_from(["", "0", "12", "9" * 100]),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=8,
    ).map(json.dumps)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


def ask(server, request):
    """Send these bytes; returns all that comes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(request)
            while data := connection.recv(65536):
                answer += data
        return answer


def test_doubtful_heads(server, room):
    """One answer, 400, and the server hangs up: what is behind is no second request."""
    for name, head in HEADS.items():
        answer = ask(server, b"POST /logout HTTP/1.1\r\n" + head)
        assert answer.startswith(b"HTTP/1.1 400 "), name
        assert answer.count(b"HTTP/1.1") == 1, name
    assert room.is_unharmed()


LINES = [
    b"",
    b"GET",
    b"GET / HTTP/1",
    b"GET / HTTP/1.x",
    b"GET / HTTP/9.9",
    b"a b c",
    b"\x16\x03\x01",
]
"""First lines of which none is HTTP; the last is of a TLS client that takes us for https."""


def test_broken_first_lines(server, room):
    """Each gets 400."""
    for line in LINES:
        answer = ask(server, line + b"\r\n" + HOST + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 "), line
    assert room.is_unharmed()


QUERIES = [
    "",
    "%ff=%fe",
    "EIO=3",
    "sid=",
    "sid=%ff%fe",
    "sid=../../etc",
    "sid=x&sid=y",
    "EIO=4&j=0",
]


@pytest.mark.parametrize("transport", ["", "&transport=polling", "&transport=websocket"])
def test_broken_queries(server, room, transport):
    """400, and no session is made."""
    for query in QUERIES:
        request = f"GET /socket.io/?{query}{transport} HTTP/1.1\r\n".encode()
        answer = ask(server, request + HOST + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 "), query
    assert room.is_unharmed()


HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
CHANGES = [
    {"Upgrade": "h2c"},
    {"Connection": "close"},
    {"Sec-WebSocket-Key": "dGhlIHNhbXBsZQ=="},
    {"Sec-WebSocket-Key": "not base64"},
    {"Sec-WebSocket-Key": ""},
    {"Sec-WebSocket-Version": "12"},
]


def test_broken_handshakes(ana, room):
    """Refused before a session is made of it."""
    query = "/socket.io/?EIO=4&transport=websocket"
    for change in CHANGES:
        # An answer that is kept keeps its connection open.
        assert ana.get(query, headers={**HANDSHAKE, **change}).status_code in {400, 426}, change
        # On a busy machine an idle connection may be over before the next request.
        ana.http.close()
    assert room.is_unharmed()


def test_the_label_of_a_payload_counts_for_nothing(ana, room):
    """Its bytes do: clients of all kinds call them what they like."""
    for label in ["application/json", "multipart/form-data", "image/png; x", "é"]:
        session = Polling(ana)
        assert session.send(b"40", headers={"Content-Type": label.encode()}).text == "ok", label
        session.send(b"1")
    assert room.is_unharmed()


def test_any_bytes_on_a_websocket(connect, room):
    """Whatever comes, it is read or the connection ends; Bia talks on."""

    @BOUNDED
    @given(frames=st.lists(ANY_FRAME | st.binary(max_size=30), max_size=6))
    def send(frames):
        client = connect()
        with contextlib.suppress(ConnectionError):
            client.socket.sock.sendall(b"".join(frames))
        client.socket.shutdown()

    send()
    assert room.is_unharmed()


def test_any_packets_by_websocket(connect, room):
    """The same for what looks more like Socket.IO; all of it is read before the close."""

    @BOUNDED
    @given(packets=st.lists(ANY_TEXT, max_size=5))
    def send(packets):
        client = connect()
        data = b"".join(frame(TEXT, packet.encode()) for packet in packets)
        with contextlib.suppress(ConnectionError):
            client.socket.sock.sendall(data + frame(CLOSE))
        client.close_code()
        client.socket.shutdown()

    send()
    assert room.is_unharmed()


def test_any_payload_by_polling(ana, room):
    """A payload is taken with 200 or refused with 400; no third thing happens."""
    texts = st.lists(ANY_TEXT, max_size=5).map("\x1e".join).map(str.encode)

    @BOUNDED
    @given(body=texts | st.binary(max_size=50))
    def send(body):
        session = Polling(ana)
        assert session.send(body).status_code in {200, 400}
        session.send(b"1")

    send()
    assert room.is_unharmed()
