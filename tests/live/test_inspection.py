"""Connections that are looked at go on as before, and what is seen of them is what went by."""

import gc
import json
import socket
import weakref
from contextlib import ExitStack

import gevent
import gevent.event
import gevent.socket
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Ping, TextMessage

from lanchat.errors import TooManyConnections
from lanchat.live.frames import build_frame
from lanchat.live.inspection.inspection import IN_ALL, OF_A_BROWSER, Inspection
from lanchat.live.inspection.seen_frames import Onlooker
from lanchat.live.inspection.view import MOST_TAPS, RING
from lanchat.live.readers import Readers
from lanchat.live.websocket import WebSocket
from lanchat.live.writer import Flusher, Group

ANA, BIA = ("ana", "browser"), ("bia", "browser")
PATIENCE = 10
LAST = "4last of mine"
EXAMPLES = settings().max_examples


class Connected:
    """A WebSocket, what its listener has heard, and the socket at its other end."""

    def __init__(self, world, owner, buffer):
        self.ours, self.other = gevent.socket.socketpair()
        self.other.settimeout(PATIENCE)
        if buffer is not None:
            self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        self.owner = owner
        self.heard = []
        self.heard_all = gevent.event.Event()
        self.ended = False
        self.read = b""
        environ = {
            "lanchat.socket": self.ours,
            "lanchat.keep_socket": lambda: None,
            "HTTP_SEC_WEBSOCKET_KEY": "A" * 22 + "==",
            "owner": owner,
        }
        world.make(self._serve, None)(environ, None)

    def _serve(self, websocket):
        self.websocket = websocket
        websocket.serve(self)

    def take(self, message):
        self.heard.append(message)
        if message == LAST:
            self.heard_all.set()
        return True

    def end(self):
        self.ended = True

    def receive(self, size):
        """Read up to so many bytes of what there is."""
        self.other.setblocking(False)
        try:
            self.read += self.other.recv(size)
        except BlockingIOError:
            pass
        finally:
            self.other.settimeout(PATIENCE)

    def receive_until(self, end):
        """Read on until the last bytes are these."""
        while not self.read.endswith(end):
            part = self.other.recv(1 << 20)
            assert part, self.read[-100:]
            self.read += part


class World:
    """Connections of one event loop, who can be looked at."""

    def __init__(self):
        self.flusher = Flusher()
        self.opened: set[WebSocket] = set()
        self.inspection = Inspection()
        self.inspection.whose = lambda environ: environ["owner"]
        self.connections = []
        self.group = None
        self.inspection.attach(self.flusher, self._find, self._forget)

        def make(handler, server):
            return WebSocket(self.opened, self.flusher, Readers(), handler, server)

        self.make = self.inspection.wrap(make)

    def _find(self, each):
        return each.websocket

    def _forget(self):
        self.group = None

    def connect(self, owner, buffer=None):
        self.connections.append(Connected(self, owner, buffer))
        self.group = None
        return self.connections[-1]

    def looking(self, owner):
        return self.inspection.looking(
            owner, [c for c in self.connections if c.owner == owner and not c.ended]
        )

    def broadcast(self, text):
        if self.group is None:
            self.group = Group([each.websocket.writer for each in self.connections])
        self.flusher.broadcast(self.group, build_frame(text.encode()))

    def close(self):
        for each in self.connections:
            each.websocket.writer.abort()
            each.other.close()
        gevent.sleep(0)


@pytest.fixture
def world():
    """One event loop's."""
    world = World()
    yield world
    world.close()


def facts(look):
    """What there is to be seen at once."""
    lines = []
    look.wake()
    while part := look._seen_since():
        lines += part
    return [json.loads(line) for line in lines]


def frames(seen, whose):
    return [bytes.fromhex(f["bytes"]) for f in seen if f["kind"] == "frame" and f["from"] == whose]


def settle():
    """Let the loop do what it has to."""
    for _ in range(3):
        gevent.sleep(0.0005)


