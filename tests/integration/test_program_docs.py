"""What docs/programs.md says is done as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.world.deadline import DEADLINE, wait_for
from tests.world.needs import need

PAGE = (Path(__file__).parents[2] / "docs" / "programs.md").read_text("utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def environment(server):
    """A shell's, where `lanchat` is this one and its server the test's."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    return {
        **os.environ,
        "PATH": path,
        "LANCHAT_DATA_DIR": str(server.data_dir),
        "LANCHAT_LOG_FILE": str(server.log_file),
        "URL": server.url,
        "no_proxy": "127.0.0.1",
    }


@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
def test_every_example_for_a_shell_works(server, ana, environment, tmp_path):
    """One after the other, in one shell that ends with the first that fails."""
    need("curl")
    script = "\n".join(SHELL).replace("http://localhost:8765", server.url)
    # A reader has a second; here it shows as much in less.
    script = script.replace("wait=1", "wait=0.1").replace("--max-time 2 ", "--max-time 0.7 ")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = [message["message"] for message in ana.join()["messages"]]
    assert said[:2] == ["Lunch is ready", "The log"]
    assert said[2:6] == [
        "```\ncc -o main main.c\n```",
        "Good morning from elsewhere",
        "All is well",
        "Build 7 is done",
    ]
    assert said.count("Build 9 is done") == 1
    assert said.count("The log") == 2


@pytest.mark.server_options("--grace", "0.5", "--rate", "0")
def test_the_program_answers(server, ana, environment):
    """As its reader expects."""
    ana.join()
    token = server.ask({"do": "token_new", "name": "pinger"})["token"]
    program = subprocess.Popen(
        [sys.executable, "-c", PYTHON[0]], env={**environment, "TOKEN": token}
    )
    try:

        def answers() -> bool:
            ana.say("!ping")
            return any(data == "pong" for data in said(ana))

        wait_for(answers, "the answer")
    finally:
        program.kill()
        program.wait()


def said(person):
    """What somebody was told."""
    return [data["message"] for event, data in person.heard if event == "add_chat_message"]
