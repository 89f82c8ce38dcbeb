"""Make a virtual environment with a pip that knows dependency groups: make_venv.py FOLDER."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

PIP = "pip>=25.1"  # the first with `pip install --group`


def main() -> int:
    """Make the environment; return the exit code."""
    folder = Path(sys.argv[1])
    if importlib.util.find_spec("ensurepip") is None and not install_ensurepip():
        print(
            "This Python cannot make virtual environments: install python3-venv first",
            file=sys.stderr,
        )
        return 1
    venv.create(folder, clear=True, with_pip=True, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    return subprocess.run([*pip, "--upgrade", PIP], check=False).returncode


def install_ensurepip() -> bool:
    """Install what Debian splits off its Python, where this user may; return the success."""
    if os.name == "nt" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    for command in (["update", "-qq"], ["install", "-y", "-qq", package]):
        done = subprocess.run(["apt-get", *command], stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
