"""What one person has said and reacted is gone at once for all, and step by step from disk."""

from functools import partial

import pytest

from lanchat.chat.changes import ClearUser, Delete, Pin, React, Resent, Tell
from lanchat.chat.events import LogEvent, ReactionsLost
from lanchat.chat.model import LOBBY, Cursor, Own, User
from lanchat.chat.reading import Place
from lanchat.chat.search import Query
from lanchat.chat.words import phrases
from lanchat.errors import UnknownMessage
from lanchat.rows import clearing, pages
from lanchat.rows import retention as every_store
from lanchat.rows.bulk_reading import MessageReader
from lanchat.rows.reading import StoredHistory
from lanchat.rows.steps import DELETED
from lanchat.store import retention, search
from lanchat.store.bulk import MessageFile
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.indexer import Indexer
from lanchat.store.retention import Retention, clear_marked
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, enter, say, texts

SECRET = "xylophon"
MANY = 3 * DELETED


def bia(number, **more):
    """What the person says who is cleared."""
    return draft(f"{SECRET} {number}", f"bia {number}", user_id="2", **more)


@pytest.fixture
def cleared(database, log):
    """Bia has said much, of which most is still to lose its words; returns the event."""
    (before,) = say(log, ["before"])
    said = say(log, map(bia, range(MANY)))
    say(log, [draft("answer", reply_to=said[-1].id)])
    log.append(Pin(LOBBY, said[-1].id)).result(DEADLINE)
    for one in (before, said[-1]):
        log.append(React(one.id, "2", "Bia", "👍")).result(DEADLINE)
    log.append(React(said[-1].id, "1", "Ana", "🎉")).result(DEADLINE)
    Indexer(database, lambda: log.statistics.messages).work()
    event = log.append(ClearUser("2", "", NOON)).result(DEADLINE)
    assert marks(database) == 1
    return event


def marks(database):
    """How many people are being cleared."""
    query = "SELECT count(*) FROM clearing"
    return database.call(lambda connection: connection.execute(query).fetchone()[0])


def words(database):
    """In how many rows there still is what Bia has said."""
    query = "SELECT count(*) FROM message WHERE user_id = '2' AND message != ''"
    return database.call(lambda connection: connection.execute(query).fetchone()[0])


def theirs(page):
    """What has changed of what Bia has said."""
    return [one for one in page.changed if one.user_id == "2"]


def step(database):
    """One step; returns the messages whose reactions are to be told."""
    return database.call(clear_marked)[1]


@pytest.mark.parametrize("steps", [0, 1, 99])
def test_nobody_is_shown_anything_of_it(path, database, log, cleared, steps):
    """From the command on, wherever one looks, however many rows still have their words."""
    for _ in range(steps):
        step(database)
    last = cleared.up_to
    first, answer = 1, MANY + 2
    assert texts(log.newest(LOBBY, 1_000).messages) == ["before", "answer"]
    assert log.newest(LOBBY, 1_000).pins == []
    assert log.newest(LOBBY, 1_000).messages[1].quoted.deleted
    stretch = StoredHistory(database).stretch(LOBBY, Place("around", answer), 100)
    assert texts(stretch.messages) == ["before", "answer"]
    look = partial(search.find, query=Query(phrases(SECRET), [LOBBY]), limit=50)
    assert database.call(look)[0] == []
    reader = MessageReader(MessageFile(path))
    assert (reader.count(), [texts(page) for page in reader.pages()]) == (2, [["before", "answer"]])
    reader.close()
    assert log.mine("2", [first, answer - 1]) == {}
    assert len(log.after(LOBBY, last, 1_000).deleted) == MANY
    enter(log, "another", User("1", "Ana"))
    for number in (2, answer - 1):
        for change in (
            edit(number, "again", user_id="2"),
            Delete(number, NOON),
            Pin(LOBBY, number),
            React(number, "1", "Ana", "👍"),
            Tell(number),
            draft(f"to {number}", reply_to=number, room="another"),
        ):
            with pytest.raises(UnknownMessage):
                log.append(change).result(DEADLINE)
        sent = Resent("2", f"bia {number - 2}", UnknownMessage())
        again = log.append(sent).result(DEADLINE).message
        assert (again.id, again.message, again.deleted) == (number, "", True)
    assert (marks(database), words(database) > 0) == ((0, False) if steps == 99 else (1, True))


