from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from ipaddress import ip_network

import pytest

from lanchat.doctor.facts import Verdict
from lanchat.doctor.reachability import (
    Health,
    Target,
    check_resolved,
    check_room,
    explain_failure,
    follow,
    is_near,
    probe,
    read_answer,
    resolve,
    target,
    within,
)
from lanchat.errors import SettingRefused
from tests.world.deadline import DEADLINE
from tests.world.needs import need
from tests.world.server import ServerProcess


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("http://192.168.1.20:9000", ("192.168.1.20", 9000)),
        ("192.168.1.20", ("192.168.1.20", 8765)),
        ("lanchat.local:9000/chat", ("lanchat.local", 9000)),
        ("http://chat.example/", ("chat.example", 80)),
        ("https://chat.example", ("chat.example", 443)),
        ("[fd00::5]:9000", ("fd00::5", 9000)),
        ("http://chat.example/room12/", ("chat.example", 80, "/room12")),
        ("http://chat.example/room12", ("chat.example", 80, "/room12")),
        ("http://chat.example/a/room12/chat?x#y", ("chat.example", 80, "/a/room12")),
    ],
)
def test_an_address_as_people_write_it(text: str, where: tuple[str, int]) -> None:
    """An address may be copied from the screen, or typed without http:// and port."""
    assert target(text) == Target(*where)


@pytest.mark.parametrize(
    "text", ["", "ftp://x", "http://x:port", "http://[::1", "ht tp://x", "http://x/a b/"]
)
def test_what_is_no_address(text: str) -> None:
    """What is no address is refused, with an example."""
    with pytest.raises(SettingRefused, match=r"192\.168\.1\.20") as refused:
        target(text)
    assert refused.value.value == text


def test_a_room_that_can_be_reached(server: ServerProcess) -> None:
    """Every step of the way to a room that can be reached is ok."""
    need("localhost")
    findings = list(follow(Target("localhost", server.port), []))
    assert [one.check for one in findings] == ["name", "network", "room"]
    assert {one.verdict for one in findings} == {Verdict.OK}


def test_a_name_that_leads_nowhere_ends_it() -> None:
    """Without an address there is nothing to connect to."""
    findings = list(follow(Target("no-such-name.invalid", 8765), []))
    assert [(one.check, one.verdict) for one in findings] == [("name", Verdict.PROBLEM)]
    assert ".local" in check_resolved("x.local", []).text


def test_whether_a_router_lies_between() -> None:
    """The networks of this computer's own addresses tell what is near."""
    networks = [ip_network("192.168.1.0/24")]
    assert is_near({"192.168.1.20"}, networks)
    assert not is_near({"192.168.2.20"}, networks)
    assert not is_near({"fd00::1"}, networks)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health("refused"), "nothing listens"),
        (Health("silent"), "swallows"),
        (Health("unreachable", reason="No route to host"), "No route to host"),
        (Health("other", reason="it answers as something else"), "is no lanchat"),
        (Health("foreign name"), "does not answer to this name"),
    ],
)
def test_what_stops_one(health: Health, words: str) -> None:
    """Each kind of failure has its own explanation and next step."""
    (finding,) = check_room("192.168.1.20:8765", health, near=True)
    assert (finding.verdict, words in finding.text) == (Verdict.PROBLEM, True)
    assert finding.next_step


def test_clocks_that_disagree() -> None:
    """Clocks that are far apart are told, since logins and certificates depend on them."""
    *_, finding = check_room("x:1", Health("lanchat", "1", ahead=-600.0), near=True)
    assert finding.text == "the two clocks are 10 min apart"


def test_resolving() -> None:
    """A name has addresses without a zone; what is no name has none."""
    need("localhost")
    assert "127.0.0.1" in resolve("localhost")
    assert resolve("no such name") == set()
    assert resolve("x" * 70) == set()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port where somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_a_lanchat(server: ServerProcess) -> None:
    """A lanchat tells its version and, in passing, what time it is there."""
    health = probe("127.0.0.1", server.port)
    assert (health.kind, bool(health.version)) == ("lanchat", True)
    assert health.ahead is not None
    assert abs(health.ahead) < 60


def test_nobody_listens(listener: socket.socket) -> None:
    """A port where nobody listens refuses at once."""
    port = listener.getsockname()[1]
    listener.close()
    assert probe("127.0.0.1", port).kind == "refused"


def test_somebody_who_says_nothing(listener: socket.socket) -> None:
    """A connection alone is no lanchat."""
    assert probe("127.0.0.1", listener.getsockname()[1], 0.1).kind == "other"


@pytest.mark.parametrize(
    "begin",
    [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"],
)
def test_an_answer_that_drips_is_given_up(listener: socket.socket, begin: bytes) -> None:
    """However often a byte comes, the whole has its time; the server sees us hang up."""

    def drip() -> None:
        with listener.accept()[0] as connection, suppress(OSError):
            connection.sendall(begin)
            while True:
                connection.sendall(b"x")
                time.sleep(0.01)

    thread = threading.Thread(target=drip)
    thread.start()
    health = probe("127.0.0.1", listener.getsockname()[1], 0.3)
    assert health.kind == "other"
    thread.join()


def test_what_takes_too_long_is_given_up() -> None:
    """A resolver without a network, for one, waits for much longer than anybody would."""
    never = threading.Event()
    assert within(0.01, never.wait) is None
    never.set()
    assert within(DEADLINE, never.wait) is True


def test_another_web_server() -> None:
    """Another server answers, in the clear and to a handshake, with something else."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.serve_forever, args=[0.01])
        thread.start()
        health = probe("127.0.0.1", other.server_port)
        other.shutdown()
        thread.join()
    assert (health.kind, "501" in health.reason) == ("other", True)


def test_a_name_that_the_server_does_not_know() -> None:
    """The guard's refusal is told from that of another server."""
    assert (
        read_answer(403, {}, b"This lanchat does not answer to the name 'x'.", 0).kind
        == "foreign name"
    )
    assert read_answer(403, {}, b"Forbidden", 0).kind == "other"


@pytest.mark.parametrize(
    "body", [b"", b"ok", b"[]", b"{}", b'{"status": "ok"}', b"\xff", b"[" * 100_000]
)
def test_an_answer_that_no_lanchat_gives(body: bytes) -> None:
    """Whoever answers there can say what they like."""
    assert read_answer(200, {}, body, 0).kind == "other"


def test_the_other_clock() -> None:
    """A server tells its time with every answer."""
    body = b'{"status": "ok", "version": "1"}'
    assert (
        read_answer(200, {"Date": formatdate(1_000_300, usegmt=True)}, body, 1_000_000).ahead == 300
    )
    assert read_answer(200, {}, body, 1_000_000).ahead is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), "refused"),
        (TimeoutError(), "silent"),
        (OSError(113, "No route to host"), "unreachable"),
        (socket.gaierror(), "unreachable"),
    ],
)
def test_why_a_connection_fails(error: OSError, kind: str) -> None:
    """Refused is somebody's word; silence is a firewall's or a network's."""
    assert explain_failure(error).kind == kind
