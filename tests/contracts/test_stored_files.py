"""The contract of Files: on their way to the disk, piece by piece, and what becomes of them."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lanchat.chat.changes import Clear, Delete
from lanchat.chat.model import Checksum, FileDraft, Origin, Upload, User
from lanchat.chat.model import Clock as ModelClock
from lanchat.errors import (
    BeingWritten,
    DiskFull,
    PayloadInvalid,
    QuotaReached,
    TooFast,
    TooLarge,
    UnknownFile,
    WrongChecksum,
    WrongOffset,
)
from lanchat.files.stored import StoredFiles
from lanchat.rows import files as rows
from lanchat.rows import retention
from lanchat.rows.files import ON_THEIR_WAY, Quotas
from tests.contracts.conftest import Ports
from tests.world.clock import Clock
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say
from tests.world.files import open_files

ANA, BIA = User("1", "Ana"), User("2", "Bia")
LAPTOP, PHONE = Origin("192.0.2.1", device="laptop"), Origin("192.0.2.1", device="phone")
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
MB = 1_000_000
Files = Callable[..., StoredFiles]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files are."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def start(durable: Ports, folder: Path) -> Iterator[Files]:
    """Begin a life of the server, as far as files know of it."""
    with ThreadPoolExecutor(4) as threads:

        def started(**options: Any) -> StoredFiles:
            return open_files(durable.database, folder, threads, turns=durable.turns, **options)

        yield started


@pytest.fixture
def files(start: Files) -> StoredFiles:
    """The files of a server."""
    files = start()
    files.keeping.work()
    return files


def begin(files: StoredFiles, length: int, user: User = ANA, origin: Origin = LAPTOP) -> str:
    """Somebody is about to send so much; returns the upload's id."""
    return files.begin(user, origin, FileDraft(length, "notes.txt")).id


def write(
    files: StoredFiles, upload_id: str, offset: int, piece: bytes, checksum: Checksum | None = None
) -> Upload:
    """Ana sends a piece."""
    return files.write(ANA, upload_id, offset, io.BytesIO(piece).read, checksum)


def send(files: StoredFiles, content: bytes, user: User = ANA, origin: Origin = LAPTOP) -> str:
    """Somebody sends a whole file; returns its id."""
    upload_id = begin(files, len(content), user, origin)
    files.write(user, upload_id, 0, io.BytesIO(content).read)
    return upload_id


def read(files: StoredFiles, file_id: str) -> bytes:
    """What is in a file."""
    with files.open(file_id).content as content:
        return content.read()


def on_disk(folder: Path) -> set[str]:
    """The names of all files that are there."""
    return {file.name for file in folder.rglob("*") if file.is_file()}


def name_in_message(ports: Ports, *ids: str) -> int:
    """Ana names her files in a message."""
    return say(ports.log, [draft("", str(uuid.uuid4()), files=ids)])[0].id


def change(ports: Ports, sql: str, values: Sequence[Any] = ()) -> None:
    """Change something in the database."""
    ports.database.change(lambda connection: connection.execute(sql, values))


def broken_after(content: bytes) -> Callable[[int], bytes]:
    """A connection that brings this much, and then breaks."""
    rest = io.BytesIO(content)

    def read(size: int) -> bytes:
        if piece := rest.read(min(size, 1_000)):
            return piece
        raise ConnectionResetError

    return read


def test_a_file_comes_in_pieces(files: StoredFiles, folder: Path) -> None:
    """What is read of it afterwards is what was sent; it lies by its hash, for its owner alone."""
    content = bytes(range(256)) * 4_000
    upload_id = begin(files, len(content))
    assert write(files, upload_id, 0, content[:600_000]).offset == 600_000
    assert files.offset(ANA, upload_id).offset == 600_000
    assert write(files, upload_id, 600_000, content[600_000:]).offset == len(content)
    opened = files.open(upload_id)
    with opened.content as whole:
        assert whole.read() == content
    digest = hashlib.sha256(content).hexdigest()
    assert (opened.sha256, opened.size, opened.room) == (digest, len(content), None)
    place = folder / digest[:2] / digest
    assert sys.platform == "win32" or place.stat().st_mode & 0o777 == 0o600
    assert on_disk(folder) == {digest}


