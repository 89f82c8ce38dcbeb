"""The page's pure modules, in Node's own test runner: a test here is a file of tests there.

What failed is in the output; `node tests/js/history.test.mjs` says the same.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.world.needs import need

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parents[1]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.test.mjs")), ids=lambda file: file.name)
def test_scripts(file: Path) -> None:
    """All tests of the file pass."""
    done = subprocess.run(
        [need("node"), "--test-reporter=spec", str(file)],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
