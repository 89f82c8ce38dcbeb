"""What people say is posted, edited and deleted by those who may."""

import pytest

from lanchat.chat.events import MessageChanged, Notice, ReactionsChanged, UserCleared
from lanchat.chat.model import MESSAGE_LIMIT, Cursor, Origin
from lanchat.errors import (
    CommandUnusable,
    FilesOff,
    Forbidden,
    MessageTooLong,
    Muted,
    NotJoined,
    PayloadInvalid,
    ReadOnly,
    SlowMode,
    StoreUnavailable,
    TooLate,
    UnknownFile,
    UnknownMessage,
)
from tests.world.files import put_file


def said(hub, who, text="hello"):
    """What somebody has just said."""
    return hub.posting.post(who, text, text).result(10).message


def edit(hub, who, message, text="hallo", client_id="edit"):
    """What came of an edit."""
    return hub.posting.edit(who, message.id, text, client_id).result(10)


def texts(hub, user):
    """What a newcomer would read."""
    return [message.message for message in hub.join("new tab", user, Origin("")).page.messages]


# Edited.


def test_everybody_is_told_of_an_edit(hub, ana, bia, recorder, times):
    """The message is the same but for its text, and says when it got it."""
    message = said(hub, "Bia")
    times.go_on(60)
    event = edit(hub, "Bia", message)
    time = "2026-11-23T12:01:00.000Z"
    assert event.message == message._replace(message="hallo", edited=time, seq=message.seq + 1)
    assert recorder.heard("Ana")[-1] == recorder.heard("Bia")[-1] == event
    assert texts(hub, ana) == ["hallo"]


def test_an_edit_that_is_sent_again_is_told_once(hub, bia, recorder, times):
    """It has the answer of then, also where the message has been deleted since."""
    message = said(hub, "Bia")
    event = edit(hub, "Bia", message)
    times.go_on(1_000)
    hub.command("Ana", "mute", "Bia")
    assert edit(hub, "Bia", message) == event
    hub.command("Ana", "delete", str(message.id))
    again = edit(hub, "Bia", message, "something else")
    assert (again.seq, again.message.edited) == (event.seq, event.message.edited)
    assert len(recorder.all(MessageChanged)) == 2


def test_each_edit_takes_its_turn(hub, bia):
    """By its own client_id; the last one is what stands there."""
    message = said(hub, "Bia")
    for text in "abc":
        edit(hub, "Bia", message, text, client_id=text)
    assert texts(hub, bia) == ["c"]


def test_nobody_edits_what_somebody_else_has_said(hub, ana, bia, recorder):
    """Not even a host: they can delete it."""
    of_bia, of_ana = said(hub, "Bia"), said(hub, "Ana")
    for who, message in (("Ana", of_bia), ("Bia", of_ana)):
        with pytest.raises(Forbidden):
            edit(hub, who, message)
    assert recorder.all(MessageChanged) == []


def test_what_is_gone_is_not_edited(hub, bia):
    """Deleted, cleared, or never said."""
    deleted, cleared = said(hub, "Bia", "a"), said(hub, "Bia", "b")
    hub.command("Ana", "delete", str(deleted.id))
    with pytest.raises(UnknownMessage):
        edit(hub, "Bia", deleted)
    hub.command("Ana", "clear", "")
    for message in (deleted, cleared, cleared._replace(id=2**53)):
        with pytest.raises(UnknownMessage):
            edit(hub, "Bia", message)


def test_an_edit_is_looked_at_like_a_message(hub, bia):
    """As long as one, and something to see."""
    message = said(hub, "Bia")
    with pytest.raises(PayloadInvalid):
        edit(hub, "Bia", message, " ")
    with pytest.raises(MessageTooLong):
        edit(hub, "Bia", message, "x" * (MESSAGE_LIMIT + 1))
    with pytest.raises(NotJoined):
        edit(hub, "nobody's tab", message)


