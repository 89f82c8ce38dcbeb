import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from lanchat.connlog.log_record import encode

TAIL = [sys.executable, "-m", "lanchat", "log", "tail"]
DEADLINE = 30

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell or signals")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing of the machine's own settings, times in UTC."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", "HOME": str(tmp_path), "TZ": "UTC"}


@pytest.fixture
def lanchat(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `lanchat log …` to its end."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*TAIL[:-1], *map(str, arguments)],
            env={**environment, **variables},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=DEADLINE,
            check=False,
        )

    return run


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


def line(time: datetime, event: str = "join", **fields: object) -> str:
    text = time.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return encode(text.replace("+00:00", "Z"), event, fields) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of twelve people, who came one a minute and the last one a minute ago."""
    path = tmp_path / "connections.log"
    now = datetime.now(timezone.utc)
    path.write_text(
        "".join(
            line(now - timedelta(minutes=12 - n), user=f"Guest {n}", ip=f"10.0.0.{n}")
            for n in range(12)
        )
    )
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


def test_the_last_ten(lanchat: Callable[..., Any], file: Path) -> None:
    """Plain lines in a pipe, in local time."""
    ended = lanchat("tail", file)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert len(lines) == 10
    assert lines[-1].split()[2:] == ["→", "join", "Guest", "11", "10.0.0.11"]
    assert "\x1b" not in ended.stdout


def test_local_time_and_utc(lanchat: Callable[..., Any], tmp_path: Path) -> None:
    """The time is that of the reader's zone, unless --utc is given."""
    file = tmp_path / "log"
    file.write_text(line(datetime(2026, 11, 23, 2, 8, tzinfo=timezone.utc)))
    assert lanchat("tail", file, TZ="UTC+3").stdout.startswith("2026-11-22 23:08:00 ")
    assert lanchat("tail", file, "--utc", TZ="UTC+3").stdout.startswith("2026-11-23 02:08:00Z")


@pytest.mark.parametrize(
    ("options", "guests"),
    [
        (["-n", "2"], [10, 11]),
        (["--since", "210s"], [9, 10, 11]),
        (["--since", "1d"], list(range(12))),
        (["--since", "1d", "-n", "1"], [11]),
        (["--user", "GUEST 1"], [1, 10, 11]),
        (["--ip", "10.0.0.8/31"], [8, 9]),
        (["--event", "leave"], []),
        (["--event", "leave", "--event", "join", "-n", "1"], [11]),
        (["--ip", "10.0.0.3", "--user", "guest"], [3]),
    ],
)
def test_choosing(
    options: list[str], guests: list[int], lanchat: Callable[..., Any], file: Path
) -> None:
    """All conditions hold together; --since alone shows everything since then."""
    found = [
        json.loads(text)
        for text in lanchat("tail", "--json", *options, file).stdout.split("\n")[:-1]
    ]
    assert [record["user"] for record in found] == [f"Guest {n}" for n in guests]


def test_since_a_time(lanchat: Callable[..., Any], file: Path) -> None:
    """ISO 8601, in local time where it has no offset."""
    since = datetime.now(timezone.utc) - timedelta(minutes=3.5)
    for text in (since.isoformat(), f"{since:%Y-%m-%dT%H:%M:%S}"):
        assert len(lanchat("tail", "--since", text, file).stdout.splitlines()) == 3


def test_json_lines_are_those_of_the_file(lanchat: Callable[..., Any], file: Path) -> None:
    """Byte by byte."""
    assert lanchat("tail", "--json", "-n", 12, file).stdout == file.read_text()


def test_hostile_names(lanchat: Callable[..., Any], tmp_path: Path) -> None:
    """One harmless line an event, pretty and raw."""
    file = tmp_path / "log"
    name = "x\ny\x1b]0;t\x07\u202e[bold]\ud800\x9b31m"
    file.write_text(line(datetime.now(timezone.utc), user=name, ip="::1"))
    for option in ("--utc", "--json"):
        output = lanchat("tail", option, "--color", "always", file).stdout
        assert output.count("\n") == 1
        assert not {"\x07", "\u202e", "\x9b"} & set(output)
        assert "\x1b]" not in output
        assert "[bold]" in output


