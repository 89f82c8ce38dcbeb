"""Whoever follows "Catching up" of docs/protocol.md ends with what is there, however it came.

So does the page: two of the four clients are its own state, in Node.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from lanchat.chat import catchup
from lanchat.chat.model import Clock, Message, User
from lanchat.web import event_packets
from tests.world.follower import Follower
from tests.world.life import HISTORY, Life
from tests.world.page import Page, Pages

PEOPLE = [User("a", "Ana"), User("b", "Bia"), User("c", "Caio")]
EMOJI = "👍🎉"
ANSWERED = 8
"""Messages in one answer at most."""

SEEN = ("id", "seq", "user", "message", "edited", "pinned", "files", "poll")

Wire = dict[str, Any]


@dataclass
class Guest:
    """Somebody's client, and a slow network in between."""

    user: User
    screen: Follower | Page
    name: str
    connection: str | None = None
    tries: int = 0
    _read: deque[Callable[[], None]] = field(default_factory=deque)
    """Answers that the server has read and not sent yet."""
    _coming: deque[Callable[[], None]] = field(default_factory=deque)

    def ask(self, life: Life) -> None:
        """The server reads what the client has missed; what is told next may overtake it."""
        if self.connection is None:
            self.tries += 1
            self.connection = f"{self.name}{self.tries}"
            answer = life.join(self.connection, self.user, self.screen.request())
            self._read.append(lambda: self.screen.answer(answer))

    def go_back(self, life: Life, place: dict[str, int]) -> None:
        """The server reads a part of the history for a page."""
        if self.connection is not None and isinstance(page := self.screen, Page):
            asked = page.do("goBack", place=place)
            answer = life.history(self.user, {**asked, "limit": 3})
            self._read.append(lambda: page.do("stretch", place=place, answer=answer))

    def answer(self, life: Life) -> None:
        """The server sends what it has read."""
        self._hear(life)
        if self._read:
            self._coming.append(self._read.popleft())

    def receive(self, life: Life, most: int) -> None:
        """Some of what was sent arrives."""
        self._hear(life)
        for _ in range(min(most, len(self._coming))):
            self._coming.popleft()()

    def _hear(self, life: Life) -> None:
        for name, payload in life.heard(self.connection) if self.connection else ():
            self._coming.append(lambda n=name, p=payload: self.screen.event(n, p))  # type: ignore[misc]

    def drop_out(self, life: Life) -> None:
        """What is on its way is lost."""
        if self.connection is not None:
            life.leave(self.connection)
            self._read.clear()
            self._coming.clear()
            self.screen.lost()
            self.connection = None

    def catch_up(self, life: Life) -> None:
        """All arrives."""
        self.ask(life)
        while self._read:
            self.answer(life)
        self.receive(life, 1_000)


NUMBERS = st.integers(0, 9)
GUESTS = st.integers(0, 3)
PAGES = st.integers(2, 3)
SIDES = st.sampled_from(["before", "after", "around"])
USERS = st.sampled_from(PEOPLE)


