"""Names and presence are those of all servers together, whichever of them fails."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lanchat.chat.changes import LoggedOut
from lanchat.chat.confusables import skeletons
from lanchat.chat.events import (
    ConnectionsClosed,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MembersChanged,
    Notice,
    Reacted,
    ServerStopping,
    Typing,
)
from lanchat.chat.model import Origin, User
from lanchat.cluster import presence_listener
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.presence_listener import LEASE as LONG
from lanchat.errors import NameTaken, StoreUnavailable, Unauthorized
from lanchat.rows.state import StoredReservations
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON

PROJECT = Path(__file__).parents[2]
ANA, BIA = User("1", "Ana"), User("2", "Bia")
FALSE_ANA = User("3", "ANΑ")
"""Her name in capitals, the last of them a Greek letter."""

HERE = Origin("192.0.2.1", "Firefox", "phone")
HOLD = 60.0
LEASE = GRACE = 1.5
SHORT = {"lease": LEASE}


class Server:
    """What one server has; ``told`` is what its connections have heard, ``left`` who has left."""

    def __init__(self, address, grace=GRACE, lease=LONG):
        self.told: list[Any] = []
        self.left: list[str] = []
        with ExitStack() as undo:
            self.database = PostgresDatabase(address)
            undo.callback(self.database.close)
            self.directory = PostgresDirectory(
                self.database, grace, lambda _channel, event: self.told.append(event), lease=lease
            )
            undo.callback(self.directory.close)
            self.close = undo.pop_all().close

    def connect(self, user, connection):
        """The person's line where they have come by this connection."""
        now = time.monotonic()
        return self.directory.connect(user, connection, HERE, now, NOON, "guest")

    def welcome(self, user, connection):
        """The same, and all are told of it."""
        if came := self.connect(user, connection):
            joined = MemberJoined(user, came.ip, came.since)
            self.directory.publish(joined.channel, joined)

    def disconnect(self, connection):
        self.directory.disconnect(connection, time.monotonic())

    def tick(self):
        """Whoever is due leaves, as a server looks for them again and again."""
        self.left += (each.user.id for each in self.directory.expire(time.monotonic()))
        return self.left

    def names(self):
        return [member.name for member in self.directory.members()]

    def moves(self):
        return [event for event in self.told if isinstance(event, MemberJoined | MemberLeft)]


@pytest.fixture
def start(address):
    """Start one more server."""
    with ExitStack() as undo:

        def start(**options):
            server = Server(address, **options)
            undo.callback(server.close)
            return server

        yield start


