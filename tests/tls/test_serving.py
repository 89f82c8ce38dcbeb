"""`lanchat serve --tls` as a process, seen from outside."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.world.command_line import CommandLine
from tests.world.deadline import DEADLINE
from tests.world.namespace import Namespace
from tests.world.needs import need
from tests.world.person import Person
from tests.world.server import ServerProcess

Factory = Callable[..., ServerProcess]
TLS_PORTION = b"\x16\x03\x01"

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--tls")


@pytest.fixture
def trusting(server: ServerProcess) -> Iterator[requests.Session]:
    """Somebody who trusts the authority."""
    with requests.Session() as session:
        session.verify, session.trust_env = server.verify, False
        yield session


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_who_trusts_the_authority_is_not_warned(
    server: ServerProcess, trusting: requests.Session, host: str
) -> None:
    """By address and by name."""
    if host == "localhost":
        need(host)
    answer = trusting.get(f"https://{host}:{server.port}/healthz")
    assert answer.json()["status"] == "ok"
    assert "Strict-Transport-Security" not in answer.headers


def test_plain_requests_are_told_the_way(server: ServerProcess) -> None:
    """Whoever types the address without https gets there; no browser remembers it for ever."""
    plain = f"http://127.0.0.1:{server.port}/chat?x=1"
    answer = requests.get(plain, allow_redirects=False, timeout=DEADLINE)
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{server.url}/chat?x=1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert server.url in answer.text


def test_plain_requests_for_a_foreign_name_are_led_nowhere(server: ServerProcess) -> None:
    """It is no name of ours, so it is not repeated in an address."""
    plain = f"http://127.0.0.1:{server.port}/"
    headers = {"Host": "evil.example"}
    answer = requests.get(plain, headers=headers, allow_redirects=False, timeout=DEADLINE)
    assert answer.status_code == 403
    assert "Location" not in answer.headers


def test_cookie_and_page_are_encrypted(person_factory: Callable[..., Person]) -> None:
    """The cookie never travels in the clear, and the page connects to where it came from."""
    ana = person_factory()
    assert "Secure" in ana.log_in("Ana").headers["Set-Cookie"]
    page = ana.get("/chat").text
    found = re.search(r'id="lanchat-config">(.*?)</script>', page, re.DOTALL)
    assert found
    config = json.loads(found[1])
    assert config["serverUrl"] == ana.server.url
    assert config["lanUrl"].startswith("https://")


def test_a_redirect_has_no_characters_that_a_header_may_not_have(server: ServerProcess) -> None:
    """What stands raw in the query is written as addresses write it."""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as connection:
        host = f"127.0.0.1:{server.port}"
        head = f"GET /chat?x=\x00\xe9&y=%0d%0a HTTP/1.1\r\nHost: {host}\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        answer = connection.makefile("rb").read().decode("latin-1")
    assert f"\r\nLocation: https://{host}/chat?x=%00%E9&y=%0d%0a\r\n" in answer


def test_people_talk(person_factory: Callable[..., Person], raw_client: Callable[..., Any]) -> None:
    """By polling and by a secure WebSocket."""
    ana, bia = person_factory("Ana"), raw_client(person_factory("Bia"))
    bia.join()
    ana.join()
    assert ana.say("Oi!")["ok"]
    assert bia.messages(until="Oi!")
    assert bia.say("Oi, Ana!")["ok"]
    ana.hears("add_chat_message", message="Oi, Ana!")


def test_the_authority_can_be_fetched_and_compared(
    server: ServerProcess, trusting: requests.Session
) -> None:
    """In the type that phones offer to install; the terminal shows its fingerprint."""
    answer = trusting.get(f"{server.url}/lanchat-ca.crt")
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    digest = hashlib.sha256(answer.content).digest()
    assert all(half.hex(":").upper() in server.output() for half in (digest[:16], digest[16:]))
    assert "/lanchat-ca.crt" in server.output()


def test_programs_and_terminals_take_the_authority_as_it_is_handed_out(
    server: ServerProcess, tmp_path: Path, person_factory: Callable[..., Person]
) -> None:
    """By `--ca`, in the form that rooms have for browsers; without it they say what to do."""
    given = tmp_path / "lanchat-ca.crt"
    answer = requests.get(f"{server.url}/lanchat-ca.crt", verify=server.verify, timeout=DEADLINE)
    given.write_bytes(answer.content)
    typed = CommandLine(tmp_path)
    token = server.ask({"do": "token_new", "name": "build"})["token"]
    for words in (
        ("join", server.url, "--name", "Bia"),
        ("say", "--url", server.url, "--token", token),
    ):
        ended = typed(*words, given="hello\n")
        assert (ended.returncode, "/lanchat-ca.crt) with --ca" in ended.stderr) == (1, True)
        assert typed(*words, "--ca", given, given="hello\n").returncode == 0
    said = [(one["user"], one["message"]) for one in person_factory("Ana").join()["messages"]]
    assert said == [("Bia", "hello"), ("build", "hello")]


def test_who_begins_and_says_no_more_holds_up_nobody(
    server: ServerProcess, trusting: requests.Session
) -> None:
    """Neither before the first byte nor within a handshake; they are dropped after a while."""
    silent = [socket.create_connection(("127.0.0.1", server.port), DEADLINE) for _ in range(20)]
    for number, connection in enumerate(silent):
        connection.sendall(TLS_PORTION[: number % 3])
    assert trusting.get(f"{server.url}/healthz").status_code == 200
    for connection in silent:
        assert connection.recv(1) == b""
        connection.close()
    assert "Traceback" not in server.output()


def test_who_does_not_trust_it_is_no_error_here(server: ServerProcess) -> None:
    """Most browsers hang up at first, to warn."""
    with requests.Session() as stranger:
        stranger.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            stranger.get(f"{server.url}/")
    assert "Traceback" not in server.output()


def test_the_certificate_follows_the_network(
    namespace: Namespace, server_factory: Factory, until: Callable[..., Any]
) -> None:
    """Another Wi-Fi, another address, and the installed authority still does."""
    server = server_factory("--tls", launcher=namespace.launcher)
    namespace.remove("192.0.2.10")
    namespace.add("198.51.100.4")
    url = f"https://198.51.100.4:{server.port}/healthz"
    program = (
        "import ssl, sys, urllib.request as u; c = ssl.create_default_context(cafile=sys.argv[1]);"
        "o = u.build_opener(u.ProxyHandler({}), u.HTTPSHandler(context=c));"
        "print(o.open(sys.argv[2]).read())"
    )
    command = [*namespace.launcher, sys.executable, "-c", program, str(server.verify), url]

    def is_believed() -> bool:
        return b"ok" in subprocess.run(command, capture_output=True, check=False).stdout

    until(is_believed, "a certificate for the new address")
    until(lambda: f"New address: https://198.51.100.4:{server.port}" in server.output())


def test_discover_finds_it_by_https(
    namespace: Namespace, server_factory: Factory, until: Callable[..., Any]
) -> None:
    """The announcement says that it is encrypted."""
    server = server_factory("--tls", launcher=namespace.launcher, mdns=True)
    command = [*namespace.launcher, sys.executable, "-m", "lanchat", "discover", "--timeout", "2"]

    def shown() -> str:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    until(lambda: f"https://192.0.2.10:{server.port}" in shown())


def test_without_the_package_it_says_how_to_get_it(tmp_path: Any) -> None:
    """One line, and the exit code of a server that cannot start."""
    program = (
        "import sys; sys.modules['cryptography'] = None; from lanchat.cli import main;"
        f"main(['serve', '--tls', '--port', '0', '--no-mdns', '--data-dir', r'{tmp_path}'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "--tls needs the package cryptography" in done.stderr
    assert done.stderr.count("\n") == 1
