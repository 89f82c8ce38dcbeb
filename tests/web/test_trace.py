"""What hosts' connections carry, in a file that grows while they go on."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.errors import CannotStart
from lanchat.live.inspection import trace_file
from lanchat.live.inspection.pcapng import BEGINNING
from lanchat.live.inspection.trace_file import TraceFile
from tests.world import tshark
from tests.world.deadline import DEADLINE
from tests.world.look import Look
from tests.world.person import Person
from tests.world.raw_client import RawClient
from tests.world.server import ServerProcess

KEY, OTHER_KEY = b"\xde\xad\xbe\xef", b"\xfa\xce\xfe\xed"


def texts(path: Path) -> str:
    """All texts of frames in a file, as Wireshark finds them without a complaint."""
    rows = tshark.read(path, "websocket.payload.text", "_ws.malformed", "tcp.analysis.flags")
    assert not [row for row in rows if row[1] or row[2]]
    return "\n".join(row[0] for row in rows if row[0])


def test_hosts_connections_are_written(
    server_factory: Callable[..., ServerProcess],
    person_factory: Callable[..., Person],
    raw_client: Callable[..., RawClient],
    tmp_path: Path,
) -> None:
    """Those of the host link and of the terminal; as long as they are hosts, looked at or not."""
    path = tmp_path / "trace.pcapng"
    server = server_factory("--grace", "0.5", "--trace", str(path))
    ana, bia, guest = (person_factory(name, server) for name in ("Ana", "Bia", "Caio"))
    other = raw_client(guest, get_mask_key=lambda _: OTHER_KEY)
    other.join()
    assert path.read_bytes().startswith(BEGINNING)
    ana.become_host()
    by_link = raw_client(ana, get_mask_key=lambda _: KEY)
    by_link.join()
    server.ask({"do": "command", "name": "host", "text": "Caio"})
    from_terminal = raw_client(guest)
    from_terminal.join()
    bia.join()
    other.call("search", {"text": "before Caio was host"})
    bia.call("search", {"text": "by a guest"})
    assert from_terminal.say("by the terminal")["ok"]
    look = Look(ana)
    assert by_link.say("by the link")["ok"]
    assert '"by the link"' in look.sees_event("new_message")["text"]
    assert b'"message":"by the link"' in path.read_bytes()  # while it goes on
    server.ask({"do": "command", "name": "unhost", "text": "Caio"})
    from_terminal.call("search", {"text": "after Caio was host"})
    assert server.stop() == 0
    assert look.ended.wait(DEADLINE)
    assert [fact["close"]["code"] for fact in look.facts if "close" in fact] == [1001]
    written = texts(path)
    for said in ("by the link", "by the terminal"):
        assert f'["new_message", {{"message": "{said}"' in written
    for unsaid in ("by a guest", "before Caio was host", "after Caio was host"):
        assert unsaid not in written
    content = path.read_bytes()
    cookies = [str(c.value).encode() for p in (ana, bia, guest) for c in p.http.cookies]
    assert not [secret for secret in (OTHER_KEY, *cookies) if secret in content]
    assert KEY in content
    assert b"Sec-WebSocket-Accept: " in content
    assert path.stat().st_mode & 0o077 == 0


def test_only_a_trace_is_written_anew(tmp_path: Path) -> None:
    """Nothing else is lost by a name that was mistyped, and no two servers write one file."""
    path, other, pipe = tmp_path / "trace", tmp_path / "messages.db", tmp_path / "pipe"
    file = TraceFile(path, lambda _: True)
    with pytest.raises(CannotStart, match="another lanchat writes it"):
        TraceFile(path, lambda _: True)
    file.close()
    TraceFile(path, lambda _: True).close()
    other.write_bytes(b"SQLite format 3\0")
    with pytest.raises(CannotStart, match="no trace"):
        TraceFile(other, lambda _: True)
    assert other.read_bytes() == b"SQLite format 3\0"
    os.mkfifo(pipe)
    with pytest.raises(CannotStart, match="is no file"):
        TraceFile(pipe, lambda _: True)
    for wrong, why in ((tmp_path, "directory"), (tmp_path / "none" / "trace", "No such file")):
        with pytest.raises(CannotStart, match=f"--trace.*cannot be written.*{why}"):
            TraceFile(wrong, lambda _: True)


def test_a_trace_ends_where_it_has_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At its bound, with a whole block, and the log says so once."""
    monkeypatch.setattr(trace_file, "MOST_BYTES", 200)
    path = tmp_path / "trace"
    file = TraceFile(path, lambda _: True)
    assert path.stat().st_size > 200
    assert [record.message for record in caplog.records] == [
        f"no more is written into the trace {path}: it has 0 MB"
    ]
    file.close()
    content = path.read_bytes()
    (size,) = struct.unpack_from("<I", content, 4)
    assert struct.unpack_from("<I", content, size - 4) == (size,)
    assert len(content) == size