class Elsewhere:
    """A server in a process of its own, with these people."""

    def __init__(self, address, *names):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.world.guests", address, str(LEASE), str(GRACE), *names],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
        assert self._process.stdout
        self._output = self._process.stdout
        assert self._output.readline() == b"here\n"

    def halt(self):
        """Nothing goes on in it, as on a computer that sleeps."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._output.close()


@pytest.fixture
def elsewhere(address):
    """Start one in a process of its own."""
    with ExitStack() as undo:

        def start(*names):
            server = Elsewhere(address, *names)
            undo.callback(server.kill)
            return server

        yield start


def hands(server):
    """Whose hands are up, as the server knows it."""
    return [hand.user.name for hand in server.directory.hands()]


def at_once(calls):
    """Call all in threads; returns what came of each, or was raised."""
    begin, came = threading.Barrier(len(calls)), {}

    def run(number, call):
        begin.wait(DEADLINE)
        try:
            came[number] = call()
        except (NameTaken, StoreUnavailable) as error:
            came[number] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    return [came[number] for number in range(len(calls))]


def test_everybody_is_known_everywhere(start, until):
    """A person who comes to one server stands in the list of the other, also of a later one."""
    one, other = start(), start()
    one.connect(ANA, "a")
    until(lambda: other.names() == ["Ana"])
    other.connect(BIA, "b")
    assert start().names() == ["Ana", "Bia"]
    assert other.directory.named("A.N.A").user == ANA
    assert (other.directory.present, other.directory.entry_of("a")) == (2, None)


def test_a_name_is_one_persons_on_all_servers(start):
    """Of people with look-alike names who log in at the same moment one alone gets it."""
    one, other = start(), start()
    users = [User(str(n), name) for n, name in enumerate(["Ana", "ANΑ", "ana", "A.na"])]
    came = at_once(
        [
            lambda user=user, server=server: server.directory.claim(user, HERE, 0, HOLD)
            for user, server in zip(users, [one, other, one, other], strict=True)
        ]
    )
    refused = [each for each in came if isinstance(each, NameTaken)]
    assert (came.count(None), len(refused)) == (1, 3)
    assert all(skeletons(each.suggestion).isdisjoint(skeletons("Ana")) for each in refused)


def test_of_two_hundred_who_look_alike_one_each_gets_the_name(start):
    """Twenty names, each wanted by ten people at two servers in the same moment."""
    servers = [start(), start()]
    looks = ["x{0}na", "X{0}NA", "x{0}Na", "x.{0}na", "x{0}n.a"]
    wanted = [look.format(chr(ord("b") + n)) for n in range(20) for look in looks * 2]
    users = [User(str(number), name) for number, name in enumerate(wanted)]
    came = at_once(
        [
            lambda user=user, server=servers[n % 2]: server.directory.claim(user, HERE, 0, HOLD)
            for n, user in enumerate(users)
        ]
    )
    for first in range(0, 200, 10):
        assert [isinstance(each, NameTaken) for each in came[first : first + 10]].count(False) == 1


def test_a_storm_of_logins_is_let_in(start, until):
    """Everybody has come once, and all servers know all of them."""
    servers = [start(), start()]
    users = [User(f"u{n}", f"Guest {n}") for n in range(300)]

    def log_in(user, server):
        server.directory.claim(user, HERE, time.monotonic(), HOLD)
        return server.connect(user, user.id)

    came = at_once(
        [
            lambda user=user, server=servers[n % 2]: log_in(user, server)
            for n, user in enumerate(users)
        ]
    )
    assert {each.name for each in came} == {user.name for user in users}
    for server in servers:
        until(lambda server=server: server.directory.present == 300)
        assert set(server.names()) == {user.name for user in users}


def test_who_comes_back_elsewhere_has_neither_left_nor_come(start, until):
    """The server that they were at before waits for them no more."""
    one, other = start(grace=3600.0), start(grace=3600.0)
    assert one.connect(ANA, "a") is not None
    one.disconnect("a")
    until(lambda: other.directory.entry("1"))
    assert other.connect(ANA, "b") is None
    until(lambda: one.directory.entry("1").free_at is None)
    later = time.monotonic() + 7200
    assert one.directory.expire(later) == other.directory.expire(later) == []
    other.disconnect("b")
    assert [each.user for each in other.directory.expire(later)] == [ANA]
    until(lambda: one.names() == other.names() == [])


def test_a_person_at_two_servers_leaves_with_the_last_connection(start, until):
    """Whichever server has it."""
    one, other = start(), start()
    one.connect(ANA, "a")
    assert other.connect(ANA, "b") is None
    one.disconnect("a")
    later = time.monotonic() + 3600
    assert one.directory.expire(later) == []
    other.disconnect("b")
    assert len(other.directory.expire(later)) == 1
    assert one.directory.expire(later) == []


def test_who_is_released_at_one_server_is_closed_at_the_other(start, until):
    """Their name is free, and whoever has it then stays."""
    one, other = start(), start()
    one.connect(ANA, "a")
    one.connect(BIA, "b")
    until(lambda: other.directory.entry("1"))
    assert other.directory.release("1", 0, "kicked").user == ANA
    until(lambda: ConnectionsClosed("1") in one.told)
    assert one.directory.entry_of("a") is None
    other.connect(FALSE_ANA, "c")
    one.disconnect("a")
    until(lambda: one.names() == ["Bia", "ANΑ"])
    assert ConnectionsClosed("2") not in one.told


def test_who_has_logged_out_at_one_server_cannot_come_to_another(start):
    """An old cookie is none anywhere."""
    one, other = start(), start()
    one.connect(ANA, "a")
    one.directory.release("1", 0, "logout")
    StoredReservations(one.database).note([LoggedOut("1", 0.0)])
    with pytest.raises(Unauthorized):
        other.connect(ANA, "b")


def test_who_goes_while_the_database_is_away_has_gone_when_it_is_back(start, address, until):
    """It cannot be asked for it: their name is free a moment later."""
    one, other = start(), start()
    one.connect(ANA, "a")
    until(lambda: other.names() == ["Ana"])
    by_hand(address, "DELETE FROM lease")  # until it is renewed nothing is taken
    assert one.directory.release("1", 0, "logout").user == ANA
    assert one.names() == []
    until(lambda: other.names() == [])

    def is_free():
        with suppress(StoreUnavailable):
            other.directory.claim(FALSE_ANA, HERE, 0, HOLD)
            return True

    until(is_free)
    assert one.names() == []


@pytest.mark.parametrize("seconds", [0.0, 3600.0])
def test_who_came_in_when_nobody_waited_for_it_any_more_leaves(
    start, address, until, monkeypatch, seconds
):
    """The database was slow to do it, and the server had given up: it finds that out by itself."""
    monkeypatch.setattr(presence_listener, "_COMPARE_SECONDS", seconds)
    one, other = start(grace=0.0), start(grace=0.0)
    other.connect(BIA, "b")
    until(lambda: one.names() == ["Bia"])
    asked = {"do": "connect", "id": "1", "user": "Ana", "keys": sorted(skeletons("Ana"))}
    asked |= {"ip": "", "agent": "", "device": "", "since": NOON, "role": "guest"}
    number = one.directory._people._mine
    with psycopg.connect(address) as late:
        late.execute("SELECT presence(%s, '1 hour', %s, '{}')", (number, json.dumps([asked])))
    if seconds:  # what has failed is looked after at once
        until(lambda: other.names() == ["Bia", "Ana"])
        one.directory._tear()
    until(lambda: one.tick() == ["1"])
    until(lambda: one.names() == other.names() == ["Bia"])


def test_another_name_is_known_everywhere(start, until):
    """The old one is free, and the new one is not."""
    one, other = start(), start()
    one.connect(ANA, "a")
    until(lambda: other.names() == ["Ana"])
    other.directory.rename(User("1", "Bela"), HERE, 0, HOLD)
    until(lambda: one.names() == ["Bela"])
    assert one.directory.taken(User("9", "bela"))
    one.directory.claim(FALSE_ANA, HERE, 0, HOLD)


@pytest.mark.slow
def test_the_people_of_a_killed_server_are_taken_over_by_one(start, elsewhere, until):
    """Who comes back in time has not left; each of the others leaves once."""
    one, other = start(**SHORT), start(**SHORT)
    killed = elsewhere(*"abcdef")
    until(lambda: one.directory.present == other.directory.present == 6)
    killed.kill()
    assert one.connect(User("a", "a"), "again") is None

    def is_over():
        return len(one.tick()) + len(other.tick()) >= 5

    until(is_over)
    assert sorted(one.left + other.left) == list("bcdef")
    assert [] in (one.left, other.left)
    until(lambda: one.names() == other.names() == ["a"])


@pytest.mark.slow
def test_people_are_taken_over_although_the_clock_was_set_back(start, elsewhere, address, until):
    """That of the database: what it has noted is of the future then."""
    one, killed = start(grace=0.0, **SHORT), elsewhere("a")
    until(lambda: one.names() == ["a"])
    killed.kill()
    by_hand(
        address,
        "UPDATE lease SET renewed = renewed + interval '1 hour',"
        " unbroken_since = unbroken_since + interval '1 hour'",
    )
    until(lambda: one.tick() == ["a"])


@pytest.mark.slow
def test_the_people_of_a_server_that_slept_are_back_with_it(start, elsewhere, until):
    """They had left for all others; whose name is another's by now is not among them."""
    one = start(**SHORT)
    sleeper = elsewhere("ana", "bia", "caro")
    until(lambda: one.directory.present == 3)
    sleeper.halt()
    until(lambda: len(one.tick()) == 3)
    one.connect(User("2", "Bia"), "b")
    sleeper.go_on()
    until(lambda: sorted(one.names()) == ["Bia", "ana", "caro"])
    until(lambda: sorted(event.user.name for event in one.moves()) == ["ana", "caro"])
    assert one.directory.named("bia").user.id == "2"