@pytest.mark.parametrize(
    ("options", "variables", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"LANCHAT_COLOR": "always"}, True),
        ([], {"LANCHAT_COLOR": "always", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(
    options: list[str],
    variables: dict[str, str],
    coloured: bool,
    lanchat: Callable[..., Any],
    file: Path,
) -> None:
    """NO_COLOR loses only to what was typed."""
    assert ("\x1b[32m" in lanchat("tail", *options, file, **variables).stdout) is coloured


def test_an_ascii_terminal(lanchat: Callable[..., Any], file: Path) -> None:
    """Symbols and names that its encoding cannot say are replaced."""
    with file.open("a") as log:
        log.write(line(datetime.now(timezone.utc), user="João"))
    output = lanchat("tail", "-n", 1, file, PYTHONUTF8="0", PYTHONIOENCODING="ascii").stdout
    assert output.split()[2:] == [">", "join", r"Jo\xe3o"]


def test_unreadable_lines_are_counted_at_the_end(lanchat: Callable[..., Any], file: Path) -> None:
    """One line on stderr, and a success all the same."""
    with file.open("a") as log:
        log.write("junk\n{\n")
    ended = lanchat("tail", file)
    assert (ended.returncode, len(ended.stdout.splitlines())) == (0, 10)
    assert ended.stderr == f"lanchat: 2 lines of {file} could not be read\n"


def test_no_log_yet(lanchat: Callable[..., Any], tmp_path: Path) -> None:
    """One line says where it looked."""
    ended = lanchat("tail", tmp_path / "none")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert str(tmp_path / "none") in ended.stderr


def test_the_environment_names_the_log(lanchat: Callable[..., Any], file: Path) -> None:
    """For both commands; a FILE goes before it."""
    assert lanchat("path", LANCHAT_LOG_FILE=str(file)).stdout == f"{file}\n"
    assert "Guest 11" in lanchat("tail", LANCHAT_LOG_FILE=str(file)).stdout
    assert "Guest 11" in lanchat("tail", file, LANCHAT_LOG_FILE="none").stdout


def test_the_environment_knows_the_home(lanchat: Callable[..., Any], file: Path) -> None:
    """As `lanchat serve` does, in a unit of systemd for instance: no shell replaces the ~ there."""
    variables = {"HOME": str(file.parent), "USERPROFILE": str(file.parent)}
    variables["LANCHAT_LOG_FILE"] = f"~/{file.name}"
    assert lanchat("path", **variables).stdout == f"{file}\n"
    assert "Guest 11" in lanchat("tail", **variables).stdout


def test_path_is_the_default_one(lanchat: Callable[..., Any]) -> None:
    """The path stands alone on stdout, and is where tail looks."""
    path = lanchat("path").stdout.removesuffix("\n")
    assert Path(path).is_absolute()
    assert path in lanchat("tail").stderr


@pytest.mark.parametrize(
    "options",
    [["--since", "yesterday"], ["--ip", "here"], ["--event", "dance"], ["-n", "-1"], ["--what"]],
)
def test_misuse_is_one_line(options: list[str], lanchat: Callable[..., Any], file: Path) -> None:
    """It names the option and where to find help."""
    ended = lanchat("tail", *options, file)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert ended.stderr.startswith("lanchat: ")
    assert options[0] in ended.stderr
    assert "lanchat log tail --help" in ended.stderr


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
    """It works without a keyboard, without output and without both."""
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
    now = datetime.now(timezone.utc)
    with file.open("a") as log:
        log.write(line(now, user="before") + "junk\n")
    file.rename(file.with_name(f"{file.name}.1"))
    file.write_text(line(now, user="after"))
    until(lambda: "after" in following.out)
    file.write_text(line(now, user="new"))
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
    file.write_text(line(datetime.now(timezone.utc), user="Ana"))
    until(lambda: "Ana" in following.out)
    assert following.interrupt() == 130
