"""How lanchat was started here, so that the commands that it shows can be typed as they stand.

Texts have `lanchat serve` and the like, as is right where the command is installed. Of a file, a
folder or a virtual environment that is not on PATH it is not, so ``typed`` puts in its place what
this lanchat was started by. Texts for others, as in pages, stay as they are.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

COMMANDS = {
    "serve": "lanchat.cli.serve:serve",
    "config": "lanchat.cli.show_config:config",
    "discover": "lanchat.cli.discover:discover",
    "doctor": "lanchat.cli.diagnose:doctor",
    "host": "lanchat.cli.moderate:host",
    "token": "lanchat.cli.tokens:token",
    "say": "lanchat.cli.say:say",
    "join": "lanchat.cli.join:join",
    "log": "lanchat.cli.log:log",
    "export": "lanchat.cli.export_import:export",
    "import": "lanchat.cli.export_import:import_",
    "backup": "lanchat.cli.backup_restore:backup",
    "restore": "lanchat.cli.backup_restore:restore",
    "completion": "lanchat.cli:completion",
    "help": "lanchat.cli:help_",
}
"""Each by where it is; it is imported when it is asked for."""

_SHOWN = re.compile(rf"(?<![\w./-])lanchat(?= (?:(?:{'|'.join(COMMANDS)})\b|-|\[))")


def typed(text: str) -> str:
    """The text, its commands as they are typed here."""
    return _SHOWN.sub(lambda _: program(), text)


@cache
def program() -> str:
    """What is typed before a command, quoted for a shell."""
    words = _words(sys.argv[0])
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def bundled() -> bool:
    """Whether it came with all its libraries, to which nobody adds others."""
    return bool(getattr(sys, "frozen", False)) or "lanchat-pyz" in Path(__file__).parts


def opened_alone() -> bool:
    """Whether this is a file or a folder that somebody may have opened with the mouse."""
    return bool(getattr(sys, "frozen", False)) or Path(sys.argv[0]).suffix == ".pyz"


def _words(started: str) -> Sequence[str]:
    if getattr(sys, "frozen", False):
        return [_from_here(sys.executable)]
    name = Path(started).name
    if name == "__main__.py" and Path(started).parent.name == "lanchat":
        beside = Path(sys.executable).with_name("lanchat")
        return ["lanchat"] if _found(str(beside)) else [_python(), "-m", "lanchat"]
    if name.endswith(".pyz"):
        return [_python(), started]
    return [_from_here(started)] if name.removesuffix(".exe") == "lanchat" else ["lanchat"]


def _python() -> str:
    """As it was typed, where that can be typed again."""
    if os.name == "nt" and shutil.which("py"):
        return "py"
    started = sys.orig_argv[0]
    return started if shutil.which(started) else sys.executable


def _from_here(path: str) -> str:
    """The name of a program that the shell finds, or a path to it."""
    if _found(path):
        return Path(path).stem
    with suppress(OSError, ValueError):  # this folder is gone, or not above that one
        short = str(Path(path).absolute().relative_to(Path.cwd()))
        return short if os.sep in short else f".{os.sep}{short}"
    return path


def _found(path: str) -> bool:
    """Whether the shell finds that very program by its name."""
    started = Path(path)
    found = shutil.which(started.stem)
    with suppress(OSError):
        return found is not None and Path(found).samefile(started.with_suffix(Path(found).suffix))
    return False
