"""The page's pure modules, in Node's own test runner: a test here is a file of tests there.

What failed is in the output; `node --test tests/js/history.test.mjs` says the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parents[1]


@pytest.fixture(scope="module")
def node() -> str:
    """The machine's Node; in CI it may not be missing."""
    found = shutil.which("node")
    if found is None:
        reason = "there is no node on PATH to run the tests of js/"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.test.mjs")), ids=lambda file: file.name)
def test_scripts(node: str, file: Path) -> None:
    """All tests of the file pass."""
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", str(file)],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
