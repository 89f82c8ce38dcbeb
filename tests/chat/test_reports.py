"""Somebody shows the hosts what was said to them in private, and a host deals with it."""

import pytest

from lanchat.chat.events import Notice, ReportsChanged
from lanchat.chat.model import Cursor
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.errors import CommandUnusable, Forbidden, NotJoined, PayloadInvalid, UnknownMessage
from tests.chat.conftest import LAPTOP, PHONE
from tests.world.deadline import DEADLINE


@pytest.fixture
def hub(start):
    """A hub without people, where all may talk in private."""
    return start(history=100, privacy="all")


@pytest.fixture
def arrive(hub):
    """Let somebody log in and join by a connection, called like them, that takes rooms."""

    def arrive(name, *, host=False):
        user = hub.identities.log_in(name, LAPTOP if host else PHONE, host=host)
        hub.connect(name, user)
        hub.join(name, user, LAPTOP, Cursor(0, ""), traits={TAKES_ROOMS})
        return user

    return arrive


@pytest.fixture(autouse=True)
def people(arrive):
    """Ana, who is host, and three guests."""
    return {name: arrive(name, host=name == "Ana") for name in ("Ana", "Bia", "Caio", "Davi")}


@pytest.fixture
def room(hub, people):
    """The room of Bia and Caio."""
    return hub.rooms.open_direct("Bia", people["Caio"].id).room.id


@pytest.fixture
def say(hub, room):
    """Let somebody say something there; returns its id."""

    def say(text, by="Caio", where=room):
        return hub.posting.post(by, text, text, room=where).result(DEADLINE).message.id

    return say


def deleted(hub, by, message_id):
    return hub.posting.delete(by, message_id).result(DEADLINE).message


def test_hosts_are_told_and_nobody_else(hub, recorder, audit, people, say):
    """With their names; nothing of it is in the connection log."""
    logged = len(audit.lines)
    said = say("ugly")
    assert hub.reports.report("Bia", said) == 1
    assert recorder.all(ReportsChanged) == [ReportsChanged(people["Ana"].id)]
    ((report,), count) = hub.reports.waiting("Ana")
    assert (report.id, report.by, count) == (said, people["Bia"], 1)
    assert [each.message for each in report.said] == ["ugly"]
    with pytest.raises(Forbidden):
        hub.reports.waiting("Davi")
    deleted(hub, "Ana", said)
    assert [event for event in recorder.all(Notice) if event.code == "deleted"]
    assert len(recorder.all(ReportsChanged)) == 2
    assert hub.reports.waiting("Ana") == ([], 0)
    assert len(audit.lines) == logged


def test_a_host_who_comes_later_sees_it(hub, people, say):
    """Also who becomes one."""
    said = say("ugly")
    hub.command("Ana", "unhost", "Ana")
    assert hub.reports.report("Bia", said) == 0
    hub.command_from_terminal("host", "Davi")
    assert hub.reports.waiting("Davi")[1] == 1


def test_who_may_not(hub, say, room, people):
    """Report what is one's own, what all can hear, or what is of a room that one is not in."""
    said = say("ugly")
    for by, message_id, refusal in (
        ("Caio", said, PayloadInvalid),
        ("Bia", say("main", where="lobby"), PayloadInvalid),
        ("Davi", said, UnknownMessage),
        ("Ana", said, UnknownMessage),
        ("nobody", said, NotJoined),
    ):
        with pytest.raises(refusal):
            hub.reports.report(by, message_id)


def test_guests_do_not_deal_with_it(hub, say):
    """To who is in the room it is said why; to others there is no such message."""
    said = say("ugly")
    hub.reports.report("Bia", said)
    for by, refusal in (("Bia", Forbidden), ("Caio", Forbidden), ("Davi", UnknownMessage)):
        with pytest.raises(refusal):
            hub.reports.dismiss(by, said)
        with pytest.raises(refusal):
            deleted(hub, by, said)
    hub.reports.dismiss("Ana", said)
    assert deleted(hub, "Caio", said).deleted


def test_a_host_does_not_deal_with_what_they_said_themselves(hub, say, people):
    """It is for another one, and they do not see it."""
    own = hub.rooms.open_direct("Bia", people["Ana"].id).room.id
    said = say("ugly", "Ana", own)
    assert hub.reports.report("Bia", said) == 0
    assert hub.reports.waiting("Ana") == ([], 0)
    with pytest.raises(Forbidden):
        hub.reports.dismiss("Ana", said)
    with pytest.raises(Forbidden):
        deleted(hub, "Ana", said)
    with pytest.raises(Forbidden):
        hub.command("Ana", "delete", str(said))
    with pytest.raises(Forbidden):
        hub.command("Ana", "clear", "Ana")
    hub.command("Ana", "host", "Davi")
    assert deleted(hub, "Davi", said).deleted


def test_by_a_command(hub, say, room):
    """It says what has happened, or that there is no such message."""
    said = say("ugly")
    assert hub.command("Bia", "report", f"#{said}", room=room).key == "command.report.done"
    assert hub.reports.waiting("Ana")[1] == 1
    with pytest.raises(CommandUnusable):
        hub.command("Bia", "report", "4711", room=room)


@pytest.mark.parametrize(("policy", "offered"), [("all", True), ("off", False)])
def test_help_has_it_in_private_alone(hub, policy, offered, room):
    """And not where nobody can talk in private any more."""
    hub.command("Ana", "private", policy)

    def names(where):
        return {one.name for one in hub.command("Bia", "help", "", room=where).params["commands"]}

    assert ("report" in names(room)) == offered
    assert "report" not in names("lobby")