def test_who_knows_of_it_goes_on_and_who_does_not_begins_anew(database, log, cleared):
    """Until the last step; then they are told of each message at the position of the command."""
    known, unknown = Cursor(cleared.seq, log.epoch), Cursor(cleared.seq - 1, log.epoch)
    (later,) = say(log, [bia("later")])
    assert log.since(LOBBY, unknown, 100) is None
    while marks(database):
        page = log.since(LOBBY, known, 100)
        assert ([one.id for one in page.messages], theirs(page)) == ([later.id], [])
        step(database)
    changed = theirs(log.since(LOBBY, unknown, 100))
    assert {(one.message, one.deleted, one.seq) for one in changed} == {("", True, cleared.seq)}
    assert len(changed) == MANY
    assert theirs(log.since(LOBBY, known, 100)) == []


def test_what_comes_later_stays(database, log, cleared):
    """Of the same person: what they say, and react, also where they had reacted before."""
    say(log, [bia("later")])
    reacted = React(1, "2", "Bia", "🎉")
    log.append(reacted).result(DEADLINE)
    while marks(database):
        assert log.mine("2", [1]) == {1: Own(("🎉",))}
        step(database)
    assert texts(log.newest(LOBBY, 1_000).messages) == ["before", "answer", f"{SECRET} later"]
    (reaction,) = log.append(Tell(1)).result(DEADLINE).reactions
    assert (reaction.emoji, reaction.users) == ("🎉", (("2", "Bia"),))


def test_the_next_server_goes_on(path, database, log, cleared):
    """Where the last one was killed between two steps: not a byte of it is left then."""
    step(database)
    killed = path.parent.with_name("killed")
    killed.mkdir()
    for file in path.parent.iterdir():
        (killed / file.name).write_bytes(file.read_bytes())
    second = Database(killed / path.name)
    log = SqliteEventLog(second)
    assert texts(log.newest(LOBBY, 1_000).messages) == ["before", "answer"]
    assert words(second) > 0
    Retention(second).work()
    assert (words(second), marks(second)) == (0, 0)
    assert not [one for one in killed.iterdir() if SECRET.encode()[3:] in one.read_bytes()]
    log.close()
    second.close()


def test_a_step_has_a_bound(database, log, cleared):
    """However much there is: so many messages, fewer where they are long."""
    left = [words(database)]
    while marks(database):
        step(database)
        left.append(words(database))
    assert left == [MANY - DELETED, MANY - 2 * DELETED, 0, 0]
    say(log, [draft("x" * 4_000, str(n), user_id="3") for n in range(MANY)])
    log.append(ClearUser("3", "", NOON)).result(DEADLINE)
    steps = 1
    while marks(database):
        step(database)
        steps += 1
    assert steps == pytest.approx(MANY * 3 / DELETED, abs=1)


def test_reactions_go_in_steps_and_are_told(database, log, monkeypatch):
    """Of each message to which the person had reacted it is to be told."""
    monkeypatch.setattr(clearing, "DELETED", 2)
    monkeypatch.setattr(clearing, "REACTIONS", 1)
    told: list[LogEvent] = []
    log.listen(told.append)
    said = say(log, range(5))
    for one in said:
        log.append(React(one.id, "2", "Bia", "👍")).result(DEADLINE)
        log.append(Tell(one.id)).result(DEADLINE)
    event = log.append(ClearUser("2", "", NOON)).result(DEADLINE)
    assert (event.ids, event.count, len(event.reacted)) == ((), 0, 2)
    assert log.mine("2", [one.id for one in said]) == {}
    Retention(database, announce=log.announce).work()
    say(log, ["what was told before is told by then"])
    lost = [each.message_ids for each in told if isinstance(each, ReactionsLost)]
    assert sorted([*event.reacted, *sum(lost, ())]) == [one.id for one in said]
    assert [log.append(Tell(one.id)).result(DEADLINE).reactions for one in said] == [()] * 5


def test_a_second_command_has_nothing_to_do(database, log, cleared):
    """Also while the first one is not done; what was said since is another matter."""
    with pytest.raises(UnknownMessage):
        log.append(ClearUser("2", "", NOON)).result(DEADLINE)
    say(log, [bia("later")])
    event = log.append(ClearUser("2", "", NOON)).result(DEADLINE)
    assert (event.count, len(event.ids)) == (1, 1)
    Retention(database).work()
    assert (words(database), marks(database)) == (0, 0)


def test_retention_hides_no_clearing(database, log, cleared):
    """Whoever does not know that it was cleared cannot go on when its row went by its age."""
    place = every_store.Place()
    keep = every_store.Keep(None, 1)
    while not place.done:
        place = database.call(partial(retention.step, keep=keep, place=place))
    assert database.call(pages.retired_up_to)[1] == cleared.seq
