"""What a packet filter of Linux does with a guest who connects, read from its own listing.

Both listings become chains of rules. A rule's conditions are true, false, or None where the
listing alone does not tell (whence the guest comes, how many come); so is what becomes of them.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_PASSED = {"accept": True, "drop": False, "reject": False}
_ENDS = ("ACCEPT", "DROP", "REJECT", "RETURN")
_DEEP = 20


@dataclass
class Rule:
    """``verdict`` is accept, drop, reject, return, or jump to ``target``.

    ``words`` are the rule itself, or the number by which nft knows it.
    """

    conditions: list[bool | None]
    verdict: str
    target: str = ""
    words: str = ""


@dataclass
class Chain:
    """``policy`` is what becomes of a packet at the end; chains that are jumped to have none."""

    policy: str = ""
    rules: list[Rule] = field(default_factory=list)


def lets_in(chains: Mapping[str, Chain], start: str) -> bool | None:
    """Whether the guest gets through the chain; None where it depends on what is not listed."""
    results = set(_walk(chains, start, 0))
    policy = _PASSED.get(chains[start].policy, True) if start in chains else True
    judged = {policy if result is None else result for result in results}
    return judged.pop() if len(judged) == 1 else None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What lets nobody in: a rule of the ``chain``, or its policy where ``words`` are empty."""

    chain: str
    words: str


def obstacle(chains: Mapping[str, Chain], start: str) -> Obstacle:
    """What ends a guest's way through a chain that lets nobody in."""
    return _obstacle(chains, start, 0) or Obstacle(start, "")


def _obstacle(chains: Mapping[str, Chain], name: str, depth: int) -> Obstacle | None:
    if depth > _DEEP or name not in chains:
        return None
    for rule in chains[name].rules:
        if False in rule.conditions:
            continue
        if _PASSED.get(rule.verdict) is False:
            return Obstacle(name, rule.words)
        if rule.verdict == "return" and None not in rule.conditions:
            return None
        if rule.verdict == "jump" and (found := _obstacle(chains, rule.target, depth + 1)):
            return found
    return None


def _walk(chains: Mapping[str, Chain], name: str, depth: int) -> Iterator[bool | None]:
    """Every way through the chain that may be taken; None where it comes out at the end."""
    if depth > _DEEP or name not in chains:
        yield None
        return
    for rule in chains[name].rules:
        if False in rule.conditions or rule.verdict == "continue":
            continue
        if rule.verdict == "jump":
            inside = set(_walk(chains, rule.target, depth + 1))
        else:
            inside = {_PASSED.get(rule.verdict)}
        yield from inside - {None}
        if None not in rule.conditions and (rule.verdict != "jump" or None not in inside):
            if rule.verdict == "return":
                yield None
            return
        if rule.verdict == "return":
            yield None
    yield None


def nft_chains(text: str, port: int, interface: str) -> dict[str, tuple[Chain, bool]]:
    """The chains of ``nft -j list ruleset``; true beside those that guests begin with.

    Tables that iptables has made are left out: what they say, it says more plainly itself.
    Raises ValueError.
    """
    items = json.loads(text)["nftables"]
    foreign = {_table(item["rule"]) for item in items if "rule" in item and _is_xt(item["rule"])}
    found: dict[str, tuple[Chain, bool]] = {}
    for item in items:
        kind, value = next(iter(item.items()))
        if kind not in ("chain", "rule") or _table(value) in foreign:
            continue
        if value["family"] not in ("ip", "inet"):
            continue
        if kind == "chain":
            chain = Chain(value.get("policy", ""))
            first = value.get("hook") in ("prerouting", "input") and value["type"] == "filter"
            found[f"{_table(value)} {value['name']}"] = (chain, first)
        else:
            rule = _nft_rule(value, port, interface)
            found[f"{_table(value)} {value['chain']}"][0].rules.append(rule)
    return found


def iptables_chains(text: str, port: int, interface: str) -> dict[str, Chain]:
    """The chains of ``iptables -S``."""
    found: dict[str, Chain] = {}
    for line in text.splitlines():
        kind, name, *words = shlex.split(line)
        if kind == "-P":
            found[name] = Chain(words[0].lower())
        elif kind == "-N":
            found[name] = Chain()
        elif kind == "-A":
            found[name].rules.append(_iptables_rule(words, port, interface, line))
    return found


