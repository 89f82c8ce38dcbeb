"""Files as answers."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.http.conftest import LEAST_SECONDS, Client, TransferServer

CONTENT = os.urandom(3_000_001)
LARGE = 40 << 20
"""More than all buffers on the way have room for."""


@pytest.fixture(scope="module", autouse=True)
def file(transfer_server: TransferServer) -> Path:
    """The file that they ask for, and a large one without anything in it."""
    with (transfer_server.folder / "large").open("wb") as large:
        large.truncate(LARGE)
    path = transfer_server.folder / "file"
    path.write_bytes(CONTENT)
    return path


def ask(query: str, name: str = "file") -> bytes:
    """A request for a section of a file."""
    return f"GET /{name}?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("query", "section"),
    [
        ("", slice(None)),
        ("3-10", slice(3, 13)),
        ("3000000-1", slice(3_000_000, None)),
        ("5-0", slice(0)),
    ],
)
def test_a_file_is_sent_from_its_position_on(client: Client, query: str, section: slice) -> None:
    """So much of it is sent as the answer's length says, and the connection goes on."""
    content = CONTENT[section]
    client.send(ask(query) * 2)
    for _ in range(2):
        status, fields = client.head()
        assert (status, int(fields["content-length"])) == (200, len(content))
        assert client.read(len(content)) == content


def test_a_file_that_became_shorter_ends_the_connection(client: Client) -> None:
    """Whoever reads it learns that it is not whole, and takes no other answer for it."""
    client.send(ask("0-3000002") * 2)
    assert client.head()[0] == 200
    assert client.read() == CONTENT


def test_who_takes_no_more_is_cut_off(client: Client, transfer_server: TransferServer) -> None:
    """The file is closed, although some of it was never sent."""
    client.send(ask(f"0-{LARGE}", "large"))
    client.head()
    transfer_server.await_line(f"closed 0-{LARGE}")
    assert len(client.read()) < LARGE


def test_who_goes_is_no_error(client: Client, transfer_server: TransferServer) -> None:
    """The file is closed."""
    client.send(ask(f"1-{LARGE - 1}", "large"))
    client.head()
    client.close()
    transfer_server.await_line(f"closed 1-{LARGE - 1}")


def test_who_takes_it_slowly_and_steadily_is_waited_for(client: Client) -> None:
    """Buffers between the two count only for what has left them."""
    client.send(ask("", "large"))
    assert client.head()[0] == 200
    size = 0
    for _ in range(40):
        size += len(client.read(50_000))
        time.sleep(LEAST_SECONDS / 10)
    assert size + len(client.read(LARGE - size)) == LARGE