texts = st.text(max_size=40) | st.sampled_from(["x" * 122, "y" * 3_000])
messages = st.one_of(
    st.builds(lambda text: TextMessage("4" + text), texts),
    st.builds(BytesMessage, st.binary(min_size=1, max_size=200)),
    st.builds(Ping, st.binary(max_size=20)),
    st.builds(
        lambda text, parts: (text, parts), texts, st.integers(2, 4)
    ),  # a message in fragments
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("says"), messages),
        st.tuples(st.just("sends"), st.integers(1, 400)),
        st.tuples(st.just("write"), texts),
        st.tuples(st.just("broadcast"), texts),
        st.tuples(st.just("reads"), st.integers(1, 5_000)),
        st.tuples(st.just("turn"), st.none()),
        st.tuples(st.just("begin"), st.none()),
        st.tuples(st.just("end"), st.none()),
    ),
    max_size=40,
)


def framed(client, said):
    """The frames of a message of the client, each by itself."""
    if not isinstance(said, tuple):
        return [client.send(said)]
    text, parts = said
    size = len(text) // parts + 1
    pieces = ["4" + text[:size], *(text[n * size : (n + 1) * size] for n in range(1, parts))]
    last = len(pieces) - 1
    return [
        client.send(TextMessage(piece, message_finished=number == last))
        for number, piece in enumerate(pieces)
    ]


def heard(said):
    """What the listener gets of a message, if anything."""
    if isinstance(said, Ping):
        return []
    if isinstance(said, tuple):
        return ["4" + said[0]]
    return [said.data]


class Story:
    """What happens to a connection of Ana's, step by step, and what has to come of it."""

    def __init__(self, buffer):
        self.world = World()
        self.own = self.world.connect(ANA, buffer)
        self.other = self.world.connect(BIA)
        self.own.receive_until(b"\r\n\r\n")
        self.head = len(self.own.read)
        self.client = Connection(ConnectionType.CLIENT)
        self.sent, self.unsent = [], b""
        self.expected, self.told = [], []
        self.looking = ExitStack()
        self.look = None
        self.sent_before = 0

    def says(self, said):
        made = framed(self.client, said)
        self.sent += made
        self.unsent += b"".join(made)
        self.expected += heard(said)

    def sends(self, size):
        self.own.other.sendall(self.unsent[:size])
        self.unsent = self.unsent[size:]

    def write(self, text):
        self.own.websocket.send("4" + text)
        self.told.append("4" + text)

    def broadcast(self, text):
        self.world.broadcast("4" + text)
        self.told.append("4" + text)

    def reads(self, size):
        self.own.receive(size)

    def turn(self, _):
        settle()

    def begin(self, _=None):
        if self.look is None:
            self.look = self.looking.enter_context(self.world.looking(ANA))
            self.sent_before = len(self.sent)

    def end(self, _=None):
        settle()
        self.looking.close()
        self.look = None

    def finish(self):
        """Let all be said and heard; returns what left for Ana, frame by frame."""
        self.begin()
        self.says(TextMessage(LAST))
        sending = gevent.spawn(self.own.other.sendall, self.unsent)
        self.own.heard_all.wait(PATIENCE)
        sending.get(timeout=PATIENCE)
        self.write("last")
        self.broadcast("very last")
        for each in (self.own, self.other):
            each.receive_until(b"4very last")
        settle()
        return list(Onlooker().see(self.own.read[self.head :]))


