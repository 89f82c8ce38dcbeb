"""Make a virtual environment with a pip that knows dependency groups: make_venv.py FOLDER."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

from needs import install_packages, may_install

PIP = "pip>=25.1"  # the first with `pip install --group`


def main() -> int:
    """Make the environment; return the exit code."""
    folder = Path(sys.argv[1])
    # Debian splits it off its Python.
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if importlib.util.find_spec("ensurepip") is None and not (
        may_install() and install_packages(package)
    ):
        print(
            f"This Python cannot make virtual environments: install {package} first",
            file=sys.stderr,
        )
        return 1
    try:
        venv.create(folder, clear=True, with_pip=True, symlinks=os.name != "nt")
    except OSError as error:
        print(
            f"{folder} cannot be made in {Path.cwd()} ({error.strerror}): take a copy of all this "
            "that you may write into, or lanchat.pyz",
            file=sys.stderr,
        )
        return 1
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    return subprocess.run([*pip, "--upgrade", PIP], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
