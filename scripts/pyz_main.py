"""What lanchat.pyz runs: it unpacks the wheels for this computer, once, and starts lanchat."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
import time
import zipimport
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

PYZ = Path(__file__).parent
ABANDONED = 3600.0  # seconds, after which nobody is still unpacking


def main() -> None:
    """Find what was unpacked before, or unpack it, and hand over to the command line."""
    told = json.loads(zipimport.zipimporter(str(PYZ)).get_data("targets.json"))
    if (key := this_computer()) not in told["targets"]:
        sys.exit(f"lanchat: {PYZ.name} is for {told['for']}, not for {key}; {told['instead']}")
    tried = places()  # what it yields for this time goes with it
    for place in tried:
        folder = place / f"{told['id']}-{key}"
        try:
            in_use = take(folder) or unpack(told["targets"][key], folder)
        except OSError as error:
            print(f"lanchat: cannot be unpacked in {place}: {error}", file=sys.stderr)
        else:
            break
    else:
        sys.exit("lanchat: XDG_CACHE_HOME or TMPDIR may name a folder with 60 MB of room")
    sys.path[0] = str(folder)
    others = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *others])  # lanchat starts processes
    if PYZ.suffix == ".pyz" and len(sys.argv) == 1:
        sys.argv.append("serve")  # for somebody who opens the file with the mouse
    from lanchat.cli import main as command_line

    with in_use:
        command_line()


def this_computer() -> str:
    """Its kind by the names of the targets, or a name that is none of theirs."""
    kind = "cp" if sys.implementation.name == "cpython" else sys.implementation.name
    threads = "t" if "free-threading" in sys.version else ""
    bits = "" if sys.maxsize > 2**32 else "-32bit"
    machine = "AMD64" if "AMD64" in sys.version else "other"
    if sys.platform != "win32":
        machine = os.uname().machine
    if sys.platform == "linux" and "CS_GNU_LIBC_VERSION" not in os.confstr_names:
        bits += "-without-glibc"
    version = f"{sys.version_info.major}{sys.version_info.minor}{threads}"
    return f"{sys.platform}-{machine}{bits}-{kind}{version}"


def places() -> Iterator[Path]:
    """Where it may be unpacked: where the system keeps what can be made again, or for this time."""
    usual = {"win32": "~/AppData/Local", "darwin": "~/Library/Caches"}.get(sys.platform, "~/.cache")
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    yield Path(named or os.path.expanduser(usual), "lanchat-pyz")  # noqa: PTH111 (never fails)
    with suppress(OSError), tempfile.TemporaryDirectory(prefix="lanchat-") as aside:
        yield Path(aside)


def take(folder: Path, *, alone: bool = False) -> BinaryIO | None:
    """Open the file that says that a folder is in use, or None where there is no such folder."""
    with suppress(FileNotFoundError):
        held = (folder / "in-use").open("rb")
        if sys.platform != "win32":  # which renames no folder with an open file in it
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        if (folder / "in-use").exists():
            return held
    return None


def unpack(wheels: list[str], folder: Path) -> BinaryIO:
    """Unpack them aside and put all in place at once; then older versions that nobody uses go."""
    import zipfile

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="new-", dir=folder.parent) as aside:
        with zipfile.ZipFile(PYZ) as pyz:
            for wheel in wheels:
                zipfile.ZipFile(io.BytesIO(pyz.read(wheel))).extractall(f"{aside}/new")
        Path(aside, "new", "in-use").touch()
        if sys.platform != "win32":
            os.sync()  # should the computer be switched off, all of it is there or nothing
        with suppress(OSError):  # another start was quicker
            Path(aside, "new").rename(folder)
    if (in_use := take(folder)) is None:
        raise FileNotFoundError(f"{folder} is no folder that this file has made")
    for other in folder.parent.glob("*-cp*"):
        with suppress(OSError), tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            if other.name[:16] != folder.name[:16] and take(other, alone=True):
                other.rename(Path(aside, "old"))
    for other in folder.parent.glob("new-*"):
        if time.time() - other.stat().st_mtime > ABANDONED:
            shutil.rmtree(other, ignore_errors=True)
    return in_use


if __name__ == "__main__":
    main()
