"""`lanchat discover` in a network of its own, with real servers in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from rich.console import Console

from lanchat.cli.discover import _table
from lanchat.net.discovery import FoundRoom
from tests.world.namespace import Namespace
from tests.world.neighbour import Neighbour


@pytest.fixture
def discover(namespace: Namespace) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command on a network of the test's own."""
    # What was multicast within a second is not answered before that has passed (RFC 6762, 6): a
    # shorter look, one after the other, can miss a room each time.
    command = [*namespace.launcher, sys.executable, "-m", "lanchat", "discover", "--timeout", "2"]

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *options], capture_output=True, text=True, check=False)

    return run


def listed(discover: Callable[..., subprocess.CompletedProcess[str]]) -> list[dict[str, Any]]:
    """The rooms that are found at the moment."""
    return [json.loads(line) for line in discover("--json").stdout.splitlines()]


def test_lists_the_rooms_until_they_close(
    namespace: Namespace,
    server_factory: Callable[..., Any],
    discover: Callable[..., subprocess.CompletedProcess[str]],
    until: Callable[..., Any],
) -> None:
    """Two rooms of one computer have the same name, and each is listed as long as it is open."""
    settings: dict[str, Any] = {"launcher": namespace.launcher, "mdns": True}
    first = server_factory("--name", "Sala 7B", **settings)
    second = server_factory("--name", "Sala 7B", "--access-code", "1234", **settings)
    rooms = until(lambda: len(found := listed(discover)) == 2 and found)
    assert {room["name"] for room in rooms} == {"Sala 7B"}
    assert {room["url"]: room["needs_code"] for room in rooms} == {
        f"http://192.0.2.10:{first.port}": False,
        f"http://192.0.2.10:{second.port}": True,
    }
    assert first.stop() == 0
    until(lambda: re.findall(r"http://192.0.2.10:(\d+)", discover().stdout) == [str(second.port)])
    # A server that is killed leaves nobody behind who would go on announcing it.
    second.kill()
    until(lambda: discover().returncode == 1)


def test_questions_can_be_answered_to_everybody(
    namespace: Namespace, discover: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """A unicast answer would reach one of the programs that share the port of multicast DNS."""
    with closing(Neighbour(namespace, "192.0.2.10")) as neighbour:
        discover()
        questions = [question for heard in neighbour.heard() for question in heard.questions]
    assert questions
    assert not any(question.unicast for question in questions)


def test_nothing_found_is_one_clear_line(
    discover: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """A script sees by the exit code that there is no room."""
    done = discover("--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("lanchat: no room was found within 2 s")
    assert done.stderr.count("\n") == 1


def test_the_terminal_tells_of_name_and_network(
    namespace: Namespace, server_factory: Callable[..., Any], until: Callable[..., Any]
) -> None:
    """The terminal shows the .local name once it is sure, and the address of a new network."""
    server = server_factory(launcher=namespace.launcher, mdns=True)
    until(lambda: f"Also: http://lanchat.local:{server.port}" in server.output())
    namespace.remove("192.0.2.10")
    namespace.add("198.51.100.4")
    until(lambda: f"New address: http://198.51.100.4:{server.port}" in server.output())


def test_a_name_cannot_paint_the_terminal() -> None:
    """Whoever is on the network can announce any name."""
    room = FoundRoom("\x1b[31mred [bold]", "http://192.0.2.7:1", "", None, None, "1")
    console = Console(width=100)
    with console.capture() as capture:
        console.print(_table([room]))
    assert r"\x1b[31mred [bold]" in capture.get()


def test_needs_nothing_that_serves() -> None:
    """Looking around is quick, also on a slow laptop."""
    program = "import sys, lanchat.cli.discover; print({'gevent', 'flask'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"
