"""Several servers of one chat behind nginx, which leads nobody to the same one every time."""

from __future__ import annotations

import sys
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the site is for nginx on Unix")


@pytest.fixture
def behind_nginx(several: list[Any]) -> Any:
    return several[0]


@pytest.fixture
def others(several: list[Any]) -> list[Any]:
    return several[1:]


def test_people_talk_without_sticky_sessions(person_factory, several, until):
    """Each request of a person may reach another server, and each of their connections."""
    people = [person_factory(f"Person {number}") for number in range(4)]
    for person in people:
        assert all(person.get("/chat").status_code == 200 for _ in several)
        person.join()
    for person in people:
        person.say(f"I am {person.name}")
    for person in people:
        for other in people:
            person.hears("add_chat_message", message=f"I am {other.name}")
    until(lambda: all(len(server.ask({"do": "list"})["people"]) == 4 for server in several))