def test_an_empty_file_is_a_file(files: StoredFiles) -> None:
    """It is whole as soon as it is begun."""
    assert read(files, begin(files, 0)) == b""


def test_whoever_asks_again_hears_that_it_is_whole(files: StoredFiles) -> None:
    """An answer that was lost costs nothing."""
    file_id = send(files, b"abc")
    assert files.offset(ANA, file_id).offset == 3
    assert write(files, file_id, 3, b"").offset == 3


def test_a_piece_begins_where_the_last_one_ended(files: StoredFiles) -> None:
    """Another one is refused, and says where it goes on."""
    upload_id = begin(files, 10)
    write(files, upload_id, 0, b"abc")
    for offset in (0, 2, 4, 10):
        with pytest.raises(WrongOffset) as refused:
            write(files, upload_id, offset, b"xyz")
        assert refused.value.offset == 3


@pytest.mark.parametrize("algorithm", ["crc32", "sha1"])
def test_of_a_piece_with_another_checksum_nothing_is_kept(
    files: StoredFiles, algorithm: str
) -> None:
    """It is sent again, and then the file is right."""
    crc32, sha1 = zlib.crc32(b"bcd").to_bytes(4, "big"), hashlib.sha1(b"bcd").digest()  # noqa: S324
    digests = {"crc32": crc32, "sha1": sha1}
    checksum = Checksum(algorithm, digests[algorithm])
    upload_id = begin(files, 4)
    write(files, upload_id, 0, b"a")
    with pytest.raises(WrongChecksum):
        write(files, upload_id, 1, b"bXd", checksum)
    assert files.offset(ANA, upload_id).offset == 1
    write(files, upload_id, 1, b"bcd", checksum)
    assert read(files, upload_id) == b"abcd"


def test_what_is_not_remembered_is_counted_at_the_end(start: Files, folder: Path) -> None:
    """Else each piece, also a wrong one, would cost as much as all that came before it."""
    upload_id = begin(start(), 5)
    write(start(), upload_id, 0, b"abc")
    files = start()  # which remembers nothing
    write(files, upload_id, 3, b"d")
    with pytest.raises(WrongChecksum):
        write(files, upload_id, 4, b"e", Checksum("crc32", b"...."))
    (folder / "uploads" / upload_id).write_bytes(b"vwxy")  # what is counted now
    write(files, upload_id, 4, b"z")
    assert on_disk(folder) == {hashlib.sha256(b"vwxyz").hexdigest()}


def test_what_came_before_a_break_is_kept(files: StoredFiles) -> None:
    """Unless it had a checksum, by which half of it cannot be known to be right."""
    content = bytes(500_500)
    upload_id = begin(files, len(content))
    with pytest.raises(ConnectionResetError):
        files.write(ANA, upload_id, 0, broken_after(content[:300_000]))
    assert files.offset(ANA, upload_id).offset == 300_000
    with pytest.raises(ConnectionResetError):
        files.write(ANA, upload_id, 300_000, broken_after(content[:9]), Checksum("crc32", b"...."))
    assert files.offset(ANA, upload_id).offset == 300_000
    write(files, upload_id, 300_000, content[300_000:])
    assert read(files, upload_id) == content


def test_nobody_writes_beside_somebody(files: StoredFiles) -> None:
    """The other one is told so."""
    upload_id = begin(files, 3)
    pieces = [b"abc", b""]

    def read(_size: int) -> bytes:
        with pytest.raises(BeingWritten):
            write(files, upload_id, 0, b"xyz")
        return pieces.pop(0)

    assert files.write(ANA, upload_id, 0, read).offset == 3


def test_more_than_was_told_is_refused(files: StoredFiles) -> None:
    """Nothing of it is kept."""
    upload_id = begin(files, 3)
    with pytest.raises(TooLarge):
        write(files, upload_id, 0, b"abcd")
    assert files.offset(ANA, upload_id).offset == 0


def test_a_file_that_is_too_large_is_not_begun(start: Files) -> None:
    """Its length is told beforehand."""
    with pytest.raises(TooLarge):
        begin(start(max_size=100), 101)


