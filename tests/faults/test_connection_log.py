"""What strangers send, in the connection log: one line an event, printable ASCII, bounded."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.world.deadline import DEADLINE

NAMES = ["Ana\nBia", "Ana\x1b[31m", "Ana\u202emoc", "Ana\r\n{}", "\u2028\u2029", "n" * 10_000]
LONGEST_LINE = 4_000
"""Bytes: 500 characters of a browser's name, escaped, and what else there is."""


# Once it has stopped, all of its log is there.
pytestmark = pytest.mark.own_server


@pytest.fixture
def lines(server):
    """Read the log once the server has stopped: then all of it is there."""

    def read():
        server.stop()
        return server.log_file.read_bytes().split(b"\n")[:-1]

    return read


def test_names_that_would_paint_a_terminal(person_factory, lines):
    """Each refused login is one line, in which the name can be told and does no harm."""
    stranger = person_factory()
    for name in NAMES:
        assert stranger.log_in(name).status_code == 400
    logged = lines()
    refused = [json.loads(line) for line in logged if b"login_refused" in line]
    assert [record["user"] for record in refused] == [name[:100] for name in NAMES]
    assert len(logged) == len(NAMES) + 2  # start and stop
    assert all(32 <= byte < 127 for byte in b"".join(logged))


def test_agents_of_ten_thousand_characters(server, person_factory, lines):
    """Who comes, goes, is refused or knocks at the wrong door: each line is cut to a bound."""
    agent = "Mozilla \x85\xa0\xff" * 1_000
    ana = person_factory()
    ana.http.headers["User-Agent"] = agent.encode("latin-1")
    assert ana.log_in("Ana").status_code == 303
    ana.join()
    person_factory().get("/", headers={"Host": "e" * 5_000, "User-Agent": "x" * 5_000})
    other = person_factory()
    other.http.headers["User-Agent"] = agent.encode("latin-1")
    assert other.log_in("Ana").status_code == 409
    logged = lines()
    events = [json.loads(line)["event"] for line in logged]
    assert sorted(events) == ["join", "leave", "login_refused", "refused", "start", "stop"]
    assert max(map(len, logged)) < LONGEST_LINE
    assert all(32 <= byte < 127 for byte in b"".join(logged))


def test_the_log_on_a_terminal(server, person_factory):
    """`lanchat log tail` shows such names without what a terminal would obey."""
    stranger = person_factory()
    for name in NAMES:
        stranger.log_in(name)
    server.stop()
    command = [sys.executable, "-m", "lanchat", "log", "tail", str(server.log_file)]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert shown.count("\n") == len(NAMES) + 2
    assert all(char.isprintable() for char in shown.replace("\n", ""))


def test_who_knocks_without_end(server, person_factory, lines):
    """An address that is refused a hundred times has ten lines, and one that counts the others."""
    person_factory("Ana").join()
    stranger = person_factory()
    for _ in range(100):
        assert stranger.get("/", headers={"Host": "elsewhere.example"}).status_code == 403
    *refused, last = [json.loads(line) for line in lines() if b'"refused"' in line]
    assert [record["reason"] for record in refused] == ["host"] * 10
    assert (last["ip"], last["reason"], last["count"]) == ("127.0.0.1", "host", 90)
    command = [sys.executable, "-m", "lanchat", "log", "tail", "--event", "refused", "-n", "1"]
    shown = subprocess.run([*command, server.log_file], capture_output=True, text=True, check=True)
    assert "90 times in " in shown.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
def test_a_pipe_as_log_file(server_factory, person_factory, tmp_path):
    """A log file that nobody reads holds up neither a start nor the chat nor an end."""
    (tmp_path / "piped").mkdir()
    os.mkfifo(tmp_path / "piped" / "connections.log")
    server = server_factory(folder="piped")
    ana = person_factory("Ana", server)
    ana.join()
    assert ana.say("hello")["ok"]
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(DEADLINE) == 0
    assert server.output().count("cannot be written") == 1
