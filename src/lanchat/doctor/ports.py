"""The port: whether our server listens there, for others too, or who else."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from lanchat.config import DEFAULT_PORT
from lanchat.doctor.finding import Finding, Verdict
from lanchat.doctor.holder import Holder
from lanchat.doctor.probe import Health


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
