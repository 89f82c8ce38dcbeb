from __future__ import annotations

import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lanchat.cli import ExitCode, run
from lanchat.cli.serve import serve
from tests.world.screen import Terminal


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--port", "many"], ["--nonsense"]])
def test_bad_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage is one line on stderr, and has an exit code of its own."""
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


def test_a_start_loads_nothing_that_can_wait(tmp_path: Path) -> None:
    """What the first name, QR code, certificate or second server needs is imported for them.

    And what is installed is looked at once, though gevent asks what of it is a plugin for each
    module.
    """
    program = """if True:
        import gc, sys
        from importlib import metadata
        from lanchat.cli import serve
        asked, read = [], metadata.entry_points
        metadata.entry_points = lambda **group: asked.append(group) or read(**group)
        gc.disable()
        serve._patch()
        from lanchat.cli import startup
        from lanchat.server import Server
        options = ["--host=127.0.0.1", "--port=0", "--no-mdns", *sys.argv[2:]]
        with serve.serve.make_context("lanchat serve", options) as context:
            server = Server(serve.config_from(context, banner=False))
        print(*set(sys.argv[1].split()) & set(sys.modules), len(asked), flush=True)
        import os; os._exit(0)
    """
    waits = "precis_i18n segno zeroconf cryptography psycopg lanchat.shared_storage"
    options = [f"--data-dir={tmp_path}/data", f"--log-file={tmp_path}/log"]
    shown = subprocess.run(
        [sys.executable, "-c", program, waits, *options],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "1"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="no /proc")
def test_who_has_the_port_is_said(tmp_path: Path) -> None:
    """Here it is this very process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "lanchat", "serve", "--port", str(port)]
        ended = subprocess.run(
            [*command, "--data-dir", str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert ended.returncode == ExitCode.CANNOT_START
    assert f"port {port} is taken by " in ended.stderr
    assert f"(process {os.getpid()})" in ended.stderr


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

    def is_shown() -> bool:
        while select.select([keeper], [], [], 0)[0]:
            terminal.feed(os.read(keeper, 65_536))
        return "Ctrl+C" in terminal.text()

    with subprocess.Popen(
        command, env=environment, stdin=screen, stdout=screen, stderr=screen
    ) as server:
        until(is_shown, "the banner")
        server.kill()
    os.close(keeper)
    os.close(screen)
    assert terminal.scan()[0].startswith("http://192.0.2.7:")
