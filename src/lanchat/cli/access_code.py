"""The access code, which chance can choose."""

from __future__ import annotations

import secrets

from lanchat.errors import SettingRefused

AUTO = "auto"
DIGITS = 8
"""Of a generated code: a hundred million codes, against ten tries in ten minutes."""


def settle(given: str | None, *, banner: bool) -> str | None:
    """The code that guests have to know, or None.

    Without a ``banner`` nobody would see a generated one. Raises SettingRefused.
    """
    if given != AUTO:
        return given
    if not banner:
        hint = "nobody would see the code without the banner; choose one yourself"
        raise SettingRefused("access-code", AUTO, hint)
    # Digits are read aloud in any language and typed on any keyboard.
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