@settings(max_examples=EXAMPLES // 4)
@given(st.booleans(), steps)
def test_it_is_seen_as_it_is_and_goes_on_as_before(is_slow, steps):
    """A look begins and ends anywhere, also in the middle of a frame; a client reads slowly."""
    story = Story(4_096 if is_slow else None)
    for kind, value in steps:
        getattr(story, kind)(value)
    out = story.finish()
    own, sent = story.own, story.sent
    assert own.heard == story.expected
    assert [frame.plain.decode() for frame in out if frame.opcode == 1] == story.told
    seen = facts(story.look)
    assert not [fact for fact in seen if fact["kind"] == "lost"]
    from_browser, from_server = frames(seen, "browser"), frames(seen, "server")
    assert from_browser == sent[-len(from_browser) :]
    assert len(from_browser) >= len(sent) - story.sent_before
    assert from_server == [frame.wire for frame in out][-len(from_server) :]
    assert b"4last" in from_server[-2]
    story.end()
    for patched in (own.websocket, own.websocket._frames, story.world.flusher):
        assert not {"feed", "next", "_end", "broadcast", "flush"} & vars(patched).keys()
    story.world.close()


def test_what_breaks_the_protocol_is_seen_before_it_ends(world):
    """With the server's answer to it, also where the frame never comes whole."""
    for sent, code in [
        (b"\x81\x021x", 1002),  # no mask
        (b"\xc1\x82\0\0\0\0" + b"2x", 1002),  # a reserved bit
        (b"\x83\x81\0\0\0\0x", 1002),  # a reserved opcode
        (b"\x09\x80\0\0\0\0", 1002),  # a ping in fragments
        (b"\x81\xff" + b"\x7f" + b"\xff" * 7 + bytes(4) + b"4first", 1009),  # as large as can be
        (b"\x82\xff" + b"\0\0\0\0\0\1\0\1" + bytes(4) + b"x" * 70, 1009),
    ]:
        own = world.connect(ANA)
        with world.looking(ANA) as look:
            own.other.sendall(sent)
            settle()
            own.other.shutdown(socket.SHUT_WR)
            while own.other.recv(1 << 16):
                pass
            settle()
            seen = facts(look)
        assert frames(seen, "browser") == [sent]
        (first,) = (fact for fact in seen if fact["kind"] == "frame" and fact["from"] == "browser")
        assert first["size"] == len(sent) + first.get("missing", 0)
        (answer,) = (fact for fact in seen if "close" in fact)
        assert answer["close"]["code"] == code
        closed = seen[-1]
        assert (closed["state"], closed["by"], closed["code"]) == ("closed", "server", code)


def test_who_reads_nothing_has_the_newest_entries_and_no_more(world):
    """What is lost meanwhile is counted, and nobody is told too much at once."""
    own = world.connect(ANA)
    with world.looking(ANA) as look:
        for number in range(2 * RING):
            own.websocket.send(f"4{number} " + "x" * 5_000)
            if not number % 20:
                settle()
                own.receive(1 << 20)
        settle()
        at_once = look._seen_since()
        assert sum(map(len, at_once)) < 200_000
        assert json.loads(at_once[0])["kind"] == "lost"
        seen = facts(look)
        assert seen[-1]["text"].startswith(f"4{2 * RING - 1} ")
        assert len(at_once) - 1 + len(seen) == RING
        assert max(len(fact["text"]) for fact in seen) == 4096


def test_looks_leave_nothing_behind(world, long):
    """However often one begins and ends while people talk."""
    own, other = world.connect(ANA), world.connect(BIA)
    views, times = [], 500 if long else 50
    for number in range(times):
        with world.looking(ANA) as look, world.looking(BIA):
            views.append(weakref.ref(look._view))
            world.broadcast(f"4{number}")
            own.websocket.send("4own")
            if number % 3:
                settle()
    del look
    last = b"4%d" % (times - 1)
    other.receive_until(last)
    own.receive_until(last + b"\x81\x044own")
    assert own.read.count(b"\x044own") == times
    gc.collect()
    assert not [view for view in views if view() is not None]
    assert type(own.websocket.writer.send) is type(own.ours._sock.send)


def test_so_many_may_look(world):
    """In a browser, and in all; and so many of a browser's connections are looked at."""
    for _ in range(MOST_TAPS + 1):
        world.connect(ANA)
    with ExitStack() as looks:
        look = looks.enter_context(world.looking(ANA))
        assert sum(fact["kind"] == "connection" for fact in facts(look)) == MOST_TAPS
        for _ in range(OF_A_BROWSER - 1):
            looks.enter_context(world.looking(ANA))
        with pytest.raises(TooManyConnections):
            looks.enter_context(world.looking(ANA))
        for number in range(IN_ALL - OF_A_BROWSER):
            looks.enter_context(world.looking(("guest", str(number))))
        with pytest.raises(TooManyConnections):
            looks.enter_context(world.looking(BIA))
    with world.looking(BIA):
        pass
