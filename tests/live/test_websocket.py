"""What lanchat promises of each WebSocket, seen from the other end of a real one."""

import itertools
import json
import socket
import struct
import uuid

import gevent
import gevent.socket
import pytest
import websocket

from lanchat.live.readers import Readers
from lanchat.live.websocket import WebSocket
from lanchat.live.writer import Flusher

TEXT, CONTINUATION = websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_CONT
SMALL_BUFFER = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]


@pytest.fixture
def server(either_server):
    """These tests leave nothing behind; what they promise holds on both paths."""
    return either_server


def packet_of(size):
    """A new_message packet of exactly this many bytes."""
    head, tail = '421["new_message",{"message":"', '"}]'
    return head + "x" * (size - len(head) - len(tail)) + tail


def test_a_slow_client_gets_every_frame_whole(ana, bia, raw_client):
    """Messages beyond what the kernel takes at once arrive complete and in order."""
    slow = raw_client(bia, sockopt=SMALL_BUFFER)
    slow.join()
    ana.join()
    said = [f"{number:02d}" + "x" * 3900 for number in range(100)]
    for text in said:
        assert ana.say(text)["ok"]
    assert slow.messages(until=said[-1]) == said


def test_who_reads_nothing_is_cut_off_and_catches_up(ana, bia, raw_client):
    """Past the bound the connection ends; the next one gets what was missed."""
    stuck = raw_client(bia, sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)])
    stuck.join()
    talker = raw_client(ana)
    talker.join()
    first = talker.say("first")
    long = "漢" * 4000  # 12 kB; the kernel itself takes a few megabytes
    for _ in range(25):
        for _ in range(19):  # without waiting for each, but for every twentieth
            message = {"message": long, "client_id": str(uuid.uuid4())}
            talker.socket.send("42" + json.dumps(["new_message", message]))
        assert talker.say(long)["ok"]
    with pytest.raises((websocket.WebSocketException, ConnectionError)):
        stuck.messages(until="never said")
    caught_up = raw_client(bia).join(last_id=first["id"])
    assert caught_up["messages"][-1]["message"] == long


def test_no_extension_is_negotiated(ana, raw_client):
    """permessage-deflate is declined even where it is offered."""
    offer = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]
    client = raw_client(ana, header=offer)
    assert "sec-websocket-extensions" not in client.socket.headers


def test_a_packet_of_64_kib_is_taken(ana, raw_client):
    """The limit itself is allowed: the packet is answered, if only with an error."""
    client = raw_client(ana)
    client.join()
    client.socket.send(packet_of(64 * 1024))
    while not (answer := client.receive()).startswith("431["):
        pass
    assert json.loads(answer[3:])[0]["error"]["code"] == "invalid"


def test_a_larger_packet_ends_the_connection(ana, raw_client):
    """One byte more is refused with 1009, message too big."""
    client = raw_client(ana)
    client.join()
    client.socket.send(packet_of(64 * 1024 + 1))
    assert client.close_code() == 1009


def test_unfinished_fragments_are_counted(ana, raw_client):
    """A message that never ends is refused as soon as it is too large."""
    client = raw_client(ana)
    client.join()
    client.socket.send_frame(websocket.ABNF.create_frame("4" + "x" * 1000, TEXT, fin=0))
    for _ in range(70):
        client.socket.send_frame(websocket.ABNF.create_frame("x" * 1000, CONTINUATION, fin=0))
    assert client.close_code() == 1009


def test_a_fragmented_message_is_put_together(ana, raw_client):
    """Fragments are legal, and the middle of a character may be their border."""
    client = raw_client(ana)
    client.socket.send("40")
    assert client.receive().startswith("40{")
    whole = '421["new_host",{"é":1}]'.encode()
    border = whole.index("é".encode()) + 1
    client.socket.send_frame(websocket.ABNF(0, 0, 0, 0, TEXT, 1, whole[:border]))
    client.socket.send_frame(websocket.ABNF(1, 0, 0, 0, CONTINUATION, 1, whole[border:]))
    while not (answer := client.receive()).startswith("431["):
        pass
    assert json.loads(answer[3:])[0]["ok"] is True


