"""Build lanchat.pyz, lanchat in one file for many computers: make_pyz.py dist/lanchat-X.whl.

It holds what the wheels of all targets hold, each file once: those that the same targets need are
one archive, and its targets.json has the archives of each, so that scripts/pyz_main.py, which
starts it, needs no library. pip fetches the wheels, from where its own configuration says. For
another target it would still take the markers of requirements as this Python has them, so they
are evaluated here once more.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import io
import json
import lzma
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from pyz_main import this_computer

START = Path(__file__).with_name("pyz_main.py")
EXTRAS = "join,metrics,tls"  # postgres would add more than all others together
NAMES = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
UNUSED = re.compile(
    r"/tests?/|/testing/"
    r"|\.(?:c|cpp|h|hpp|pxd|pyx|pyi|asm|obj)$"  # what machine code was made of
    r"|\.dist-info/RECORD$"  # which would name what is left out
    r"|\.data/"  # what is not imported: manual pages
)
MAC_PYTHONS = ("3.12", "3.13", "3.14")  # gevent has no wheel for an older one
ATTEMPTS = 3
PLAIN_FILE = stat.S_IFREG | 0o644


class System(NamedTuple):
    """One kind of computer: what pip calls it, and what markers ask for."""

    platforms: Sequence[str]
    sys_platform: str
    platform_system: str
    platform_machine: str
    os_name: str = "posix"
    pythons: Sequence[str] = ("3.11", "3.12", "3.13", "3.14")


def _glibc(machine: str) -> list[str]:
    """What a computer with glibc 2.28 or newer runs, such as Debian since 2019."""
    newer = [f"manylinux_2_{minor}_{machine}" for minor in range(28, 4, -1)]
    return [*newer, f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}"]


SYSTEMS = (
    System(_glibc("x86_64"), "linux", "Linux", "x86_64"),
    System(_glibc("aarch64"), "linux", "Linux", "aarch64"),
    System(["macosx_11_0_arm64"], "darwin", "Darwin", "arm64", pythons=MAC_PYTHONS),
    System(["macosx_11_0_x86_64"], "darwin", "Darwin", "x86_64", pythons=MAC_PYTHONS),
    System(["win_amd64"], "win32", "Windows", "AMD64", "nt"),
)


class Target(NamedTuple):
    """A kind of computer with a version of Python."""

    system: System
    python: str

    @property
    def key(self) -> str:
        """Its name, as the file finds it when it starts."""
        version, machine = self.python.replace(".", ""), self.system.platform_machine
        if self.system.sys_platform == "win32":
            return f"cp{version}-win_{machine.lower()}"
        system = (
            f"darwin-{machine}" if self.system.sys_platform == "darwin" else f"{machine}-linux-gnu"
        )
        return f"cpython-{version}-{system}"

    @property
    def markers(self) -> dict[str, str]:
        """What a requirement's marker may ask for."""
        return {
            "os_name": self.system.os_name,
            "platform_machine": self.system.platform_machine,
            "platform_system": self.system.platform_system,
            "sys_platform": self.system.sys_platform,
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
        }


TARGETS = {
    target.key: target
    for target in (Target(system, p) for system in SYSTEMS for p in system.pythons)
}


