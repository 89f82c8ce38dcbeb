from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lanchat.doctor.facts import Verdict
from lanchat.doctor.port_check import (
    Holder,
    check_port,
    find_holder,
    find_in_proc,
    find_with_lsof,
    holder_from_lsof,
    holder_from_netstat,
    listeners,
    program_from_tasklist,
)
from lanchat.doctor.probing import Health
from tests.world.needs import need

US = Health("lanchat", "0.1.0")
NOBODY = Health("refused", reason="connection refused")
SOMEBODY = Health("other", reason="it answers as something else")
EVERYWHERE = Holder(("::",), "python3", 7)
HERE = Holder(("127.0.0.1", "::1"), "python3", 7)

FINDERS = [find_holder]
FINDERS += [find_in_proc] if sys.platform == "linux" else []
FINDERS += [find_with_lsof] if sys.platform != "win32" else []


@pytest.fixture(params=FINDERS)
def find(request: pytest.FixtureRequest) -> Callable[[int], Holder | None]:
    """One of the ways of this system."""
    if request.param is find_with_lsof:
        need("lsof")
    chosen: Callable[[int], Holder | None] = request.param
    return chosen


@pytest.fixture
def port() -> Iterator[int]:
    """A port that this very process listens on, for this computer alone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_finds_a_real_listener(find: Callable[[int], Holder | None], port: int) -> None:
    """The holder of a port has addresses and a process."""
    holder = find(port)
    assert holder
    assert (holder.addresses, holder.pid) == (("127.0.0.1",), os.getpid())
    assert "process" in str(holder)


def test_a_free_port_has_no_holder(find: Callable[[int], Holder | None], port: int) -> None:
    """A port that was let go of has no holder."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    assert find(free) is None


@pytest.mark.skipif(sys.byteorder == "big", reason="the table is of a little-endian machine")
def test_reads_the_tables_of_linux() -> None:
    """Sockets that are connected, or listen at other ports, are not listed."""
    table = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  ...\n"
        "   0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0 0 619\n"
        "   1: 0100007F:223D 0100007F:80A5 01 00000000:00000000 00:00000000 00000000     0 0 620\n"
        "   2: 00000000000000000000000001000000:223D 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000  1000 0 621\n"
    )
    assert list(listeners(table, 8765)) == [("127.0.0.1", "619"), ("::1", "621")]
    assert list(listeners(table, 8766)) == []


def test_reads_lsof() -> None:
    """A server with a socket of each family is read as macOS prints it."""
    text = "p4711\ncpython3.13\nf5\nn*:8765\nf6\nn[::1]:8765\n"
    assert holder_from_lsof(text) == Holder(("*", "::1"), "python3.13", 4711)
    assert holder_from_lsof("") is None


def test_reads_netstat_in_any_language() -> None:
    """German Windows says ABHÖREN; connections of the same port are somebody else's line."""
    text = (
        "\nAktive Verbindungen\n\n  Proto  Lokale Adresse         Remoteadresse          Status\n"
        "  TCP    192.168.1.20:8765      192.168.1.33:50012     HERGESTELLT     99\n"
        "  TCP    0.0.0.0:8765           0.0.0.0:0              ABHÖREN         4711\n"
        "  TCP    [::]:8765              [::]:0                 ABHÖREN         4711\n"
    )
    assert holder_from_netstat(text, 8765) == Holder(("0.0.0.0", "::"), None, 4711)
    assert holder_from_netstat(text, 50012) is None


def test_reads_tasklist() -> None:
    """Where there is no such process, tasklist prints a remark instead."""
    line = '"python.exe","4711","Console","1","30.000 K"\n'
    assert program_from_tasklist(line) == "python.exe"
    assert program_from_tasklist("INFORMATION: Es werden keine Aufgaben\n") is None


@pytest.mark.parametrize(
    ("holder", "local", "lan", "verdict", "words"),
    [
        (EVERYWHERE, US, US, Verdict.OK, "lanchat 0.1.0 answers at port 8765, python3 (process 7)"),
        (None, US, US, Verdict.OK, "lanchat 0.1.0 answers"),
        (None, replace(US, encrypted=True), US, Verdict.OK, "lanchat 0.1.0 (https) answers"),
        (HERE, US, NOBODY, Verdict.PROBLEM, "for this computer alone"),
        (None, US, NOBODY, Verdict.PROBLEM, "not at 192.168.1.20"),
        (Holder(("192.168.1.20",)), NOBODY, US, Verdict.OK, "lanchat 0.1.0 answers"),
        (None, NOBODY, NOBODY, Verdict.WARNING, "free"),
        (Holder(("*",), "nginx", 3), SOMEBODY, SOMEBODY, Verdict.PROBLEM, "taken by nginx"),
        (Holder(("0.0.0.0",)), SOMEBODY, SOMEBODY, Verdict.PROBLEM, "of another user"),
        (None, SOMEBODY, NOBODY, Verdict.PROBLEM, "taken by another program"),
    ],
)
def test_who_is_there(
    holder: Holder | None, local: Health, lan: Health, verdict: Verdict, words: str
) -> None:
    """A port is ours for everybody, ours for this computer alone, nobody's, or somebody else's."""
    finding = check_port(8765, holder, {"localhost": local, "192.168.1.20": lan})
    assert (finding.verdict, words in finding.text) == (verdict, True), finding
