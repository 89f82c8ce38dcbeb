"""How long it takes until what a host orders at one server holds for somebody at another one."""

from __future__ import annotations

# isort: off
from guests import PATIENCE, Guest, Server, wait_for  # first: it patches the standard library

# isort: on
import json
import re
import time
from collections.abc import Sequence
from typing import Any

import gevent
import requests

ORDERS = ("mute", "lock", "kick", "ban")

_ENDING = {"kick", "ban"}
"""What ends connections: it holds when they have ended."""


class Host:
    """Somebody who keeps order at a server, and knows who is ``here``."""

    def __init__(self, server: Server) -> None:
        self.here: set[str] = set()
        self._answers: dict[int, Any] = {}
        self._guest = Guest(server, "Hana")
        (secret,) = set(re.findall(r"/host#(\w+)", server.output()))
        requests.post(
            f"http://127.0.0.1:{server.port}/host",
            data={"secret": secret},
            headers={"Cookie": self._guest.cookie},
            timeout=PATIENCE,
        ).raise_for_status()
        self._guest.connect()
        self._guest.join()
        self._guest.listen(self._hear)

    def begin(self, order: str, name: str = "") -> int:
        """Give an order; returns the number of its answer."""
        number = len(self._answers) + 1
        self._answers[number] = None
        asked = {"name": order, "text": name}
        self._guest.send(f"42{number}" + json.dumps(["host_command", asked]))
        return number

    def done(self, number: int) -> None:
        """Wait until an order was carried out."""
        wait_for(lambda: self._answers[number])
        if not self._answers[number]["ok"]:
            raise ValueError(self._answers[number])

    def leave(self) -> None:
        """Hang up."""
        self._guest.cut()

    def _hear(self, packet: str) -> None:
        if packet.startswith("43"):
            number, _, rest = packet[2:].partition("[")
            self._answers[int(number)] = json.loads(f"[{rest}")[0]
        elif packet.startswith("42["):
            event, payload = json.loads(packet[2:])
            if event == "host_join_room":
                self.here.add(payload["user"])
            elif event == "hosts_changed":
                self.here |= {each["user"] for each in payload["joined"]}


def orders(servers: Sequence[Server], rounds: int) -> dict[str, list[float]]:
    """Give each order so often at the first server, to people at the second one.

    Returns the seconds from then until it holds.
    """
    host = Host(servers[0])
    found: dict[str, list[float]] = {order: [] for order in ORDERS}
    for number in range(rounds):
        for order in ORDERS:
            found[order].append(_took(servers[1], host, order, f"Guest {order} {number}"))
    host.leave()
    return found


def _took(server: Server, host: Host, order: str, name: str) -> float:
    guest = Guest(server, name)
    guest.connect()
    guest.join()
    wait_for(lambda: name in host.here)
    holds = gevent.spawn(_when, guest, order)
    begin = time.monotonic()
    number = host.begin(order, "" if order == "lock" else name)
    end: float = holds.get(timeout=PATIENCE)
    host.done(number)
    if order == "lock":  # until it is open there, too, nobody else can come
        opened = gevent.spawn(_when, guest, "unlock")
        host.done(host.begin("unlock"))
        opened.get(timeout=PATIENCE)
    guest.cut()
    return end - begin


def _when(guest: Guest, order: str) -> float:
    """When an order holds for somebody."""
    try:
        while not _is_told(guest.receive(), order):
            pass
    except ConnectionError:
        if order not in _ENDING:
            raise
    return time.monotonic()


def _is_told(packet: str, order: str) -> bool:
    if not packet.startswith("42["):
        return False
    event, payload = json.loads(packet[2:])
    if order == "mute":
        return bool(event == "notice" and payload["code"] == "muted")
    if order in {"lock", "unlock"}:
        return bool(event == "room_changed" and payload["locked"] == (order == "lock"))
    return False
