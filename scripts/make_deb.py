"""Build a package for Debian, Ubuntu and Raspberry Pi OS: make_deb.py FILE.pyz OUT.deb.

It holds that file, made with `make_pyz.py --python=/usr/bin/python3`, and a service that runs
it as deploy/lanchat.service does, with what deploy/debian has. Of Debian's tools it takes dpkg-deb.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lanchat

PROJECT = Path(__file__).parents[1]
DEPLOY = PROJECT / "deploy"
PROGRAM = "usr/share/lanchat/lanchat.pyz"
SCRIPTS = ("postinst", "prerm", "postrm")
CONTROL = """\
Package: lanchat
Version: {version}
Architecture: all
Maintainer: The lanchat authors <lanchat@localhost>
Installed-Size: {size}
Depends: python3 (>= 3.11), init-system-helpers (>= 1.54~)
Section: net
Priority: optional
Description: chat for the network that you are on
 One computer runs it, and everybody else opens an address in the browser of
 their phone or laptop. It needs no internet. This package runs it as a service
 on port 8765, and brings the command lanchat.
"""
UNIT = (
    (r"\A(?:#.*\n)+", "# lanchat as a service. Settings stand in /etc/lanchat.toml.\n"),
    (r"/opt/lanchat/bin/lanchat", "/usr/bin/lanchat"),
    # What unpacks itself does so where the service may write.
    (r"Environment=LANCHAT_PORT=8765\n", "Environment=LANCHAT_CONFIG=/etc/lanchat.toml\n"),
    (
        r"(StateDirectory=lanchat\n)",
        r"\1CacheDirectory=lanchat\nCacheDirectoryMode=0700\nEnvironment=XDG_CACHE_HOME=%C/lanchat\n",
    ),
)


def main() -> int:
    """Lay out the files and let dpkg-deb pack them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("pyz", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", default=lanchat.__version__)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lanchat-deb-") as folder:
        root = Path(folder, "root")
        lay_out(root, options.pyz)
        describe(root, options.version)
        # Wheels are compressed: to do it again takes time and gains nothing.
        pack = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", root, options.out]
        return subprocess.run(pack, check=False).returncode


def lay_out(root: Path, pyz: Path) -> None:
    """Put every file at its place."""
    changelog = gzip.compress((PROJECT / "CHANGELOG.md").read_bytes(), mtime=0)
    manual = gzip.compress((PROJECT / "man" / "lanchat.1").read_bytes(), mtime=0)
    for name, content in (
        (PROGRAM, pyz.read_bytes()),
        ("usr/lib/systemd/system/lanchat.service", unit().encode()),
        ("etc/lanchat.toml", (DEPLOY / "debian" / "lanchat.toml").read_bytes()),
        ("usr/share/doc/lanchat/copyright", (PROJECT / "LICENSE").read_bytes()),
        ("usr/share/doc/lanchat/changelog.gz", changelog),
        ("usr/share/man/man1/lanchat.1.gz", manual),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755 if name == PROGRAM else 0o644)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/lanchat").symlink_to("../share/lanchat/lanchat.pyz")


def unit() -> str:
    """The service of deploy/, as this package runs it."""
    text = (DEPLOY / "lanchat.service").read_text("utf-8")
    for pattern, words in UNIT:
        text, changes = re.subn(pattern, words, text, count=1, flags=re.MULTILINE)
        if changes != 1:
            raise SystemExit(f"deploy/lanchat.service has no {pattern} any more")
    return text


def describe(root: Path, version: str) -> None:
    """Write what dpkg reads: what the package is, and what it does when it comes and goes."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    about = root / "DEBIAN"
    about.mkdir()
    size = sum(path.stat().st_size for path in files) // 1024
    sums = [
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n"  # noqa: S324
        for path in files
        if not path.is_relative_to(root / "etc")
    ]
    (about / "control").write_text(CONTROL.format(version=version, size=size), "utf-8")
    (about / "conffiles").write_text("/etc/lanchat.toml\n", "utf-8")
    (about / "md5sums").write_text("".join(sums), "utf-8")
    for name in SCRIPTS:
        shutil.copy(DEPLOY / "debian" / name, about / name)
        (about / name).chmod(0o755)
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        folder.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
