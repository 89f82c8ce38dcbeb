"""Sizes of files as people write them: ``100 MB``, ``2 GB``, ``24 KiB``."""

from __future__ import annotations

import re

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)\s*([KMGT]?)(i?)B", re.ASCII | re.IGNORECASE)
_PREFIXES = "KMGT"
_DECIMAL = [("B", 1), *((f"{prefix}B", 1000 ** (n + 1)) for n, prefix in enumerate(_PREFIXES))]
_BINARY = [(f"{prefix}iB", 1024 ** (n + 1)) for n, prefix in enumerate(_PREFIXES)]
_UNITS = {name.upper(): size for name, size in (*_DECIMAL, *_BINARY)}


def parse_size(text: str) -> int:
    """The bytes in ``100MB``, ``1.5 GB`` or ``24 KiB``. Raises ValueError."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a size such as 500KB, 100MB, 1.5GB or 64MiB")
    number, prefix, binary = found.groups()
    if binary and not prefix:
        raise ValueError("not a size such as 500KB, 100MB, 1.5GB or 64MiB")
    return int(float(number) * _UNITS[f"{prefix}{binary}B".upper()])


def rough_size(size: int) -> str:
    """About so many bytes, as people of all languages read it: ``2.4 MB``, ``817 KB``, ``12 B``.

    That of rich says "bytes".
    """
    name, unit = [unit for unit in _DECIMAL if size >= 0.9995 * unit[1] or unit[1] == 1][-1]
    number = size / unit
    digits = 1 if unit > 1 and number < 9.95 else 0  # noqa: PLR2004 (two digits count)
    return f"{number:.{digits}f} {name}"


def format_size(size: int) -> str:
    """Exactly so many bytes, in the largest unit in which that is a whole number: ``100 MB``."""
    units = sorted([*_DECIMAL, *_BINARY], key=lambda unit: -unit[1])
    name, unit = next(unit for unit in units if size % unit[1] == 0 and (size or unit[1] == 1))
    return f"{size // unit} {name}"
