"""The firewalls of Linux: ufw, firewalld, and the packet filter below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lanchat.doctor.facts import Answer, Finding, Verdict, ask, read
from lanchat.doctor.packet_filter import (
    Chain,
    iptables_chains,
    lets_in,
    nft_chains,
    nft_words,
    obstacle,
)

CHECK = "firewall"


def check_linux(port: int, interface: str) -> Finding:
    """What stands between the guests on the interface and the port."""
    ufw = check_ufw(
        read("/etc/ufw/ufw.conf"), read("/etc/default/ufw"), read("/etc/ufw/user.rules"), port
    )
    return ufw or _check_firewalld(port, interface) or _check_filter(port, interface)


def check_ufw(
    settings: str | None, defaults: str | None, rules: str | None, port: int
) -> Finding | None:
    """What ufw's own files say; None where it is not there or switched off."""
    if _value(settings, "ENABLED") != "yes":
        return None
    step = f"sudo ufw allow {port}/tcp"
    if rules is None:
        text = "ufw is on, and only an administrator may read its rules"
        return Finding(
            CHECK, Verdict.UNSEEN, text, f"look with `sudo ufw status`; open it with `{step}`"
        )
    for action, source in _ufw_rules(rules, port):
        where = "" if source in ("0.0.0.0/0", "any") else f" from {source}"
        if action in ("allow", "limit"):
            return Finding(CHECK, Verdict.OK, f"ufw is on and lets guests in{where}")
        return Finding(
            CHECK,
            Verdict.PROBLEM,
            f"ufw has a rule to {action} port {port}{where}",
            f"sudo ufw delete {action} {port}, then {step}",
        )
    if _value(defaults, "DEFAULT_INPUT_POLICY") == "ACCEPT":
        return Finding(CHECK, Verdict.OK, "ufw is on and lets in what no rule forbids")
    return Finding(CHECK, Verdict.PROBLEM, f"ufw is on and lets nobody in at port {port}", step)


def check_firewalld(zone: str, listing: Answer, port: int) -> Finding:
    """What ``firewall-cmd --list-all`` says of the zone."""
    step = f"sudo firewall-cmd --zone={zone} --add-port={port}/tcp"
    if not listing.worked:
        text = "firewalld is on, and only an administrator may see its rules"
        return Finding(CHECK, Verdict.UNSEEN, text, f"open the port with `{step}`")
    fields = dict(re.findall(r"^ *([\w-]+): *(.*)$", listing.text, re.MULTILINE))
    ports = [part.removesuffix("/tcp") for part in fields.get("ports", "").split()]
    if fields.get("target") == "ACCEPT" or any(_in_span(port, part) for part in ports):
        return Finding(CHECK, Verdict.OK, f"firewalld is on and lets guests in (zone {zone})")
    text = f"firewalld is on and lets nobody in at port {port} (zone {zone})"
    return Finding(CHECK, Verdict.PROBLEM, text, step)


def check_filter(
    nft: Answer | None, iptables: Answer | None, port: int, interface: str, listing: str = ""
) -> Finding:
    """What the packet filter's own listings say; ``listing`` is nft's for people.

    A guest has to get through every chain, so each that lets nobody in gets a rule of its own: what
    iptables accepts, another chain of nft still drops.
    """
    if nft is None and iptables is None:
        return Finding(CHECK, Verdict.OK, "no firewall is installed here")
    answers = [answer for answer in (nft, iptables) if answer is not None]
    if not all(answer.worked for answer in answers):
        look = "sudo nft list ruleset" if nft is not None else "sudo iptables -S"
        text = "neither ufw nor firewalld is on; other rules only an administrator may see"
        return Finding(CHECK, Verdict.UNSEEN, text, f"if guests cannot connect: `{look}`")
    ways = list(_ways(nft, iptables, port, interface, listing))
    shut = [way for way in ways if way.passed is False]
    if shut:
        text = f"its rules let nobody in at port {port}"
        step = " && ".join(f"sudo {way.remedy}" for way in shut)
        return Finding(CHECK, Verdict.PROBLEM, text, step, tuple(way.why for way in shut))
    if any(way.passed is None for way in ways):
        text = "there are rules, and whether they let guests in depends on who they are"
        return Finding(CHECK, Verdict.UNSEEN, text, "see `sudo nft list ruleset`")
    return Finding(CHECK, Verdict.OK, f"nothing is in the way of port {port}")


