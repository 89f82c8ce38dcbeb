"""The shell completes what is typed: the scripts, and what they are answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.cli import SHELLS, ExitCode, run
from lanchat.i18n import LANGUAGES
from tests.world.needs import need

Ask = Callable[..., str]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="they are shells of Unix")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Where `lanchat` is a command on PATH, whichever one is installed."""
    command = tmp_path / "lanchat"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lanchat "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Ask as a shell's script does; returns what it is told."""

    def answers(*words: str, shell: str = "bash", last: str | None = None) -> str:
        monkeypatch.setenv("COMP_WORDS", " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1) if last is None else last)
        monkeypatch.setenv("_LANCHAT_COMPLETE", f"{shell}_complete")
        with pytest.raises(SystemExit) as ended:
            run([])
        assert ended.value.code == 0
        return capsys.readouterr().out

    return answers


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A script asks lanchat in the words of its shell."""
    assert run(["completion", shell]) == ExitCode.OK
    script = capsys.readouterr().out
    assert f"_LANCHAT_COMPLETE={shell}_complete" in script
    assert "lanchat" in script


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal names the shells that there are."""
    assert run(["completion", "tcsh"]) == ExitCode.USAGE
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


def test_commands_options_and_values(ask: Ask) -> None:
    """What begins so is offered, also of the groups, and the languages in any case."""
    assert ask("lanchat", "se") == "plain,serve\n"
    assert ask("lanchat", "log", "ta") == "plain,tail\n"
    assert ask("lanchat", "serve", "--access-code-") == "plain,--access-code-file\n"
    languages = [f"plain,{lang.lower()}" for lang in LANGUAGES]
    assert ask("lanchat", "serve", "--lang", "").split() == languages
    assert ask("lanchat", "export", "--format", "j") == "plain,jsonl\n"


@pytest.mark.parametrize(
    ("option", "kind"), [("--data-dir", "dir"), ("--log-file", "file"), ("--config", "file")]
)
def test_paths_are_left_to_the_shell(ask: Ask, option: str, kind: str) -> None:
    """The shell knows its folders and files best."""
    assert ask("lanchat", "serve", option, "r").startswith(f"{kind},")


def test_a_broken_file_of_settings_is_no_obstacle(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever completes is still typing, so no settings are read."""
    file = tmp_path / "broken.toml"
    file.write_text("port = ")
    monkeypatch.setenv("LANCHAT_CONFIG", str(file))
    assert ask("lanchat", "serve", "--por") == "plain,--port\n"


@pytest.mark.parametrize(
    ("shell", "word", "answer"),
    [("zsh", "1", "plain\nserve\nStart the chat"), ("fish", "se", "plain,serve\tStart the chat")],
)
def test_shells_that_show_help_get_it(ask: Ask, shell: str, word: str, answer: str) -> None:
    """Beside each word stands what it is for; zsh tells the word's number, fish the word."""
    assert ask("lanchat", "se", shell=shell, last=word).startswith(answer)


def test_bash_completes(environment: dict[str, str]) -> None:
    """The script works in a real bash as docs/options.md has it."""
    program = (
        'eval "$(lanchat completion bash)"; COMP_WORDS=(lanchat se); COMP_CWORD=1; '
        '_lanchat_completion lanchat; echo "${COMPREPLY[@]}"; complete -p lanchat'
    )
    done = subprocess.run(
        [need("bash"), "--norc", "-c", program], env=environment, capture_output=True, check=True
    )
    shown = done.stdout.decode().splitlines()
    assert shown[0] == "serve"
    assert "_lanchat_completion lanchat" in shown[1]