def test_nobody_uses_the_upload_of_another(files: StoredFiles) -> None:
    """Its id would not help: for others there is none."""
    upload_id = begin(files, 3)
    file_id = send(files, b"abc")
    for each in (upload_id, file_id):
        with pytest.raises(UnknownFile):
            files.offset(BIA, each)
        with pytest.raises(UnknownFile):
            files.write(BIA, each, 0, io.BytesIO(b"abc").read)
        with pytest.raises(UnknownFile):
            files.remove(BIA, each)
        with pytest.raises(UnknownFile):
            files.put_thumb(BIA, each, PNG)


def test_the_same_content_lies_there_once(files: StoredFiles, folder: Path) -> None:
    """It goes with the last file that has it."""
    ours, theirs = send(files, b"abc"), send(files, b"abc", BIA, PHONE)
    digest = hashlib.sha256(b"abc").hexdigest()
    assert on_disk(folder) == {digest}
    files.remove(ANA, ours)
    files.keeping.work()
    assert on_disk(folder) == {digest}
    assert read(files, theirs) == b"abc"
    files.remove(BIA, theirs)
    files.keeping.work()
    assert on_disk(folder) == set()


def test_an_upload_can_be_given_up(files: StoredFiles, folder: Path) -> None:
    """Nothing of it is left."""
    upload_id = begin(files, 10)
    write(files, upload_id, 0, b"abc")
    files.remove(ANA, upload_id)
    assert on_disk(folder) == set()
    with pytest.raises(UnknownFile):
        files.offset(ANA, upload_id)


@pytest.mark.parametrize("moved", [True, False])
def test_what_is_whole_can_be_given_up_before_it_is_a_file(
    files: StoredFiles, folder: Path, durable: Ports, moved: bool
) -> None:
    """As where the database could not be written to just then; its content may have its place."""
    upload_id, digest = begin(files, 3), hashlib.sha256(b"abc").hexdigest()
    write(files, upload_id, 0, b"ab")
    (folder / "uploads" / upload_id).write_bytes(b"abc")
    if moved:
        (folder / digest[:2]).mkdir()
        (folder / "uploads" / upload_id).rename(folder / digest[:2] / digest)
    change(durable, 'UPDATE upload SET "offset" = 3, sha256 = ?', (digest,))
    files.keeping.work()
    assert len(on_disk(folder)) == 1
    files.remove(ANA, upload_id)
    files.keeping.work()
    assert on_disk(folder) == set()


