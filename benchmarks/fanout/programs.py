"""What has to be built before anything is measured: two programs in C, and Node's Socket.IO.

Everything goes below ``build/bench`` in the checkout, which Git ignores.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
from pathlib import Path

import click

SOURCES = Path(__file__).parent
RIVALS = SOURCES / "rivals"
PROJECT = SOURCES.parents[1]
BUILD = PROJECT / "build" / "bench"
INSTALLATION_SECONDS = 180


class CannotMeasure(click.ClickException):
    """Something that the measurement needs is missing or went wrong; one line says what."""


def compiler() -> str:
    """The C compiler: $CC or cc. Raises CannotMeasure."""
    found = shutil.which(os.environ.get("CC", "cc"))
    if found is None:
        raise CannotMeasure(
            "the load is a C program, and there is no C compiler: install gcc or clang, or set CC"
        )
    return found


def compiled(name: str, folder: Path = BUILD) -> Path:
    """The program made from ``name``.c, compiled anew where the source is newer."""
    source, program = SOURCES / f"{name}.c", folder / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        # Under another name first: somebody else may be running it.
        fresh = folder / f"{name}.{os.getpid()}"
        command = [compiler(), "-O2", "-Wall", "-Wextra", "-o", str(fresh), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMeasure(f"{source.name} does not compile:\n{done.stderr}")
        fresh.replace(program)
    return program


@functools.cache
def node() -> str:
    """The path of Node itself. Raises CannotMeasure.

    What PATH has can be a script that starts it, and that would be measured and ended instead.
    """
    command = ["node", "--print", "process.execPath"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotMeasure("there is no Node on this machine") from error
    return done.stdout.strip()


@functools.cache
def redis() -> Path:
    """The path of a Redis, which is installed where that may be done. Raises CannotMeasure.

    Of Debian's packages the one with its tools has the server, too, under another name, and starts
    none.
    """
    if found := shutil.which("redis-server"):
        return Path(found)
    if shutil.which("redis-check-rdb") is None and os.geteuid() == 0:
        command = ("apt-get", "install", "-qq", "--no-install-recommends", "redis-tools")
        with contextlib.suppress(OSError):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    found = shutil.which("redis-check-rdb")
    if found is None:
        raise CannotMeasure("there is no Redis on this machine")
    program = BUILD / "redis-server"  # by its name it knows what it is to do
    BUILD.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        program.symlink_to(found)
    return program


def node_modules() -> Path:
    """The folder with Node's Socket.IO, installed where it is not yet. Raises CannotMeasure."""
    npm = shutil.which("npm")
    if npm is None:
        raise CannotMeasure("there is no npm on this machine")
    folder, lock = BUILD / "node", RIVALS / "package-lock.json"
    stamp = folder / "installed.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        folder.mkdir(parents=True, exist_ok=True)
        for file in (lock, RIVALS / "package.json"):
            shutil.copy(file, folder)
        _install(npm, folder)
        shutil.copy(lock, stamp)
    return folder / "node_modules"


def _install(npm: str, folder: Path) -> None:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALLATION_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotMeasure(f"npm has not ended within {INSTALLATION_SECONDS} s") from error
    if done.returncode:
        raise CannotMeasure(f"npm cannot install Socket.IO: {done.stderr.strip()[-300:]}")
