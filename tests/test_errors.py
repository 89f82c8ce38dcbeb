from __future__ import annotations

import re
from collections.abc import Iterator

from lanchat import errors


def drawn() -> Iterator[tuple[str, str]]:
    """Each error of the drawing with the one above it."""
    above = ["Exception"]
    for line in str(errors.__doc__).splitlines():
        found = re.match(r"    ([│ ├└─]*)([A-Z]\w+)", line)
        if found:
            depth = len(found[1]) // 4 + 1
            above[depth:] = [found[2]]
            yield found[2], above[depth - 1]


def test_the_drawing_shows_the_tree() -> None:
    """Every error stands in the module's docstring, below what it is derived from."""
    classes = [each for each in vars(errors).values() if isinstance(each, type)]
    ours = [each for each in classes if each.__module__ == errors.__name__]
    assert dict(drawn()) == {each.__name__: each.mro()[1].__name__ for each in ours}