def test_pings_of_the_websocket_are_answered(ana, raw_client):
    """A proxy may ping by itself."""
    client = raw_client(ana)
    client.socket.ping("are you there?")
    opcode, payload = client.socket.recv_data(control_frame=True)
    assert (opcode, payload) == (websocket.ABNF.OPCODE_PONG, b"are you there?")


@pytest.mark.parametrize("packet", ["x", "9", "hello", "b4AAA"])
def test_what_is_no_engine_io_packet_ends_the_connection(ana, raw_client, server, packet):
    """With a close code, and without a traceback."""
    client = raw_client(ana)
    client.socket.send(packet)
    assert client.close_code() == 1002
    assert "Traceback" not in server.output()


def test_an_unmasked_frame_ends_the_connection(ana, raw_client):
    """RFC 6455 has clients mask what they send."""
    client = raw_client(ana)
    client.socket.sock.sendall(b"\x81\x021x")
    assert client.close_code() == 1002


def test_who_is_told_to_close_and_goes_on_is_cut_off(ana, raw_client, until):
    """The server waits a little for the client to hang up, and not for ever."""
    client = raw_client(ana)
    client.socket.send("x")
    assert client.socket.recv_data(control_frame=True)[0] == websocket.ABNF.OPCODE_CLOSE

    def is_cut_off():
        try:
            client.socket.sock.sendall(b"\x81\x80\0\0\0\0")
        except OSError:  # over TLS an ssl.SSLError
            return True
        return False

    until(is_cut_off)


def test_a_ping_of_a_terabyte_is_not_waited_for(ana, raw_client):
    """Control frames have 125 bytes at most, and no other limit holds for them."""
    client = raw_client(ana)
    client.socket.sock.sendall(b"\x89\xff" + (1 << 40).to_bytes(8, "big"))
    assert client.close_code() == 1002


def test_who_sends_much_at_once_lets_others_have_their_turn():
    """Thousands of tiny frames that are there already are not answered in one go."""
    ours, theirs = gevent.socket.socketpair()
    turns = itertools.count()

    def take_turns():
        while next(turns) < 1000:
            gevent.sleep(0)

    other = gevent.spawn(take_turns)
    with ours, theirs:
        theirs.sendall(websocket.ABNF.create_frame(b"", websocket.ABNF.OPCODE_PING).format() * 2000)
        theirs.shutdown(socket.SHUT_WR)
        WebSocket(set(), Flusher(), Readers(), WebSocket.wait, None)(
            {"lanchat.socket": ours}, lambda *_: bytes
        )
    assert next(turns) > 5
    other.kill()


@pytest.mark.parametrize(
    "packet",
    [
        "42",
        "42{}",
        "42[]",
        "42[1]",
        "45",
        "4",
        "49",
        "451-[]",
        "42[" + "[" * 50_000,
        '420["a"',
        "43",
    ],
)
def test_broken_socket_io_packets_disturb_nobody(ana, bia, raw_client, server, packet):
    """Whatever one client sends, another goes on talking and the server's log stays clean."""
    client = raw_client(ana)
    client.join()
    client.socket.send(packet)
    bia.join()
    assert bia.say("all is well")["ok"]
    assert "Traceback" not in server.output()


@pytest.mark.parametrize("event", ["connect", "disconnect"])
def test_reserved_events_have_no_effect(ana, bia, raw_client, event):
    """A client that sends them as events neither leaves nor becomes somebody else."""
    client = raw_client(ana)
    client.join()
    client.socket.send(f'42["{event}",{{"HTTP_COOKIE":"x"}}]')
    assert client.say("still Ana")["ok"]
    assert [host["name"] for host in bia.join()["hosts"]] == ["Ana", "Bia"]


def test_a_close_is_answered_with_its_code(ana, raw_client):
    """The closing handshake is completed."""
    client = raw_client(ana)
    client.socket.send_frame(
        websocket.ABNF.create_frame(struct.pack("!H", 4000), websocket.ABNF.OPCODE_CLOSE)
    )
    assert client.close_code() == 4000


def test_another_version_of_websocket_is_told_which_we_speak(ana):
    """426 with the version, as RFC 6455 asks."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "8",
        "Sec-WebSocket-Key": "x",
    }
    answer = ana.get("/socket.io/?EIO=4&transport=websocket", headers=headers)
    assert (answer.status_code, answer.headers["Sec-WebSocket-Version"]) == (426, "13")
