"""The firewalls of Linux: ufw, firewalld, and the packet filter below them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lanchat.doctor.facts import Answer, Finding, Verdict, ask, read
from lanchat.doctor.packet_filter import iptables_chains, lets_in, nft_chains

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


def check_filter(nft: Answer | None, iptables: Answer | None, port: int, interface: str) -> Finding:
    """What the packet filter's own listings say."""
    if nft is None and iptables is None:
        return Finding(CHECK, Verdict.OK, "no firewall is installed here")
    answers = [answer for answer in (nft, iptables) if answer is not None]
    if not all(answer.worked for answer in answers):
        look = "sudo nft list ruleset" if nft is not None else "sudo iptables -S"
        text = "neither ufw nor firewalld is on; other rules only an administrator may see"
        return Finding(CHECK, Verdict.UNSEEN, text, f"if guests cannot connect: `{look}`")
    passed = list(_ways(nft, iptables, port, interface))
    if False in passed:
        step = f"sudo iptables -I INPUT -p tcp --dport {port} -j ACCEPT"
        if iptables is None:
            step = f"let tcp dport {port} pass in the chain of hook input (/etc/nftables.conf)"
        return Finding(CHECK, Verdict.PROBLEM, f"its rules let nobody in at port {port}", step)
    if None in passed:
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
    return check_filter(nft, iptables, port, interface)


def _ways(
    nft: Answer | None, iptables: Answer | None, port: int, interface: str
) -> Iterable[bool | None]:
    """Whether each chain that a guest has to pass lets them through."""
    if iptables is not None:
        yield lets_in(iptables_chains(iptables.text, port, interface), "INPUT")
    if nft is not None:
        try:
            found = nft_chains(nft.text, port, interface)
        except (ValueError, KeyError):
            yield None
            return
        chains = {name: chain for name, (chain, _) in found.items()}
        yield from (lets_in(chains, name) for name, (_, first) in found.items() if first)


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