def test_whoever_is_being_sent_a_deleted_file_gets_no_more_of_it(
    files: StoredFiles, durable: Ports
) -> None:
    """It may be a long one, and slow."""
    file_id = send(files, bytes(MB))
    message_id = name_in_message(durable, file_id)
    with files.open(file_id).content as content:
        content.read(1)
        durable.log.append(Delete(message_id, NOON, ANA.id)).result(DEADLINE)
        files.keeping.work()
        content.seek(MB // 2)
        assert content.read() == b""


def test_one_person_may_send_so_much_within_a_day(start: Files) -> None:
    """Whoever logs in anew in the same browser is the same; others are not."""
    files = start(quotas=Quotas(2_000_000, 100_000))
    send(files, bytes(60_000))
    for user, origin in ((ANA, LAPTOP), (ANA, PHONE), (BIA, LAPTOP)):
        with pytest.raises(QuotaReached) as refused:
            begin(files, 60_000, user, origin)
        assert refused.value.reason == "person"
    begin(files, 60_000, BIA, PHONE)
    begin(files, 40_000)


def test_all_files_have_so_much_room(start: Files) -> None:
    """What is on its way counts as it will be; what is deleted counts no more."""
    files = start(quotas=Quotas(100_000, 100_000))
    upload_id = begin(files, 60_000)
    with pytest.raises(QuotaReached) as refused:
        begin(files, 60_000, BIA, PHONE)
    assert refused.value.reason == ""
    files.remove(ANA, upload_id)
    file_id = send(files, bytes(60_000), BIA, PHONE)
    with pytest.raises(QuotaReached):
        begin(files, 60_000)
    files.remove(BIA, file_id)
    files.keeping.work()
    begin(files, 60_000)


def test_files_without_anything_in_them_are_not_free(start: Files) -> None:
    """Or whoever has time could make a million of them."""
    files = start(quotas=Quotas(2_000_000, 10_000))
    begin(files, 0)
    begin(files, 1)
    with pytest.raises(QuotaReached):
        begin(files, 0)


def test_room_is_left_on_the_disk_for_messages(start: Files) -> None:
    """Nothing is begun that would leave less."""
    with pytest.raises(DiskFull):
        begin(start(spare=lambda total: total), 1)


def test_a_file_waits_an_hour_for_its_message(
    start: Files, clock: Clock, folder: Path, durable: Ports
) -> None:
    """An upload that does not go on is given up as late; what a message has named stays."""
    files = start(clock=ModelClock(monotonic=clock))
    files.keeping.work()
    named, going, idle = send(files, b"named"), begin(files, 9), begin(files, 9)
    send(files, b"waits")
    begin(files, 9)
    name_in_message(durable, named)
    clock.now += 60
    files.keeping.work()
    clock.now += 3_000
    write(files, going, 0, b"abc")
    write(files, idle, 0, b"")
    clock.now += 1_000
    files.keeping.work()
    assert on_disk(folder) == {hashlib.sha256(b"named").hexdigest(), going}
    assert read(files, named) == b"named"


def test_a_start_gives_another_hour(start: Files, clock: Clock) -> None:
    """How long a server was away is nobody's fault."""
    upload_id = begin(start(), 9)
    files = start(clock=ModelClock(monotonic=clock))
    clock.now += 4_000
    files.keeping.work()
    assert files.offset(ANA, upload_id).offset == 0


def test_what_is_begun_before_the_first_look_is_given_up_too(start: Files, clock: Clock) -> None:
    """A server takes files from its first moment on, and looks around a little later."""
    files = start(clock=ModelClock(monotonic=clock))
    upload_id = begin(files, 9)
    files.keeping.work()
    clock.now += 4_000
    files.keeping.work()
    with pytest.raises(UnknownFile):
        files.offset(ANA, upload_id)


def test_an_upload_goes_on_after_a_restart(start: Files) -> None:
    """What is hashed already is counted again from the disk."""
    files = start()
    upload_id = begin(files, 6)
    write(files, upload_id, 0, b"abc")
    files = start()
    files.keeping.work()
    write(files, upload_id, 3, b"def")
    opened = files.open(upload_id)
    opened.content.close()
    assert opened.sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_what_was_not_noted_is_written_again(start: Files, folder: Path) -> None:
    """A kill may leave more on disk than anybody was told."""
    files = start()
    upload_id = begin(files, 6)
    write(files, upload_id, 0, b"abc")
    with (folder / "uploads" / upload_id).open("ab") as file:
        file.write(b"never told")
    files = start()
    write(files, upload_id, 3, b"def")
    assert read(files, upload_id) == b"abcdef"


def test_an_upload_that_the_disk_has_lost_is_given_up(start: Files, folder: Path) -> None:
    """Also where a part of it is left: whoever sends it begins anew."""
    files = start()
    upload_id = begin(files, 6)
    write(files, upload_id, 0, b"abc")
    (folder / "uploads" / upload_id).write_bytes(b"a")
    with pytest.raises(UnknownFile):
        write(start(), upload_id, 3, b"def")
    with pytest.raises(UnknownFile):
        files.offset(ANA, upload_id)


@pytest.mark.parametrize("moved", [False, True])
def test_a_start_finishes_what_was_whole(
    start: Files, folder: Path, durable: Ports, moved: bool
) -> None:
    """A kill between the last piece and the file costs nothing, wherever the content was."""
    files = start()
    upload_id = begin(files, 3)
    digest = hashlib.sha256(b"abc").hexdigest()
    change(durable, 'UPDATE upload SET "offset" = 3, sha256 = ?', (digest,))
    place = folder / digest[:2] / digest if moved else folder / "uploads" / upload_id
    (folder / "uploads" / upload_id).unlink()
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"abc")
    files = start()
    files.keeping.work()
    assert read(files, upload_id) == b"abc"
    assert on_disk(folder) == {digest}


def test_a_start_deletes_what_belongs_nowhere(start: Files, folder: Path) -> None:
    """What a kill has left is found; what is somebody else's is not touched."""
    files = start()
    send(files, b"abc")
    stray = folder / "00" / ("00" + "f" * 62)
    for path in (stray, folder / "uploads" / "stray", folder / "readme.txt"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"stray")
    start().keeping.work()
    assert on_disk(folder) == {hashlib.sha256(b"abc").hexdigest(), "readme.txt"}