class Room(RuleBasedStateMachine):
    """People talk, and those who look on have bad networks."""

    pages: Pages

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="convergence"))
        self.file = self.folder / "0.db"
        self.saved: Path | None = None
        self.now = 1_000.0
        self.clock = Clock(lambda: self.now, lambda: 1_795_435_200.0)
        self.life = Life(self.file, self.clock, PEOPLE)
        screens: list[Follower | Page] = [
            *(Follower(user.id) for user in PEOPLE[:2]),
            *(self.pages.open(user) for user in PEOPLE[:2]),
        ]
        self.guests = [
            Guest(PEOPLE[index % 2], screen, f"guest{index}/")
            for index, screen in enumerate(screens)
        ]
        self.said = 0
        self.retired: dict[int, Wire] = {}
        self.failed = False

    def teardown(self) -> None:
        try:
            if not self.failed:
                self.all_have_the_same()
        finally:
            self.life.close()
            shutil.rmtree(self.folder)

    def message(self, number: int) -> Message | None:
        """One of the newest ones."""
        newest = self.life.newest()[-10:]
        return newest[-1 - number % len(newest)] if newest else None

    def poll(self, number: int) -> Message | None:
        """One of the newest polls."""
        polls = [one for one in self.life.newest() if one.poll][-3:]
        return polls[number % len(polls)] if polls else None

    def text(self) -> str:
        """One that was never said."""
        self.said += 1
        return f"text {self.said}"

    # What people do.

    @initialize()
    def begin(self) -> None:
        for user in PEOPLE * 2:
            self.life.post(user, self.text(), None)
        for guest in self.guests:
            guest.catch_up(self.life)

    @rule(
        users=st.lists(USERS, min_size=1, max_size=4),
        number=st.none() | NUMBERS,
        file=st.booleans(),
    )
    def say(self, users: list[User], number: int | None, file: bool) -> None:
        """One after the other, perhaps as an answer, and the last one perhaps by a picture."""
        one = None if number is None else self.message(number)
        for user in users:
            has_file = file and user is users[-1]
            self.life.post(user, self.text(), one and one.id, file=has_file)

    @rule(number=NUMBERS)
    def edit(self, number: int) -> None:
        if one := self.message(number):
            self.life.edit(one, self.text())

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        if one := self.message(number):
            self.life.delete(one)

    @rule(user=USERS, number=NUMBERS, emoji=st.sampled_from(EMOJI), on=st.booleans())
    def react(self, user: User, number: int, emoji: str, on: bool) -> None:
        if one := self.message(number):
            self.life.react(user, one.id, emoji, on=on)

    @rule(user=USERS, up=st.booleans())
    def hand(self, user: User, up: bool) -> None:
        self.life.hand(user, up=up)

    @rule()
    def tick(self) -> None:
        self.now += 1
        self.life.tick()

    @rule(user=USERS, number=NUMBERS, option=st.none() | st.integers(0, 1))
    def vote(self, user: User, number: int, option: int | None) -> None:
        if one := self.poll(number):
            self.life.vote(user, one.id, option)

    # What a host does.

    @rule()
    def ask_all(self) -> None:
        self.life.ask(self.text())

    @rule(number=NUMBERS)
    def close_poll(self, number: int) -> None:
        if one := self.poll(number):
            self.life.close_poll(one.id)

    @rule(name=st.sampled_from(["pin", "unpin"]), number=NUMBERS)
    def pin(self, name: str, number: int) -> None:
        if one := self.message(number):
            self.life.command(name, str(one.id))

    @rule(name=st.sampled_from(["", *(user.name for user in PEOPLE)]))
    def clear(self, name: str) -> None:
        """Of one user, or of all."""
        self.life.command("clear", name)

    # What the server does.

    @rule(kept=st.none() | st.integers(1, 20))
    def tidy(self, kept: int | None) -> None:
        """Rows go: those that were cleared, or all but so many."""
        before, _, _ = self.life.everything(PEOPLE[0])
        if kept is None:
            self.life.erase()
        else:
            self.life.retire(kept)
        after, _, _ = self.life.everything(PEOPLE[0])
        self.retired |= {number: before[number] for number in before.keys() - after.keys()}

    @rule(how=st.sampled_from(["same", "save", "saved", "other"]))
    def restart(self, how: str) -> None:
        for guest in self.guests:
            guest.drop_out(self.life)
        self.life.close()
        if how == "save":
            self.saved = Path(shutil.copy(self.file, self.folder / "saved.db"))
        elif how == "other" or (how == "saved" and self.saved):
            self.file = self.file.with_name(f"{int(self.file.stem) + 1}.db")
            self.retired.clear()
            if how == "saved" and self.saved:
                shutil.copy(self.saved, self.file)
        self.life = Life(self.file, self.clock, PEOPLE)

    # What networks do.

    @rule(guest=GUESTS)
    def ask(self, guest: int) -> None:
        self.guests[guest].ask(self.life)

    @rule(guest=PAGES, side=SIDES, number=NUMBERS)
    def go_back(self, guest: int, side: str, number: int) -> None:
        if one := self.message(number):
            self.guests[guest].go_back(self.life, {side: one.id})

    @rule(guest=GUESTS)
    def answer(self, guest: int) -> None:
        self.guests[guest].answer(self.life)

    @rule(guest=GUESTS, most=st.integers(1, 5))
    def receive(self, guest: int, most: int) -> None:
        self.guests[guest].receive(self.life, most)

    @rule(guest=GUESTS)
    def drop_out(self, guest: int) -> None:
        self.guests[guest].drop_out(self.life)

    # What is to hold.

    @rule()
    def all_have_the_same(self) -> None:
        """Once all has arrived."""
        self.failed = True
        self.tick()
        for guest in self.guests:
            guest.catch_up(self.life)
            there, pins, mine = self.life.everything(guest.user)
            if isinstance(guest.screen, Page):
                self.check_page(guest.screen.do("shown"), there, pins, mine)
            else:
                self.check_follower(guest.screen, there, pins, mine)
        self.failed = False

    def check_follower(
        self, screen: Follower, there: dict[int, Wire], pins: list[Wire], mine: Wire
    ) -> None:
        self.check_shown(screen.shown, there)
        assert {number for number in there if number > screen.gap} <= screen.shown.keys()
        self.check_pins(list(screen.pins), pins)
        for number in screen.shown.keys() & there.keys():
            assert own(screen.mine, there[number]) == own(mine, there[number])

    def check_page(self, state: Wire, there: dict[int, Wire], pins: list[Wire], mine: Wire) -> None:
        """What is not shown is known to be missing."""
        shown = {one["id"]: one for one in state["messages"]}
        self.check_shown(shown, there)
        for number in there.keys() - shown.keys():
            following = min([each for each in shown if each > number], default=2**63)
            assert any(number < gap <= following for gap in state["gaps"])
        self.check_pins([pin["id"] for pin in state["pins"]], pins)
        assert state["hands"] == self.life.hands()
        for number in shown.keys() & there.keys():
            assert own(state["mine"], there[number]) == own(mine, there[number])

    def check_pins(self, shown: list[int], pins: list[Wire]) -> None:
        assert shown == [pin["id"] for pin in pins]

    def check_shown(self, shown: dict[int, Wire], there: dict[int, Wire]) -> None:
        """All that is shown is as it is."""
        known = {**self.retired, **there}
        for number, one in shown.items():
            assert self.as_seen(one) == self.as_seen(known[number])

    def as_seen(self, one: Wire) -> Wire:
        """What a reader sees of it."""
        seen = {name: one.get(name) for name in SEEN}
        seen["reactions"] = one.get("reactions") or None
        if quoted := one.get("quoted"):
            # Where its row is gone so is its author.
            gone = quoted.get("deleted") or quoted["id"] in self.retired
            seen["quoted"] = quoted["id"] if gone else quoted
        return seen


def own(mine: Wire, message: Wire) -> tuple[list[str], int | None]:
    """What somebody has done to the message; who has voted is forgotten when a poll is closed."""
    done = mine.get(str(message["id"]), {})
    is_open = "poll" in message and not message["poll"]["closed"]
    return done.get("reactions", []), done.get("vote") if is_open else None


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    """The process that pages live in."""
    pages = Pages()
    yield pages
    pages.close()


def test_all_see_the_same_in_the_end(
    pages: Pages, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown is there as it is, and nothing is missing that should be there."""
    monkeypatch.setattr(catchup, "CATCH_UP_LIMIT", ANSWERED)
    monkeypatch.setattr(event_packets, "LISTED", 1)
    monkeypatch.setattr(Room, "pages", pages, raising=False)
    assert HISTORY < ANSWERED
    run_state_machine_as_test(
        Room,
        settings=settings(
            max_examples=500 if long else 20,
            stateful_step_count=60 if long else 30,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
