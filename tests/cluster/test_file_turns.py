"""Of several servers that share files one at a time writes, moves and deletes."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lanchat.chat.model import FileDraft, Origin, User
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.file_turns import SharedTurns
from lanchat.errors import BeingWritten, QuotaReached, StoreUnavailable, UnknownFile
from lanchat.files.stored import StoredFiles
from lanchat.files.turns import Turn
from lanchat.rows.files import Quotas
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft, say
from tests.world.files import open_files

ANA, LAPTOP = User("1", "Ana"), Origin("192.0.2.1", device="laptop")
ABC = hashlib.sha256(b"abc").hexdigest()

Start = Callable[..., StoredFiles]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that all servers share."""
    return tmp_path / "files"


@pytest.fixture
def start(join: Any, folder: Path) -> Iterator[Start]:
    """Start one more server; its turns last so many seconds."""
    with ThreadPoolExecutor(8) as threads:

        def started(seconds: float = 60.0, **options: Any) -> StoredFiles:
            database = join().database
            options.setdefault("turns", SharedTurns(database, seconds))
            return open_files(database, folder, threads, **options)

        yield started


@pytest.fixture
def busy(address: str) -> Iterator[psycopg.Connection[Any]]:
    """Another server in the midst of something."""
    with psycopg.connect(address) as connection:
        yield connection


def begin(files: StoredFiles, length: int) -> str:
    """Ana begins an upload."""
    return files.begin(ANA, LAPTOP, FileDraft(length, "notes")).id


def write(files: StoredFiles, upload_id: str, offset: int, piece: bytes) -> int:
    """Ana sends a piece; returns how far it is."""
    return files.write(ANA, upload_id, offset, io.BytesIO(piece).read).offset


def send(files: StoredFiles, content: bytes) -> str:
    """Ana sends a file."""
    upload_id = begin(files, len(content))
    write(files, upload_id, 0, content)
    return upload_id


def on_disk(folder: Path) -> set[str]:
    """The names of all files that are there."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_an_upload_goes_on_at_another_server(start: Start) -> None:
    """Each knows how far it is."""
    one, other = start(), start()
    upload_id = begin(one, 6)
    assert write(one, upload_id, 0, b"ab") == 2
    assert write(other, upload_id, 2, b"cd") == 4
    assert one.offset(ANA, upload_id).offset == 4
    assert write(one, upload_id, 4, b"ef") == 6
    with other.open(upload_id).content as content:
        assert content.read() == b"abcdef"


def test_two_servers_do_not_write_the_same_upload(start: Start) -> None:
    """The second one says so, and may when the first one is done."""
    one, other = start(), start()
    upload_id, pieces = begin(one, 3), iter([b"ab"])

    def read(_size: int) -> bytes:
        with pytest.raises(BeingWritten):
            write(other, upload_id, 0, b"xyz")
        return next(pieces, b"")

    assert one.write(ANA, upload_id, 0, read).offset == 2
    assert write(other, upload_id, 2, b"c") == 3


def test_a_server_that_slept_harms_nothing(start: Start, folder: Path) -> None:
    """Its turn is over, and what it still writes or takes back is in nobody's file."""
    asleep, other = start(seconds=0), start()
    upload_id = begin(asleep, 6)
    assert write(asleep, upload_id, 0, b"ab") == 2

    def read(_size: int) -> bytes:
        if other.offset(ANA, upload_id).offset == 6:
            raise ConnectionResetError
        assert write(other, upload_id, 2, b"cd") == 4
        assert write(other, upload_id, 4, b"ef") == 6
        return b"ZZ"

    with pytest.raises((UnknownFile, BeingWritten)):
        asleep.write(ANA, upload_id, 2, read)
    assert on_disk(folder) == {hashlib.sha256(b"abcdef").hexdigest()}
    with asleep.open(upload_id).content as content:
        assert content.read() == b"abcdef"


def test_who_wakes_up_notes_nothing(start: Start) -> None:
    """The upload is as far as whoever has it now says."""
    asleep, other = start(seconds=0), start()
    upload_id, pieces = begin(asleep, 6), iter([b"ZZ"])

    def read(_size: int) -> bytes:
        if other.offset(ANA, upload_id).offset == 0:
            assert write(other, upload_id, 0, b"a") == 1
        return next(pieces, b"")

    with pytest.raises(BeingWritten):
        asleep.write(ANA, upload_id, 0, read)
    assert write(other, upload_id, 1, b"bcdef") == 6
    with other.open(upload_id).content as content:
        assert content.read() == b"abcdef"


def test_nobody_is_told_that_something_is_whole_before_it_is_a_file(
    start: Start, join: Any, folder: Path, busy: psycopg.Connection[Any]
) -> None:
    """As where a server dies in between: it is waited for, and then another one goes on."""
    other, dead = start(), SharedTurns(join().database)
    upload_id = begin(other, 3)
    (folder / "uploads" / upload_id).write_bytes(b"abc")
    with dead.write(upload_id):
        busy.execute('UPDATE upload SET "offset" = 3, sha256 = %s', (ABC,))
        busy.commit()
        with pytest.raises(BeingWritten):
            other.offset(ANA, upload_id)
    assert other.offset(ANA, upload_id).offset == 3
    with other.open(upload_id).content as content:
        assert content.read() == b"abc"


class LateTurns(SharedTurns):
    """Those of a server before which ``first`` does something to the upload."""

    def __init__(self, database: PostgresDatabase, first: Callable[[str], object]) -> None:
        super().__init__(database)
        self._first = first

    @contextmanager
    def write(self, upload_id: str) -> Iterator[Turn]:
        self._first(upload_id)
        with super().write(upload_id) as turn:
            yield turn


