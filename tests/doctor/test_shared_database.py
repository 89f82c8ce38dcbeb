"""What facts about a shared database mean, and how `lanchat doctor` tells them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from lanchat.cluster.health import Health
from lanchat.cluster.sessions import Server
from lanchat.doctor.facts import Verdict
from lanchat.doctor.shared_database import check_database, judge
from tests.world.command_line import CommandLine

_NOON = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
_LIVING = Server("process 5 on pi (192.0.2.11)", _NOON, 7, 0.4, listens=True)

WELL = Health(
    version="15.9",
    is_too_old=False,
    seconds=0.0004,
    clock=0.01,
    user="chat",
    encoding="UTF8",
    is_standby=False,
    is_read_only=False,
    synchronous_commit="on",
    has_standbys=False,
    fsync=True,
    free=87,
    missing_right="",
    owner=None,
    keeps_sessions=True,
    steps=4,
    known=4,
    servers=(_LIVING,),
)


def test_all_is_well():
    """Each check has its line, and nothing is to be done."""
    found = list(judge(WELL, "postgresql://chat@db/room"))
    assert {each.verdict for each in found} == {Verdict.OK}
    assert not any(each.next_step for each in found)
    assert [each.check for each in found] == [
        *("database", "rights", "sessions", "latency", "commits", "capacity", "clocks", "servers")
    ]
    (server,) = found[-1].details
    assert server.startswith("server 7, process 5 on pi (192.0.2.11), since 2026-11-26 ")
    assert server.endswith(": its lease is 0.4 s old")


@pytest.mark.parametrize(
    ("facts", "check", "verdict", "words"),
    [
        ({"is_too_old": True}, "database", Verdict.PROBLEM, "needs PostgreSQL 14"),
        ({"encoding": "SQL_ASCII"}, "database", Verdict.PROBLEM, "--encoding=UTF8"),
        ({"steps": 5}, "database", Verdict.PROBLEM, "update lanchat"),
        ({"is_standby": True}, "database", Verdict.PROBLEM, "it is a standby"),
        ({"is_read_only": True}, "database", Verdict.PROBLEM, "it is read-only"),
        ({"is_standby": True}, "rights", Verdict.UNSEEN, "nothing shows them"),
        ({"missing_right": "no"}, "rights", Verdict.PROBLEM, "chat may make no tables: no"),
        ({"owner": "ada"}, "rights", Verdict.PROBLEM, "use the user ada"),
        ({"steps": 0}, "rights", Verdict.OK, "the first server makes them"),
        ({"keeps_sessions": False}, "sessions", Verdict.PROBLEM, "pool_mode = session"),
        ({"seconds": 0.08}, "latency", Verdict.WARNING, "80.0 ms"),
        ({"fsync": False}, "commits", Verdict.WARNING, "set fsync = on"),
        ({"synchronous_commit": "off"}, "commits", Verdict.WARNING, "the last second can be lost"),
        ({"has_standbys": True}, "commits", Verdict.OK, "on its disk and on a standby's"),
        ({"free": 13}, "capacity", Verdict.WARNING, "raise max_connections"),
        ({"clock": -7.2}, "clocks", Verdict.WARNING, "7 s behind this computer's"),
        ({"servers": ()}, "servers", Verdict.OK, "no server has it"),
        (
            {"servers": (_LIVING, Server("server 8", _NOON, 8, 40.0, listens=False))},
            *("servers", Verdict.WARNING),
            "1 server has it, and 1 of those below is not well",
        ),
        (
            {"servers": (Server("server 8", _NOON, 8, 40.0, listens=False),)},
            *("servers", Verdict.WARNING),
            ": its lease is 40.0 s old, not connected",
        ),
        (
            {"servers": (_LIVING._replace(number=None, age=None),)},
            *("servers", Verdict.WARNING, ": no lease"),
        ),
    ],
)
def test_what_is_not_well(facts, check, verdict, words):
    """It is said where it is, how bad, and what helps."""
    (found,) = (each for each in judge(replace(WELL, **facts), "") if each.check == check)
    assert found.verdict is verdict
    assert words in "\n".join([found.text, found.next_step, *found.details])


def test_it_cannot_be_reached(tmp_path: Path):
    """Its address is shown without the password."""
    url = f"postgresql://chat:s3cret@/room?host={tmp_path}"
    (found,) = check_database(url)
    assert found.verdict is Verdict.PROBLEM
    assert "s3cret" not in str(found)
    assert found.details == (url.replace(":s3cret", ""),)


def test_as_it_is_typed(new_database, tmp_path: Path):
    """Before the checks of this computer, of which each has a line as well."""
    typed = CommandLine(tmp_path)
    log = ("--log-file", tmp_path / "log")
    told = typed("doctor", "--json", "--database", new_database(), *log).stdout.splitlines()
    checks = [json.loads(line)["check"] for line in told]
    assert checks[:2] == ["database", "rights"]
    assert "port" in checks
    ended = typed("doctor", "http://127.0.0.1:1", "--database", "postgresql://db/room")
    assert ended.returncode == 2
    assert "no database is seen" in ended.stderr
