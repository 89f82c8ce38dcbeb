"""A hub on a real store in memory, and who stands where its sockets, its log and its clock are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from lanchat.chat.changes import Draft
from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import Event, Notice
from lanchat.chat.hub import Hub
from lanchat.chat.model import LOBBY, Clock, Origin, User
from lanchat.chat.moderation import Done
from lanchat.chat.ports import LeaveReason, LoginRefusal
from lanchat.chat.room_settings import Openers, Privacy
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog

_E = TypeVar("_E")

LAPTOP = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")
NOON = "2026-11-23T12:00:00.000Z"


@dataclass
class Times:
    """The two times of a clock, in seconds, which tests set."""

    monotonic: float = 1_000.0
    wall: float = 1_795_435_200.0
    """Noon of the 23rd of November 2026."""

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.monotonic += seconds
        self.wall += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.monotonic, lambda: self.wall)


class Recorder:
    """A Delivery that writes down what this process is told, and what each connection hears."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.traits: dict[str, frozenset[str]] = {}
        self.channels: dict[str, set[str]] = {}
        self._heard: dict[str, list[Event]] = {}

    def subscribe(self, connection: str, channel: str, traits: Collection[str] = ()) -> None:
        self.channels.setdefault(connection, set()).add(channel)
        if traits:
            self.traits[connection] = frozenset(traits)

    def leave(self, connection: str, channel: str) -> None:
        self.channels.get(connection, set()).discard(channel)

    def unsubscribe(self, connection: str) -> None:
        self.channels.pop(connection, None)

    def deliver(self, channel: str, event: Event) -> None:
        self.told.append(event)
        for connection, channels in self.channels.items():
            if channel in channels:
                self._heard.setdefault(connection, []).append(event)

    def all(self, kind: type[_E]) -> list[_E]:
        """Every event of this kind, in order."""
        return [event for event in self.told if isinstance(event, kind)]

    def heard(self, connection: str) -> list[Event]:
        """What the connection was told, in order."""
        return self._heard.get(connection, [])

    def notices(self, user: User) -> list[tuple[str, str | None]]:
        """What a person was told by moderators: code and end of each notice."""
        about = [notice for notice in self.all(Notice) if notice.user_id == user.id]
        return [(notice.code, notice.until) for notice in about]


class AuditList:
    """An Audit that writes down what it is told: the event's name, then its fields."""

    def __init__(self) -> None:
        self.lines: list[tuple[object, ...]] = []

    def join(self, user: User, origin: Origin) -> None:
        self.lines.append(("join", user, origin))

    def leave(self, user: User, origin: Origin, seconds: float, reason: LeaveReason) -> None:
        self.lines.append(("leave", user, origin, seconds, reason))

    def rename(self, user: User, before: str, origin: Origin) -> None:
        self.lines.append(("rename", user, before, origin))

    def file(self, user: User, origin: Origin, kind: str, size: int) -> None:
        self.lines.append(("file", user, origin, kind, size))

    def login_refused(self, name: str, origin: Origin, reason: LoginRefusal) -> None:
        self.lines.append(("login_refused", name, origin, reason))

    def refused(self, origin: Origin, reason: str) -> None:
        self.lines.append(("refused", origin, reason))

    def command(
        self, name: str, by: str, person: tuple[User, Origin] | None, **fields: object
    ) -> None:
        self.lines.append(("command", name, by, person, fields))

    def named(self, event: str) -> list[tuple[object, ...]]:
        """The fields of all events of this name."""
        return [line[1:] for line in self.lines if line[0] == event]


class OneByOne:
    """Lets one thread at a time ask a database, as the server's thread pool does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self, call: Callable[[], Any]) -> Any:
        with self._lock:
            return call()


@pytest.fixture
def times() -> Times:
    """The time that it is."""
    return Times()


@pytest.fixture
def recorder() -> Recorder:
    """The connections of this process."""
    return Recorder()


@pytest.fixture
def audit() -> AuditList:
    """The connection log."""
    return AuditList()


@pytest.fixture
def database() -> Iterator[Database]:
    """A database in memory, which outlives the hubs on it."""
    database = Database(None, OneByOne())
    yield database
    database.close()


@pytest.fixture
def log(database: Database) -> Iterator[SqliteEventLog]:
    """A log on it, for who needs no hub, or a way past it."""
    log = SqliteEventLog(database)
    yield log
    log.close()


@pytest.fixture
def refusing(database: Database) -> Callable[[bool], None]:
    """Let the disk refuse every change, or take them again."""

    def refuse(refuses: bool) -> None:
        state = "ON" if refuses else "OFF"
        database.call(lambda connection: connection.execute(f"PRAGMA query_only = {state}"))

    return refuse


@pytest.fixture
def start(
    database: Database, recorder: Recorder, audit: AuditList, times: Times
) -> Iterator[Callable[..., Hub]]:
    """Begin a life of the server; it does not end before the test unless it is closed."""
    hubs: list[tuple[Hub, SqliteEventLog]] = []

    def begin(
        *,
        history: int = 3,
        grace: float = 5,
        edit_seconds: float = 900,
        files: bool = True,
        openers: Openers = "hosts",
        privacy: Privacy = "hosts",
        log: SqliteEventLog | None = None,
    ) -> Hub:
        log = log or SqliteEventLog(database)
        hub = Hub(
            log=log,
            settings=StoredSettings(database),
            reservations=StoredReservations(database),
            directory=LocalDirectory(grace),
            delivery=recorder,
            audit=audit,
            history=history,
            edit_seconds=edit_seconds,
            files=files,
            openers=openers,
            privacy=privacy,
            clock=times.clock,
        )
        hubs.append((hub, log))
        return hub

    yield begin
    for hub, log in hubs:
        hub.close()
        log.close()


@pytest.fixture
def hub(start: Callable[..., Hub]) -> Hub:
    """A hub with a history of three messages and a grace period of five seconds."""
    return start()


@pytest.fixture
def come(hub: Hub) -> Callable[..., User]:
    """Let somebody log in and join by a connection that is called like them."""

    def arrive(name: str, origin: Origin = LAPTOP, *, host: bool = False) -> User:
        user = hub.identities.log_in(name, origin, host=host)
        hub.connect(name, user)
        hub.join(name, user, origin)
        return user

    return arrive


@pytest.fixture
def ana(come: Callable[..., User]) -> User:
    """Ana at her laptop, who is host."""
    return come("Ana", LAPTOP, host=True)


@pytest.fixture
def bia(ana: User, come: Callable[..., User]) -> User:
    """Bia on her phone, who is a guest; Ana is here, too."""
    return come("Bia", PHONE)


@pytest.fixture
def give(hub: Hub, bia: User) -> Callable[[str], Done]:
    """Let Ana type a command, without its slash, while Bia is here; returns what came of it."""
    return lambda line: hub.command("Ana", *line.partition(" ")[::2])


@pytest.fixture
def settings(database: Database) -> StoredSettings:
    """What is stored of how order is kept."""
    return StoredSettings(database)


@pytest.fixture
def draft() -> Callable[..., Draft]:
    """A message on its way to the log; its text names it, too."""

    def make(text: str, client_id: str | None = None, user_id: str = "1") -> Draft:
        client_id = text if client_id is None else client_id
        return Draft(client_id, LOBBY, user_id, "Ana", LAPTOP.ip, text, NOON)

    return make