@pytest.mark.slow
def test_the_people_of_a_server_that_stops_can_go_to_another(start, until):
    """They are there for the others until they have not come back in time."""
    one, other = start(grace=2.0, **SHORT), start(grace=2.0, **SHORT)
    one.connect(ANA, "a")
    one.connect(BIA, "b")
    until(lambda: other.directory.present == 2)
    assert {each.reason for each in one.directory.stop(0)} == {"stop"}
    one.close()
    assert other.connect(ANA, "a") is None
    until(lambda: other.tick() == ["2"])
    assert other.names() == ["Ana"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT])
def test_nobody_leaves_because_the_database_was_away(start, postgres, until, how):
    """For longer than a lease and a grace period; whoever was waited for can come again.

    Nor is a hand lowered by it.
    """
    servers = one, other = start(), start()  # a busy machine halts them for long, too
    one.welcome(ANA, "a")
    other.welcome(BIA, "b")
    one.welcome(User("4", "Caro"), "c")
    until(lambda: len(one.moves()) == len(other.moves()) == 3)
    one.disconnect("c")
    for user in (BIA, ANA):
        one.directory.raise_hand(user.id, NOON)
    until(lambda: hands(other) == ["Bia", "Ana"])
    postgres.stop(how)
    end = time.monotonic() + LONG + GRACE
    with pytest.raises(StoreUnavailable):
        until(one.tick)
    with pytest.raises(StoreUnavailable):
        other.connect(FALSE_ANA, "x")
    until(lambda: time.monotonic() > end)
    assert one.names() == other.names() == ["Ana", "Bia", "Caro"]
    postgres.start()

    came = []

    def is_back():
        with suppress(StoreUnavailable):
            came.append(other.connect(User("4", "Caro"), "d"))
        return came

    def can_be_asked():
        with suppress(StoreUnavailable):
            one.tick()
            other.tick()
            return True

    until(is_back)
    until(can_be_asked)  # each server learns by itself that the database is back
    end = time.monotonic() + LONG + GRACE
    until(lambda: one.tick() or other.tick() or time.monotonic() > end)
    assert came == [None]
    for server in servers:
        assert sorted(server.names()) == ["Ana", "Bia", "Caro"]
        assert (server.left, len(server.moves())) == ([], 3)
        assert hands(server) == ["Bia", "Ana"]
        assert server.directory.taken(FALSE_ANA)


