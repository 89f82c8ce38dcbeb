"""What tests of transfers share: a server of http/ alone, and a client of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

import pytest

from lanchat.net.addresses import LAN_RANGES
from lanchat.tls.authority import found, to_pem
from tests.world.deadline import DEADLINE, wait_for

LEAST_SECONDS = 1.0


class TransferServer:
    """`tests.world.transfer_app`, plain or with TLS."""

    def __init__(self, folder: Path, *, encrypted: bool) -> None:
        self.folder = folder
        self._context: ssl.SSLContext | None = None
        command = [sys.executable, "-m", "tests.world.transfer_app", str(folder)]
        command.append(str(LEAST_SECONDS))
        if encrypted:
            now = datetime.now(timezone.utc)
            authority = found({"127.0.0.1"}, LAN_RANGES, "here", now)
            leaf, trusted = folder / "leaf", folder / "trusted"
            leaf.write_bytes(authority.issue(["127.0.0.1"], now))
            trusted.write_bytes(to_pem(authority.certificate, authority.key))
            self._context = ssl.create_default_context(cafile=str(trusted))
            command.append(str(leaf))
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self.told: list[str] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def connect(self) -> socket.socket:
        """A connection to it."""
        connection = socket.create_connection(("127.0.0.1", self.port), DEADLINE)
        if self._context is not None:
            return self._context.wrap_socket(connection, server_hostname="127.0.0.1")
        return connection

    def await_line(self, line: str) -> None:
        """Wait until it has said so, and let it say so again."""
        wait_for(lambda: line in self.told, line)
        self.told.remove(line)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(DEADLINE)
        self._listener.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.told.append(line.strip())


class Client:
    """One connection, on which it sends requests as they are and reads answers."""

    def __init__(self, server: TransferServer) -> None:
        self.socket = server.connect()
        self._answers: BinaryIO = self.socket.makefile("rb")

    def send(self, *pieces: bytes) -> None:
        """Send, as long as the server lets it."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self.socket.sendall(piece)

    def head(self) -> tuple[int, dict[str, str]]:
        """The status and the fields of the next answer."""
        status = int(self._answers.readline().split()[1])
        fields = {}
        while (line := self._answers.readline().decode().strip()) != "":
            name, _, value = line.partition(": ")
            fields[name.lower()] = value
        return status, fields

    def answer(self) -> str:
        """The body of the next answer, which has to be 200."""
        status, fields = self.head()
        assert status == 200, status
        return self.read(int(fields["content-length"])).decode()

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all there are until the server hangs up."""
        return self._answers.read(size)

    def close(self) -> None:
        self._answers.close()
        self.socket.close()


@pytest.fixture(scope="module", params=["plain", "tls"])
def transfer_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TransferServer]:
    """The server, once in the clear and once with TLS."""
    folder = tmp_path_factory.mktemp("files")
    server = TransferServer(folder, encrypted=request.param == "tls")
    yield server
    server.stop()


@pytest.fixture
def connect(transfer_server: TransferServer) -> Iterator[Callable[[], Client]]:
    """Open connections to it."""
    clients: list[Client] = []

    def make() -> Client:
        clients.append(Client(transfer_server))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    """One connection to it."""
    return connect()
