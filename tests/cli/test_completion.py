"""The shell completes what is typed: the scripts, and what they are answered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.cli import ExitCode, run
from lanchat.cli.completion import SHELLS

Ask = Callable[..., list[str]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="they are shells of Unix")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where `lanchat` is a command on PATH, whichever one is installed."""
    command = tmp_path / "lanchat"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lanchat "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def ask(environment: dict[str, str]) -> Ask:
    """Ask as bash's script does; each answer is a type and a word."""

    def answers(*words: str) -> list[str]:
        asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
        done = subprocess.run(
            ["lanchat"],
            env={**environment, **asked, "_LANCHAT_COMPLETE": "bash_complete"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    return answers


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It says how to ask lanchat in the words of that shell."""
    assert run(["completion", shell]) == ExitCode.OK
    script = capsys.readouterr().out
    assert f"_LANCHAT_COMPLETE={shell}_complete" in script
    assert "lanchat" in script


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names of those that there are."""
    assert run(["completion", "tcsh"]) == ExitCode.USAGE
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


def test_commands_options_and_values(ask: Ask) -> None:
    """What begins so, also of the groups, and the languages in any case."""
    assert ask("lanchat", "se") == ["plain,serve"]
    assert ask("lanchat", "log", "ta") == ["plain,tail"]
    assert ask("lanchat", "serve", "--access-code-") == ["plain,--access-code-file"]
    assert ask("lanchat", "serve", "--lang", "") == ["plain,en", "plain,pt-br"]
    assert ask("lanchat", "export", "--format", "j") == ["plain,jsonl"]


def test_paths_are_left_to_the_shell(ask: Ask) -> None:
    """It knows its folders and files best."""
    assert [each.partition(",")[0] for each in ask("lanchat", "serve", "--data-dir", "r")] == [
        "dir"
    ]
    assert [each.partition(",")[0] for each in ask("lanchat", "serve", "--log-file", "r")] == [
        "file"
    ]
    assert [each.partition(",")[0] for each in ask("lanchat", "serve", "--config", "r")] == ["file"]


def test_a_broken_file_of_settings_is_no_obstacle(
    ask: Ask, environment: dict[str, str], tmp_path: Path
) -> None:
    """Whoever completes is still typing; nothing is read."""
    file = tmp_path / "broken.toml"
    file.write_text("port = ")
    environment["LANCHAT_CONFIG"] = str(file)
    assert ask("lanchat", "serve", "--por") == ["plain,--port"]


@pytest.mark.parametrize(
    ("shell", "word", "answer"),
    [("zsh", "1", "plain\nserve\nStart the chat"), ("fish", "se", "plain,serve\tStart the chat")],
)
def test_shells_that_show_help_get_it(
    environment: dict[str, str], shell: str, word: str, answer: str
) -> None:
    """Beside each word stands what it is for; zsh tells the word's number, fish the word."""
    asked = {"COMP_WORDS": "lanchat se", "COMP_CWORD": word}
    variables = {**environment, **asked, "_LANCHAT_COMPLETE": f"{shell}_complete"}
    done = subprocess.run(["lanchat"], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(answer)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes(environment: dict[str, str]) -> None:
    """The script in a real bash, as the README has it."""
    program = (
        'eval "$(lanchat completion bash)"; COMP_WORDS=(lanchat se); COMP_CWORD=1; '
        '_lanchat_completion lanchat; echo "${COMPREPLY[@]}"; complete -p lanchat'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", program], env=environment, capture_output=True, check=True
    )
    shown = done.stdout.decode().splitlines()
    assert shown[0] == "serve"
    assert "_lanchat_completion lanchat" in shown[1]
