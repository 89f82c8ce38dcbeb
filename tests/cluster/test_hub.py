"""Hubs that share a database are one chat: people, what they say, and who keeps order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest

from lanchat.chat.events import (
    Announced,
    ConnectionsClosed,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    Notice,
    Reacted,
    ReactionsChanged,
    Typing,
    Voted,
)
from lanchat.chat.hub import Hub
from lanchat.chat.model import Cursor, Origin
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.chat.room_events import HostCalled, RoomEntered, RoomLeft, RoomTold
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.eventlog import PostgresEventLog
from lanchat.errors import NameTaken, RoomLocked, SlowMode, Unauthorized
from lanchat.rows.state import StoredReservations, StoredSettings
from tests.chat.conftest import AuditList, Recorder
from tests.world.deadline import DEADLINE

HERE = Origin("192.0.2.1", "Firefox", "phone")


class Server:
    """A hub on the database, without sockets."""

    def __init__(self, address, grace):
        self.recorder, self.audit = Recorder(), AuditList()
        with ExitStack() as undo:
            database = PostgresDatabase(address)
            undo.callback(database.close)
            log = PostgresEventLog(database)
            undo.callback(log.close)
            directory = PostgresDirectory(database, grace, self.recorder.deliver)
            undo.callback(directory.close)
            self.hub = Hub(
                log=log,
                settings=StoredSettings(database),
                reservations=StoredReservations(database),
                directory=directory,
                delivery=self.recorder,
                publish=directory.publish,
                audit=self.audit,
                history=10,
                edit_seconds=900,
            )
            undo.callback(self.hub.close)
            self.close = undo.pop_all().close

    def log_in(self, name, *, host=False):
        return self.hub.identities.log_in(name, HERE, host=host)

    def join(self, user, connection, *, rooms=False):
        self.hub.connect(connection, user)
        if not rooms:
            return self.hub.join(connection, user, HERE)
        return self.hub.join(connection, user, HERE, Cursor(0, ""), traits=[TAKES_ROOMS])

    def names(self):
        return [member.name for member in self.hub.members()]

    def moves(self):
        """Who has come, and who has gone, as was told here."""
        told = self.recorder.told
        return [
            (type(event), event.user.name)
            for event in told
            if isinstance(event, MemberJoined | MemberLeft)
        ]


@pytest.fixture
def start(address):
    """Start one more server."""
    with ExitStack() as undo:

        def start(grace=60.0):
            server = Server(address, grace)
            undo.callback(server.close)
            return server

        yield start


def test_a_browser_votes_once_at_all_servers(start, until):
    """Whose vote it was before learns of that, wherever they are."""
    one, other = start(), start()
    ana, bia = one.log_in("Ana", host=True), other.log_in("Bia")
    one.join(ana, "a")
    other.join(bia, "b")
    poll = one.hub.polls.ask("a", "Tea?", ["yes", "no"], "c1").result(DEADLINE).message.id
    one.hub.polls.vote("a", poll, 0).result(DEADLINE)
    other.hub.polls.vote("b", poll, 1).result(DEADLINE)
    until(lambda: Voted(poll, ana.id, None, changed=True) in one.recorder.heard("a"))
    for server in (one, other):
        server.hub.tick(time.monotonic() + 1)
    for server in (one, other):
        until(lambda told=server.recorder: (0, 1) in [e.counts for e in told.all(ReactionsChanged)])


def test_a_program_is_known_to_all_servers(start, until):
    """Its token, its name and what it says; revoked at one it is good for nothing at another."""
    one, other = start(), start()
    bot, token = one.hub.bots.admit("build", "", reads=True, writes=True)
    until(lambda: other.hub.bots.known(token) == bot)
    with pytest.raises(NameTaken):
        other.log_in("Build")
    ana = other.log_in("Ana")
    with pytest.raises(NameTaken):
        one.hub.bots.admit("ana", "", reads=True, writes=True)
    other.join(ana, "a")
    with other.hub.feeds.waiting("lobby") as waiter:
        one.hub.bots.post(bot, HERE, "done", "c1").result(DEADLINE)
        assert waiter.wait(DEADLINE)
    until(lambda: other.recorder.all(MessagePosted))
    one.hub.bots.revoke("build")
    until(lambda: other.hub.bots.known(token) is None)
    assert other.log_in("Build")


def test_people_of_two_servers_are_in_one_room(start, until):
    """Each is told who comes, speaks, writes, reacts and goes."""
    one, other = start(), start()
    ana, bia = one.log_in("Ana"), other.log_in("Bia")
    one.join(ana, "a")
    until(lambda: other.moves() == [(MemberJoined, "Ana")])
    assert [member.name for member in other.join(bia, "b").members] == ["Ana", "Bia"]
    message = one.hub.posting.post("a", "c1", "hello").result(DEADLINE).message
    until(lambda: other.recorder.all(MessagePosted))
    one.hub.posting.typing("a", "lobby")
    until(lambda: Typing("lobby", ana) in other.recorder.heard("b"))
    other.hub.reactions.react("b", message.id, "👍", on=True).result(DEADLINE)
    until(lambda: one.recorder.all(Reacted))
    one.hub.disconnect("a")
    one.hub.tick(time.monotonic() + 3600)
    until(lambda: other.moves()[-1] == (MemberLeft, "Ana"))
    assert one.moves() == other.moves()


def test_a_name_is_taken_on_all_servers(start):
    """At the other one, too, and by somebody who looks like it."""
    one, other = start(), start()
    one.log_in("Ana")
    with pytest.raises(NameTaken):
        other.log_in("ANA")


def test_a_move_to_another_server_is_nothing_to_tell(start, until):
    """With the same cookie, within the grace period."""
    one, other = start(), start()
    ana = one.log_in("Ana")
    one.join(ana, "a")
    until(lambda: other.names() == ["Ana"])
    one.hub.disconnect("a")
    other.join(ana, "b")
    for server in (one, other):
        server.hub.tick(time.monotonic() + 3600)
        assert server.names() == ["Ana"]
    until(lambda: one.moves() == other.moves() == [(MemberJoined, "Ana")])


def test_a_host_keeps_order_on_all_servers(start, until):
    """Who is kicked is closed wherever they are, and comes back nowhere as the same."""
    one, other = start(), start()
    host, ana = one.log_in("Hana", host=True), other.log_in("Ana")
    one.join(host, "h")
    other.join(ana, "a")
    until(lambda: one.names() == other.names())
    until(lambda: other.hub.is_moderator(host.id))
    one.hub.command("h", "mute", "Ana")
    until(lambda: MemberChanged(ana, "guest", muted=True) in other.recorder.heard("a"))
    one.hub.command("h", "kick", "Ana")
    until(lambda: ConnectionsClosed(ana.id) in other.recorder.heard("a"))
    until(lambda: other.names() == ["Hana"])
    until(lambda: not other.hub.identities.may_enter(ana, HERE))
    with pytest.raises(Unauthorized):
        other.join(ana, "a2")


def test_what_a_server_has_answered_it_knows(start, until):
    """Each command goes by the one before, at a server that reads the log after the others."""
    one, other = start(), start()
    log, ahead = one.hub._log, other.hub._log
    log._listeners._handlers.insert(0, lambda event: until(lambda: ahead.told >= event.seq))
    one.join(one.log_in("Ana"), "a")
    for line in (
        *("host Ana", "unhost Ana", "mute Ana", "unmute Ana", "ban Bia", "unban Bia"),
        *("groups 1", "group Ana 1", "groups end", "announce hello", "unpin", "room Maths"),
    ):
        one.hub.command_from_terminal(*line.partition(" ")[::2])
    for line, room in (
        *(("rename Physics", "Maths"), ("topic waves", "Physics"), ("close", "Physics")),
        ("erase", "Physics"),
    ):
        one.hub.command_from_terminal(*line.partition(" ")[::2], room)
    one.hub.command_from_terminal("room", "Physics")
    _, token = one.hub.bots.admit("build", "", reads=True, writes=True)
    assert one.hub.bots.known(token)
    one.hub.bots.revoke("build")
    assert one.hub.bots.known(token) is None


def test_who_is_no_host_any_more_and_muted_is_told_of_both(start, until):
    """At a server that reads both at once, as one does that has much else to do."""
    one, other = start(), start()
    ana = other.log_in("Ana", host=True)
    other.join(ana, "a")
    until(lambda: one.names() == ["Ana"])
    hold = threading.Event()
    other.hub._log.listen(lambda _event: hold.wait(DEADLINE))
    one.hub.command_from_terminal("topic", "wait")
    until(lambda: other.hub.rules.topic)
    one.hub.command_from_terminal("unhost", "Ana")
    one.hub.command_from_terminal("mute", "Ana forever")  # which a host cannot be
    hold.set()
    until(lambda: MemberChanged(ana, "guest", muted=True) in other.recorder.heard("a"))
    one.hub.command_from_terminal("topic", "all is told")
    until(lambda: other.hub.rules.topic == "all is told")
    told = [each.code for each in other.recorder.heard("a") if isinstance(each, Notice)]
    assert told == ["unhost", "muted"]


def test_who_is_banned_or_locked_out_is_so_everywhere(start, until):
    """Whoever of the hosts said so, at whatever server."""
    one, other = start(), start()
    host, ana = one.log_in("Hana", host=True), other.log_in("Ana")
    one.join(host, "h")
    other.join(ana, "a")
    until(lambda: len(one.names()) == len(other.names()) == 2)
    one.hub.command("h", "ban", "Ana")
    until(lambda: ConnectionsClosed(ana.id) in other.recorder.heard("a"))
    until(lambda: other.hub.identities.banned(ana, HERE))
    one.hub.command("h", "lock", "")
    until(lambda: other.hub.rules.locked)
    with pytest.raises(RoomLocked):
        other.hub.identities.log_in("Bia", Origin("192.0.2.9", "Firefox", "tablet"))


@pytest.mark.parametrize("command", ["kick", "ban"])
def test_who_is_put_out_elsewhere_is_told_why_before_their_connection_ends(start, until, command):
    """Also where their server closes who is not here any more before it is told to."""
    one, other = start(), start()
    host, ana = one.log_in("Hana", host=True), other.log_in("Ana")
    one.join(host, "h")
    other.join(ana, "a")
    until(lambda: len(one.names()) == len(other.names()) == 2)
    one.hub.command("h", command, "Ana")
    until(lambda: ConnectionsClosed(ana.id) in other.recorder.heard("a"))
    codes = [each.code for each in other.recorder.heard("a") if isinstance(each, Notice)]
    assert codes == ["kicked" if command == "kick" else "banned"]
    heard = other.recorder.heard("a")
    (notice,) = (each for each in heard if isinstance(each, Notice))
    assert heard.index(notice) < heard.index(ConnectionsClosed(ana.id))


def test_of_two_servers_one_forgets_a_mute_that_is_over(start, address, until):
    """Both see that it is, in the same moment; everybody is told once, by their own server."""
    one, other = start(), start()
    host, ana = one.log_in("Hana", host=True), other.log_in("Ana")
    one.join(host, "h")
    other.join(ana, "a")
    until(lambda: len(one.names()) == len(other.names()) == 2)
    one.hub.command("h", "mute", "Ana 10m")
    muted, free = (MemberChanged(ana, "guest", muted=is_so) for is_so in (True, False))
    for server in (one, other):
        until(lambda server=server: muted in server.recorder.told)
    before = settings_changes(address)
    later = time.monotonic() + 3600
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda server: server.hub.tick(later), (one, other)))
    for server in (one, other):
        assert server.recorder.told.count(free) == 1
    assert [each.code for each in other.recorder.heard("a") if isinstance(each, Notice)] == [
        *("muted", "unmuted")
    ]
    assert settings_changes(address) == before + 1


def settings_changes(address):
    """How often rules, hosts, bans and mutes have become others."""
    with psycopg.connect(address) as connection:
        return connection.execute("SELECT FROM happened WHERE kind = 'settings'").rowcount


def test_slow_mode_is_that_of_all_servers(start, address, until):
    """Who has said something at one waits at the other; what is sent again is answered."""
    one, other = start(), start()
    host, ana, bia = one.log_in("Hana", host=True), one.log_in("Ana"), other.log_in("Bia")
    one.join(host, "h")
    one.join(ana, "a1")
    other.join(ana, "a2")
    other.hub.connect("b", bia)
    other.hub.join("b", bia, Origin("192.0.2.2", "Firefox", "tablet"))
    until(lambda: one.names() == other.names() == ["Hana", "Ana", "Bia"])
    one.hub.command("h", "slow", "60s")
    until(lambda: other.hub.rules.slow == 60)
    said = one.hub.posting.post("a1", "c1", "hello").result(DEADLINE)
    assert other.hub.posting.post("a2", "c1", "hello").result(DEADLINE) == said
    with pytest.raises(SlowMode) as refused:
        other.hub.posting.post("a2", "c2", "again").result(DEADLINE)
    assert 0 < refused.value.retry_after <= 60
    edited = other.hub.posting.edit("a2", said.message.id, "Hello", "e1")
    assert isinstance(edited.exception(DEADLINE), SlowMode)
    other.hub.posting.post("b", "c1", "hello").result(DEADLINE)
    one.hub.posting.post("h", "c1", "hello").result(DEADLINE)
    with psycopg.connect(address) as connection:  # as where the database's clock is set back
        connection.execute("UPDATE turn SET at = at + interval '1 hour'")
    other.hub.posting.post("a2", "c3", "at last").result(DEADLINE)
    one.hub.command("h", "slow", "off")
    until(lambda: not other.hub.rules.slow)
    other.hub.posting.post("a2", "c2", "again").result(DEADLINE)


def test_a_cookie_that_was_given_back_is_none_at_another_server(start, until):
    """The page there does not take it for one, either."""
    one, other = start(), start()
    ana = one.log_in("Ana")
    one.hub.identities.log_out(ana)
    until(lambda: not other.hub.identities.may_enter(ana, HERE))
    assert other.log_in("Ana").id != ana.id


def test_who_is_in_a_room_hears_it_on_all_servers(start, until):
    """Whichever server a room is opened at; and so does whoever it is for, at the other one."""
    one, other = start(), start()
    ana, bia = one.log_in("Ana", host=True), other.log_in("Bia")
    until(lambda: other.hub.is_moderator(ana.id))
    one.join(ana, "a", rooms=True)
    other.join(bia, "b", rooms=True)
    until(lambda: one.names() == other.names() == ["Ana", "Bia"])
    room = one.hub.rooms.open_room("a", "Robots").room
    until(lambda: other.recorder.all(RoomTold))
    assert other.hub.rooms.enter("b", room.id).members == [ana, bia]
    direct = other.hub.rooms.open_direct("b", ana.id).room
    until(lambda: direct in [told.room for told in one.recorder.all(RoomTold)])
    for place in (room, direct):
        posted = one.hub.posting.post("a", "hello", f"in {place.id}", room=place.id)
        message = posted.result(DEADLINE).message
        until(lambda: MessagePosted(message) in other.recorder.heard("b"))  # noqa: B023
    other.join(bia, "b2", rooms=True)
    read = one.join(bia, "b3", rooms=True) and one.hub.rooms.mark_read("b3", room.id, message.id)
    until(lambda: read.result(DEADLINE) in other.recorder.heard("b2"))
    other.hub.rooms.leave("b", room.id)
    until(lambda: one.recorder.all(RoomLeft))
    said = one.hub.posting.post("a", "bye", "bye", room=room.id).result(DEADLINE)
    heard = one.hub.posting.post("a", "all", "all").result(DEADLINE)
    until(lambda: heard in other.recorder.heard("b2"))
    for server, connection in ((other, "b"), (other, "b2"), (one, "b3")):
        assert said not in server.recorder.heard(connection)


def test_a_server_that_starts_later_knows_all_rooms(start):
    """And who is in them, whatever has happened while it began."""
    one = start()
    ana = one.log_in("Ana", host=True)
    one.join(ana, "a", rooms=True)
    room = one.hub.rooms.open_room("a", "Robots").room
    other = start()
    assert other.hub.rooms.readable(ana.id) == ["lobby", room.id]
    one.hub.command("a", "close", "", room=room.id)
    assert one.hub.rooms.enter("a", room.id).room.closed


def test_groups_are_the_same_on_all_servers(start, until):
    """Whoever is where: shared out at one, late at another one, moved, called from, and ended."""
    one, other = start(), start()
    ana, bia, caio = one.log_in("Ana", host=True), one.log_in("Bia"), other.log_in("Caio")
    until(lambda: other.hub.is_moderator(ana.id))
    one.join(ana, "a", rooms=True)
    one.join(bia, "b", rooms=True)
    other.join(caio, "c", rooms=True)
    until(lambda: one.names() == other.names() == ["Ana", "Bia", "Caio"])
    one.hub.command("a", "groups", "Bia | Caio")
    until(lambda: other.hub.groups.there() == one.hub.groups.there())
    first, second = one.hub.groups.there()
    told = until(lambda: [e for e in other.recorder.heard("c") if isinstance(e, RoomTold)])
    assert [(event.room, event.people) for event in told] == [(second, (caio,))]
    davi = other.log_in("Davi")
    found = other.join(davi, "d", rooms=True).rooms.rooms
    assert [page.room for page in found] == [first]
    until(lambda: RoomEntered(found[0].room.opened + 1, first.id, davi) in one.recorder.heard("b"))
    assert other.hub.groups.call_host("d", first.id) == 1
    until(lambda: HostCalled(f"user:{ana.id}", first.id, "1", davi) in one.recorder.heard("a"))
    one.hub.command("a", "group", "Davi 2")
    until(lambda: other.hub.rooms.readable(davi.id) == ["lobby", second.id])
    until(lambda: [e.room for e in other.recorder.heard("d") if isinstance(e, RoomLeft)])
    one.hub.command("a", "announce", "The end")
    until(lambda: [e for e in other.recorder.heard("d") if isinstance(e, Announced)])
    one.hub.command("a", "groups", "end")
    until(lambda: other.hub.groups.there() == [])


def test_a_server_that_reads_much_at_once_knows_all_rooms(start, until):
    """What has changed again since is told at the position of then, and hides nothing between."""
    one, other = start(), start()
    ana = one.log_in("Ana", host=True)
    one.join(ana, "a", rooms=True)
    bia = one.log_in("Bia")
    one.join(bia, "b", rooms=True)
    hold = threading.Event()
    other.hub._log.listen(lambda _event: hold.wait(DEADLINE))
    one.hub.posting.post("a", "wait", "wait").result(DEADLINE)
    first = one.hub.rooms.open_room("a", "First").room
    second = one.hub.rooms.open_room("a", "Second").room
    one.hub.rooms.enter("b", second.id)
    one.hub.command("a", "rename", "Renamed", room=first.id)
    hold.set()
    until(lambda: other.hub.rooms.readable(bia.id) == ["lobby", second.id])
