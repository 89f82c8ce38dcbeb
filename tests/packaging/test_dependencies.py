"""What an installation of lanchat may bring along."""

from __future__ import annotations

from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement

FOUND = [Requirement(text) for text in requires("lanchat") or []]
ASKED = {requirement.name.lower(): requirement.specifier for requirement in FOUND}

# The newest release with a hole that was known when the floor was set.
HOLES = {
    "cryptography": "46.0.6",
    "filelock": "3.20.2",  # CVE-2025-68146, CVE-2026-22701
    "flask": "3.1.2",  # CVE-2025-47278, CVE-2026-27205
    "jinja2": "3.1.5",  # CVE-2025-27516
    "werkzeug": "3.1.5",
}

PRIVATE = ("gevent", "python-engineio", "python-socketio")


@pytest.mark.parametrize("name", HOLES)
def test_no_release_with_a_known_hole_is_taken(name: str) -> None:
    """Where an older one is there already, pip leaves it only if that is enough."""
    assert not ASKED[name].contains(HOLES[name])
    assert ASKED[name].contains(version(name))


@pytest.mark.parametrize("name", PRIVATE)
def test_what_has_private_names_that_are_used_has_a_ceiling(name: str) -> None:
    """The next minor release may have other ones: it is let in once the tests pass with it."""
    major, minor, *_ = map(int, version(name).split("."))
    assert not ASKED[name].contains(f"{major}.{minor + 1}")
    assert ASKED[name].contains(f"{major}.{minor}.99")
