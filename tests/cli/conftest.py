"""`lanchat`, as a person types it."""

from pathlib import Path

import pytest

from tests.world.command_line import CommandLine


@pytest.fixture
def typed(tmp_path: Path) -> CommandLine:
    """The command line, in the test's own folder."""
    return CommandLine(tmp_path)
