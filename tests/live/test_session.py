"""What a client may rely on, whether packets go lanchat's way or the stock one."""

import gc
import json
import re
import socket
import struct
import threading
import time
import weakref
from typing import Any

import engineio
import gevent
import pytest
import websocket

from lanchat.live.session import Heartbeat, Session

ID = "00000000-0000-0000-0000-000000000000"
POLLING = "/socket.io/?EIO=4&transport=polling"


@pytest.fixture
def server(either_server):
    """These tests leave nothing behind."""
    return either_server


class PollingClient:
    """Somebody without a WebSocket, who can move to one."""

    def __init__(self, person):
        self.url, self.http, self.sslopt = person.server.url, person.http, person.sslopt
        opened = self.http.get(self.url + POLLING, timeout=30)
        self.sid = json.loads(opened.text[1:])["sid"]
        self.send("40")
        self.send('420["new_host",{}]')
        while not any(packet.startswith("430[") for packet in self.poll()):
            pass

    def send(self, packet):
        """Send one packet."""
        self.http.post(self._session, packet, timeout=30)

    def poll(self):
        """The packets of one poll."""
        return self.http.get(self._session, timeout=30).text.split("\x1e")

    def upgrade(self):
        """A WebSocket for this session, with the probe answered."""
        ws = self.open_websocket()
        ws.send("2probe")
        assert ws.recv() == "3probe"
        return ws

    def open_websocket(self):
        """One for this session, which says nothing yet."""
        url = self.url.replace("http", "ws") + POLLING.replace("polling", "websocket")
        cookie = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies)
        return websocket.create_connection(
            f"{url}&sid={self.sid}", cookie=cookie, timeout=30, sslopt=self.sslopt
        )

    @property
    def _session(self):
        return f"{self.url}{POLLING}&sid={self.sid}"


def texts(packets):
    """What was said in these packets."""
    said = [packet for packet in packets if packet.startswith('42["add_chat_message"')]
    return [json.loads(packet[2:])[1]["message"] for packet in said]


def test_the_stock_way_is_a_warning(server, stock_server):
    """It names what has moved; the fast way is not worth a word."""
    warned = re.search(r"slower way.*Socket\._websocket_handler", server.output())
    assert bool(warned) == (server is stock_server)


def test_everybody_hears_the_same_in_the_same_order(ana, bia, person_factory):
    """WebSockets and polling clients side by side."""
    cai = person_factory("Cai")
    cai.connect(["polling"])
    for person in (ana, bia, cai):
        person.join()
    said = [f"message {number}" for number in range(30)]
    for text in said:
        assert ana.say(text)["ok"]
    for person in (ana, bia, cai):
        person.hears("add_chat_message", message=said[-1])
        assert person.messages() == said


def test_a_sender_hears_itself_before_the_acknowledgement(ana, raw_client):
    """Acks and broadcasts leave through the same door, in the order of what happened."""
    client = raw_client(ana)
    client.join()
    client.socket.send(
        '427["new_message",{"message":"hello","client_id":"%s"}]'
        % ("0" * 8 + "-0000-0000-0000-" + "0" * 12)
    )
    packets = [client.receive(), client.receive()]
    assert texts(packets[:1]) == ["hello"]
    assert packets[1].startswith("437[")


def test_nothing_is_lost_or_doubled_by_an_upgrade(ana, bia):
    """What is said while a client moves to its WebSocket comes once, in order."""
    bia.join()
    client = PollingClient(ana)
    said = [f"message {number}" for number in range(60)]
    talk = threading.Thread(target=lambda: [bia.say(text) for text in said])
    talk.start()
    heard = client.poll()
    ws = client.upgrade()
    heard += client.poll()
    ws.send("5")
    while said[-1] not in texts(heard):
        heard.append(ws.recv())
    talk.join()
    ws.shutdown()
    assert texts(heard) == said


def test_what_comes_right_behind_an_upgrade_is_answered(ana):
    """All in one record of TLS, while a poll waits still: this ends, and the event is answered."""
    client = PollingClient(ana)
    waiting = threading.Thread(target=client.poll)
    waiting.start()
    ws = client.open_websocket()
    event = "421" + json.dumps(["new_message", {"message": "quick " * 500, "client_id": ID}])
    at_once = (
        websocket.ABNF.create_frame(text, websocket.ABNF.OPCODE_TEXT)
        for text in ("2probe", "5", event)
    )
    ws.sock.sendall(b"".join(frame.format() for frame in at_once))
    while not (packet := ws.recv()).startswith("431["):
        pass
    assert json.loads(packet[3:])[0]["ok"]
    waiting.join(20)
    assert not waiting.is_alive()
    ws.shutdown()


def test_a_connection_that_is_torn_is_a_departure(ana, bia, raw_client):
    """Without a word of goodbye, with a reset."""
    bia.join()
    client = raw_client(ana)
    client.join()
    client.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.sock.close()
    assert bia.hears("host_leave_room", user="Ana")


