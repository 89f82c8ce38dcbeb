"""What `lanchat serve` warns of."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from lanchat.cli.precautions import risks
from lanchat.config import ServeConfig
from lanchat.net.addresses import Address

LAN = Address(ip_address("192.168.1.20"), "wlan0", "lan", "")
PUBLIC = Address(ip_address("8.8.8.8"), "eth0", "public", "")
PUBLIC_6 = Address(ip_address("2600::1"), "eth0", "public", "")

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid"), reason="Windows has other users and other permissions"
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServeConfig:
    """The settings of somebody careful, who is an ordinary user."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (tmp_path / "data").mkdir(mode=0o700)
    return ServeConfig(host="127.0.0.1", data_dir=tmp_path / "data")


def test_who_is_careful_reads_nothing(config: ServeConfig) -> None:
    """No line without a reason."""
    assert list(risks(config, [LAN])) == []


def test_root_is_warned(config: ServeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat needs no rights over the whole machine."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (line,) = risks(config, [LAN])
    assert "root" in line


@pytest.mark.parametrize("mode", [0o707, 0o1777])
def test_a_data_dir_for_all_is_named(config: ServeConfig, mode: int) -> None:
    """With the command that closes it."""
    config.data_dir.chmod(mode)
    (line,) = risks(config, [LAN])
    assert f"chmod o-w {config.data_dir}" in line


@pytest.mark.parametrize(("mode", "warnings"), [(0o644, 1), (0o640, 0), (0o600, 0)])
def test_secrets_for_all_to_read_are_named(config: ServeConfig, mode: int, warnings: int) -> None:
    """A group may be there for it; everybody is not."""
    file = config.data_dir / "lanchat.toml"
    file.touch()
    file.chmod(mode)
    lines = list(risks(config, [LAN], file))
    assert [f"chmod o-r {file}" in line for line in lines] == [True] * warnings


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


@pytest.mark.parametrize(
    ("host", "code"), [(None, "let me in"), ("192.168.1.20", None), ("127.0.0.1", None)]
)
def test_a_public_address_that_is_no_risk(
    config: ServeConfig, host: str | None, code: str | None
) -> None:
    """Where there is a code, or the server listens elsewhere."""
    careful = dataclasses.replace(config, host=host, access_code=code)
    assert list(risks(careful, [LAN, PUBLIC])) == []


def test_warnings_stand_below_the_banner(server_factory: Callable[..., Any], until: Any) -> None:
    """A line each on stderr; -q leaves them out."""
    server = server_factory("--host", "127.0.0.1")
    server.stop()
    server.data_dir.chmod(0o777)
    server.start()
    until(lambda: "warning: everybody with an account" in server.output())
    said = server.output()
    assert said.count("warning: lanchat runs as root") == (2 if os.geteuid() == 0 else 0)
    assert said.index("warning: everybody") > said.rindex("Ctrl+C")
