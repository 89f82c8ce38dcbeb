from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest

from lanchat.cli.reminder import remind
from lanchat.connlog.log_record import encode
from lanchat.net.addresses import Address, Kind
from lanchat.net.network import Network

START = encode("2026-11-23T08:00:00.000Z", "start", {"port": 8765})


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
def test_says_it_where_nobody_has_come(
    tmp_path: Path, ip: str, kind: Kind, said: list[str]
) -> None:
    """This computer's own browser is nobody; who wants no guests is not told of any."""
    join = encode("2026-11-23T08:00:10.000Z", "join", {"user": "Ana", "ip": ip})
    (tmp_path / "log").write_text(f"{START}\n{join}\n")
    heard: list[str] = []
    remind(network(kind), tmp_path / "log", lambda: heard.append("said"), 0).join()
    assert heard == said


@pytest.mark.parametrize(("option", "lines"), [("--color=never", 1), ("--quiet", 0)])
def test_a_server_that_waits_in_vain(
    tmp_path: Path, until: Callable[..., object], option: str, lines: int
) -> None:
    """One line on stderr that names the command, with its log; quiet is quiet."""
    log, output = tmp_path / "log", tmp_path / "output"
    program = (
        "from lanchat.cli import reminder, main; reminder.remind.__defaults__ = (0.0,);"
        f"main(['serve', '--port', '0', '--no-mdns', '--advertise', '192.0.2.9', '{option}',"
        f"'--data-dir', '{tmp_path}', '--log-file', '{log}'])"
    )
    with (
        output.open("wb") as file,
        subprocess.Popen([sys.executable, "-c", program], stderr=file) as server,
    ):
        until(lambda: log.exists() and log.read_text())
        until(lambda: output.read_text().count("lanchat doctor --log-file") == lines)
        server.terminate()
    assert output.read_text().count("lanchat doctor") == lines
    assert str(log) in output.read_text() or not lines
