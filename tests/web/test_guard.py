"""Whom the server answers: hosts and origins, for pages and sockets alike."""

import re
import socket

import pytest
import socketio

from tests.world.deadline import DEADLINE

MACHINE = socket.gethostname().lower().partition(".")[0]


def get(server, path="/healthz", host=None, **headers):
    """The status of a request with exactly these headers."""
    host = f"127.0.0.1:{server.port}" if host is None else host
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return int(connection.makefile("rb").readline().split()[1])


@pytest.fixture(params=["/healthz", "/socket.io/?EIO=4&transport=polling"])
def path(request):
    """A page, and the entrance for sockets."""
    return request.param


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", f"{MACHINE}.local"]
)
def test_names_of_this_machine_are_answered(server, path, host):
    """With the port that people type."""
    assert get(server, path, f"{host}:{server.port}") == 200


def test_the_lan_address_is_answered(server, path):
    """What the banner shows is what guests type."""
    address, *_ = re.findall(r"http://(\S+)", server.output())
    assert get(server, path, address) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "", "127.0.0.1.evil.example", "8.8.8.8", "a@localhost", "x:y:z", "[::1"),
        *("neighbour.local", f"{MACHINE}.local.local", f"x.{MACHINE}.local", ".local", "local"),
    ],
)
def test_other_names_are_refused(server, path, host):
    """A name of the internet, or of a neighbour, that leads here is foreign (DNS rebinding)."""
    assert get(server, path, host) == 403


def test_our_own_page_may_connect(server, path):
    """Its origin is the host it was opened by."""
    host = f"localhost:{server.port}"
    assert get(server, path, host, Origin=f"http://{host}") == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "file://", "x"],
)
def test_pages_of_other_origins_may_not(server, path, origin):
    """Another port of the same machine is another origin, too."""
    assert get(server, path, Origin=origin) == 403


def test_a_further_host_can_be_allowed(server_with, path):
    """--allow-host names what a proxy or a router calls this machine; it may end TLS."""
    server = server_with("--allow-host", "chat.example")
    assert get(server, path, "chat.example") == 200
    assert get(server, path, "chat.example", Origin="https://chat.example") == 200
    assert get(server, path, "other.example") == 403


def test_forwarded_headers_count_only_where_a_proxy_is_trusted(server_with, path):
    """Otherwise anybody could claim to come by an allowed name."""
    trusting = server_with("--trust-proxy", "--allow-host", "chat.example")
    plain = server_with("--allow-host", "chat.example")
    forwarded = {
        "X-Forwarded-Host": "chat.example",
        "X-Forwarded-Proto": "https",
        "Origin": "https://chat.example",
    }
    assert get(trusting, path, "127.0.0.1", **forwarded) == 200
    assert get(plain, path, "evil.example", **forwarded) == 403


@pytest.mark.parametrize(
    ("told", "status"),
    [
        *[("/room12", 200), ("/room12/", 200), ("/a/b.c_d~e-f", 200), ("/x, /room12", 200)],
        *[("", 200), ("/", 200), ("room12", 400), ("//evil.example", 400), ("/a//b", 400)],
        *[("/..", 400), ("/a/../b", 400), ("/.", 400), ("https://evil.example", 400)],
        *[("/a?b", 400), ('/"><script>', 400), ("/a b", 400), ("/%2e%2e", 400), ("/a/" * 20, 400)],
        *[("/\u00e9", 400), ("/" + "x" * 65, 400)],
    ],
)
def test_a_prefix_is_a_plain_path(server_with, path, told, status):
    """What stands before all addresses can lead nowhere else, whoever sends it."""
    trusting, plain = server_with("--trust-proxy"), server_with("--grace", "0.5")
    assert get(trusting, path, X_Forwarded_Prefix=told) == status
    assert get(plain, path, X_Forwarded_Prefix=told) == 200


@pytest.mark.own_server  # of one that refused more, the log has a sum
def test_a_refusal_is_logged(server, until):
    """With the address of who asked, in IPv4 where it is IPv4, and the reason."""
    get(server, host="evil.example")
    until(lambda: '"ip": "127.0.0.1", "agent": "", "reason": "host"' in server.log())


def test_a_websocket_of_another_origin_is_refused(ana):
    """The visitor's cookie does not help a foreign page."""
    with pytest.raises(socketio.exceptions.ConnectionError):
        ana.socket.connect(
            ana.server.url, headers={"Origin": "http://evil.example"}, transports=["websocket"]
        )


HOSTS = {"localhost": True, "[::1]": True, f"{MACHINE}.local": True, "evil.local": False}
FORWARDED = [{}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-For": "10.0.0.7"}]
FORWARDED += [{"X-Forwarded-Host": host} for host in HOSTS]


@pytest.mark.parametrize("trusting", [False, True], ids=["no proxy", "trusted proxy"])
@pytest.mark.parametrize("forwarded", FORWARDED, ids=str)
def test_every_host_with_every_origin(server_with, path, forwarded, trusting):
    """Who is refused does not hang on what stands beside it, nor on headers of no trusted proxy."""
    # They open any number of sessions that say nothing.
    server = server_with("--max-per-ip", "0", *(["--trust-proxy"] if trusting else []))
    for host in HOSTS:
        named = forwarded.get("X-Forwarded-Host", host) if trusting else host
        origins = {
            None: True,
            f"http://{named}": True,
            "null": False,
            "http://other.example": False,
        }
        for origin, is_ours in origins.items():
            headers = forwarded if origin is None else {**forwarded, "Origin": origin}
            expected = 200 if HOSTS[named] and is_ours else 403
            assert get(server, path, host, **headers) == expected, (host, origin)
