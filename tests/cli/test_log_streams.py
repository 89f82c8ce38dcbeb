"""`lanchat log tail` in a process of its own: what it imports, pipes, screens, following."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from lanchat.connlog.log_record import encode
from tests.world.deadline import DEADLINE

TAIL = [sys.executable, "-m", "lanchat", "log", "tail"]

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell or signals")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing of the machine's own settings, times in UTC."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", "HOME": str(tmp_path), "TZ": "UTC"}


@pytest.fixture
def shell(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a line of shell, in which `$tail` is `lanchat log tail`."""

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line],
            env={**environment, "tail": f"{sys.executable} -m lanchat log tail"},
            capture_output=True,
            encoding="utf-8",
            timeout=DEADLINE,
            check=False,
        )

    return run


def line(user: str) -> str:
    """Somebody joins now."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return encode(now.replace("+00:00", "Z"), "join", {"user": user, "ip": "10.0.0.7"}) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of twelve people."""
    path = tmp_path / "connections.log"
    path.write_text("".join(line(f"Guest {number}") for number in range(12)))
    return path


class Following:
    """`lanchat log tail -f` in a process of its own; its output grows in two files."""

    def __init__(self, folder: Path, command: list[str], environment: dict[str, str]) -> None:
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, env=environment)

    @property
    def out(self) -> str:
        return self._out.read_text("utf-8")

    @property
    def err(self) -> str:
        return self._err.read_text("utf-8")

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)


@pytest.fixture
def follow(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., Following]]:
    """Start following; the process is ended after the test."""
    started: list[Following] = []

    def start(*arguments: object) -> Following:
        command = [*TAIL, "-f", *map(str, arguments)]
        started.append(Following(tmp_path, command, environment))
        return started[-1]

    yield start
    for following in started:
        following.process.kill()
        following.process.wait()


def test_nothing_that_serves_is_imported(environment: dict[str, str], file: Path) -> None:
    """Reading a log starts without gevent, Flask, Socket.IO and msgspec."""
    program = (
        "import atexit, sys; from lanchat.cli import main\n"
        "heavy = {'gevent', 'flask', 'socketio', 'engineio', 'msgspec', 'lanchat.server'}\n"
        "atexit.register(lambda: print('imported:', *heavy & set(sys.modules)))\n"
        "main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, "log", "tail", str(file)]
    output = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    assert output.decode().endswith("imported:\n")


@posix
@pytest.mark.parametrize("option", ["-n5", "--json", "-f", "-fn1"])
def test_a_closed_pipe_ends_it_quietly(option: str, shell: Callable[..., Any], file: Path) -> None:
    """`head` has seen enough, and nobody hears of it."""
    ended = shell(f"$tail {option} '{file}' | head -n 1; echo ${{PIPESTATUS[0]}}")
    assert ended.stderr == ""
    assert len(ended.stdout.splitlines()) == 2
    assert ended.stdout.endswith("\n0\n")


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(closed: str, shell: Callable[..., Any], file: Path) -> None:
    """A log is read without a keyboard, without output and without both."""
    ended = shell(f"$tail '{file}' {closed}")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line(shell: Callable[..., Any], file: Path) -> None:
    """Output that cannot be written is a failure without a traceback."""
    ended = shell(f"$tail '{file}' > /dev/full")
    assert (ended.returncode, ended.stderr) == (1, "lanchat: No space left on device\n")


@posix
@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_screen(width: int, environment: dict[str, str], file: Path) -> None:
    """On a terminal there are colours, and no line is wider than it."""
    import pty  # not on Windows

    main, terminal = pty.openpty()
    shown = {**environment, "TERM": "xterm-256color", "COLUMNS": str(width)}
    subprocess.run([*TAIL, "-n5", file], env=shown, stdout=terminal, check=True)
    os.close(terminal)
    with os.fdopen(main, "rb") as screen:
        output = screen.read1(65536).decode()
    assert "\x1b[32m" in output
    lines = re.sub(r"\x1b\[[\d;]*m", "", output).splitlines()
    assert "Guest 11" in lines[-1]
    assert max(map(len, lines)) <= width


@posix
def test_follow_and_ctrl_c(
    follow: Callable[..., Following], file: Path, until: Callable[..., Any]
) -> None:
    """New events appear at once, through rotation and truncation; Ctrl+C exits with 130."""
    following = follow("-n", 1, file)
    until(lambda: "Guest 11" in following.out)
    with file.open("a") as log:
        log.write(line("before") + "junk\n")
    file.rename(file.with_name(f"{file.name}.1"))
    file.write_text(line("after"))
    until(lambda: "after" in following.out)
    file.write_text(line("new"))
    until(lambda: "new" in following.out)
    assert [text.split()[4] for text in following.out.splitlines()] == [
        "Guest",
        "before",
        "after",
        "new",
    ]
    assert following.interrupt() == 130
    assert following.err.strip() == f"lanchat: 1 line of {file} could not be read"


@posix
def test_follow_waits_for_a_log(
    follow: Callable[..., Following], tmp_path: Path, until: Callable[..., Any]
) -> None:
    """A file that is not there yet is waited for, and so is its folder."""
    file = tmp_path / "later" / "log"
    following = follow(file)
    until(lambda: "waiting" in following.err)
    file.parent.mkdir()
    file.write_text(line("Ana"))
    until(lambda: "Ana" in following.out)
    assert following.interrupt() == 130
