"""The port: whether our server listens there, for others too, or which other program."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from lanchat.config import DEFAULT_PORT
from lanchat.doctor.facts import Finding, Verdict, ask, read
from lanchat.doctor.probing import Health

_LISTENING = "0A"
_IPV4_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Holder:
    """Who listens, and where; program and process are None where only others may see them."""

    addresses: tuple[str, ...]
    program: str | None = None
    pid: int | None = None

    def __str__(self) -> str:
        if self.pid is None:
            return "a program of another user"
        return f"{self.program or 'a program'} (process {self.pid})"


def check_port(port: int, holder: Holder | None, health: Mapping[str, Health]) -> Finding:
    """``health`` holds what answered at localhost and at the address to share, by host."""
    check = "port"
    ours = {host: one for host, one in health.items() if one.kind == "lanchat"}
    if ours:
        one = next(iter(ours.values()))
        version = f"{one.version} (https)" if one.encrypted else one.version
        by = f", {holder}" if holder is not None else ""
        return _ours(check, f"lanchat {version} answers at port {port}{by}", holder, health)
    if holder is None and all(one.kind == "refused" for one in health.values()):
        text = f"port {port} is free: no lanchat runs here"
        return Finding(check, Verdict.WARNING, text, "start it with `lanchat serve`")
    answer = max(health.values(), key=lambda one: one.kind != "refused").reason
    return Finding(
        check,
        Verdict.PROBLEM,
        f"port {port} is taken by {holder or 'another program'}: {answer}",
        f"stop that program, or give lanchat another port: `lanchat serve --port {port + 1}`"
        if port != DEFAULT_PORT
        else "start `lanchat serve`: it takes the next free port and shows it",
    )


def find_holder(port: int) -> Holder | None:
    """Who listens on the port; None where nobody is seen."""
    find = {"linux": find_in_proc, "win32": _find_with_netstat}.get(sys.platform, find_with_lsof)
    return find(port)


def listeners(table: str, port: int) -> Iterator[tuple[str, str]]:
    """Address and inode of each socket that listens on the port, from /proc/net/tcp or tcp6."""
    for line in table.splitlines()[1:]:
        fields = line.split()
        address, _, number = fields[1].partition(":")
        if fields[3] == _LISTENING and int(number, 16) == port:
            yield _address(address), fields[9]


def holder_from_lsof(text: str) -> Holder | None:
    """The first process of ``lsof -Fpcn`` and all addresses: p, c and n begin their lines."""
    fields = [(line[0], line[1:]) for line in text.splitlines() if line]
    names = tuple(value.rpartition(":")[0].strip("[]") for key, value in fields if key == "n")
    first = dict(reversed(fields))
    if not names or "p" not in first:
        return None
    return Holder(tuple(dict.fromkeys(names)), first.get("c"), int(first["p"]))


def holder_from_netstat(text: str, port: int) -> Holder | None:
    """Who listens, from ``netstat -ano`` of Windows, which names states in its own language."""
    rows = [line.split() for line in text.splitlines()]
    found = [
        (row[1].rpartition(":")[0].strip("[]"), row[-1])
        for row in rows
        # Nobody is at the other end of a socket that listens.
        if row[:1] == ["TCP"] and row[1].endswith(f":{port}") and row[2].endswith(":0")
    ]
    if not found or not found[0][1].isdecimal():
        return None
    return Holder(tuple(dict.fromkeys(address for address, _ in found)), None, int(found[0][1]))


def program_from_tasklist(text: str) -> str | None:
    """The first field of the first line, which is in quotes; a line without is a remark."""
    return text.lstrip()[1:].partition('"')[0] if text.lstrip().startswith('"') else None


def find_with_lsof(port: int) -> Holder | None:
    """Who listens, where there is no /proc, as on macOS."""
    answer = ask("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpcn")
    return None if answer is None else holder_from_lsof(answer.text)


def _find_with_netstat(port: int) -> Holder | None:
    netstat = ask("netstat", "-ano", "-p", "TCP")
    found = None if netstat is None else holder_from_netstat(netstat.text, port)
    if found is None:
        return None
    tasks = ask("tasklist", "/FI", f"PID eq {found.pid}", "/FO", "CSV", "/NH")
    return Holder(found.addresses, program_from_tasklist(tasks.text) if tasks else None, found.pid)


def find_in_proc(port: int) -> Holder | None:
    """Who listens, from the tables of Linux."""
    tables = [read(f"/proc/net/{name}") or "" for name in ("tcp", "tcp6")]
    found = [pair for table in tables for pair in listeners(table, port)]
    if not found:
        return None
    addresses = tuple(dict.fromkeys(address for address, _ in found))
    pid = _process_with({f"socket:[{inode}]" for _, inode in found})
    if pid is None:
        return Holder(addresses)
    return Holder(addresses, (read(f"/proc/{pid}/comm") or "").strip(), pid)


def _process_with(sockets: Collection[str]) -> int | None:
    """The process that has one of the sockets open, among those that may be looked at."""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):
            for descriptor in folder.iterdir():
                with suppress(OSError):
                    if str(descriptor.readlink()) in sockets:
                        return int(folder.parent.name)
    return None


def _address(digits: str) -> str:
    """An address as the kernel writes it: words of 32 bits, each in the machine's own order."""
    words = [bytes.fromhex(digits[start : start + 8]) for start in range(0, len(digits), 8)]
    if sys.byteorder == "little":
        words = [word[::-1] for word in words]
    packed = b"".join(words)
    return str(IPv4Address(packed) if len(digits) == _IPV4_DIGITS else IPv6Address(packed))


def _ours(check: str, words: str, holder: Holder | None, health: Mapping[str, Health]) -> Finding:
    if holder is not None and all(map(_is_loopback, holder.addresses)):
        return Finding(
            check,
            Verdict.PROBLEM,
            f"{words}, but for this computer alone",
            "start it without `--host 127.0.0.1`",
        )
    unheard = [host for host, one in health.items() if one.kind != "lanchat"]
    # Where --host names one address, it alone answers.
    if "localhost" not in health or not unheard or unheard == ["localhost"]:
        return Finding(check, Verdict.OK, words)
    host = unheard[0]
    return Finding(
        check,
        Verdict.PROBLEM,
        f"{words}, but not at {host}: {health[host].reason}",
        "start it without `--host`, so that it listens on every address",
    )


def _is_loopback(text: str) -> bool:
    address = ip_address(text) if text not in ("", "*") else None
    return address is not None and address.is_loopback
