"""What the tests of faults share: `lanchat serve` that is expected to refuse."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world.deadline import DEADLINE


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Run `lanchat serve` on data that it must not take; returns the one line that it says."""

    def serve(data_dir: Path, *prefix: str) -> str:
        command = [*prefix, sys.executable, "-m", "lanchat", "serve", "--port", "0"]
        command += ["--data-dir", str(data_dir), "--log-file", str(tmp_path / "connections.log")]
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert result.returncode == 3, result.stderr
        lines = [line for line in result.stderr.splitlines() if " warning: " not in line]
        assert len(lines) == 1, result.stderr
        return lines[0]

    return serve