def test_who_may_not_write_may_not_edit(hub, bia, give):
    """Muted, or in a room that is for reading; a host may."""
    message = said(hub, "Bia")
    give("readonly")
    with pytest.raises(ReadOnly):
        edit(hub, "Bia", message)
    give("readonly off")
    give("mute Bia")
    with pytest.raises(Muted):
        edit(hub, "Bia", message)


def test_an_edit_is_a_turn_in_slow_mode(hub, bia, give, times):
    """One that is not stored, or was before, is none."""
    message = said(hub, "Bia")
    give("slow 10s")
    with pytest.raises(UnknownMessage):
        edit(hub, "Bia", message._replace(id=2**53))
    edit(hub, "Bia", message)
    with pytest.raises(SlowMode):
        edit(hub, "Bia", message, "again", "another")
    times.go_on(10)
    edit(hub, "Bia", message)
    assert said(hub, "Bia", "and now")


def test_in_a_room_without_edits_hosts_edit_alone(hub, bia, give):
    """Until it is allowed again."""
    of_bia, of_ana = said(hub, "Bia", "a"), said(hub, "Ana", "b")
    give("edits off")
    assert not hub.rules.edits
    with pytest.raises(TooLate):
        edit(hub, "Bia", of_bia)
    edit(hub, "Ana", of_ana)
    give("edits on")
    edit(hub, "Bia", of_bia)


def test_nobody_edits_where_there_is_no_time_for_it(start):
    """With ``--edit-time 0`` not even a host."""
    hub = start(edit_seconds=0)
    user = hub.identities.log_in("Ana", Origin(""), host=True)
    hub.join("Ana", user, Origin(""))
    with pytest.raises(TooLate):
        edit(hub, "Ana", said(hub, "Ana"))


def test_an_edit_that_cannot_be_stored_is_told_nobody(hub, bia, recorder, refusing):
    """When the disk has room it goes on."""
    message = said(hub, "Bia")
    refusing(True)
    with pytest.raises(StoreUnavailable):
        edit(hub, "Bia", message)
    assert recorder.all(MessageChanged) == []
    refusing(False)
    assert edit(hub, "Bia", message) in recorder.told


# With files.


def test_a_message_with_files_needs_no_words(hub, bia, database):
    """Nor does an edit of it; one without files does."""
    file = put_file(database, user_id=bia.id)
    message = hub.posting.post("Bia", "", "a", files=[file.id]).result(10).message
    assert (message.message, message.files) == ("", (file,))
    edit(hub, "Bia", message, "caption", "edit a")
    assert edit(hub, "Bia", message, "", "edit b").message.files == (file,)
    with pytest.raises(PayloadInvalid):
        edit(hub, "Bia", said(hub, "Bia"), "", "edit c")
    with pytest.raises(PayloadInvalid):
        hub.posting.post("Bia", " ", "b", files=["another"])


def test_on_a_server_without_files_nobody_sends_some(start, database):
    """Not even a host, and not what was sent before it was told so."""
    hub = start(files=False)
    user = hub.identities.log_in("Ana", Origin(""), host=True)
    hub.join("Ana", user, Origin(""))
    put_file(database, "a", user.id)
    with pytest.raises(FilesOff):
        hub.posting.post("Ana", "look", "a", files=["a"]).result(10)
    with pytest.raises(FilesOff):
        hub.posting.check_sending(user, Origin(""))


def test_what_was_sent_is_logged_once(hub, bia, audit, database, times):
    """How much of which type, by whom; not again with a message that is sent again."""
    put_file(database, "a", bia.id)
    put_file(database, "b", bia.id)
    for _ in range(2):
        hub.posting.post("Bia", "", "c", files=["a", "b"]).result(10)
        times.go_on(1)
    with pytest.raises(UnknownFile):
        hub.posting.post("Bia", "", "d", files=["a"]).result(10)
    sent = (bia, Origin("192.168.1.40", "Browser/1", "phone"), "image/jpeg", 1_000)
    assert audit.named("file") == [sent, sent]