def test_files_go_with_their_message(files: StoredFiles, folder: Path, durable: Ports) -> None:
    """Their rows go in the transaction that deletes it, what is in them a moment later."""
    file_id = send(files, b"abc")
    files.put_thumb(ANA, file_id, PNG)
    message_id = name_in_message(durable, file_id)
    opened = files.open(file_id)
    opened.content.close()
    assert (opened.room, opened.attachment.thumb) == ("lobby", True)
    with pytest.raises(UnknownFile):
        files.remove(ANA, file_id)
    with pytest.raises(UnknownFile):
        files.put_thumb(ANA, file_id, PNG)
    durable.log.append(Delete(message_id, NOON, ANA.id)).result(DEADLINE)
    with pytest.raises(UnknownFile):
        files.open(file_id)
    files.keeping.work()
    assert on_disk(folder) == set()


def test_files_go_with_the_history(files: StoredFiles, folder: Path, durable: Ports) -> None:
    """Nobody gets them once it is cleared, also before the rows have gone."""
    file_id = send(files, b"abc")
    name_in_message(durable, file_id)
    durable.log.append(Clear("lobby")).result(DEADLINE)
    with pytest.raises(UnknownFile):
        files.open(file_id)
    while durable.database.change(retention.delete_cleared):
        pass
    files.keeping.work()
    assert on_disk(folder) == set()


def test_nobody_gets_the_files_of_somebody_whose_messages_go(
    files: StoredFiles, durable: Ports
) -> None:
    """From the mark on, also while the rows are still there."""
    file_id = send(files, b"abc")
    message_id = name_in_message(durable, file_id)
    mark = (ANA.id, message_id, 0, message_id, NOON, "")
    change(durable, "INSERT INTO clearing VALUES (?, ?, ?, ?, ?, ?)", mark)
    with pytest.raises(UnknownFile):
        files.open(file_id)


def test_a_thumbnail_is_a_small_picture(files: StoredFiles) -> None:
    """Another one takes its place; what is none is refused."""
    file_id = send(files, b"abc")
    for picture in (PNG, PNG + b"2"):
        files.put_thumb(ANA, file_id, picture)
        opened = files.open_thumb(file_id)
        with opened.content as content:
            assert content.read() == picture
        assert opened.size == len(picture)
    with pytest.raises(PayloadInvalid):
        files.put_thumb(ANA, file_id, b"<svg>")
    with pytest.raises(TooLarge):
        files.put_thumb(ANA, file_id, PNG + bytes(24 << 10))
    with pytest.raises(UnknownFile):
        files.open_thumb(send(files, b"none"))


def test_one_person_may_send_so_many_within_a_day(
    files: StoredFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or each further one would take longer to be counted with those before."""
    monkeypatch.setattr(rows, "MOST_OF_DAY", 5)
    for _ in range(5):
        begin(files, 0)
    with pytest.raises(QuotaReached) as refused:
        begin(files, 9)
    assert refused.value.reason == "files"
    begin(files, 9, BIA, PHONE)


def test_so_many_uploads_of_a_person_are_on_their_way(files: StoredFiles) -> None:
    """Others send meanwhile, and one that is given up makes room."""
    uploads = [begin(files, 9) for _ in range(ON_THEIR_WAY)]
    with pytest.raises(TooFast):
        begin(files, 9, BIA, LAPTOP)
    begin(files, 9, BIA, PHONE)
    files.remove(ANA, uploads[0])
    begin(files, 9)


@pytest.fixture
def small_disk(folder: Path) -> Iterator[None]:
    """Let files be on a disk of two megabytes."""
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(command, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone, on Linux")
    yield
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_said(start: Files, folder: Path) -> None:
    """The upload stays where it was, and goes on when there is room."""
    files = start()
    content = bytes(1_500_000)
    upload_id = begin(files, len(content))
    write(files, upload_id, 0, content[:500_000])
    (folder / "filler").write_bytes(bytes(1_200_000))
    with pytest.raises(DiskFull):
        write(files, upload_id, 500_000, content[500_000:])
    assert files.offset(ANA, upload_id).offset == 500_000
    (folder / "filler").unlink()
    write(files, upload_id, 500_000, content[500_000:])
    assert read(files, upload_id) == content