def _table(value: Mapping[str, Any]) -> str:
    return f"{value['family']} {value['table']}"


def _is_xt(rule: Mapping[str, Any]) -> bool:
    return any("xt" in part for part in rule.get("expr", ()))


def _nft_rule(value: Mapping[str, Any], port: int, interface: str) -> Rule:
    conditions: list[bool | None] = []
    verdict, target = "continue", ""
    for part in value.get("expr", ()):
        kind, what = next(iter(part.items()))
        if kind == "match":
            conditions.append(_nft_match(what, port, interface))
        elif kind in ("accept", "drop", "reject", "return"):
            verdict = kind
        elif kind in ("jump", "goto"):
            verdict, target = "jump", f"{_table(value)} {what['target']}"
        elif kind not in ("counter", "log", "comment"):
            conditions.append(None)
    return Rule(conditions, verdict, target, f"# handle {value.get('handle', '?')}")


def _nft_match(match: Mapping[str, Any], port: int, interface: str) -> bool | None:
    left, right = match["left"], match["right"]
    kind, what = next(iter(left.items())) if isinstance(left, dict) else ("", {})
    subject = f"{what.get('protocol', kind)} {what.get('field', what.get('key', ''))}"
    ours: dict[str, object] = {
        "tcp dport": port,
        "th dport": port,
        "meta l4proto": "tcp",
        "ip protocol": "tcp",
        "meta iifname": interface,
        "meta iif": interface,
        "meta nfproto": "ipv4",
        "ct state": "new",
    }
    if subject.startswith(("udp ", "icmp", "ip6 ")):
        return False
    if subject not in ours:
        return None
    held = _holds(ours[subject], right)
    return not held if held is not None and match["op"] == "!=" else held


def _holds(value: object, right: Any) -> bool | None:
    """Whether a value is one, or among many, as nft writes them."""
    if isinstance(right, dict) and "set" in right:
        right = right["set"]
    if isinstance(right, dict) and "range" in right:
        first, last = right["range"]
        return isinstance(value, int) and int(first) <= value <= int(last)
    if isinstance(right, list):
        found = [_holds(value, one) for one in right]
        return None if True not in found and None in found else True in found
    if isinstance(right, str) and right.startswith("@"):
        return None  # a named set
    if isinstance(right, str) and right.endswith("*"):
        return str(value).startswith(right[:-1])
    return None if isinstance(right, dict) else bool(value == right)


def nft_words(listing: str, table: str, words: str) -> str:
    """The rule of the table as nft prints it in ``nft -a list ruleset``, or its number alone."""
    _, _, inside = listing.partition(f"table {table} {{")
    for line in inside.partition("\n}")[0].splitlines():
        if line.endswith(f" {words}"):
            return line.removesuffix(words).strip()
    return words


def _iptables_rule(words: list[str], port: int, interface: str, line: str) -> Rule:
    conditions: list[bool | None] = []
    verdict, target = "continue", ""
    for option, value, negated in _iptables_options(words):
        if option in ("-j", "-g"):
            verdict, target = ("jump", value) if value not in _ENDS else (value.lower(), "")
            break  # what follows belongs to the target
        if option not in ("-m", "--comment"):
            held = _iptables_match(option, value, port, interface)
            conditions.append(not held if negated and held is not None else held)
    return Rule(conditions, verdict, target, line)


def _iptables_options(words: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Each option with its values, and whether ``!`` stands before it."""
    starts = [place for place, word in enumerate(words) if word.startswith("-")]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        values = [word for word in words[start + 1 : end] if word != "!"]
        yield words[start], " ".join(values), start > 0 and words[start - 1] == "!"


def _iptables_match(option: str, value: str, port: int, interface: str) -> bool | None:
    if option == "-p":
        return value in ("tcp", "all")
    if option == "-i":
        return _holds(interface, value.replace("+", "*"))
    if option in ("--dport", "--dports"):
        return _in_ports(port, value)
    if option in ("--ctstate", "--state"):
        return "NEW" in value.split(",")
    if option == "--dst-type":
        return value == "LOCAL"
    return None


def _in_ports(port: int, text: str) -> bool:
    """Whether the port is among ``80,443,8000:8010``."""
    spans = [part.partition(":") for part in text.split(",")]
    return any(int(first) <= port <= int(last or first) for first, _, last in spans)
