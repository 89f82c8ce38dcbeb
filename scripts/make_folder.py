"""Build a folder with lanchat and a Python for it, packed: make_folder.py dist/lanchat-X.whl.

It is for the kind of computer that this runs on, and needs nothing there: dist/lanchat-SYSTEM.zip.
One program that unpacks itself at each start would be less to carry, but that is what virus
scanners take for a virus. PyInstaller makes it, in an environment with nothing else in it.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

START = Path(__file__).with_name("folder_main.py")
EXTRAS = "join,metrics,tls"  # as in lanchat.pyz
FOUND_BY_NAME = ("engineio.async_drivers.gevent", "webbrowser")
UNUSED = ("test", "tkinter")
TESTS = ("gevent/testing", "gevent/tests")  # which would be imported to be found
LICENCES = re.compile("licen[cs]e|copying|notice|authors", re.IGNORECASE)


def main() -> None:
    """Install the wheel beside PyInstaller, let that find all that is imported, and pack it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path("dist"), help="by default %(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lanchat-folder-") as folder:
        python = install(options.wheel.resolve(), Path(folder, "venv"))
        packages = next(Path(folder).rglob("site-packages"))
        for name in TESTS:
            shutil.rmtree(packages / name)
        made = freeze(python, Path(folder))
        gather_licences(packages, made / "licenses")
        options.out.mkdir(parents=True, exist_ok=True)
        system = {"Darwin": "macos"}.get(platform.system(), platform.system().lower())
        packed = options.out / f"lanchat-{system}-{platform.machine().lower()}"
        # A zip keeps neither links nor who may run what: a Mac needs both.
        kind = "zip" if sys.platform == "win32" else "gztar"
        print(shutil.make_archive(str(packed), kind, made.parent, made.name))


def install(wheel: Path, folder: Path) -> Path:
    """Make the environment; return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*pip, f"{wheel}[{EXTRAS}]", "pyinstaller>=6.16"], check=True)
    return python


def freeze(python: Path, folder: Path) -> Path:
    """Let PyInstaller make the folder; return it."""
    named = [f"--hidden-import={name}" for name in FOUND_BY_NAME]
    named += [f"--exclude-module={name}" for name in UNUSED]
    whole = ["--collect-submodules=lanchat", "--collect-data=lanchat"]
    where = [f"--{kind}path={folder / kind}" for kind in ("dist", "work", "spec")]
    command = [str(python), "-m", "PyInstaller", "--onedir", "--console", "--name=lanchat"]
    quiet = ["--noconfirm", "--log-level=WARN"]
    subprocess.run([*command, *quiet, *whole, *named, *where, str(START)], check=True, cwd=folder)
    return folder / "dist" / "lanchat"


def gather_licences(packages: Path, into: Path) -> None:
    """Copy what the licences of all that is in the folder ask to go with it, Python's too."""
    for info in packages.glob("*.dist-info"):
        for path in info.rglob("*"):
            if path.is_file() and LICENCES.search(path.name):
                copy = into / info.name.removesuffix(".dist-info") / path.relative_to(info)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    for own in (Path(sys.base_prefix, "LICENSE.txt"), Path(os.__file__).with_name("LICENSE.txt")):
        if own.exists():
            shutil.copyfile(own, into / "python.txt")


if __name__ == "__main__":
    main()
