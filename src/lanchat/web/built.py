"""Which files browsers get: what was built of the sources, or the sources themselves.

    static/    scripts, style sheets and pictures as people write them, in a checkout alone
    built/     what scripts/build_pages.mjs made of them when lanchat was installed or packed

Both have the same names for what pages ask for. In a checkout where a source has changed since,
the sources are served as they are: whoever works on them needs no build to see what they do.
hatch_build.py reads this module by its path: it imports the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

SOURCES = "static"
BUILT = "built"
MANIFEST = "manifest.json"
"""In the built folder: ``sources`` is the digest of what it was made of."""

_SOURCE = (".css", ".js", ".svg", ".txt")


def served(web: Path) -> Path:
    """The folder of the two below ``web`` that browsers get."""
    sources, built = web / SOURCES, web / BUILT
    if not (sources / "js").exists():
        return built
    try:
        made_of = json.loads((built / MANIFEST).read_text("utf-8"))["sources"]
    except OSError:
        return sources
    return built if made_of == digest(sources) else sources


def digest(folder: Path) -> str:
    """A name for all sources in a folder as they are, in hexadecimal."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SOURCE:
            content = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            whole.update(f"{name}\0{len(content)}\0".encode())
            whole.update(content)
    return whole.hexdigest()
