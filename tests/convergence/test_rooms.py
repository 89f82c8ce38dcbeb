"""Whatever people do with rooms: nobody hears of one that they are not in, and nobody misses any.

On one server with a file, and on two that share a database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lanchat.chat.model import LOBBY, User
from lanchat.chat.search import PAGE, Query
from lanchat.chat.words import phrases
from lanchat.errors import Refusal, RoomClosed
from tests.world.deadline import DEADLINE
from tests.world.house import House, Tab, Wire
from tests.world.page import Pages
from tests.world.page_tab import PageTab

NAMES = ["Ana", "Bia", "Caio"]
PEOPLE = st.integers(0, len(NAMES) - 1)
ROOMS = st.integers(0, 6)
NUMBERS = st.integers(0, 9)
MOST_ROOMS = 5
MOST_GROUPS = 9
"""Also those that have ended."""
CALM = 6
"""So much is done at least between two logouts or restarts."""
TABS = 3
"""Of each person: one that follows the contract, the page itself, and one that takes no rooms."""

Act = Callable[[], Any]


class Rooms(RuleBasedStateMachine):
    """What people do with rooms, and who is in which."""

    make_place: Callable[[], Path | str]
    pages: Pages

    def __init__(self) -> None:
        super().__init__()
        self.house = House(self.make_place())
        self.said = 0
        self.calm = 0
        self.rooms: dict[str, set[str]] = {}  # room → ids of those who are in it
        self.private: set[str] = set()
        self.groups: set[str] = set()
        self.closed: set[str] = set()
        self.marks: dict[tuple[str, str], int] = {}  # user, room → read up to
        self.where: dict[int, str] = {}  # message → room
        self.tabs: dict[int, list[Tab]] = {}
        self.people = [self.log_in(number) for number in range(len(NAMES))]
        for person in (0, 1):
            self.open_room(person)
            self.say(person, 0)
        self.enter(1, 0)

    def teardown(self) -> None:
        self.house.close()

    # Who there is.

    def log_in(self, number: int) -> User:
        user = self.house.log_in(number % len(self.house.servers), NAMES[number])
        self.tabs[number] = [
            Tab(user, f"{user.id} 0", takes_rooms=True),
            PageTab(self.pages, user, f"{user.id} 1"),
            Tab(user, f"{user.id} 2", takes_rooms=False),
        ]
        self.connect(self.tabs[number][0], number)
        return user

    def connect(self, tab: Tab, number: int) -> None:
        server = self.house.servers[number % len(self.house.servers)]
        if tab.server is None:
            before = self.newest(LOBBY)
            tab.connect(server)
            if tab.takes_rooms:
                self.marks.setdefault((tab.user.id, LOBBY), before)
                self.take_place(tab.user)
                self.check_unread(tab)

    def take_place(self, user: User) -> None:
        """Who has come late is in the smallest group by now."""
        present = self.groups - self.closed
        if present and not any(user.id in self.rooms[group] for group in present):
            least = min(len(self.rooms[group]) for group in present)
            (place,) = (group for group in present if user.id in self.house.members(group))
            assert len(self.rooms[place]) == least
            self.put(user, place)

    def put(self, user: User, room: str) -> None:
        self.rooms[room].add(user.id)
        self.marks[user.id, room] = self.newest(room)

    def newest(self, room: str) -> int:
        return max(self.house.there(room), default=0)

    def room(self, number: int) -> str:
        """One of those that there are, the newest ones first."""
        rooms = [*reversed(self.rooms), LOBBY]
        return rooms[number % len(rooms)]

    def is_in(self, user: User, room: str) -> bool:
        return room == LOBBY or user.id in self.rooms[room]

    def gather(self, each: int) -> None:
        """Everybody is here, as far as one of the servers knows."""
        ids = {self.speaker(person).user.id for person in range(len(NAMES))}
        self.house.wait_for_people(each, ids)

    def speaker(self, person: int) -> Tab:
        """A connected tab of the person's that takes rooms."""
        for tab in self.tabs[person][:-1]:
            if tab.server is not None:
                return tab
        self.connect(self.tabs[person][0], person)
        return self.tabs[person][0]

    # What people do; each is told to all before the next one.

    @rule(person=PEOPLE)
    def open_room(self, person: int) -> None:
        tab = self.speaker(person)
        if len(self.rooms) - len(self.groups) >= MOST_ROOMS:
            return
        self.said += 1
        name = f"Room {self.said}"
        room = tab.at.hub.rooms.open_room(tab.connection, name).room.id
        self.rooms[room] = {tab.user.id}
        self.marks[tab.user.id, room] = 0
        self.look()

    @rule(person=PEOPLE, number=ROOMS)
    def enter(self, person: int, number: int) -> None:
        tab, room = self.speaker(person), self.room(number)
        if room == LOBBY:
            return
        before = self.newest(room)
        if room in self.private | self.groups | self.closed and not self.is_in(tab.user, room):
            self.refused(lambda: tab.enter(room))
            self.look()
            return
        tab.enter(room)
        if not self.is_in(tab.user, room):
            self.marks[tab.user.id, room] = before
        self.look(entering=(tab.user, room))

    @rule(person=PEOPLE, number=ROOMS)
    def leave(self, person: int, number: int) -> None:
        tab, room = self.speaker(person), self.room(number)
        stays = room == LOBBY or room in self.private | self.groups
        leaves = not stays and self.is_in(tab.user, room)
        try:
            tab.at.hub.rooms.leave(tab.connection, room)
            assert leaves
        except Refusal:
            assert not leaves
        self.look(leaving=(tab.user, room) if leaves else None)

    @rule(person=PEOPLE, further=st.integers(1, len(NAMES) - 1))
    def open_direct(self, person: int, further: int) -> None:
        other = (person + further) % len(NAMES)
        tab, them = self.speaker(person), self.speaker(other).user
        room = tab.at.hub.rooms.open_direct(tab.connection, them.id).room.id
        if room not in self.rooms:
            self.rooms[room] = {tab.user.id, them.id}
            self.private.add(room)
            for user in (tab.user, them):
                self.marks[user.id, room] = 0
        self.look()

    @rule(person=PEOPLE, number=ROOMS)
    def say_more(self, person: int, number: int) -> None:
        """What people do most."""
        self.say(person, number)
        self.say(person, number)

    @rule(person=PEOPLE, number=ROOMS)
    def say(self, person: int, number: int) -> None:
        tab, room = self.speaker(person), self.room(number)
        self.said += 1
        text = f"text {self.said}"
        posted = tab.at.hub.posting.post(tab.connection, text, text, room=room)
        if not self.is_in(tab.user, room):
            self.refused(lambda: posted.result(DEADLINE))
            self.look(said=(text, None))
            return
        try:
            self.where[posted.result(DEADLINE).message.id] = room
            self.look(said=(text, room))
        except RoomClosed:
            assert room in self.closed
            self.look(said=(text, None))

    @rule(person=PEOPLE, number=NUMBERS, how=st.sampled_from(["edit", "delete", "react", "back"]))
    def change(self, person: int, number: int, how: str) -> None:
        """Also what is not one's own, or in a room that one is not in."""
        tab, ids = self.speaker(person), sorted(self.where)
        message_id, hub = ids[-1 - number % len(ids)], tab.at.hub
        self.said += 1
        if how == "edit":
            done = hub.posting.edit(tab.connection, message_id, f"e {self.said}", f"{self.said}")
        elif how == "delete":
            done = hub.posting.delete(tab.connection, message_id)
        else:
            done = hub.reactions.react(tab.connection, message_id, "👍", on=how == "react")  # type: ignore[assignment]
        try:
            done.result(DEADLINE)
            assert self.is_in(tab.user, self.where[message_id])
        except Refusal:
            pass
        self.look()

    @rule(person=PEOPLE, number=ROOMS)
    def type(self, person: int, number: int) -> None:
        tab, room = self.speaker(person), self.room(number)
        with suppress(Refusal):
            tab.at.hub.posting.typing(tab.connection, room)
            assert self.is_in(tab.user, room)
        self.look()

    @rule(person=PEOPLE)
    def look_for(self, person: int) -> None:
        """What was said in rooms that one is in is found, and nothing else."""
        tab, asked = self.speaker(person), phrases("text")
        find, rooms = tab.at.searching.find, tab.at.hub.rooms_of(tab.connection)
        there = {
            number
            for room in rooms
            for number, message in self.house.there(room).items()
            if message["message"].startswith("text")
        }
        tab.at.index()
        found = find(Query(asked, rooms), rooms)
        assert {each.id for each in found.messages} == set(sorted(there)[-PAGE:])
        for room in self.rooms:
            if not self.is_in(tab.user, room):
                self.refused(partial(find, Query(asked, [room]), rooms))

    @rule(person=PEOPLE, number=ROOMS)
    def mark_read(self, person: int, number: int) -> None:
        tab, room = self.speaker(person), self.room(number)
        if not self.is_in(tab.user, room):
            return
        up_to = self.newest(room)
        read = tab.at.hub.rooms.mark_read(tab.connection, room, up_to).result(DEADLINE)
        assert read.unread == 0
        self.marks[tab.user.id, room] = max(up_to, self.marks[tab.user.id, room])
        self.look()

    @rule(person=PEOPLE, number=ROOMS)
    def close_room(self, person: int, number: int) -> None:
        """It stays where it is, for who is in it; nobody enters it any more."""
        tab, room = self.speaker(person), self.room(number)
        with suppress(Refusal):
            tab.at.hub.command(tab.connection, "close", "", room=room)
            self.closed.add(room)
        self.look()

    @precondition(lambda self: self.said > self.calm)
    @rule(person=PEOPLE, number=ROOMS)
    def delete_room(self, person: int, number: int) -> None:
        """Nobody is in it any more, and nothing of it is left, by whoever has opened it."""
        tab, room = self.speaker(person), self.room(number)
        with suppress(Refusal):
            tab.at.hub.command(tab.connection, "erase", "", room=room)
            del self.rooms[room]
            self.closed.discard(room)
            self.calm = self.said + CALM
            assert self.house.there(room) == {}
        self.look()

    # What hosts do.

    @precondition(lambda self: len(self.groups) < MOST_GROUPS)
    @rule(number=st.integers(1, 3), each=st.integers(0, 1))
    def share_out(self, number: int, each: int) -> None:
        """Everybody has one place, and no group two people more than another."""
        self.gather(each)
        self.house.command(each, "groups", str(number))
        self.closed |= self.groups
        shared = self.house.groups()
        assert len(shared) == number
        for group in shared:
            members = self.house.members(group)
            self.rooms[group] = members
            self.marks |= dict.fromkeys([(user_id, group) for user_id in members], 0)
        self.groups |= set(shared)
        sizes = [len(self.rooms[group]) for group in shared]
        assert max(sizes) - min(sizes) <= 1
        placed = sorted(user_id for group in shared for user_id in self.rooms[group])
        assert placed == sorted(user.id for user in self.people)
        self.look()

    @precondition(lambda self: self.groups - self.closed)
    @rule(each=st.integers(0, 1))
    def end(self, each: int) -> None:
        self.house.command(each, "groups", "end")
        self.closed |= self.groups
        self.look()

    @precondition(lambda self: self.groups - self.closed)
    @rule(person=PEOPLE, number=NUMBERS, each=st.integers(0, 1))
    def move(self, person: int, number: int, each: int) -> None:
        """Into another group, or the same one."""
        self.gather(each)
        present, user = self.house.groups(), self.people[person]
        number %= len(present)
        place = next(group for group in present if user.id in self.rooms[group])
        self.house.command(each, "group", str(number + 1), user.id)
        if present[number] == place:
            self.look()
            return
        self.marks[user.id, present[number]] = self.newest(present[number])
        self.look(entering=(user, present[number]), leaving=(user, place))

    @rule(person=PEOPLE, number=ROOMS)
    def call_host(self, person: int, number: int) -> None:
        tab, room = self.speaker(person), self.room(number)
        calls = room in self.groups - self.closed and self.is_in(tab.user, room)
        try:
            tab.at.hub.groups.call_host(tab.connection, room)
            assert calls
        except Refusal:
            assert not calls
        self.look()

    @rule(each=st.integers(0, 1))
    def announce(self, each: int) -> None:
        self.said += 1
        text = f"text {self.said}"
        self.house.command(each, "announce", text)
        self.where[self.newest(LOBBY)] = LOBBY
        self.look(said=(text, LOBBY))

    # What becomes of connections.

    @rule(person=PEOPLE, each=st.integers(0, TABS - 1))
    def come(self, person: int, each: int) -> None:
        self.connect(self.tabs[person][each], person + each)
        self.look()

    @rule(person=PEOPLE, each=st.integers(0, TABS - 1), number=st.integers(0, 1))
    def change_servers(self, person: int, each: int, number: int) -> None:
        """With what the tab shows."""
        self.tabs[person][each].disconnect()
        self.connect(self.tabs[person][each], number)
        self.look()

    @rule(person=PEOPLE, further=st.integers(1, len(NAMES) - 1), number=ROOMS, enters=st.booleans())
    def be_away(self, person: int, further: int, number: int, enters: bool) -> None:
        """And come back with what one had."""
        tab, other = self.tabs[person][1], (person + further) % len(NAMES)
        self.connect(tab, person)
        self.say(other, number)
        tab.disconnect()
        if enters:
            self.enter(person, number)
        else:
            self.leave(person, number)
        self.change(other, number, "edit")
        self.say(other, number)
        self.say(person, number)
        self.connect(tab, person)
        self.look()

    @rule(person=PEOPLE)
    def begin_anew(self, person: int) -> None:
        """Nothing is shown yet."""
        tab = Tab(self.people[person], "new", takes_rooms=True)
        self.connect(tab, person)
        self.check_shown(tab)
        tab.disconnect()

    @rule(person=PEOPLE, each=st.integers(0, TABS - 1))
    def drop_out(self, person: int, each: int) -> None:
        self.tabs[person][each].disconnect()

    @precondition(lambda self: self.said > self.calm)
    @rule(person=PEOPLE)
    def log_out(self, person: int) -> None:
        """And come again, by the same name, as somebody else."""
        user, self.calm = self.people[person], self.said + CALM
        for tab in self.tabs[person]:
            tab.disconnect()
        self.house.servers[0].hub.identities.log_out(user)
        for room, members in self.rooms.items():
            if room not in self.private:
                members.discard(user.id)
            elif user.id in members:
                self.closed.add(room)
        self.house.settle()
        self.people[person] = self.log_in(person)
        self.look()

    @precondition(lambda self: self.said > self.calm)
    @rule(number=st.integers(0, 1))
    def restart(self, number: int) -> None:
        number, self.calm = number % len(self.house.servers), self.said + CALM
        for tab in (tab for tabs in self.tabs.values() for tab in tabs):
            if tab.server is self.house.servers[number]:
                tab.hear()
                tab.disconnect()
        self.house.restart(number)
        self.look()

    # How.

    def refused(self, act: Act) -> None:
        with pytest.raises(Refusal):
            act()

    def look(
        self,
        *,
        entering: tuple[User, str] | None = None,
        leaving: tuple[User, str] | None = None,
        said: tuple[str, str | None] = ("", None),
    ) -> None:
        """All has been told: nobody has heard too much, and everybody has what is there."""
        self.house.settle()
        if entering:
            self.rooms[entering[1]].add(entering[0].id)
        for tab in (tab for tabs in self.tabs.values() for tab in tabs):
            heard = tab.hear()
            for name, payload in heard:
                self.check_heard(tab, name, payload)
            text, room = said
            if text and tab.server is not None:
                hears = room == LOBBY or (room and tab.takes_rooms and self.is_in(tab.user, room))
                texts = [sent["message"] for name, sent in heard if name == "add_chat_message"]
                assert texts.count(text) == (1 if hears else 0)
        if leaving:
            self.rooms[leaving[1]].discard(leaving[0].id)
        for tab in (tab for tabs in self.tabs.values() for tab in tabs):
            if tab.server is not None:
                tab.hear()
                self.check_shown(tab)

    def check_heard(self, tab: Tab, name: str, payload: Wire) -> None:
        """It is of a room that the person is in, or may know of."""
        if name in {"room_opened", "room_changed", "room_closed"} and "id" in payload:
            assert tab.takes_rooms
            assert payload["kind"] == "open" or self.is_in(tab.user, payload["id"])
            assert {user["id"] for user in payload.get("people", ())} <= self.rooms[payload["id"]]
            return
        if name == "room_deleted":
            assert tab.takes_rooms
            assert payload["id"] not in self.rooms
            return
        room = payload.get("room", LOBBY)
        if name in {"reactions_changed", "message_deleted"}:
            room = self.where.get(payload["id"], LOBBY)
        elif name == "mine":
            room = self.where.get(int(next(iter(payload))), LOBBY)
        if name != "mine":  # which is of one's own doing
            assert room == LOBBY or tab.takes_rooms
        assert self.is_in(tab.user, room)

    def check_shown(self, tab: Tab) -> None:
        """Each room that the person is in is there, whole, and as it is; they read no other one."""
        own = {room for room, members in self.rooms.items() if tab.user.id in members}
        read = {LOBBY, *(own if tab.takes_rooms else ())}
        assert set(tab.at.hub.rooms_of(tab.connection)) == read
        assert {room for room in self.rooms if tab.at.hub.rooms.may_read(tab.user.id, room)} == own
        assert tab.shown.keys() == read
        for room, shown in tab.shown.items():
            there = self.house.there(room)
            assert {
                number: message for number, message in shown.items() if not message.get("deleted")
            } == there
        if isinstance(tab, PageTab):
            self.check_unread(tab)

    def check_unread(self, tab: Tab) -> None:
        """What the server counts, and the page, is what there is to count."""
        for room, unread in tab.unread.items():
            others = (m for m in self.house.there(room).values() if m["user_id"] != tab.user.id)
            mark = self.marks[tab.user.id, room]
            assert unread == sum(message["id"] > mark for message in others)


@pytest.fixture
def folders() -> Iterator[Callable[[], Path]]:
    """A new place for a file, as often as one is wanted."""
    folder = Path(tempfile.mkdtemp(prefix="lanchat-rooms-"))
    places = iter(range(10**6))
    yield lambda: folder / f"{next(places)}.db"
    shutil.rmtree(folder, ignore_errors=True)


def run(place: Callable[[], Path | str], examples: int, steps: int) -> None:
    """Let people do things by chance."""
    with closing(Pages()) as pages:
        what = {"make_place": staticmethod(place), "pages": pages}
        _run(type("Machine", (Rooms,), what), examples, steps)


def _run(machine: type[Rooms], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            deadline=None,
        ),
    )


def test_rooms_of_one_server(folders: Callable[[], Path], long: bool) -> None:
    """With a file."""
    run(folders, 500 if long else 10, 60 if long else 30)


def test_rooms_of_two_servers(new_room: Callable[[], str], long: bool) -> None:
    """With a database that they share."""
    run(new_room, 50 if long else 2, 60 if long else 25)
