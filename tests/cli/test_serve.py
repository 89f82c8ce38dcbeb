from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from lanchat.cli import ExitCode, run
from lanchat.cli.serve import config_from, config_from_environment, open_in_browser, serve
from lanchat.config import ServeConfig
from lanchat.errors import SettingRefused
from tests.world.terminal import Terminal


def config_of(*arguments: str) -> ServeConfig:
    """What the command makes of its arguments, without serving."""
    with serve.make_context("serve", list(arguments)) as context:
        return config_from(context)


def test_without_options_the_defaults_hold() -> None:
    """The command's own defaults are those of ServeConfig."""
    assert config_of() == ServeConfig()


def test_options_become_settings(tmp_path: Path) -> None:
    """Each option finds its setting."""
    config = config_of(
        *("--host", "127.0.0.1", "-p", "0", "--name", "7B", "--history", "5", "--no-history"),
        *("--data-dir", str(tmp_path), "--log-file", str(tmp_path / "log"), "--lang", "PT-br"),
        *("--interface", "wlan0", "--advertise", "chat.example", "--grace", "2.5"),
        *("--allow-host", "a.example", "--allow-host", "b.example", "--trust-proxy"),
        *("--rate", "9", "--max-per-ip", "3", "--max-clients", "0"),
        *("--access-code", "1234", "--mdns-name", "sala-7b"),
    )
    assert config == ServeConfig(
        host="127.0.0.1",
        port=0,
        name="7B",
        history=5,
        keep_history=False,
        data_dir=tmp_path,
        log_file=tmp_path / "log",
        lang="pt-BR",
        interface="wlan0",
        advertise="chat.example",
        grace=2.5,
        allow_hosts=("a.example", "b.example"),
        trust_proxy=True,
        rate=9,
        max_per_ip=3,
        max_clients=0,
        access_code="1234",
        mdns_name="sala-7b",
    )


def test_no_mdns_is_no_name() -> None:
    """Whoever wants no announcement has none, whatever the name."""
    assert config_of("--no-mdns", "--mdns-name", "sala-7b").mdns_name is None


def test_the_environment_becomes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program's server is set up by variables alone."""
    monkeypatch.setenv("LANCHAT_PORT", "9000")
    monkeypatch.setenv("LANCHAT_NO_HISTORY", "1")
    monkeypatch.setenv("LANCHAT_ALLOW_HOST", "a.example b.example")
    config = config_from_environment()
    assert (config.port, config.keep_history) == (9000, False)
    assert config.allow_hosts == ("a.example", "b.example")


def test_an_argument_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed counts more than what is set."""
    monkeypatch.setenv("LANCHAT_NAME", "from the shell")
    assert config_of("--name", "typed").name == "typed"


def test_folders_are_absolute_and_know_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde in a variable is not expanded by any shell."""
    monkeypatch.setenv("LANCHAT_DATA_DIR", "~/chat")
    config = config_of("--log-file", "connections.log")
    assert config.data_dir == Path.home() / "chat"
    assert config.log_file == Path.cwd() / "connections.log"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "70000"),
        ("--history", "-1"),
        ("--grace", "-1"),
        ("--rate", "-1"),
        ("--max-per-ip", "-1"),
        ("--max-clients", "-1"),
        ("--mdns-name", "sala.local"),
        ("--mdns-name", "-"),
        ("--name", " "),
        ("--name", "two\nlines"),
    ],
)
def test_an_impossible_setting_is_refused(arguments: tuple[str, str]) -> None:
    """The refusal names the setting, before anything is started."""
    with pytest.raises(SettingRefused, match=arguments[0].removeprefix("--")):
        config_of(*arguments)


@pytest.mark.parametrize("arguments", [("--port", "many"), ("--lang", "xx"), ("--nonsense",)])
def test_a_mistyped_option_is_bad_usage(arguments: tuple[str, ...]) -> None:
    """What is no value of its type is refused by click."""
    with pytest.raises(click.UsageError):
        config_of(*arguments)


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "many"], ["--nonsense"]])
def test_bad_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, and the exit code for bad usage."""
    assert run(["serve", *arguments]) == ExitCode.USAGE
    assert capsys.readouterr().err.count("\n") == 1


def test_every_option_is_a_variable() -> None:
    """The help names the variable of each option."""
    shown = "".join(CliRunner().invoke(serve, ["--help"]).output.split())
    for parameter in serve.params:
        long_form = next(word for word in parameter.opts if word.startswith("--"))
        assert f"LANCHAT_{long_form[2:].replace('-', '_').upper()}" in shown


def test_nothing_heavy_is_imported_before_gevent_patches() -> None:
    """Who imports a socket too early keeps the blocking one."""
    heavy = "gevent flask socketio engineio rich ifaddr ssl socket queue"
    program = f"import sys, lanchat.cli.serve; print(*set({heavy.split()}) & set(sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="BROWSER names a shell command here")
def test_opens_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's own browser is started with the address."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    open_in_browser("http://localhost:8765").join(30)
    assert (tmp_path / "opened").read_text().strip() == "http://localhost:8765"


@pytest.mark.skipif(sys.platform == "win32", reason="BROWSER names a shell command here")
def test_a_browser_that_fails_is_only_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A server without a desktop has no browser, and serves all the same."""
    monkeypatch.setenv("BROWSER", "false %s")
    monkeypatch.setenv("PATH", "/nowhere")
    open_in_browser("http://localhost:8765").join(30)
    assert "no browser" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_the_address_is_scanned_from_a_real_terminal(
    tmp_path: Path, until: Callable[..., Any]
) -> None:
    """Started in a terminal with room for it, lanchat shows a QR code unasked."""
    import fcntl
    import pty
    import termios

    keeper, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 100, 0, 0))
    command = [sys.executable, "-m", "lanchat", "serve", "--port", "0", "--no-mdns"]
    command += ["--advertise", "192.0.2.7"]
    command += ["--data-dir", str(tmp_path / "data"), "--log-file", str(tmp_path / "log")]
    environment = {**os.environ, "TERM": "xterm-256color", "LINES": "45", "COLUMNS": "100"}
    terminal = Terminal(100, 45)

    def scanned() -> list[str]:
        if select.select([keeper], [], [], 0)[0]:
            terminal.feed(os.read(keeper, 65_536))
        return terminal.scan()

    with subprocess.Popen(
        command, env=environment, stdin=screen, stdout=screen, stderr=screen
    ) as server:
        found = until(scanned, "a QR code")
        server.kill()
    os.close(keeper)
    os.close(screen)
    assert found[0].startswith("http://192.0.2.7:")
