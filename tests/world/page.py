"""The page's state without a browser: what it would show, in one process of Node for many pages."""

from __future__ import annotations

import json
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

from lanchat.chat.model import User
from tests.world.needs import need

_PROJECT = Path(__file__).parents[2]


class Pages:
    """The process that pages live in."""

    def __init__(self) -> None:
        self._numbers = count()
        self._node = subprocess.Popen(
            [need("node"), "tests/js/page.mjs"],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def close(self) -> None:
        """All pages are closed."""
        self._node.communicate()

    def open(self, user: User) -> Page:
        """A new page of the user's."""
        page = Page(self, next(self._numbers))
        page.do("open", you={"id": user.id, "name": user.name})
        return page

    def ask(self, line: dict[str, Any]) -> Any:
        """What the process answers to a line."""
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(line) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())


class Page:
    """One page, which is told what a socket would tell it."""

    def __init__(self, pages: Pages, number: int) -> None:
        self._pages = pages
        self._number = number

    def do(self, deed: str, **more: Any) -> Any:
        """One of the DEEDS of page.mjs."""
        return self._pages.ask({"page": self._number, "deed": deed, **more})

    def lost(self) -> None:
        self.do("lost")

    def request(self) -> Any:
        return self.do("request")

    def answer(self, answer: Any) -> None:
        self.do("answer", answer=answer)

    def event(self, name: str, payload: Any) -> None:
        self.do("event", name=name, payload=payload)