def test_a_message_with_a_file_that_is_not_there_is_not_said(hub, ana, bia, recorder, database):
    """Nor one with a file that another person has sent."""
    put_file(database, "of Bia", bia.id)
    before = list(recorder.told)
    for file_id in ("nothing", "of Bia"):
        with pytest.raises(UnknownFile):
            hub.posting.post("Ana", "look", "a", files=[file_id]).result(10)
    assert recorder.told == before


def test_in_a_room_without_files_hosts_send_alone(hub, ana, bia, give, database):
    """Until it is allowed again; what is there stays, and so does what was sent before."""
    of_ana, of_bia = put_file(database, "a", ana.id), put_file(database, "b", bia.id)
    before = put_file(database, "c", bia.id)
    said_before = hub.posting.post("Bia", "", "c", files=["c"]).result(10)
    give("files off")
    assert not hub.rules.files
    with pytest.raises(FilesOff):
        hub.posting.post("Bia", "", "b", files=["b"]).result(10)
    assert hub.posting.post("Bia", "", "c", files=["c"]).result(10) == said_before
    assert said_before.message.files == (before,)
    assert hub.posting.post("Ana", "", "a", files=["a"]).result(10).message.files == (of_ana,)
    give("files on")
    assert hub.posting.post("Bia", "", "b", files=["b"]).result(10).message.files == (of_bia,)


# How old a message is.


def test_a_message_is_edited_for_a_quarter_of_an_hour(hub, bia, times):
    """Then it is too late, to a second."""
    first = said(hub, "Bia", "a")
    times.go_on(450)
    second = said(hub, "Bia", "b")
    times.go_on(449)
    edit(hub, "Bia", first)
    times.go_on(2)
    with pytest.raises(TooLate):
        edit(hub, "Bia", first, "later", "later")
    edit(hub, "Bia", second)


@pytest.mark.parametrize("leap", [-86_400, 86_400])
def test_a_clock_that_is_set_changes_nothing(hub, bia, times, leap):
    """Neither for what was said before, nor for how long it is so."""
    message = said(hub, "Bia")
    times.wall += leap
    edit(hub, "Bia", message)
    times.go_on(901)
    with pytest.raises(TooLate):
        edit(hub, "Bia", message, "later", "later")


# Deleted.


def test_people_delete_what_is_their_own(hub, bia, recorder, audit):
    """Also while they may not write; it is nobody's concern but theirs."""
    message = said(hub, "Bia")
    hub.command("Ana", "mute", "Bia")
    lines = list(audit.lines)
    event = hub.posting.delete("Bia", message.id).result(10)
    assert event.message == message._replace(message="", deleted=True, seq=event.seq)
    assert recorder.heard("Ana")[-1] == event
    assert audit.lines == lines
    assert texts(hub, bia) == []


def test_guests_delete_nothing_else(hub, ana, bia):
    """What is there stays."""
    message = said(hub, "Ana")
    with pytest.raises(Forbidden):
        hub.posting.delete("Bia", message.id).result(10)
    with pytest.raises(UnknownMessage):
        hub.posting.delete("Bia", 2**53).result(10)
    with pytest.raises(NotJoined):
        hub.posting.delete("nobody's tab", message.id)
    assert texts(hub, ana) == ["hello"]


def test_a_host_deletes_any(hub, ana, bia, recorder, audit):
    """As by the command: it is in the log, and who wrote it is told."""
    message, own = said(hub, "Bia", "a"), said(hub, "Ana", "b")
    hub.posting.delete("Ana", message.id).result(10)
    hub.posting.delete("Ana", own.id).result(10)
    (line,) = [line for line in audit.named("command") if line[0] == "delete"]
    assert line[1:] == ("Ana", (bia, Origin(message.ip)), {"value": f"#{message.id}"})
    assert recorder.all(Notice) == [Notice(bia.id, "deleted")]
    with pytest.raises(UnknownMessage):
        hub.posting.delete("Ana", own.id).result(10)


# All that one person has said.


