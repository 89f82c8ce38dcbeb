"""What whoever starts a server gets to see."""

from __future__ import annotations

import dataclasses
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from lanchat.cli.startup import STOCK_LOG, open_in_browser, remind, risks, set_up_logging
from lanchat.config import ServeConfig
from lanchat.connlog.log_record import encode
from lanchat.net.addresses import Address, Kind
from lanchat.net.network import Network
from tests.world.deadline import wait_for

LAN = Address(ip_address("192.168.1.20"), "wlan0", "lan", "")
PUBLIC = Address(ip_address("8.8.8.8"), "eth0", "public", "")
PUBLIC_6 = Address(ip_address("2600::1"), "eth0", "public", "")
START = encode("2026-11-23T08:00:00.000Z", "start", {"port": 8765})

posix_users = pytest.mark.skipif(
    not hasattr(os, "geteuid"), reason="Windows has other users and other permissions"
)
posix_browser = pytest.mark.skipif(
    sys.platform == "win32", reason="BROWSER names a shell command here"
)

SetUp = Callable[..., list[str]]


def say_everything(log: logging.Logger) -> None:
    """Log a line of each level."""
    for level in ("debug", "info", "warning", "error"):
        getattr(log, level)("%s said", level)


@pytest.fixture
def set_up(capsys: pytest.CaptureFixture[str]) -> Iterator[SetUp]:
    """Set logging up and let something be logged; returns the lines on stderr."""
    root, stock = logging.getLogger(), logging.getLogger(STOCK_LOG)
    levels = root.level, stock.level

    def lines(
        quiet: bool, verbose: int, say: Callable[[logging.Logger], None] = say_everything
    ) -> list[str]:
        handlers, root.handlers = root.handlers, []  # pytest has some there
        set_up_logging(quiet=quiet, verbose=verbose)
        say(logging.getLogger("any"))
        root.handlers = handlers
        return capsys.readouterr().err.splitlines()

    yield lines
    root.setLevel(levels[0])
    stock.setLevel(levels[1])


@pytest.mark.parametrize(
    ("quiet", "verbose", "levels"),
    [
        (True, 0, ["error"]),
        (False, 0, ["warning", "error"]),
        (False, 1, ["info", "warning", "error"]),
        (False, 2, ["debug", "info", "warning", "error"]),
        (False, 5, ["debug", "info", "warning", "error"]),
    ],
)
def test_the_log_says_as_much_as_was_asked_for(
    set_up: SetUp, quiet: bool, verbose: int, levels: list[str]
) -> None:
    """-q shows errors, -v adds what happens, -vv everything."""
    assert set_up(quiet, verbose) == [f"lanchat: {level}: {level} said" for level in levels]


def test_a_message_is_one_harmless_line(set_up: SetUp) -> None:
    """A guest's text in a message can neither paint the terminal nor start a line."""
    shown = set_up(True, 0, lambda log: log.error("by %s", "Ana\n\x1b[2J"))
    assert shown == [r"lanchat: error: by Ana\n\x1b[2J"]


def fail(log: logging.Logger) -> None:
    """Log an exception."""
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        log.exception("no sum")


def test_an_exception_is_one_line(set_up: SetUp) -> None:
    """The type and the text of an exception are enough for a person."""
    shown = set_up(True, 0, fail)
    assert shown == ["lanchat: error: no sum: ZeroDivisionError: division by zero"]


def test_everything_includes_tracebacks(set_up: SetUp) -> None:
    """-vv is for those who look for the cause."""
    assert "Traceback (most recent call last):" in set_up(False, 2, fail)


def network(kind: Kind = "lan") -> Network:
    """This computer, with one address."""
    ip = "127.0.0.1" if kind == "loopback" else "192.168.1.20"
    return Network(None, 8765, find=lambda _: [Address(ip_address(ip), "wlan0", kind, "")])