def test_only_who_has_lost_the_name_is_closed_after_a_lost_lease(start, address, until):
    """Whose name is another's by now; all others are here as before."""
    one = start(lease=1.0)
    one.connect(ANA, "a")
    one.connect(BIA, "b")
    with psycopg.connect(address) as connection:
        connection.execute("DELETE FROM lease")
        connection.execute("DELETE FROM person")
        connection.execute(
            'INSERT INTO person (user_id, "user", ip, agent, device)'
            " VALUES ('3', 'ANΑ', '', '', '')"
        )
        for key in skeletons(FALSE_ANA.name):
            connection.execute("INSERT INTO person_name VALUES (%s, '3')", (key,))
    until(lambda: ConnectionsClosed("1") in one.told)
    until(lambda: start().names() == ["Bia"])
    assert ConnectionsClosed("2") not in one.told
    assert one.directory.named("ana").user == FALSE_ANA


def by_hand(address, *statements):
    """Change rows without that anybody is notified, as it is for who does not listen."""
    with psycopg.connect(address) as connection:
        for statement in statements:
            connection.execute(statement)


def cut(address):
    """Let all connections to the database break."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_what_was_missed_in_a_break_is_told_after_it(start, address, until):
    """Who has come and gone meanwhile; whom this server has is there, and is told to the others."""
    one, other = start(), start()
    one.connect(ANA, "a")
    until(lambda: other.names() == ["Ana"])
    by_hand(
        address,
        "DELETE FROM person",
        'INSERT INTO person (user_id, "user", ip, agent, device, since, arrived)'
        " VALUES ('2', 'Bia', '', '', '', '', now())",
    )
    cut(address)
    until(lambda: sorted(one.names()) == sorted(other.names()) == ["Ana", "Bia"])
    until(lambda: "Bia" in [event.user.name for event in other.moves()])
    by_hand(address, "DELETE FROM person WHERE user_id = '2'")
    cut(address)
    for server in (one, other):
        until(lambda server=server: server.names() == ["Ana"])  # a moment before it is told
        until(lambda server=server: isinstance(server.moves()[-1], MemberLeft))
        assert server.moves()[-1].user == BIA


def test_an_arrival_that_was_read_is_not_heard_again(start, address, until):
    """What was said of it while the connection was cut may come behind it."""
    server = start()
    by_hand(
        address,
        'INSERT INTO person (user_id, "user", ip, agent, device, since, arrived)'
        " VALUES ('2', 'Bia', '', '', '', '', now())",
    )
    cut(address)
    until(lambda: len(server.moves()) == 1)
    bia = '"user": {"id": "2", "name": "Bia"}'
    joined = f'{{"kind": "joined", {bia}, "ip": "", "time": ""}}'
    typing = f'{{"kind": "typing", {bia}, "room": "lobby"}}'
    said = f'{{"from": 0, "events": [{joined}, {typing}]}}'
    by_hand(address, f"SELECT pg_notify('lanchat_presence', '{said}')")
    until(lambda: Typing("lobby", BIA) in server.told)
    assert len(server.moves()) == 1


def test_what_has_no_position_is_told_on_all_servers(start, until):
    """Here at once, and there behind what it is about; nothing is told twice."""
    one, other = start(), start()
    events: list[Event] = [
        Typing("lobby", ANA),
        Notice("1", "muted", NOON),
        Reacted(7, "1", ("👍", "❤"), changed=True),
        MemberChanged(ANA, "host", muted=True),
        ConnectionsClosed("1"),
    ]
    for event in events:
        one.directory.publish(event.channel, event)
    assert one.told == events
    until(lambda: other.told == events)
    other.directory.publish("user:2", Notice("2", "unmuted"))
    until(lambda: Notice("2", "unmuted") in one.told)
    assert len(one.told) == len(other.told) == len(events) + 1


def test_what_concerns_one_server_is_told_there(start, until):
    """As that it stops: people of others stay."""
    one, other = start(), start()
    stopping = ServerStopping(NOON)
    one.directory.publish(stopping.channel, stopping)
    one.directory.publish("lobby", Typing("lobby", ANA))
    until(lambda: other.told == [Typing("lobby", ANA)])
    assert stopping in one.told


def test_a_crowd_is_told_of_in_pieces(start, until):
    """Notifications are short; each piece is told behind the rows of those whom it names."""
    one, other = start(), start()
    users = [User(f"{n:032}", f"{'ñ' * 25} {n}") for n in range(70)]
    for user in users:
        one.connect(user, user.id)
    joined = [MemberJoined(user, "192.0.2.1", NOON, crowd=True) for user in users]
    one.directory.publish("room:lobby", MembersChanged(joined, []))
    until(lambda: sum(len(event.joined) for event in other.told) == 70)
    assert [each for event in other.told for each in event.joined] == joined
    assert one.told == [MembersChanged(joined, [])]


def test_an_arrival_that_is_over_is_not_told(start, until):
    """Servers say what happened in any order: the last word is who is here."""
    one, other = start(), start()
    one.connect(ANA, "a")
    until(lambda: other.names() == ["Ana"])
    came, left = MemberJoined(ANA, "", NOON), MemberLeft(ANA, "", NOON)
    other.directory.publish("room:lobby", left)
    other.directory.publish("room:lobby", came)
    until(lambda: one.told == [came])
    assert other.told == [came]
    one.directory.release("1", 0, "logout")
    one.directory.publish("room:lobby", left)
    one.directory.publish("room:lobby", came)
    until(lambda: other.told == [came, left])


def test_kinds_of_a_newer_server_are_skipped(start, address, until):
    """Also what it says besides of those that are known."""
    server = start()
    payload = (
        '{"from": 0, "events": [{"kind": "future"}, {"kind": "typing"},'
        ' {"kind": "typing", "room": "lobby", "user": {"id": "1", "name": "Ana"}, "new": 1}]}'
    )
    with psycopg.connect(address) as connection:
        connection.execute("SELECT pg_notify('lanchat_presence', %s)", (payload,))
    until(lambda: server.told == [Typing("lobby", ANA)])


def test_other_servers_learn_who_has_left_and_who_has_logged_out(start, until):
    """Also what was heard before anybody was there to be told."""
    one, other = start(), start()
    one.connect(ANA, "a")
    until(lambda: other.names() == ["Ana"])
    StoredReservations(one.database).note([LoggedOut("8", 0.0)])
    left: list[tuple[User, Origin]] = []
    logged_out: list[str] = []
    other.directory.watch(lambda *who: left.append(who), logged_out.append)
    one.directory.release("1", 0, "logout")
    StoredReservations(one.database).note([LoggedOut("1", 0.0)])
    until(lambda: (left, logged_out) == ([(ANA, HERE)], ["8", "1"]))


def test_a_server_that_was_cut_off_says_who_is_still_with_it(start, address, until):
    """Others have seen them leave, and see them come; who has not is told nothing."""
    one, other, third = (start() for _ in range(3))
    one.welcome(ANA, "a")
    one.welcome(BIA, "b")
    until(lambda: len(other.moves()) == len(third.moves()) == 2)
    by_hand(
        address,
        "DELETE FROM person WHERE user_id = '1'",
        "SELECT tell_presence(min(process), '{1}') FROM lease",
    )
    until(lambda: other.names() == third.names() == ["Bia"])
    by_hand(address, "DELETE FROM lease WHERE process = (SELECT min(process) FROM lease)")
    for server in (other, third):
        until(lambda server=server: len(server.moves()) == 3)
        assert server.moves()[-1].user == ANA
        assert sorted(server.names()) == ["Ana", "Bia"]
    assert len(one.moves()) == 2


@pytest.mark.empty_database
def test_who_is_here_is_never_read_whole_for_one_who_comes(address):
    """Neither with a plan that was made while few were here, which is kept when many are."""
    asked = [
        {
            "do": "claim",
            "id": "2",
            "user": "Bia",
            "keys": ["bia"],
            "ip": "",
            "agent": "",
            "device": "",
        }
    ]
    scans = "SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0"
    with PostgresDatabase(address).connect() as connection:
        connection.execute("INSERT INTO lease VALUES (7, now(), now())")
        connection.execute(
            'INSERT INTO person (user_id, "user", ip, agent, device, keeper)'
            " VALUES ('1', 'Ana', '', '', '', 7)"
        )
        connection.execute("INSERT INTO person_name VALUES ('ana', '1')")
        connection.execute("VACUUM ANALYZE person, person_name, logout, lease")
        with connection.transaction():
            call = "SELECT presence(7, '1 minute', %s, '{}')"
            (([(came, *_)],),) = connection.execute(call, (json.dumps(asked),)).fetchall()
            assert came == "anew"
            assert connection.execute(scans).fetchall() == []


def test_hands_are_in_one_order_on_all_servers(start, until):
    """A class raises them at once, at two servers; a later server knows them, too."""
    servers = [start(), start()]
    users = [User(f"u{n}", f"Guest {n}") for n in range(100)]
    for number, user in enumerate(users):
        servers[number % 2].connect(user, user.id)
    at_once(
        [
            lambda user=user, server=servers[n % 2]: server.directory.raise_hand(user.id, NOON)
            for n, user in enumerate(users)
        ]
    )
    until(lambda: len(hands(servers[0])) == len(hands(servers[1])) == 100)
    assert hands(servers[0]) == hands(servers[1]) == hands(start())
    moments = [hand.since for hand in servers[0].directory.hands()]
    assert len(set(moments)) == 100
    servers[1].directory.lower_hands([user.id for user in users[1:]])
    until(lambda: hands(servers[0]) == ["Guest 0"])
    servers[0].directory.release("u0", 0, "kicked")
    until(lambda: hands(servers[1]) == [])


def test_hands_outlive_a_killed_server(start, elsewhere, until):
    """Who comes back in time elsewhere has theirs up; of who does not it is down."""
    gone, one = elsewhere("Caio", "Davi"), start(**SHORT)
    until(lambda: one.names() == ["Caio", "Davi"])
    for name in ("Davi", "Caio"):
        one.directory.raise_hand(one.directory.named(name).user.id, NOON)
    gone.kill()
    davi = one.directory.named("Davi").user
    one.connect(davi, "d")
    until(lambda: one.tick() and hands(one) == ["Davi"])
