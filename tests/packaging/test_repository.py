"""What is committed says nothing about where this or that machine gets its packages."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.world.needs import need

# In pieces, so that this file does not name them either.
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("files", "pythonhosted", "org"),
        ("test", "pypi", "org"),
        ("deb", "debian", "org"),
        ("cdn", "jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
        ("esm", "sh"),
    )
)
SETTINGS = ("index" + "-url", "find" + "-links", "trusted" + "-host", "registry" + "=")


@pytest.fixture(scope="module")
def texts(project: Path) -> dict[str, str]:
    """Every committed text by its name; a release without Git has nothing to look at."""
    if not (project / ".git").exists():
        pytest.skip("this is no Git checkout")
    # Whoever runs the tests need not own the checkout.
    command = [need("git"), "-c", "safe.directory=*", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    paths = [project / name for name in listing.stdout.split("\0") if name]
    return {
        path.relative_to(project).as_posix(): path.read_text("utf-8", "ignore")
        for path in paths
        if path.is_file()
    }


def test_no_file_names_a_registry(texts: dict[str, str]) -> None:
    """Packages are asked for by name; where they come from is the machine's own business."""
    needles = re.compile("|".join(map(re.escape, (*HOSTS, *SETTINGS))), re.IGNORECASE)

    found = {name: match[0] for name, text in texts.items() if (match := needles.search(text))}

    assert not found


def test_the_lock_file_has_integrity_and_no_addresses(project: Path) -> None:
    """Each package is pinned by what it contains."""
    lock = json.loads((project / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_browser_libraries_are_not_committed(texts: dict[str, str]) -> None:
    """They come from the lock file."""
    assert not [name for name in texts if "/vendor/" in name]
