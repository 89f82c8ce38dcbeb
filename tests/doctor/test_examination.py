"""The real checks, against real servers on this computer."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable
from typing import Any

import pytest

from lanchat.doctor import surroundings
from lanchat.doctor.examination import examine_here, examine_room
from lanchat.doctor.facts import Verdict
from tests.world.needs import need
from tests.world.person import Person
from tests.world.server import ServerProcess


@pytest.fixture(autouse=True)
def _nobody_listens_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server here announces itself, so nobody has to wait for it."""
    monkeypatch.setattr(surroundings, "DISCOVERY_SECONDS", 0.0)


def test_a_running_server_is_found_by_its_log(server: ServerProcess, ana: Person) -> None:
    """The log tells the right port, and that nobody from elsewhere has come so far."""
    ana.join()
    findings = {one.check: one for one in examine_here(server.log_file)}
    assert findings["port"].verdict is Verdict.OK
    assert f"port {server.port}" in findings["port"].text
    assert findings["guests"].verdict is Verdict.WARNING
    assert findings.keys() >= {"address", "firewall", "mdns", "vpn", "isolation", "browsers"}
    assert findings["clock"].verdict is not Verdict.PROBLEM


@pytest.fixture
def logged(
    server_factory: Callable[..., ServerProcess], until: Callable[..., Any]
) -> Callable[..., ServerProcess]:
    """Start servers that are in their log already, which is written a moment later."""

    def start(*options: str) -> ServerProcess:
        server = server_factory(*options)
        until(lambda: server.log_file.exists() and server.log_file.read_text())
        return server

    return start


def test_a_server_for_this_computer_alone(logged: Callable[..., ServerProcess]) -> None:
    """A server that nobody else can come in to is a problem."""
    need("localhost")
    server = logged("--host", "127.0.0.1")
    findings = {one.check: one for one in examine_here(server.log_file)}
    assert findings["port"].verdict is Verdict.PROBLEM
    assert "--host" in findings["port"].next_step


def test_another_program_on_the_port(tmp_path: Any) -> None:
    """The other program is named, and no lanchat is looked for on the network."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.serve_forever, args=[0.01])
        thread.start()
        findings = {one.check: one for one in examine_here(tmp_path / "none", other.server_port)}
        other.shutdown()
        thread.join()
    assert findings["port"].verdict is Verdict.PROBLEM
    assert "taken by" in findings["port"].text
    assert "mdns" not in findings


def test_an_encrypted_room(logged: Callable[..., ServerProcess]) -> None:
    """An encrypted room is examined by https, without installing its authority."""
    server = logged("--tls")
    findings = {one.check: one for one in examine_here(server.log_file)}
    assert findings["port"].verdict is Verdict.OK
    assert findings["address"].text.startswith("https://")
    assert {one.check: one for one in examine_room(server.url)}["room"].verdict is Verdict.OK


def test_the_way_to_a_room(server: ServerProcess) -> None:
    """Somebody on another computer asks by the address of the room."""
    verdicts = {one.check: one.verdict for one in examine_room(server.url)}
    assert verdicts["room"] is Verdict.OK
    assert "vpn" in verdicts
