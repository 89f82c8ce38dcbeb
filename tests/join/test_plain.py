"""`lanchat join` in a pipe: lines in, lines out."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.world.command_line import CommandLine
from tests.world.deadline import DEADLINE

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "5")


def test_lines_are_said_and_read(server, ana, tmp_path):
    """Whatever they begin with, each once; it ends when all are stored."""
    ana.join()
    ana.say("two\nlines \x1b[31m")
    typed = CommandLine(tmp_path)
    ended = typed("join", server.url, "--name", "Bia", given="hello\n\n/who\n")
    assert ended.returncode == 0, ended.stderr
    lines = [line.partition(" ")[2].partition(" ")[2] for line in ended.stdout.splitlines()]
    assert lines[0] == "Ana: two\\n  lines \\x1b[31m"
    said = [one["message"] for one in ana.join()["messages"]]
    assert said[1:] == ["hello", "/who"]


def test_who_is_not_let_in_is_told_why(server, ana, tmp_path):
    """In the room's own words."""
    ana.join()
    ended = CommandLine(tmp_path)("join", server.url, "--name", "ANA", given="a\n")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "“ANA 2” is free" in ended.stderr


@pytest.fixture
def pipe(server):
    """Run it as a program among others; returns its exit code and what it printed."""
    typed = [sys.executable, "-m", "lanchat", "join", server.url]

    def run(*, given=b"", closed=False, **variables):
        ended = subprocess.run(
            ["sh", "-c", '"$@" <&-' if closed else 'exec "$@"', "sh", *typed, "--name", "Bia"],
            input=given,
            env={**os.environ, **variables},
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        return ended.returncode, ended.stdout, ended.stderr

    return run


def test_what_comes_fast_is_said_in_its_order(server, ana, tmp_path):
    """As fast as the room takes it, whatever its bytes are; what is too long is not said."""
    lines = [f"{number}" for number in range(19)]
    given = "\n".join(lines).encode() + b"\n\xff\n" + b"x" * 300_000 + b"\nend"
    ended = CommandLine(tmp_path)("join", server.url, "--name", "Bia", given=given)
    assert (ended.returncode, "at most 4,000 characters" in ended.stderr) == (1, True)
    assert [one["message"] for one in ana.join()["messages"]] == [*lines, "\ufffd", "end"]


def test_where_nothing_can_be_read_or_shown(pipe, ana):
    """Without standard input, and where letters are missing, it shows what was said, and ends."""
    ana.join()
    ana.say("olá 🦊")
    code, shown, printed = pipe(closed=True, PYTHONIOENCODING="ascii")
    assert (code, b"ol\\xe1 \\U0001f98a" in shown) == (0, True), (shown, printed)
    assert b"Traceback" not in printed


@pytest.mark.long
def test_who_has_read_enough_ends_it(server, ana):
    """Without a traceback, although no more was to be said."""
    ana.join()
    ana.say("one")
    arguments = [sys.executable, "-m", "lanchat", "join", server.url, "--name", "Bia", "--follow"]
    program: Any = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert b"one" in program.stdout.readline()
    program.stdout.close()
    ana.say("two")
    assert program.wait(DEADLINE) == 0
    assert b"Traceback" not in program.stderr.read()
    program.stdin.close()
    program.stderr.close()