@pytest.mark.parametrize("asked", [False, True])
def test_what_another_server_finishes_first_is_a_file(
    start: Start, join: Any, folder: Path, busy: psycopg.Connection[Any], *, asked: bool
) -> None:
    """Whoever has seen it as an upload, at its start or for its owner, takes nothing back."""
    other, process = start(), join()
    late = start(turns=LateTurns(process.database, partial(other.offset, ANA)))
    upload_id = begin(other, 3)
    (folder / "uploads" / upload_id).write_bytes(b"abc")
    busy.execute('UPDATE upload SET "offset" = 3, sha256 = %s', (ABC,))
    busy.commit()
    if asked:
        assert late.offset(ANA, upload_id).offset == 3
    else:
        late.keeping.work()
    with late.open(upload_id).content as content:
        assert content.read() == b"abc"


def test_a_turn_lasts_as_long_as_it_is_renewed(join: Any, start: Start, address: str) -> None:
    """Also where it was over already, unless somebody has taken it."""
    turns = SharedTurns(join().database, 60)
    other = start()
    upload_id = begin(other, 3)
    with turns.write(upload_id), psycopg.connect(address) as connection:
        connection.execute("UPDATE file_turn SET until = '-infinity'")
        connection.commit()
        turns.renew()
        with pytest.raises(BeingWritten):
            write(other, upload_id, 0, b"abc")
    turns.renew()
    assert write(other, upload_id, 0, b"abc") == 3


def test_a_content_is_moved_while_nobody_deletes_it(start: Start, join: Any, until: Any) -> None:
    """Whoever wants the same one waits, and nobody else."""
    files, turns = start(), SharedTurns(join().database)
    inside, go_on = threading.Event(), threading.Event()

    def hold(_database: Any) -> None:
        inside.set()
        go_on.wait(DEADLINE)

    with ThreadPoolExecutor(2) as threads:
        held: Future[None] = threads.submit(turns.move, [ABC], hold)
        assert inside.wait(DEADLINE)
        same = threads.submit(send, files, b"abc")
        send(files, b"another")
        assert not same.done()
        go_on.set()
        held.result(DEADLINE)
        same.result(DEADLINE)


def test_one_server_at_a_time_deletes(
    start: Start, busy: psycopg.Connection[Any], folder: Path
) -> None:
    """The others do not wait for it; a kill in the midst of it leaves nothing."""
    files = start()
    files.remove(ANA, send(files, b"abc"))
    busy.execute("SELECT pg_advisory_xact_lock(1818324579, 7)")
    files.keeping.work()
    assert on_disk(folder) == {ABC}
    busy.rollback()
    (folder / ABC[:2] / ABC).unlink()  # as by a server that came no further
    files.keeping.work()
    assert busy.execute("SELECT size FROM file_space").fetchone() == (0,)


def test_what_cannot_leave_the_disk_is_deleted_later(start: Start, folder: Path) -> None:
    """Nothing of it is forgotten."""
    files = start()
    files.remove(ANA, send(files, b"abc"))
    place = folder / ABC[:2] / ABC
    place.unlink()
    place.mkdir()  # which cannot be unlinked
    with pytest.raises(StoreUnavailable):
        files.keeping.work()
    (aside,) = (folder / "uploads").glob(f"{ABC}.*")
    aside.rmdir()
    aside.write_bytes(b"abc")
    files.keeping.work()
    assert on_disk(folder) == set()


def test_what_is_sent_again_while_its_deletion_hangs_is_kept(
    start: Start, folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder on the network took so long for it that the database had given up."""
    one, other = start(), start()
    one.remove(ANA, send(one, b"abc"))
    sent = list[str]()
    set_aside = one._folder.set_aside

    def late(hashes: list[str]) -> list[str]:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle in transaction'"
            )
        sent.append(send(other, b"abc"))
        return set_aside(hashes)

    monkeypatch.setattr(one._folder, "set_aside", late)
    with pytest.raises(StoreUnavailable):
        one.keeping.work()
    assert sent
    monkeypatch.undo()
    one.keeping.work()
    with other.open(sent[0]).content as content:
        assert content.read() == b"abc"
    assert on_disk(folder) == {ABC}


def test_quotas_are_counted_over_all_servers(start: Start) -> None:
    """Also of those who begin at the same moment."""
    quotas = Quotas(10_000_000, 350_000)
    servers = [start(quotas=quotas) for _ in range(2)]
    together = threading.Barrier(8)

    def try_to_begin(files: StoredFiles) -> bool:
        together.wait(DEADLINE)
        try:
            begin(files, 100_000)
        except QuotaReached:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        begun = list(threads.map(try_to_begin, servers * 4))
    assert sum(begun) == 3


def test_a_file_that_is_given_up_is_named_by_nothing(
    start: Start, join: Any, busy: psycopg.Connection[Any], until: Any
) -> None:
    """A message that names it at this moment waits for what comes of it."""
    file_id = send(start(), b"abc")
    process = join()
    busy.execute("DELETE FROM file WHERE id = %s", (file_id,))
    with ThreadPoolExecutor(1) as threads:
        saying = threads.submit(say, process.log, [draft("", files=(file_id,))])
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        until(lambda: saying.done() or busy.execute(waiting).fetchone() != (0,))
        busy.commit()
        with pytest.raises(UnknownFile):
            saying.result(DEADLINE)
    assert process.log.newest("lobby", 9).messages == []
