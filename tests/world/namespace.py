"""A network of its own: addresses that come and go, and multicast that nobody else hears."""

from __future__ import annotations

import os
import subprocess

_MADE = "ip link set lo up && ip link add wire0 type veth peer name wire1 && ip link set wire1 up"


class Namespace:
    """A network namespace of Linux with one cable in it, whose one end is ``wire0``.

    Raises OSError where this machine lets nobody make one.
    """

    def __init__(self, address: str) -> None:
        root = os.geteuid() == 0
        rights = [] if root else ["--user", "--map-root-user"]
        self._holder = subprocess.Popen(
            ["unshare", "--net", *rights, "sh", "-c", f"{_MADE} && echo made && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._holder.stdout
        if not self._holder.stdout.readline():
            self.close()
            raise OSError("this machine allows no namespaces")
        entrance = ["nsenter", f"--target={self._holder.pid}", "--net"]
        self.launcher = entrance + ([] if root else ["--user", "--preserve-credentials"])
        """What goes before a command that is to run inside."""
        self.add(address)

    def add(self, address: str) -> None:
        """Give this computer an address, as DHCP does."""
        self.run("ip", "address", "add", f"{address}/24", "dev", "wire0")
        self.run("ip", "link", "set", "wire0", "up")

    def remove(self, address: str) -> None:
        """Take an address away."""
        self.run("ip", "address", "del", f"{address}/24", "dev", "wire0")

    def run(self, *command: str) -> str:
        """Run a command inside to its end and return what it printed."""
        done = subprocess.run(
            [*self.launcher, *command], check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def close(self) -> None:
        """Let go of it; the system takes it away when its last process has ended."""
        self._holder.communicate()