def test_many_events_at_once_are_answered_each(ana, raw_client):
    """More than are handled at a time: the rest wait in the socket, and none is forgotten."""
    client = raw_client(ana)
    client.join()
    event = '["new_message",{"message":"m","client_id":"%08d-0000-0000-0000-000000000000"}]'
    for number in range(300):
        client.socket.send(f"42{number + 2}" + event % number)
    answers: dict[int, Any] = {}
    while len(answers) < 300:
        packet = client.receive()
        if packet.startswith("43"):
            number, _, answer = packet[2:].partition("[")
            answers[int(number)] = json.loads("[" + answer)[0]
    assert [answers[number + 2]["ok"] for number in range(300)] == [True] * 300
    ids = [answers[number + 2]["id"] for number in range(300)]
    assert ids == sorted(ids)


def test_a_binary_event_is_answered(ana):
    """Attachments go the stock way, and arrive at the same handlers."""
    ana.join()
    assert ana.call("new_message", {"message": b"bytes"})["error"]["code"] == "invalid"
    assert ana.say("still here")["ok"]


def test_who_answers_pings_stays(quick_server, person_factory, raw_client):
    """Ping after ping comes, as long as each is answered."""
    client = raw_client(person_factory("Ana", quick_server))
    for _ in range(4):
        assert client.socket.recv() == "2"
        client.socket.send("3")
    assert client.join()["ok"]


def test_who_answers_no_ping_is_closed(quick_server, person_factory, raw_client):
    """A client that has gone without a word is noticed."""
    client = raw_client(person_factory("Ana", quick_server))
    assert client.socket.recv() == "2"
    assert client.close_code() in (None, 1000)


@pytest.mark.parametrize("set_by", [3_600, -3_600])
def test_a_clock_that_is_set_ends_no_session_and_keeps_none(monkeypatch, set_by):
    """How long a ping has been without an answer is no matter of the clock on the wall."""
    engine = engineio.Server(async_mode="threading", ping_timeout=20)
    nothing: Any = {"heartbeat": Heartbeat(25), "reader": None, "on_websocket": print}
    session = Session(engine, "sid", **nothing)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + set_by)
    assert session.check_ping_timeout()
    session.last_ping = time.monotonic() - 21
    assert not session.check_ping_timeout()
    assert session.closed


class Upgrade:
    """What a Session knows of a WebSocket that a client moves to."""

    writer = None

    def __init__(self):
        self.says = ["2probe", "5"]
        self.is_closed = False

    def wait(self):
        """What the client says next."""
        return self.says.pop(0)

    def send(self, _text):
        """The client takes everything."""

    def serve(self, _listener):
        """It says nothing more."""

    def close(self):
        """Our side is to end it."""
        self.is_closed = True


def test_who_moves_to_a_websocket_while_the_session_ends_is_closed_there():
    """Others are told of the end first, which may take a while; nobody else would close it."""
    engine = engineio.Server(async_mode="threading", ping_timeout=20)
    nothing: Any = {"heartbeat": Heartbeat(25), "reader": None, "on_websocket": lambda _: None}
    session: Any = Session(engine, "sid", **nothing)
    upgrade = Upgrade()
    session.connected = True
    engine.on("disconnect", lambda *_: session._websocket_handler(upgrade))
    session.close(wait=False, abort=True)
    assert session.closed
    assert upgrade.is_closed


class PingedClient:
    """What a Heartbeat knows of a session."""

    def __init__(self):
        self.closing = self.closed = False
        self.last_ping = 0.0
        self.got = []

    def send(self, packet):
        """Take a packet."""
        self.got.append(packet.encode())


@pytest.fixture
def heartbeat():
    """With an interval that a test can wait for."""
    return Heartbeat(0.05)


def test_sessions_are_pinged_in_turn(heartbeat):
    """Those who asked later are pinged later, and the time is noted."""
    first, second = PingedClient(), PingedClient()
    heartbeat.schedule(first)
    gevent.sleep(0.02)
    heartbeat.schedule(second)
    while not second.got:
        gevent.sleep(0.005)
    assert (first.got, second.got) == (["2"], ["2"])
    assert first.last_ping < second.last_ping <= time.monotonic()


def test_a_closed_session_is_not_pinged(heartbeat):
    """It may have been closed since it asked."""
    gone, here = PingedClient(), PingedClient()
    for client in (gone, here):
        heartbeat.schedule(client)
    gone.closed = True
    while not here.got:
        gevent.sleep(0.005)
    assert gone.got == []


def test_a_session_that_waits_for_its_ping_is_not_kept_in_memory():
    """A session that is over is let go of long before its ping is due."""
    heartbeat, client = Heartbeat(60), PingedClient()
    heartbeat.schedule(client)
    gevent.sleep(0)
    reference = weakref.ref(client)
    del client
    gc.collect()
    assert reference() is None
