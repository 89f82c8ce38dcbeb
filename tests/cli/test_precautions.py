"""What `lanchat serve` warns of."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lanchat.cli.precautions import risks
from lanchat.config import ServeConfig

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
    assert list(risks(config)) == []


def test_root_is_warned(config: ServeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat needs no rights over the whole machine."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (line,) = risks(config)
    assert "root" in line


@pytest.mark.parametrize("mode", [0o707, 0o1777])
def test_a_data_dir_for_all_is_named(config: ServeConfig, mode: int) -> None:
    """With the command that closes it."""
    config.data_dir.chmod(mode)
    (line,) = risks(config)
    assert f"chmod o-w {config.data_dir}" in line


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