@pytest.mark.parametrize(
    ("ip", "kind", "said"),
    [
        ("192.168.1.20", "lan", ["said"]),
        ("192.168.1.33", "lan", []),
        ("127.0.0.1", "loopback", []),
    ],
)
def test_a_reminder_comes_where_nobody_has_come(
    tmp_path: Path, ip: str, kind: Kind, said: list[str]
) -> None:
    """This computer's own browser is nobody; who wants no guests is not told of any."""
    join = encode("2026-11-23T08:00:10.000Z", "join", {"user": "Ana", "ip": ip})
    (tmp_path / "log").write_text(f"{START}\n{join}\n")
    heard: list[str] = []
    remind(network(kind), tmp_path / "log", lambda: heard.append("said"), 0).join()
    assert heard == said


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServeConfig:
    """The settings of somebody careful, who is an ordinary user."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (tmp_path / "data").mkdir(mode=0o700)
    return ServeConfig(host="127.0.0.1", data_dir=tmp_path / "data")


@posix_users
def test_who_is_careful_reads_nothing(config: ServeConfig) -> None:
    """Whoever takes care reads no line without a reason."""
    assert list(risks(config, [LAN])) == []


@posix_users
def test_a_disk_that_is_too_full_for_files_is_named(
    config: ServeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the host would learn of it by the first guest who sends one."""
    usage = (1_000 * 10**9, 960 * 10**9, 40 * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    (line,) = risks(config, [LAN])
    assert "40.0 GB of the disk are free, and the last 50.0 GB" in line
    assert list(risks(dataclasses.replace(config, files=False), [LAN])) == []


@posix_users
def test_servers_without_a_common_folder_have_no_files(config: ServeConfig) -> None:
    """It is said what to name."""
    shared = dataclasses.replace(config, database="postgresql://db.example/room")
    (line,) = risks(shared, [LAN])
    assert line.endswith("a folder that all servers share; name it with --files-dir")
    with_folder = dataclasses.replace(shared, files_dir=config.data_dir)
    for each in (dataclasses.replace(shared, files=False), with_folder):
        assert list(risks(each, [LAN])) == []


@posix_users
def test_root_is_warned(config: ServeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat needs no rights over the whole machine."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (line,) = risks(config, [LAN])
    assert "root" in line


@posix_users
@pytest.mark.parametrize("mode", [0o707, 0o1777])
def test_a_data_dir_for_all_is_named(config: ServeConfig, mode: int) -> None:
    """The warning has the command that closes the folder."""
    config.data_dir.chmod(mode)
    (line,) = risks(config, [LAN])
    assert f"chmod o-w {config.data_dir}" in line


@posix_users
@pytest.mark.parametrize(("mode", "warnings"), [(0o644, 1), (0o640, 0), (0o600, 0)])
def test_secrets_for_all_to_read_are_named(config: ServeConfig, mode: int, warnings: int) -> None:
    """A group may be there for it; everybody is not."""
    file = config.data_dir / "lanchat.toml"
    file.touch()
    file.chmod(mode)
    lines = list(risks(config, [LAN], file))
    assert [f"chmod o-r {file}" in line for line in lines] == [True] * warnings


@posix_users
@pytest.mark.parametrize(
    ("host", "addresses", "named"),
    [
        (None, [LAN, PUBLIC, PUBLIC_6], "8.8.8.8"),
        ("::", [LAN, PUBLIC_6], "2600::1"),
        ("0.0.0.0", [PUBLIC_6, PUBLIC], "8.8.8.8"),
        ("8.8.8.8", [LAN, PUBLIC], "8.8.8.8"),
    ],
)
def test_a_public_address_without_a_code(
    config: ServeConfig, host: str | None, addresses: list[Address], named: str
) -> None:
    """The internet may come in where nobody asks it for a code."""
    (line,) = risks(dataclasses.replace(config, host=host), addresses)
    assert f"{named} is a public address" in line


@posix_users
@pytest.mark.parametrize(
    ("host", "code"), [(None, "let me in"), ("192.168.1.20", None), ("127.0.0.1", None)]
)
def test_a_public_address_that_is_no_risk(
    config: ServeConfig, host: str | None, code: str | None
) -> None:
    """There is no risk where guests need a code, or the server listens elsewhere."""
    careful = dataclasses.replace(config, host=host, access_code=code)
    assert list(risks(careful, [LAN, PUBLIC])) == []


@posix_browser
def test_opens_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's own browser is started with the address."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    open_in_browser("http://localhost:8765").join(30)
    assert (tmp_path / "opened").read_text().strip() == "http://localhost:8765"


@posix_browser
def test_a_browser_that_fails_is_only_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A server without a desktop has no browser, and serves all the same."""
    monkeypatch.setenv("BROWSER", "false %s")
    monkeypatch.setenv("PATH", "/nowhere")
    open_in_browser("http://localhost:8765").join(30)
    assert "no browser" in caplog.text


Serve = Callable[..., str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a server whose reminder comes at once, in a folder that everybody can write to.

    Returns what it has printed once its log is written, and what it is expected to print.
    """
    log, output, data_dir = tmp_path / "log", tmp_path / "output", tmp_path / "data"
    data_dir.mkdir()
    data_dir.chmod(0o777)
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str, expected: str = "") -> str:
        program = (
            "import sys; from lanchat.cli import main, startup;"
            "startup.remind.__defaults__ = (0.0,); main(['serve', *sys.argv[1:]])"
        )
        command = [sys.executable, "-c", program, "--port", "0", "--no-mdns", *options]
        command += ["--data-dir", str(data_dir), "--log-file", str(log)]
        with output.open("wb") as file:
            started.append(subprocess.Popen(command, stdout=file, stderr=file))
        wait_for(lambda: log.exists() and log.read_text() and expected in output.read_text())
        started[0].terminate()
        started[0].wait()
        return output.read_text()

    yield start
    for server in started:
        server.kill()
        server.wait()


@posix_users
def test_what_a_server_says_at_its_start(serve: Serve, tmp_path: Path) -> None:
    """A server tells of its settings, the address, the risks and where to find help, in order."""
    file = tmp_path / "lanchat.toml"
    file.write_text('name = "Sala 7B"\n')
    options = ("--config", str(file), "-v", "--color=never", "--advertise", "192.0.2.9")
    said = serve(*options, expected="lanchat doctor")
    parts = [
        f"lanchat: info: settings are read from {file}",
        "lanchat is listening on: http://192.0.2.9:",
        "Sala 7B",
        "Ctrl+C",
        "lanchat: warning: everybody with an account",
    ]
    assert [part for part in parts if said.count(part) != 1] == []
    assert sorted(parts, key=said.index) == parts
    assert said.count("lanchat: warning: lanchat runs as root") == (os.geteuid() == 0)
    assert said.count(f"lanchat doctor --log-file {tmp_path / 'log'}") == 1


def test_a_quiet_server_says_nothing(serve: Serve) -> None:
    """With -q there is neither a banner nor a warning nor a reminder."""
    assert serve("--quiet", "--advertise", "192.0.2.9") == ""
