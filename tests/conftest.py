"""What the tests share: a real server in a process of its own, and people who use it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.world.clock import Clock
from tests.world.deadline import wait_for
from tests.world.late import be_late
from tests.world.namespace import Namespace
from tests.world.needs import need
from tests.world.person import Person
from tests.world.raw_client import RawClient
from tests.world.server import ServerProcess
from tests.world.servers import Servers

if TYPE_CHECKING:
    from tests.world.postgres import Postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make test-long` asks for, and who looks for steps that come too early."""
    parser.addoption(
        "--long", action="store_true", help="try rounds, volumes and chance many times as long"
    )
    parser.addoption(
        "--late", action="store_true", help="let each of several servers hear late of the others"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The settings of whoever runs the tests are theirs: an empty file stands in for them.

    Started in the background by a shell, the tests ignore Ctrl+C; the programs that they start
    must not inherit this.
    """
    os.environ["LANCHAT_CONFIG"] = os.devnull
    if config.option.late:
        os.environ["LANCHAT_TESTS_LATE"] = "1"  # for servers
        be_late()
    busy = [hypothesis.HealthCheck.too_slow]  # as a machine may be
    usual = hypothesis.settings(deadline=None, suppress_health_check=busy)
    long = hypothesis.settings(usual, max_examples=20 * usual.max_examples)
    hypothesis.settings.register_profile("usual", usual)
    hypothesis.settings.register_profile("long", long)
    hypothesis.settings.load_profile("long" if config.option.long else "usual")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that need a server or a browser: their fixtures tell."""
    if not config.option.long:
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        if not wanted.isdisjoint({"server", "servers", "server_factory"}):
            item.add_marker("server")
        if not wanted.isdisjoint({"playwright", "engine"}):
            item.add_marker("browser")


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for full rounds and volumes."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def until() -> Callable[..., Any]:
    """Poll a condition with the one deadline that all tests share."""
    return wait_for


@pytest.fixture
def clock() -> Clock:
    """A monotonic clock that goes when the test says so."""
    return Clock()


@pytest.fixture
def central_europe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be where clocks are set twice a year: one hour is missing, one comes twice."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL in which tests have databases of their own."""
    program = need("postgres")
    from tests.world.postgres import Postgres  # which asks for users that Windows does not have

    with closing(Postgres(program)) as started:
        yield started


@pytest.fixture
def new_database(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """Get an empty database of PostgreSQL, and its address."""
    with postgres.databases() as take:
        yield take


@pytest.fixture
def new_room(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """The same with lanchat's tables, as they are before the first server uses them."""
    with postgres.rooms() as take:
        yield take


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The servers that tests share."""
    servers = Servers(tmp_path_factory.mktemp)
    yield servers
    servers.close()


@pytest.fixture
def server_with(servers: Servers) -> Callable[..., ServerProcess]:
    """Share a server with these options; each test finds it empty."""
    return servers.shared


@pytest.fixture
def shared_server(server_with: Callable[..., ServerProcess]) -> ServerProcess:
    """A server that lets everybody talk as fast as they can."""
    return server_with("--grace", "0.5", "--rate", "0")


@pytest.fixture
def encrypted_server(server_with: Callable[..., ServerProcess]) -> ServerProcess:
    """The same with TLS, by an authority of its own."""
    return server_with("--grace", "0.5", "--rate", "0", "--tls")


@pytest.fixture
def server_factory(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Start servers of the test's own with further options; they are stopped after the test."""
    started: list[ServerProcess] = []

    def start(
        *options: str,
        folder: str | None = None,
        launcher: Sequence[str] = (),
        mdns: bool = False,
    ) -> ServerProcess:
        place = tmp_path / (folder or f"server{len(started)}")
        started.append(ServerProcess(place, *options, launcher=launcher, mdns=mdns))
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> ServerProcess:
    """The server that the test's people come to, with a short grace period.

    ``server_options`` marks tests that want another one; ``own_server`` those that stop or
    restart theirs, fill or change what it stands on, or use up what an address may do.
    """
    marked = request.node.get_closest_marker("server_options")
    options = marked.args if marked else ("--grace", "0.5")
    own = request.node.get_closest_marker("own_server")
    start = request.getfixturevalue("server_factory" if own else "server_with")
    server: ServerProcess = start(*options)
    return server


@pytest.fixture
def person_factory(server: ServerProcess) -> Iterator[Callable[..., Person]]:
    """People of the test's server; without a name they have not logged in yet."""
    people: list[Person] = []

    def arrive(
        name: str | None = None, other_server: ServerProcess | None = None, **options: str
    ) -> Person:
        people.append(Person(other_server or server, name, **options))
        return people[-1]

    yield arrive
    for person in people:
        person.close()


@pytest.fixture
def ana(person_factory: Callable[..., Person]) -> Person:
    """Ana, logged in but not connected yet."""
    return person_factory("Ana")


@pytest.fixture
def bia(person_factory: Callable[..., Person]) -> Person:
    """Bia, logged in but not connected yet."""
    return person_factory("Bia")


@pytest.fixture
def raw_client() -> Iterator[Callable[..., RawClient]]:
    """Open raw connections for a person who has logged in."""
    clients: list[RawClient] = []

    def connect(person: Any, **options: Any) -> RawClient:
        clients.append(RawClient(person, **options))
        return clients[-1]

    yield connect
    for client in clients:
        client.socket.shutdown()


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    """A network of the test's own, where 192.0.2.10 is this computer."""
    for program in ("ip", "unshare"):
        need(program)
    try:
        made = Namespace("192.0.2.10")
    except OSError as error:
        pytest.skip(str(error))
    yield made
    made.close()
