"""What newcomers get is kept, goes on with what is said, and is never other than what is stored."""

import threading
from dataclasses import replace

import pytest

from lanchat.chat.catchup import bounded
from lanchat.chat.events import HistoryLeft, MessagesRetired, ReactionsLost
from lanchat.chat.model import LOBBY, Cursor, Origin, Own
from lanchat.chat.newest import Newest
from lanchat.errors import StoreUnavailable
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.retention import Retention
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft

HERE = Origin("192.168.1.50", "Browser/1", "tablet")
HISTORY = 5


class Counting(SqliteEventLog):
    """A log that counts how often the newest messages are looked up, and what somebody has done."""

    looks = 0
    own = 0

    def newest(self, room, limit):
        self.looks += 1
        return super().newest(room, limit)

    def mine(self, user_id, ids):
        self.own += 1
        return super().mine(user_id, ids)


@pytest.fixture
def log(database):
    log = Counting(database)
    yield log
    log.close()


@pytest.fixture
def hub(start, log):
    return start(log=log, history=HISTORY)


@pytest.fixture
def enter(hub, ana, bia):
    """Let one more connection of Ana or Bia come in; returns what it gets."""

    def enter(name, *, rooms=False):
        user = {"Ana": ana, "Bia": bia}[name]
        cursor = Cursor(0, "") if rooms else None
        traits = {"positions", "rooms"} if rooms else ()
        snapshot = hub.join(f"tab {rooms}", user, HERE, cursor, traits=traits)
        hub.disconnect(f"tab {rooms}")
        return snapshot

    return enter


@pytest.fixture
def said(hub, bia):
    """The numbers of three messages of Bia's, the last of which answers the first."""
    first = say(hub, "first")
    return [first, say(hub, "second"), say(hub, "third", reply_to=first)]


def say(hub, text, **options):
    posted = hub.posting.post("Bia", text, f"id of {text}", **options)
    return posted.result(DEADLINE).message.id


def stored(log):
    """What a look at the log finds."""
    return bounded(SqliteEventLog.newest(log, LOBBY, HISTORY))


@pytest.fixture
def alike(log):
    """Tell whether a page is what is stored, at a position that has been reached."""

    def alike(page):
        found = stored(log)
        return replace(page, seq=found.seq, shared=False) == found and page.seq <= found.seq

    return alike


def test_what_is_said_is_appended_and_nobody_looks_again(hub, log, enter, said, alike):
    """Older messages go as newer ones come, and then it is said that there are more."""
    assert enter("Bia").page.complete
    looks = log.looks
    for number in range(2 * HISTORY):
        say(hub, str(number))
        page = enter("Bia").page
        assert alike(page)
        assert page.seq == stored(log).seq
    assert not page.complete
    assert enter("Bia").page is page
    assert enter("Bia", rooms=True).rooms.main.page is page
    assert log.looks == looks


