"""Build lanchat.pyz, lanchat in one file for many computers: make_pyz.py dist/lanchat-X.whl.

It holds wheels: those without machine code once, the others for every target. Which ones a target
needs stands in its targets.json, so that scripts/pyz_main.py, which starts it, needs no library.
pip fetches them, from where its own configuration says. For another target it would still take
the markers of requirements as this Python has them, so they are evaluated here once more.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import json
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from pyz_main import this_computer

START = Path(__file__).with_name("pyz_main.py")
EXTRAS = "join,metrics"  # tls would add 28 MB, and postgres more than all others together
NAMES = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
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
        version = self.python.replace(".", "")
        return f"{self.system.sys_platform}-{self.system.platform_machine}-cp{version}"

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
    parser.add_argument("--only", default="", help="the start of the targets' names, or 'here'")
    parser.add_argument("--extras", default=EXTRAS, help="by default %(default)s")
    parser.add_argument(
        "--python", default="/usr/bin/env python3", help="what a shell starts it by"
    )
    options = parser.parse_args()
    only = this_computer() if options.only == "here" else options.only
    chosen = [target for key, target in TARGETS.items() if key.startswith(only)]
    if not chosen:
        parser.error(f"no target is {only}: there are {', '.join(TARGETS)}")
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-pyz-") as folder,
        ThreadPoolExecutor(4) as pool,
    ):
        fetched = pool.map(
            lambda target: fetch(target, options.wheel, options.extras, Path(folder)), chosen
        )
        wheels = dict(zip((target.key for target in chosen), fetched, strict=True))
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write(options.out, wheels, options.python)
    size = options.out.stat().st_size / 1e6
    print(f"{options.out}: {size:.1f} MB for {len(wheels)} kinds of computers")
    return 0


def fetch(target: Target, wheel: Path, extras: str, folder: Path) -> list[Path]:
    """Let pip fetch what a target needs; return the wheels of it."""
    wanted = [f"{wheel.resolve()}[{extras}]"]
    for attempt in range(ATTEMPTS):
        into = folder / f"{target.key}-{attempt}"
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


def write(out: Path, wheels: dict[str, list[Path]], python: str) -> None:
    """Write the file, the same bytes for the same wheels, with a first line for a shell."""
    by_name = {path.name: path for paths in wheels.values() for path in paths}
    content = {name: by_name[name].read_bytes() for name in sorted(by_name)}
    named = {key: [path.name for path in paths] for key, paths in wheels.items()}
    digests = [name + hashlib.sha256(data).hexdigest() for name, data in content.items()]
    told = {
        "id": hashlib.sha256("\n".join([json.dumps(named), *digests]).encode()).hexdigest()[:16],
        "for": words(wheels),
        "instead": "install a Python that it is for, or the wheel of lanchat by pipx",
        "targets": named,
    }
    content["targets.json"] = json.dumps(told, indent=1).encode()
    content["__main__.py"] = START.read_bytes()
    with out.open("wb") as file:
        file.write(f"#!{python}\n".encode())
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in content.items():
                about = zipfile.ZipInfo(name)
                about.external_attr = PLAIN_FILE << 16
                archive.writestr(about, data)
    out.chmod(0o755)


def words(keys: Iterable[str]) -> str:
    """The targets for people: systems, and the versions of Python for each."""
    versions: dict[str, list[str]] = {}
    for key in keys:
        system, machine, version = key.split("-")
        there = versions.setdefault(f"{NAMES[system]} on {machine}", [])
        there.append(version.replace("cp3", "3."))
    return ", ".join(f"{name} with Python {' '.join(there)}" for name, there in versions.items())


if __name__ == "__main__":
    sys.exit(main())
