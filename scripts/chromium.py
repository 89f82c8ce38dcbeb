"""Print the path of a Chromium for the browser tests; with --install, get one where none is.

The order: $LANCHAT_CHROMIUM, a browser that is installed, one that Playwright has downloaded;
then, with --install, Debian's package (as root on Debian) or Playwright's download. Exits with
1 and one line where there is none.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
MAC_APPS = ("Chromium", "Google Chrome", "Microsoft Edge")
WINDOWS_PROGRAMS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
# The fonts are for screenshots: without them every emoji is an empty box.
DEBIAN_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji")


def main() -> int:
    """Print the path, or say what is missing; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--install", action="store_true", help="get one where none is")
    wants_install = parser.parse_args().install
    path = find()
    if path is None and wants_install:
        install()
        path = find()
    if path is None:
        print("No Chromium found: install one, or set LANCHAT_CHROMIUM", file=sys.stderr)
        return 1
    print(path)
    return 0


def find() -> Path | None:
    """Return the first browser there is."""
    if named := os.environ.get("LANCHAT_CHROMIUM"):
        return Path(named) if shutil.which(named) else None
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return next((path for path in [*usual_places(), *downloaded()] if path.is_file()), None)


def usual_places() -> list[Path]:
    """Return where browsers lie on systems that do not put them on PATH."""
    if platform.system() == "Darwin":
        folders = [Path("/Applications"), Path.home() / "Applications"]
        return [f / f"{app}.app/Contents/MacOS/{app}" for f in folders for app in MAC_APPS]
    if platform.system() == "Windows":
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        folders = [Path(os.environ[name]) for name in variables if name in os.environ]
        return [folder / program for folder in folders for program in WINDOWS_PROGRAMS]
    return []


def downloaded() -> list[Path]:
    """Return where Playwright's own download lies or would lie."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return []
    with sync_playwright() as playwright:
        return [Path(playwright.chromium.executable_path)]


def install() -> None:
    """Get a browser; what the installers print goes to stderr."""
    if may_use_debian():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-qq", env=environment)
        quietly = ("-y", "-qq", "--no-install-recommends")
        if run("apt-get", "install", *quietly, *DEBIAN_PACKAGES, env=environment):
            return
    # As root, with the system libraries that it needs.
    options = ["--with-deps"] if is_linux_root() else []
    run(sys.executable, "-m", "playwright", "install", *options, "chromium")


def may_use_debian() -> bool:
    """Tell whether this is root on Debian; Ubuntu's package of that name is only a signpost."""
    if not is_linux_root() or not shutil.which("apt-get"):
        return False
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def is_linux_root() -> bool:
    """Tell whether system packages may be installed here."""
    return sys.platform == "linux" and os.geteuid() == 0


def run(*command: str, env: dict[str, str] | None = None) -> bool:
    """Run an installer; return whether it succeeded."""
    try:
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