CHANGES = {
    "edited": lambda hub, said: hub.posting.edit("Bia", said[1], "other words", "edit"),
    "quoted and edited": lambda hub, said: hub.posting.edit("Bia", said[0], "other words", "edit"),
    "deleted": lambda hub, said: hub.posting.delete("Bia", said[0]),
    "reacted": lambda hub, said: hub.reactions.react("Ana", said[1], "👍", on=True),
    "pinned": lambda hub, said: hub.command("Ana", "pin", f"#{said[1]}"),
    "announced": lambda hub, _: hub.command("Ana", "announce", "listen"),
    "asked": lambda hub, _: hub.polls.ask("Ana", "Lunch?", ["Pizza", "Rice"], "poll"),
    "cleared": lambda hub, _: hub.command("Ana", "clear", ""),
    "banned and cleared": lambda hub, _: hub.command("Ana", "ban", "Bia and clear"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_messages_is_looked_up(hub, enter, said, alike, change):
    """Whatever it is, who comes then gets what is stored, and so does who comes after them."""
    before = enter("Ana").page
    done = change(hub, said)
    if hasattr(done, "result"):
        done.result(DEADLINE)
    hub.posting.post("Ana", "after it", "after").result(DEADLINE)
    pages = [enter("Ana").page, enter("Ana", rooms=True).page]
    assert all(alike(page) for page in pages)
    assert pages[0].messages != before.messages


@pytest.fixture
def retired(database, log, enter, said):
    """Bia has seen three messages, of which two are deleted for their number."""
    enter("Bia")
    Retention(database, count=1, announce=log.announce).work()
    return said[:2]


@pytest.mark.parametrize("rooms", [False, True])
def test_what_is_too_old_is_not_told_any_more(hub, enter, alike, retired, rooms):
    """Whether or not pages are told yet which messages these were."""
    hub.posting.post("Ana", "after it", "after").result(DEADLINE)
    page = enter("Bia", rooms=rooms).page
    assert [message.message for message in page.messages] == ["third", "after it"]
    assert not {message.id for message in page.messages}.intersection(retired)
    assert alike(page)
    assert not page.complete


@pytest.mark.parametrize("event", [HistoryLeft(), ReactionsLost((1,))])
def test_what_is_told_of_anything_else_is_a_reason_to_look(log, hub, enter, alike, event):
    """A break, or reactions that are taken back."""
    enter("Bia")
    looks = log.looks
    log.announce(event)
    say(hub, "after it")
    assert alike(enter("Bia").page)
    assert log.looks == looks + 1


def test_what_happens_elsewhere_is_none(hub, log, enter, bia, alike):
    """Names, rules, rooms and what is said, edited and deleted there."""
    enter("Bia")
    looks = log.looks
    hub.identities.rename(bia, "Beatriz", HERE)
    hub.command("Ana", "topic", "rooms")
    room = hub.rooms.open_room("Ana", "Kitchen").room.id
    there = hub.posting.post("Ana", "hello", "1", room=room).result(DEADLINE).message.id
    hub.posting.edit("Ana", there, "hello?", "2").result(DEADLINE)
    hub.reactions.react("Ana", there, "👍", on=True).result(DEADLINE)
    hub.posting.delete("Ana", there).result(DEADLINE)
    assert alike(enter("Bia").page)
    assert log.looks == looks


def test_what_somebody_has_done_is_told_at_once(hub, enter, said):
    """To their other tabs as well, before all are told; others have done nothing."""
    assert enter("Ana").mine == {}
    hub.reactions.react("Ana", said[0], "👍", on=True).result(DEADLINE)
    hub.reactions.react("Ana", said[0], "🎉", on=True).result(DEADLINE)
    assert enter("Ana").mine == {said[0]: Own(("👍", "🎉"))}
    assert enter("Ana", rooms=True).mine == {said[0]: Own(("👍", "🎉"))}
    assert enter("Bia").mine == {}


def test_what_somebody_has_done_is_known_after_a_restart(start, database, ana, said):
    """The next life of the server knows to which messages somebody has reacted."""
    hub = start(log=SqliteEventLog(database))
    hub.connect("tab", ana)
    hub.join("tab", ana, HERE)
    hub.reactions.react("tab", said[0], "👍", on=True).result(DEADLINE)
    next_log = SqliteEventLog(database)
    assert next_log.mine(ana.id, said) == {said[0]: Own(("👍",))}
    assert next_log.mine(ana.id, said[1:]) == {}
    next_log.close()


def test_who_comes_at_the_same_time_waits_for_one_look(log):
    """Meanwhile somebody speaks, which the page has in any case."""
    looking, go_on, pages = threading.Event(), threading.Event(), []

    def look():
        page = log.newest(LOBBY, HISTORY)
        looking.set()
        assert go_on.wait(DEADLINE)
        return page

    newest = Newest(look, HISTORY)
    log.listen(newest.take)
    threads = [threading.Thread(target=lambda: pages.append(newest.page())) for _ in range(3)]
    threads[0].start()
    assert looking.wait(DEADLINE)
    for thread in threads[1:]:
        thread.start()
    message = log.append(draft("meanwhile")).result(DEADLINE).message
    go_on.set()
    for thread in threads:
        thread.join(DEADLINE)
    assert [page.messages for page in pages] == [[message]] * 3
    assert log.looks == 1


def test_what_changes_during_a_look_is_not_kept(log):
    """The page is that of before, whoever comes next looks again."""
    found = log.newest(LOBBY, HISTORY)
    changes = [MessagesRetired(())]

    def look():
        if changes:
            newest.take(changes.pop())
        return found

    newest = Newest(look, HISTORY)
    assert (newest.page(), newest.kept) == (found, None)
    assert newest.page() is newest.kept


def test_a_look_that_fails_is_of_no_consequence(log):
    """Whoever comes next looks again."""
    failures = [StoreUnavailable("the disk is full")]

    def look():
        if failures:
            raise failures.pop()
        return log.newest(LOBBY, HISTORY)

    newest = Newest(look, HISTORY)
    with pytest.raises(StoreUnavailable):
        newest.page()
    assert newest.page().messages == []