def _check_firewalld(port: int, interface: str) -> Finding | None:
    state = ask("firewall-cmd", "--state")
    if state is None or state.text.strip() != "running":
        return None
    zone = ask("firewall-cmd", f"--get-zone-of-interface={interface}")
    if zone is None or not zone.worked:
        zone = ask("firewall-cmd", "--get-default-zone") or Answer("", worked=False)
    name = zone.text.strip() or "public"
    listing = ask("firewall-cmd", f"--zone={name}", "--list-all")
    return check_firewalld(name, listing or Answer("", worked=False), port)


def _check_filter(port: int, interface: str) -> Finding:
    nft, iptables = ask("nft", "-j", "list", "ruleset"), ask("iptables", "-S")
    listing = ask("nft", "-a", "list", "ruleset") if nft is not None and nft.worked else None
    return check_filter(nft, iptables, port, interface, listing.text if listing else "")


class _Way(NamedTuple):
    """A chain that a guest has to pass: whether they do, or else what stops them and what helps."""

    passed: bool | None
    why: str = ""
    remedy: str = ""


def _ways(
    nft: Answer | None, iptables: Answer | None, port: int, interface: str, listing: str
) -> Iterator[_Way]:
    known = ""
    if iptables is not None:
        chains = iptables_chains(iptables.text, port, interface)
        passed = lets_in(chains, "INPUT")
        found = obstacle(chains, "INPUT")
        why = f"iptables, chain {found.chain}: {found.words or 'its policy'}"
        yield _Way(passed, why, f"iptables -I INPUT -p tcp --dport {port} -j ACCEPT")
        # Where it is nft's under another name, nft lists the same chain again.
        known = "ip filter INPUT" if passed is False else ""
    if nft is not None:
        try:
            chains_of_nft = nft_chains(nft.text, port, interface)
        except (ValueError, KeyError):
            yield _Way(None)
            return
        chains = {name: chain for name, (chain, _) in chains_of_nft.items()}
        for name, (_, first) in chains_of_nft.items():
            if first and name != known:
                yield _nft_way(chains, name, port, listing)


def _nft_way(chains: Mapping[str, Chain], name: str, port: int, listing: str) -> _Way:
    found = obstacle(chains, name)
    table, _, chain = found.chain.rpartition(" ")
    words = nft_words(listing, table, found.words) if found.words else "its policy"
    why = f"nft, table {table}, chain {chain}: {words}"
    # Before all other rules of the chain that the packet begins with.
    return _Way(lets_in(chains, name), why, f"nft insert rule {name} tcp dport {port} accept")


def _ufw_rules(rules: str, port: int) -> Iterable[tuple[str, str]]:
    """Action and source of each rule about the port, in their order: the first one holds."""
    for line in re.findall(r"^### tuple ### (.*)$", rules, re.MULTILINE):
        action, protocol, ports, _, _, source, *rest = line.split()
        incoming = any(word == "in" or word.startswith("in_") for word in rest)
        spans = ports.split(",")
        about = ports == "any" or any(_in_span(port, span.replace(":", "-")) for span in spans)
        if incoming and about and protocol in ("tcp", "any"):
            yield action.partition("_")[0], source


def _in_span(port: int, text: str) -> bool:
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        return False
    return int(first) <= port <= int(last or first)


def _value(text: str | None, name: str) -> str:
    found = re.search(rf"^{name}=\"?(\w*)", text or "", re.MULTILINE)
    return found[1] if found else ""
