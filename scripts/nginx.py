"""Print the path of an nginx for the tests of deploy/; with --install, get one where none is.

The order: $LANCHAT_NGINX, an nginx that is installed, one that was unpacked here before; then,
with --install, the program out of Debian's package. It is unpacked into the virtual environment,
not installed: that would start a web server on this machine. Exits with 1 and one line where
there is none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Where administrators' programs lie is on no ordinary user's PATH.
FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
UNPACKED = Path(sys.prefix) / "nginx"
PACKAGE = "nginx"


def main() -> int:
    """Print the path, or say what is missing; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--install", action="store_true", help="get one where none is")
    wants_install = parser.parse_args().install
    path = find()
    if path is None and wants_install and shutil.which("apt-get"):
        unpack()
        path = find()
    if path is None:
        print("No nginx found: install one, or set LANCHAT_NGINX", file=sys.stderr)
        return 1
    print(path)
    return 0


def find() -> Path | None:
    """Return the first nginx there is."""
    if named := os.environ.get("LANCHAT_NGINX"):
        return Path(named) if shutil.which(named) else None
    places = os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS, f"{UNPACKED}/usr/sbin"])
    found = shutil.which("nginx", path=places)
    return Path(found) if found and runs(found) else None


def runs(program: str) -> bool:
    """Tell whether the program starts here: an unpacked one can miss a library."""
    return subprocess.run([program, "-v"], capture_output=True, check=False).returncode == 0


def unpack() -> None:
    """Fetch Debian's package and unpack it; what the tools print goes to stderr."""
    if os.geteuid() == 0:
        run("apt-get", "update", "-qq")
    with tempfile.TemporaryDirectory(prefix="lanchat-nginx-") as folder:
        # As root, apt would fetch as a user who may not write into the folder.
        fetch = ("apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", PACKAGE)
        if run(*fetch, cwd=folder):
            for package in Path(folder).glob("*.deb"):
                run("dpkg-deb", "-x", str(package), str(UNPACKED))


def run(*command: str, cwd: str | None = None) -> bool:
    """Run a tool; return whether it succeeded."""
    done = subprocess.run(
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
