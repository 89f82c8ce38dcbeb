"""Two servers of one chat behind HAProxy, with the committed configuration."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.deploy.conftest import SITE_NAME, free_port, listens
from tests.deploy.test_nginx import From, page_config
from tests.world.needs import need

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="HAProxy is for Unix")


@pytest.fixture
def server(
    several: list[Any], deploy: Path, tmp_path: Path, until: Callable[..., Any]
) -> Iterator[SimpleNamespace]:
    """What people reach: HAProxy, which looks after its servers ten times as often here."""
    program = need("haproxy")
    port = free_port()
    file = tmp_path / "haproxy.cfg"
    file.write_text(_moved((deploy / "haproxy.cfg").read_text("utf-8"), port, several))
    with (tmp_path / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-db", "-f", str(file)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    until(lambda: process.poll() is not None or listens(port), "HAProxy")
    yield SimpleNamespace(url=f"http://127.0.0.1:{port}", process=process)
    process.kill()
    process.wait()


def _moved(configuration: str, port: int, servers: list[Any]) -> str:
    one, two = servers
    for theirs, ours in {
        "    user haproxy\n    group haproxy\n": "",
        "    bind :80\n": f"    bind 127.0.0.1:{port}\n",
        "192.0.2.11:8765\n": f"127.0.0.1:{one.port}\n",
        "192.0.2.12:8765\n": f"127.0.0.1:{two.port}\n",
        "check inter 2s fastinter 1s": "check inter 200ms fastinter 100ms",
    }.items():
        assert configuration.count(theirs) == 1
        configuration = configuration.replace(theirs, ours)
    return configuration


def test_people_talk_through_haproxy(person_factory, several, server, until):
    """Each request may reach another server; the log has the visitors' own addresses.

    What they claim in headers is thrown away.
    """
    ana, bia = person_factory(), person_factory("Bia")
    if sys.platform == "linux":  # which alone has all of 127.0.0.0/8
        ana.http.mount("http://", From("127.0.0.9"))
    ana.http.headers["X-Forwarded-For"] = "10.9.9.9"
    ana.http.headers["X-Forwarded-Prefix"] = "/elsewhere"
    assert ana.get("/", headers={"Host": SITE_NAME}).status_code == 200
    ana.log_in("Ana")
    assert page_config(ana.get("/chat").text)["serverUrl"] == server.url
    for each in (ana, bia):
        assert all(each.get("/chat").status_code == 200 for _ in several)
        each.join()
    ana.say("through HAProxy")
    bia.hears("add_chat_message", message="through HAProxy")
    assert ana.get("/", headers={"Host": "other.example.org"}).status_code == 403
    expected = {"127.0.0.9", "127.0.0.1"} if sys.platform == "linux" else {"127.0.0.1"}

    def seen() -> set[str]:
        return {each["ip"] for one in several for each in one.records() if "ip" in each}

    until(lambda: seen() == expected, "the addresses")
    until(lambda: all('"join"' in one.log() for one in several))


@pytest.mark.slow
def test_people_of_a_server_that_dies_go_on_at_the_other(person_factory, several, until):
    """It does not even close its connections; and whoever asks gets an answer."""
    ana = person_factory("Ana")
    ana.join()
    (dies,) = until(lambda: [each for each in several if '"join"' in each.log()])
    (stays,) = [each for each in several if each is not dies]
    dies.process.send_signal(signal.SIGSTOP)
    until(lambda: not ana.socket.connected, "the end of the connection")
    assert ana.get("/chat").status_code == 200
    assert ana.join()["ok"]
    assert [each["name"] for each in stays.ask({"do": "list"})["people"]] == ["Ana"]
    dies.process.send_signal(signal.SIGCONT)
