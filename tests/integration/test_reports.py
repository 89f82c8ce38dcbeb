"""Reports over real connections: from a room for two to hosts, wherever and whenever they come."""

import pytest

from tests.world.deadline import wait_for
from tests.world.person import code


@pytest.fixture
def host(person_factory):
    """Rui, who has opened the host link."""
    person = person_factory("Rui")
    person.become_host()
    return person


pytestmark = pytest.mark.server_options("--private", "all")


def talk(ana, bia):
    """Let Ana say five things to Bia in private; returns their room, and the ids."""
    bia.come_in(rooms=True)
    me = ana.come_in(rooms=True)["you"]
    room = bia.call("open_direct", {"person": me["id"]})["room"]["id"]
    return room, [ana.say(f"word {n}", room=room)["id"] for n in range(5)]


def test_a_host_is_shown_what_was_said(ana, bia, host):
    """Told that there is something, they ask; once it is deleted nothing of it is left."""
    host.come_in(rooms=True)
    room, ids = talk(ana, bia)
    assert bia.call("report", {"id": ids[2]}) == {"ok": True, "hosts": 1}
    wait_for(lambda: host.events("reports"), "the news of a report")
    answer = host.call("reports", {})
    (report,) = answer["reports"]
    assert (answer["count"], report["id"], report["room"]) == (1, ids[2], room)
    assert report["by"]["user"] == bia.name
    assert [each["message"] for each in report["messages"]] == [f"word {n}" for n in range(5)]
    assert code(bia.call("reports", {})) == "forbidden"
    refused = ana.call("delete_message", {"id": ids[2]})
    assert code(refused) == "forbidden"
    assert "hosts" in refused["error"]["message"]
    assert code(host.call("delete_message", {"id": ids[1]})) == "unknown_message"
    assert host.call("delete_message", {"id": ids[2]})["ok"]
    assert bia.hears("message_changed", id=ids[2])["deleted"]
    assert host.call("reports", {}) == {"ok": True, "reports": [], "count": 0}


def test_one_is_dismissed(ana, bia, host):
    """The others learn nothing of it, and its author may delete it again."""
    _, ids = talk(ana, bia)
    bia.call("report", {"id": ids[2]})
    host.come_in(rooms=True)
    assert code(bia.call("report", {"id": ids[2], "dismiss": True})) == "forbidden"
    assert host.call("report", {"id": ids[2], "dismiss": True}) == {"ok": True}
    assert host.call("reports", {})["count"] == 0
    assert ana.call("delete_message", {"id": ids[2]})["ok"]


@pytest.mark.own_server
def test_nobody_reports_all_the_time(ana, bia, host, server):
    """Reports wait over a restart, and the connection log says nothing of them or of the room."""
    room, ids = talk(ana, bia)
    for each in ids[:4]:
        assert bia.call("report", {"id": each})["ok"]
    command = {"name": "report", "text": str(ids[4]), "room": room}
    assert bia.call("host_command", command)["ok"]
    assert code(bia.call("host_command", command)) == "too_fast"
    assert code(bia.call("report", {"id": ids[0]})) == "too_fast"
    assert bia.say("no refusal that counts", room=room)["ok"]
    server.stop()
    server.start()
    host.come_in(rooms=True)
    assert host.call("reports", {})["count"] == 5
    assert host.call("delete_message", {"id": ids[2]})["ok"]
    log = server.log()
    assert [word for word in (room, "report", "delete") if word in log] == []
