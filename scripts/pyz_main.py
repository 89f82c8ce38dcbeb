"""What lanchat.pyz runs: it unpacks what this computer needs, once, and starts lanchat."""

import io
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from zipimport import zipimporter

DAY = 86_400.0  # seconds


def main() -> None:
    """Find what was unpacked before, or unpack it, and hand over to the command line."""
    read = zipimporter(str(Path(__file__).parent)).get_data
    told = json.loads(read("targets.json"))
    here = this_computer()
    if here not in told["targets"]:
        sys.exit(f"lanchat: this file is for {told['for']}, not for {here}; {told['instead']}")
    usual = {"win32": "~/AppData/Local", "darwin": "~/Library/Caches"}.get(sys.platform, "~/.cache")
    for place in (os.environ.get("XDG_CACHE_HOME") or usual, ""):
        try:
            aside = None if place else tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            cache = Path(aside.name if aside else place).expanduser().absolute()
            folder = cache / "lanchat-pyz" / f"{told['id']}-{here}"
            if not folder.is_dir():
                unpack(folder, *map(read, told["targets"][here]))
            break
        except (OSError, RuntimeError, ImportError) as error:  # no home, no lzma
            print(f"lanchat: cannot be unpacked in {place or 'TMPDIR'}: {error}", file=sys.stderr)
    else:
        sys.exit("lanchat: XDG_CACHE_HOME or TMPDIR may name a folder with 100 MB of room")
    with suppress(OSError):  # it may be for reading alone
        os.utime(folder)
    # Processes that lanchat starts look there, too; and it is nobody else's, so compile it once.
    sys.path[0] = os.environ["PYTHONPATH"] = str(folder)
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from lanchat.cli import main as command_line

    command_line()


def this_computer() -> str:
    """What this Python can import, by its own name, and on a Mac the processor."""
    kind = EXTENSION_SUFFIXES[0].rpartition(".")[0].lstrip(".")
    return f"{kind}-{os.uname().machine}" if sys.platform == "darwin" else kind


def unpack(folder: Path, *archives: bytes) -> None:
    """Unpack them aside and put all in place at once; what nobody uses any more goes."""
    import lzma
    import zipfile

    folder.parent.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "ST_NOEXEC") and os.statvfs(folder.parent).f_flag & os.ST_NOEXEC:
        raise OSError("no program may run from there (noexec)")
    with tempfile.TemporaryDirectory(prefix="new-", dir=folder.parent) as aside:
        for archive in archives:
            zipfile.ZipFile(io.BytesIO(lzma.decompress(archive))).extractall(f"{aside}/new")
        if sys.platform != "win32":
            os.sync()  # should the computer be switched off, all of it is there or nothing
        with suppress(OSError):  # another start was quicker
            Path(aside, "new").rename(folder)
        folder.stat()  # or else it cannot be put there
        for old in folder.parent.iterdir():
            with suppress(OSError):
                if time.time() - old.stat().st_mtime > DAY * (1 if old.name[:4] == "new-" else 90):
                    old.rename(Path(aside, old.name))


if __name__ == "__main__":
    main()
