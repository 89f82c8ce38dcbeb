"""The contract of EventLog for reports: what hosts see of a room for two, and for how long."""

from dataclasses import replace

import pytest

from lanchat.chat.changes import ClearUser, Delete
from lanchat.chat.events import ReportStored
from lanchat.chat.model import User
from lanchat.chat.report_changes import Dismiss, FileReport, Report, Said
from lanchat.chat.room_changes import OpenRoom
from lanchat.chat.rooms import Room, direct_room_id
from lanchat.errors import Forbidden, UnknownMessage
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit

ANA, BIA, DAVI = User("1", "Ana"), User("2", "Bia"), User("3", "Davi")
TWO = direct_room_id("1", "2")
HOST = "9"


def do(log, change):
    """Let it happen; returns what has."""
    return log.append(change).result(DEADLINE)


def let(_message):
    """Anybody may."""


def refuse(_message):
    """Nobody may."""
    raise Forbidden


def say_in_private(log):
    """What Ana says to Bia, the numbers from 0 to 6; returns the ids."""
    do(log, OpenRoom(Room(TWO, "direct", opener="1"), (ANA, BIA), 10))
    return [do(log, draft(n, room=TWO)).message.id for n in range(7)]


@pytest.fixture
def said(log):
    """The ids of what has been said."""
    return say_in_private(log)


def report(log, message_id, user=BIA, check=let):
    return do(log, FileReport(message_id, user, NOON, check))


def waiting(log, host=HOST):
    return log.reports(host, 20)[0]


def test_hosts_see_what_was_said_around_it(log, said, told):
    """With who has reported it, and whose room it is; nobody is told by the log."""
    before = len(told)
    assert report(log, said[3]) == ReportStored(TWO, said[3], "1")
    messages = tuple(Said(said[n], ANA, str(n), NOON) for n in range(1, 6))
    assert log.reports(HOST, 20) == ([Report(said[3], TWO, BIA, NOON, (ANA, BIA), messages)], 1)
    assert len(told) == before


def test_at_the_ends_there_is_less(log, said):
    """And nothing of another room; what is deleted is not there either."""
    do(log, draft("main"))
    do(log, Delete(said[5], NOON, "1"))
    report(log, said[0])
    report(log, said[6])
    first, last = waiting(log)
    assert [each.message for each in first.said] == ["0", "1", "2"]
    assert [each.message for each in last.said] == ["3", "4", "6"]


def test_it_stays_as_it_was_then(log, said):
    """Whatever becomes of the messages around it."""
    report(log, said[1])
    do(log, edit(said[0], "another text"))
    do(log, Delete(said[2], NOON, "1"))
    (found,) = waiting(log)
    assert [each.message for each in found.said] == ["0", "1", "2", "3"]


def test_a_message_is_reported_once(log, said):
    """Whoever does so again changes nothing."""
    report(log, said[3])
    assert report(log, said[3]) == ReportStored(TWO, said[3], "1", changed=False)
    assert len(waiting(log)) == 1


def test_only_who_is_in_the_room_reports(log, said):
    """To all others there is no such message; nor is one that is deleted, or never was."""
    do(log, Delete(said[2], NOON, "1"))
    for message_id, user in ((said[3], DAVI), (said[2], BIA), (2**40, BIA)):
        with pytest.raises(UnknownMessage):
            report(log, message_id, user)
    with pytest.raises(Forbidden):
        report(log, said[3], check=refuse)
    assert log.reports(HOST, 20) == ([], 0)


def test_nobody_in_the_room_changes_what_was_reported(log, said):
    """Neither its author nor who has reported it; others of theirs they do."""
    report(log, said[3])
    changes = (
        edit(said[3], "harmless"),
        Delete(said[3], NOON, "1"),
        Delete(said[3], NOON, "2", let),
        ClearUser("1", "", NOON, "1"),
    )
    for change in changes:
        with pytest.raises(Forbidden) as refusal:
            do(log, change)
        assert refusal.value.reason == "reported"
    assert do(log, edit(said[4], "another text")).message.message == "another text"
    assert do(log, Delete(said[4], NOON, "1")).message.deleted


def test_a_host_deletes_it(log, told, said):
    """Without being in the room; the report goes along, and the others do not learn of it."""
    report(log, said[3])
    with pytest.raises(UnknownMessage):
        do(log, Delete(said[2], NOON, HOST, let, let))
    assert do(log, Delete(said[3], NOON, HOST, refuse, let)).message.deleted
    assert told[-1].message.id == said[3]
    assert log.reports(HOST, 20) == ([], 0)


def test_a_host_dismisses_it(log, said):
    """The message is again as any other one, and may be reported again."""
    report(log, said[3])
    with pytest.raises(Forbidden):
        do(log, Dismiss(said[3], refuse))
    assert do(log, Dismiss(said[3], let)) == ReportStored(TWO, said[3], "1")
    assert log.reports(HOST, 20) == ([], 0)
    with pytest.raises(UnknownMessage):
        do(log, Dismiss(said[3], let))
    assert report(log, said[3]).changed
    do(log, Dismiss(said[3], let))
    assert do(log, Delete(said[3], NOON, "1")).message.deleted


def test_who_has_written_it_does_not_see_it(log, said):
    """The oldest ones come first, and it is said how many there are."""
    (answer,) = [do(log, replace(draft("no", room=TWO), user_id="2", user="Bia")).message.id]
    report(log, said[5])
    do(log, FileReport(said[2], BIA, "2026-11-23T11:00:00.000Z", let))
    report(log, answer, ANA)
    assert [each.id for each in waiting(log)] == [said[2], said[5], answer]
    assert [each.id for each in waiting(log, "1")] == [answer]
    found, count = log.reports(HOST, 1)
    assert ([each.id for each in found], count) == ([said[2]], 3)


def test_what_somebody_has_said_goes_with_all_of_theirs(log, said):
    """Also what stands around a report of what another one has said."""
    answer = do(log, replace(draft("no", room=TWO), user_id="2", user="Bia")).message.id
    report(log, answer, ANA)
    report(log, said[3])
    do(log, ClearUser("1", "", NOON, HOST))
    (found,) = waiting(log)
    assert [(each.user, each.message) for each in found.said] == [(BIA, "no")]


def test_a_report_outlives_the_server(start_durable):
    """A host who comes later finds it."""
    first = start_durable()
    said = say_in_private(first.log)
    report(first.log, said[3])
    first.close()
    assert [each.id for each in waiting(start_durable().log)] == [said[3]]
