"""The database that several servers share: can be reached, may be used, and how it is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from lanchat.database_url import without_password
from lanchat.doctor.facts import Finding, Verdict
from lanchat.errors import DatabaseUnusable, ExtraMissing

if TYPE_CHECKING:
    from lanchat.cluster.health import Health
    from lanchat.cluster.sessions import Server

_SLOW = 0.02
"""Seconds of an answer from which on people notice it: a message takes several."""

_APART = 2.0
"""Seconds between two clocks from which on times in the talk look wrong."""

_CONNECTIONS = 14
"""What a server has, at most, four of them for files."""


def check_database(address: str) -> Iterator[Finding]:
    """The findings for the database at the address, whose password is in none of them."""
    try:
        health = import_module("lanchat.cluster.health").examine(address)
    except ImportError:
        missing = ExtraMissing("--database", "psycopg[binary]")
        yield Finding("database", Verdict.PROBLEM, "it cannot be asked from here", str(missing))
    except DatabaseUnusable as error:
        where = (without_password(address),)
        yield Finding("database", Verdict.PROBLEM, error.reason, error.hint, where)
    else:
        yield from judge(health, without_password(address))


def judge(health: Health, shown: str) -> Iterator[Finding]:
    """What the facts mean; ``shown`` is the address."""
    yield _database(health, shown)
    yield _rights(health)
    yield _sessions(health)
    yield _latency(health)
    yield _commits(health)
    yield _free(health)
    yield _clock(health)
    yield _servers(health)


def _database(health: Health, shown: str) -> Finding:
    text = f"PostgreSQL {health.version} answers, with texts in {health.encoding}"
    bad = ""
    if health.is_too_old:
        bad = "update it: lanchat needs PostgreSQL 14"
    elif health.encoding != "UTF8":
        bad = "make another one: createdb --encoding=UTF8 --template=template0 NAME"
    elif health.steps > health.known:
        text = f"a newer lanchat has made its tables (schema {health.steps} of {health.known})"
        bad = "update lanchat"
    elif health.is_standby or health.is_read_only:
        text = f"{text}, and takes no changes: it is "
        text += "a standby" if health.is_standby else "read-only (default_transaction_read_only)"
        bad = "name the server that takes changes, or let this one take them"
    verdict = Verdict.PROBLEM if bad else Verdict.OK
    return Finding("database", verdict, text, bad, (shown,))


def _rights(health: Health) -> Finding:
    if health.is_standby or health.is_read_only:
        return Finding("rights", Verdict.UNSEEN, "it takes no changes, so nothing shows them")
    if health.missing_right:
        text = f"{health.user} may make no tables: {health.missing_right}"
        return Finding("rights", Verdict.PROBLEM, text, "let the user make some, as the owner may")
    if health.owner is not None:
        text = f"its tables are those of {health.owner}, and {health.user} has no part in it"
        hint = f"use the user {health.owner}, or make the other one a member of it"
        return Finding("rights", Verdict.PROBLEM, text, hint)
    made = "" if health.steps else "; there are none yet, the first server makes them"
    return Finding("rights", Verdict.OK, f"{health.user} may make tables and locks{made}")


def _sessions(health: Health) -> Finding:
    if health.keeps_sessions:
        return Finding("sessions", Verdict.OK, "each connection has a session to itself")
    return Finding(
        "sessions",
        Verdict.PROBLEM,
        "a pooler in front of it gives each transaction another session; servers would hear "
        "nothing of each other, and refuse to start",
        "let it pool whole sessions (PgBouncer: pool_mode = session), or name the database behind",
    )


def _latency(health: Health) -> Finding:
    text = f"an answer takes {health.seconds * 1000:.1f} ms"
    if health.seconds < _SLOW:
        return Finding("latency", Verdict.OK, text)
    hint = "bring servers and database nearer to each other: a message waits for several answers"
    return Finding("latency", Verdict.WARNING, text, hint)


def _commits(health: Health) -> Finding:
    if not health.fsync:
        text = "fsync is off: where its computer falls, all that was said can be lost"
        return Finding("commits", Verdict.WARNING, text, "set fsync = on")
    if health.synchronous_commit == "off":
        text = "synchronous_commit is off: where its computer falls, the last second can be lost"
        return Finding("commits", Verdict.WARNING, text, "set synchronous_commit = on")
    where = "on its disk"
    if health.has_standbys and health.synchronous_commit != "local":
        where += " and on a standby's"
    text = f"what is acknowledged is {where} (synchronous_commit = {health.synchronous_commit})"
    return Finding("commits", Verdict.OK, text)


def _free(health: Health) -> Finding:
    text = f"room for {health.free:,} more connections; a server has up to {_CONNECTIONS}"
    if health.free >= _CONNECTIONS:
        return Finding("capacity", Verdict.OK, text)
    hint = "raise max_connections there, or the limit of the user or the database"
    return Finding("capacity", Verdict.WARNING, text, hint)


def _clock(health: Health) -> Finding:
    if abs(health.clock) < _APART:
        return Finding("clocks", Verdict.OK, "its clock and this computer's show the same time")
    apart = f"{abs(health.clock):,.0f} s {'ahead of' if health.clock > 0 else 'behind'}"
    text = f"its clock is {apart} this computer's, which says when something was said"
    return Finding("clocks", Verdict.WARNING, text, "let all computers get their time by NTP")


def _servers(health: Health) -> Finding:
    living = [each for each in health.servers if each.lives(health.lease)]
    details = tuple(_described(each) for each in health.servers)
    text = f"{len(living)} {'server has' if len(living) == 1 else 'servers have'} it"
    if not health.servers:
        return Finding("servers", Verdict.OK, "no server has it just now")
    if bad := [each for each in health.servers if not _is_well(each, health.lease)]:
        text += f", and {len(bad)} of those below {'is' if len(bad) == 1 else 'are'} not well"
        hint = "look at those: their people are others' once a grace period is over"
        return Finding("servers", Verdict.WARNING, text, hint, details)
    return Finding("servers", Verdict.OK, text, details=details)


def _is_well(server: Server, lease: float) -> bool:
    return server.listens and server.age is not None and server.age <= lease


def _described(server: Server) -> str:
    since = "" if server.since is None else f", since {server.since.astimezone():%Y-%m-%d %H:%M:%S}"
    lease = "no lease" if server.age is None else f"its lease is {max(0.0, server.age):.1f} s old"
    known = server.number is None or server.name == f"server {server.number}"
    who = server.name if known else f"server {server.number}, {server.name}"
    return f"{who}{since}: {lease}{'' if server.listens else ', not connected'}"
