"""`lanchat join` in a pipe: lines in, lines out."""

import pytest

from tests.world.command_line import CommandLine


@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
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


@pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--access-code", "sesame 12")
def test_who_is_not_let_in_is_told_why(server, tmp_path):
    """In the room's own words."""
    ended = CommandLine(tmp_path)(
        "join", server.url, "--name", "Bia", "--code", "wrong", given="a\n"
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "code" in ended.stderr
