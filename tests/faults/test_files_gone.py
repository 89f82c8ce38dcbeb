"""Files of a running server that somebody deletes or replaces."""

import sys

import pytest

pytestmark = [
    pytest.mark.own_server,
    pytest.mark.skipif(sys.platform == "win32", reason="an open file stays there"),
]


def test_a_deleted_database(server, ana, bia, until):
    """What would be lost is refused; it is said at once, and the next start begins anew."""
    ana.join()
    assert ana.say("kept")["ok"]
    for file in server.data_dir.glob("messages.db*"):
        file.unlink()
    # Without anybody saying anything: the server looks by itself.
    until(lambda: "messages.db was deleted, moved or replaced" in server.output())
    for _ in range(3):
        assert ana.say("lost")["error"]["code"] == "unavailable"
    assert [message["message"] for message in bia.join()["messages"]] == ["kept"]
    assert server.output().count("was deleted") == 1
    server.stop()
    assert not list(server.data_dir.glob("messages.db*"))
    server.start()
    assert "Traceback" not in server.output()
    assert bia.join()["messages"] == []
    assert bia.say("anew")["ok"]


def test_a_database_put_back_while_it_runs(server, ana):
    """A copy that is put over it stays as it is, and is what the next start shows."""
    ana.join()
    ana.say("of yesterday")
    server.stop()
    database = server.data_dir / "messages.db"
    backup = database.read_bytes()
    server.start()
    ana.join()
    database.write_bytes(backup)
    assert ana.say("lost")["error"]["code"] == "unavailable"
    server.stop()
    server.start()
    assert [message["message"] for message in ana.join()["messages"]] == ["of yesterday"]