def main() -> int:
    """Fetch the wheels of every target, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path("dist/lanchat.pyz"))
    parser.add_argument("--only", default="", help="a part of the targets' names, or 'here'")
    parser.add_argument("--extras", default=EXTRAS, help="by default %(default)s")
    parser.add_argument(
        "--fast", action="store_true", help="compress less: the file is to be tried"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the wheels, one below it a target")
    parser.add_argument(
        "--python", default="/usr/bin/env python3", help="what a shell starts it by"
    )
    options = parser.parse_args()
    only = this_computer() if options.only == "here" else options.only
    chosen = [target for key, target in TARGETS.items() if only in key]
    if not chosen:
        parser.error(f"no target is {only}: there are {', '.join(TARGETS)}")
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-pyz-") as folder,
        ThreadPoolExecutor(4) as pool,
    ):
        kept = options.keep or Path(folder)
        fetched = pool.map(
            lambda target: fetch(target, options.wheel, options.extras, kept), chosen
        )
        wheels = dict(zip((target.key for target in chosen), fetched, strict=True))
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write(options.out, wheels, options.python, fast=options.fast)
    size = options.out.stat().st_size / 1e6
    print(f"{options.out}: {size:.1f} MB for {len(wheels)} kinds of computers")
    return 0


def fetch(target: Target, wheel: Path, extras: str, folder: Path) -> list[Path]:
    """Let pip fetch what a target needs; return the wheels of it."""
    wanted = [f"{wheel.resolve()}[{extras}]"]
    into = folder / target.key
    for _ in range(ATTEMPTS):
        shutil.rmtree(into, ignore_errors=True)
        download(target, wanted, into)
        used, missing = closure(into, target, extras)
        if not missing:
            return used
        wanted += missing
    raise SystemExit(f"{target.key}: pip does not bring {', '.join(missing)}")


def download(target: Target, wanted: Sequence[str], into: Path) -> None:
    """Let pip fetch wheels for another computer, from where its configuration says."""
    platforms = [f"--platform={platform}" for platform in target.system.platforms]
    kind = [f"--python-version={target.python}", "--implementation=cp", "--only-binary=:all:"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-qqq"]
    done = subprocess.run(
        [*pip, f"--dest={into}", *platforms, *kind, *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{target.key}: pip download fails: {done.stderr.strip()}")


def closure(folder: Path, target: Target, extras: str = EXTRAS) -> tuple[list[Path], list[str]]:
    """The wheels there that a target needs, and the requirements that none of them meets."""
    there = {parse_wheel_filename(path.name)[0]: path for path in folder.glob("*.whl")}
    seen: set[tuple[str, str]] = set()
    missing: set[str] = set()
    todo = [Requirement(f"lanchat[{extras}]")]
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        if name not in there:
            wanted.marker = None
            missing.add(str(wanted))
            continue
        for extra in {"", *wanted.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            todo += required(there[name], {**target.markers, "extra": extra})
    return sorted({there[canonicalize_name(name)] for name, _ in seen}), sorted(missing)


def required(wheel: Path, markers: dict[str, str]) -> Iterator[Requirement]:
    """What a wheel asks for where the markers are so."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        elsewhere = [name for name in names if ".data/purelib/" in name or ".data/platlib/" in name]
        if elsewhere:
            raise SystemExit(
                f"{wheel.name} is not unpacked to where it is imported: {elsewhere[0]}"
            )
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(archive.read(metadata))
    for line in told.get_all("Requires-Dist") or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(markers):
            yield requirement


def write(
    out: Path, wheels: Mapping[str, Sequence[Path]], python: str, *, fast: bool = False
) -> None:
    """Write the file, the same bytes for the same wheels, with a first line for a shell."""
    shared = grouped({key: unpacked(paths) for key, paths in wheels.items()})
    with ThreadPoolExecutor() as pool:
        packed = list(pool.map(lambda files: pack(files, 0 if fast else 6), shared.values()))
    content = {f"{number}.zip.xz": data for number, data in enumerate(packed)}
    named = {
        key: [name for name, keys in zip(content, shared, strict=True) if key in keys]
        for key in wheels
    }
    digests = [hashlib.sha256(data).hexdigest() for data in packed]
    told = {
        "id": hashlib.sha256(json.dumps([named, digests]).encode()).hexdigest()[:16],
        "for": words(wheels),
        "instead": "install a Python that it is for, or the wheel of lanchat by pipx",
        "targets": named,
    }
    content["targets.json"] = json.dumps(told, indent=1).encode()
    content["__main__.py"] = START.read_bytes()
    out.write_bytes(archive(content, f"#!{python}\n"))
    out.chmod(0o755)


def unpacked(wheels: Iterable[Path]) -> dict[str, bytes]:
    """What they hold that is used, and every licence."""
    files: dict[str, bytes] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as opened:
            names = [each.filename for each in opened.infolist() if not each.is_dir()]
            files |= {name: opened.read(name) for name in names if not UNUSED.search(name)}
    return files


def grouped(targets: Mapping[str, Mapping[str, bytes]]) -> dict[tuple[str, ...], dict[str, bytes]]:
    """Every file once, by the targets that have it just so."""
    having: defaultdict[tuple[str, bytes], list[str]] = defaultdict(list)
    for key, files in targets.items():
        for name, data in files.items():
            having[name, data].append(key)
    groups: defaultdict[tuple[str, ...], dict[str, bytes]] = defaultdict(dict)
    for (name, data), keys in having.items():
        groups[tuple(keys)][name] = data
    return groups


def pack(files: Mapping[str, bytes], effort: int) -> bytes:
    """Compress them as one: they have much in common, above all those of one kind."""
    names = sorted(files, key=lambda name: (Path(name).suffix, name))
    return lzma.compress(archive({name: files[name] for name in names}), preset=effort)


def archive(files: Mapping[str, bytes], first_line: str = "") -> bytes:
    """A zip of them as they are."""
    made = io.BytesIO()
    made.write(first_line.encode())
    with zipfile.ZipFile(made, "w") as opened:
        for name, data in files.items():
            about = zipfile.ZipInfo(name)
            about.external_attr = PLAIN_FILE << 16
            opened.writestr(about, data)
    return made.getvalue()


def words(keys: Iterable[str]) -> str:
    """The targets for people: systems, and the versions of Python for each."""
    versions: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        system = TARGETS[key].system
        name = f"{NAMES[system.sys_platform]} on {system.platform_machine}"
        versions[name].append(TARGETS[key].python)
    return ", ".join(f"{name} with Python {' '.join(there)}" for name, there in versions.items())


if __name__ == "__main__":
    sys.exit(main())