def test_a_host_clears_what_one_person_has_said(hub, bia, give, recorder, audit):
    """In one act, and nothing else; it is in the log."""
    mine = said(hub, "Ana", "mine")
    theirs = [said(hub, "Bia", text) for text in "ab"]
    give("clear bia")
    (event,) = recorder.all(UserCleared)
    assert (event.user, event.ids) == (bia, (theirs[1].id, theirs[0].id))
    assert theirs[1].id <= event.up_to < event.seq
    assert texts(hub, bia) == ["mine"]
    line = audit.named("command")[-1]
    value = f"2 messages up to #{event.up_to}"
    assert line == ("clear", "Ana", (bia, Origin("")), {"value": value})
    give("clear Ana")
    assert recorder.all(UserCleared)[-1].ids == (mine.id,)


def test_who_was_away_learns_that_somebody_was_cleared(hub, ana, bia, give):
    """By what is left of each message, which are at one position."""
    theirs = [said(hub, "Bia", text) for text in "ab"]
    before = hub.join("tab", ana, Origin("")).page
    cursor = Cursor(before.seq, hub._log.epoch)
    give("clear Bia")
    page = hub.join("tab", ana, Origin(""), cursor).page
    left = [(one.id, one.message, one.deleted, one.seq) for one in page.changed]
    assert left == [(one.id, "", True, page.seq) for one in theirs]
    assert hub.join("old", ana, Origin(""), None, theirs[1].id).page.deleted == [
        one.id for one in reversed(theirs)
    ]


def test_who_is_gone_can_be_cleared_by_name(hub, ana, bia, give, recorder):
    """Whoever said something by it last; each of several in turn, then there is nobody."""
    said(hub, "Bia", "a")
    hub.identities.log_out(bia)
    again = hub.identities.log_in("Bia", Origin("192.0.2.9"))
    hub.join("again", again, Origin("192.0.2.9"))
    said(hub, "again", "b")
    for user in (again, bia):
        give("clear Bia")
        assert recorder.all(UserCleared)[-1].user == user
    for name in ("Bia", "Nobody"):
        with pytest.raises(CommandUnusable):
            give(f"clear {name}")


def test_by_an_id_that_person_alone_is_cleared(hub, ana, bia, recorder):
    """Whatever others are called; also when the server does not remember them."""
    message = said(hub, "Bia", "a")
    hub.command("Ana", "clear", "", bia.id)
    assert recorder.all(UserCleared)[-1].ids == (message.id,)
    said(hub, "Ana", "mine")
    for user_id in (bia.id, "nobody"):
        with pytest.raises(CommandUnusable):
            hub.command("Ana", "clear", "", user_id)
    assert texts(hub, ana) == ["mine"]


@pytest.mark.parametrize("line", ["ban Bia clear", "ban Bia 10m clear address", "ban bia clear 2h"])
def test_a_ban_can_take_along_what_was_said(hub, give, recorder, line):
    """In whatever order the words come."""
    message = said(hub, "Bia", "a")
    give(line)
    assert recorder.all(UserCleared)[-1].ids == (message.id,)
    assert [ban.name for ban in hub.bans()] == ["Bia"]


def test_what_somebody_reacted_goes_as_well(hub, bia, give, recorder, times):
    """Also where it is all that they did."""
    message = said(hub, "Ana", "mine")
    hub.reactions.react("Bia", message.id, "👍", on=True).result(10)
    times.go_on(1)
    hub.tick(times.monotonic)
    give("clear Bia")
    assert recorder.all(UserCleared)[-1].reacted == (message.id,)
    times.go_on(1)
    hub.tick(times.monotonic)
    said(hub, "Ana", "later")  # what was told before is stored by then
    assert recorder.all(ReactionsChanged)[-1].reactions == ()


def test_a_ban_of_who_has_said_nothing_is_a_ban(hub, bia, give, recorder):
    """There is nothing to delete, and that is no mistake."""
    give("ban Bia clear")
    assert (recorder.all(UserCleared), len(hub.bans())) == ([], 1)
