"""A network of its own: addresses that come and go, and multicast that nobody else hears."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

_CABLE = "ip link add wire0 type veth peer name wire1 && ip link set wire1 up"


class Namespace:
    """A network namespace of Linux with one cable in it, whose one end is ``wire0``.

    The other end is loose, or it is the ``wire0`` of a namespace that is made ``beside`` it.
    Raises OSError where this machine lets nobody make one.
    """

    def __init__(self, address: str, beside: Namespace | None = None) -> None:
        root = os.geteuid() == 0
        rights = [] if root or beside else ["--user", "--map-root-user"]
        cable = "true" if beside else _CABLE
        self._holder = subprocess.Popen(
            [
                *(beside.launcher if beside else []),
                *("unshare", "--net", *rights),
                *("sh", "-c", f"ip link set lo up && {cable} && echo made && exec cat"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._holder.stdout
        if not self._holder.stdout.readline():
            self.close()
            raise OSError("this machine allows no namespaces")
        entrance = ["nsenter", f"--target={self._holder.pid}", "--net"]
        self.launcher: list[str] = entrance + ([] if root else ["--user", "--preserve-credentials"])
        """What goes before a command that is to run inside."""
        if beside:
            beside.run("ip", "link", "set", "wire1", "netns", str(self._holder.pid))
            self.run("ip", "link", "set", "wire1", "name", "wire0")
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

    def open_socket(self, program: str) -> socket.socket:
        """A socket of the namespace: what this program, which runs inside, calls ``made``."""
        hand_over = "socket.send_fds(socket.socket(fileno=0), [b'.'], [made.fileno()])"
        command = [sys.executable, "-c", f"import socket\n{program}\n{hand_over}"]
        ours, theirs = socket.socketpair()
        with ours, theirs:
            subprocess.run([*self.launcher, *command], stdin=theirs.fileno(), check=True)
            _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        return socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        """Let go of it; the system takes it away when its last process has ended."""
        self._holder.communicate()
