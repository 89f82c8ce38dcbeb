"""Somebody who looks at their own connections."""

from __future__ import annotations

import json
import threading
from typing import Any

import requests

from tests.world.deadline import DEADLINE, wait_for
from tests.world.person import Person


class Look:
    """A stream of lines, read in a thread as they come."""

    def __init__(self, person: Person, path: str = "/inspect/stream") -> None:
        self._answer = person.get(path, stream=True, timeout=DEADLINE)
        assert self._answer.status_code == 200, self._answer.text
        self.facts: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.sees("hello")

    def sees(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for a line of this kind with these fields."""

        def found() -> dict[str, Any] | None:
            wanted = {"kind": kind, **fields}.items()
            return next((fact for fact in list(self.facts) if wanted <= fact.items()), None)

        fact: dict[str, Any] = wait_for(found, f"{kind} {fields}")
        return fact

    def sees_event(
        self, name: str, whose: str = "browser", connection: int | None = None, said: str = ""
    ) -> dict[str, Any]:
        """Wait for a frame with this event, perhaps of one connection and with this text in it."""

        def found() -> dict[str, Any] | None:
            frames = (fact for fact in list(self.facts) if fact["kind"] == "frame")
            events = (each for each in frames if each.get("packet", {}).get("event") == name)
            wanted = (each for each in events if each["from"] == whose and said in each["text"])
            return next((each for each in wanted if connection in {None, each["connection"]}), None)

        fact: dict[str, Any] = wait_for(found, f"an event {name}")
        return fact

    def close(self) -> None:
        """Look no more."""
        raw: Any = self._answer.raw
        if raw.connection is not None and raw.connection.sock is not None:
            raw.connection.sock.shutdown(2)  # or the thread would go on waiting
        self._thread.join(DEADLINE)
        self._answer.close()

    def _read(self) -> None:
        try:
            for line in self._answer.iter_lines():
                self.raw.append(line)
                if line:
                    self.facts.append(json.loads(line))
        except (requests.RequestException, OSError):
            pass
        finally:
            self.ended.set()
