"""The load against real servers: it counts right, and says what went wrong."""

from __future__ import annotations

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("the benchmarks are Linux's", allow_module_level=True)

from fanout.contenders import GEVENT, LANCHAT, LIMIT, LIMIT_SINGLE
from fanout.load import Load
from fanout.programs import CannotMeasure, compiled
from fanout.rounds import FILLING_RATE, NEWEST

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("c_compiler")]


@pytest.fixture(scope="module")
def lanchat(tmp_path_factory):
    """A server for the tests that leave it running."""
    with LANCHAT.start(tmp_path_factory.mktemp("lanchat"), None) as server:
        yield server


@pytest.fixture(scope="module")
def cookie(lanchat):
    """The session of whoever drives the load: a name can be taken only once."""
    return LANCHAT.cookie(lanchat.port)


@pytest.fixture
def load(lanchat, cookie):
    """Clients of that server who are not connected yet."""
    with Load(lanchat.port, cookie) as load:
        yield load


def test_every_client_gets_every_message(load):
    """Five clients, three messages: fifteen deliveries, of a message's size."""
    load.connect(5)
    result = load.calm(3, 100)
    assert (result.messages, result.deliveries, result.samples) == (3, 15, 3)
    assert 200 < result.packet_size < 320
    assert 0 < result.median <= result.p99


@pytest.mark.parametrize("contender", [LIMIT, LIMIT_SINGLE], ids=lambda one: one.name)
def test_the_limits_say_the_same_to_everybody(tmp_path, contender):
    """They are no chat, but the load cannot tell."""
    with contender.start(tmp_path, None) as server, Load(server.port) as load:
        load.connect(5)
        result = load.saturate(0.05, 2)
    assert result.deliveries == 5 * result.messages > 0
    assert 200 < result.packet_size < 320


@pytest.mark.parametrize("contender", [LIMIT, GEVENT], ids=lambda one: one.name)
def test_who_joins_a_rival_gets_the_newest_messages(tmp_path, contender):
    """The room's 200, of about 260 bytes, as lanchat has it: so joins can be compared."""
    with contender.start(tmp_path, None) as server, Load(server.port) as load:
        load.connect(1)
        load.calm(NEWEST, FILLING_RATE)
        assert 45_000 < load.connect(3).packet_size < 65_000


def test_who_joins_gets_the_newest_messages(load):
    """The same of lanchat."""
    load.connect(1)
    load.calm(NEWEST, FILLING_RATE)
    assert 45_000 < load.connect(3).packet_size < 65_000


def test_clients_can_come_later(load):
    """Whoever joins after something was said counts from then on."""
    load.connect(2)
    assert load.saturate(0.05, 2).deliveries > 0
    load.connect(5)
    assert load.calm(2, 100).deliveries == 10


def test_acknowledgements_are_counted_for_each_talker(load):
    """All messages were acknowledged, and everybody has got them."""
    load.connect(3)
    result = load.acknowledgements(2, 0.1)
    assert result.samples == result.messages > 1
    assert result.deliveries == 3 * result.messages


def test_a_refused_load_says_why(lanchat):
    """Without a session lanchat lets nobody in, and nothing waits for it."""
    with Load(lanchat.port) as load, pytest.raises(CannotMeasure, match="client 0 was refused"):
        load.connect(1)


def test_a_server_that_ends_is_no_riddle(tmp_path):
    """The load says that it was cut off instead of waiting."""
    with (
        LANCHAT.start(tmp_path, None) as server,
        Load(server.port, LANCHAT.cookie(server.port)) as load,
    ):
        load.connect(2)
        server.kill()
        with pytest.raises(
            CannotMeasure, match=r"the load, at calm: client \d (was cut off|cannot)"
        ):
            load.calm(1, 10)


def test_a_missing_compiler_is_named(tmp_path, monkeypatch):
    """One line says what to install."""
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(CannotMeasure, match="install gcc or clang, or set CC"):
        compiled("load", tmp_path)
