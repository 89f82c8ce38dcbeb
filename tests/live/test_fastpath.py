"""What the fast path overrides is where it was read; where it is not, it is missed in time."""

import engineio
import pytest
import socketio

from lanchat.live.fastpath import FAST_PATH, moved_names


def test_nothing_has_moved():
    """With the versions that pyproject.toml allows."""
    assert moved_names() == []


@pytest.mark.parametrize("name", FAST_PATH)
def test_what_is_missing_is_named(monkeypatch, name):
    """Every name is really looked at."""
    owner: dict[str, type] = {
        "engineio": engineio.Server,
        "engineio.socket": engineio.socket.Socket,
        "socketio": socketio.Manager,
    }
    module, _, attribute = name.partition(":")
    monkeypatch.setattr(owner[module], attribute.partition(".")[2], None)
    assert name in moved_names()


def test_an_engine_makes_its_sessions_by_a_name(monkeypatch):
    """``Socket`` in ``engineio.socket``, looked up when a client connects."""
    engine = socketio.Server(async_mode="gevent", monitor_clients=False).eio
    made = []
    monkeypatch.setattr(engineio.socket, "Socket", lambda *arguments: made.append(arguments))
    with pytest.raises(AttributeError):
        engine._handle_connect({}, None, "polling")
    assert made[0][0] is engine
