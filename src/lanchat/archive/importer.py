"""The way into a message database: lines of an archive become drafts, all or none of them.

Nothing gets in that nobody could have said.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from typing import IO, Annotated, BinaryIO

import msgspec

from lanchat.archive.checks import Name, Person, Word, check_name, check_time
from lanchat.archive.places import Place
from lanchat.archive.room_lines import is_room, room_of
from lanchat.chat.file_names import safe_name
from lanchat.chat.model import (
    FILES_LIMIT,
    KINDS,
    MENTIONS_LIMIT,
    MESSAGE_LIMIT,
    FileDraft,
    Reaction,
    check_text,
)
from lanchat.chat.polls import poll_text
from lanchat.chat.reactions import clean
from lanchat.chat.rooms import is_direct
from lanchat.errors import LineRefused, MessageTooLong, PayloadInvalid, PollUnusable
from lanchat.rows.bulk_loading import Archived, Item
from lanchat.rows.room_bulk import ArchivedRoom

LINE_LIMIT = 8 << 20
"""Bytes in a line; the longest one that is written has some 50,000, and 250 for each reaction."""

_Address = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{0,64}\Z")]
_Mentions = Annotated[list[Word], msgspec.Meta(max_length=MENTIONS_LIMIT)]
_MOST = 2**53
_LONG_NAME = 1_000
_Pixels = Annotated[int, msgspec.Meta(ge=1, lt=2**31)]


class _Reaction(msgspec.Struct):
    users: list[Person]


class _Poll(msgspec.Struct):
    question: str
    options: list[str]
    counts: list[Annotated[int, msgspec.Meta(ge=0, lt=_MOST)]]


class _File(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=_LONG_NAME)]
    size: Annotated[int, msgspec.Meta(ge=0, lt=_MOST)]
    width: _Pixels | None = None
    height: _Pixels | None = None

    @property
    def described(self) -> FileDraft:
        """What is known of it without looking at it."""
        sides = (self.width, self.height) if self.width and self.height else (None, None)
        return FileDraft(self.size, safe_name(self.name), *sides)


class _Line(msgspec.Struct):
    """A message as docs/protocol.md has it; its id is good for answers to it alone."""

    client_id: Word
    room: Word
    user_id: Word
    user: Name
    ip: _Address
    message: str
    time: str
    id: object = None
    edited: str | None = None
    reply_to: Annotated[int, msgspec.Meta(ge=1, lt=_MOST)] | None = None
    mentions: _Mentions = []
    reactions: dict[str, _Reaction] = {}
    pinned: bool = False
    poll: _Poll | None = None
    files: Annotated[list[_File], msgspec.Meta(max_length=FILES_LIMIT)] = []


_decoder = msgspec.json.Decoder(_Line)


def import_messages(
    place: Place, source: BinaryIO, name: str, advance: Callable[[int], None]
) -> tuple[int, int]:
    """Store all messages of an archive; return how many were new, and how many there were.

    ``name`` is the source's for people; ``advance`` is told the bytes of every line. All are
    stored, with their rooms, or none: raises LineRefused for the first line that is none, DataInUse
    or DatabaseInUse where a server runs, DataUnusable, DatabaseUnusable and StoreUnavailable.
    """
    total = 0

    def items() -> Iterator[Item]:
        nonlocal total
        for item, size in read_items(source, name):
            if isinstance(item, Archived):
                total += 1
                yield without_files(item)
            else:
                yield item
            advance(size)

    with place.taking() as way:
        fresh = way.load(items())
    return fresh, total


def read_items(source: IO[bytes], name: str) -> Iterator[tuple[Archived | ArchivedRoom, int]]:
    """What stands in each line, and how many bytes that has.

    What two people have said to each other is taken only behind the line of their room: nobody
    else shall find it in the main one. Raises LineRefused.
    """
    rooms = set[str]()
    for number, line in enumerate(lines(source), start=1):
        try:
            item = _item(line)
            if isinstance(item, ArchivedRoom):
                rooms.add(item.room.id)
            elif is_direct(item.room):
                _check_room(item.room, rooms)
        except ValueError as error:
            raise LineRefused(name, number, str(error)) from None
        yield item, len(line)


def _check_room(room: str, known: Container[str]) -> None:
    if room not in known:
        raise ValueError("it was said in private, in a room that no line before it has")


def _item(line: bytes) -> Archived | ArchivedRoom:
    if is_room(bare := line.removeprefix(BOM_UTF8)) and len(line) <= LINE_LIMIT:
        return room_of(bare)
    return draft(line)


def draft(line: bytes) -> Archived:
    """The message in the line. Raises ValueError, saying what is wrong with it."""
    if len(line) > LINE_LIMIT:
        raise ValueError("it is too long")
    if line.startswith(b"PK\3\4"):
        raise ValueError("it is a ZIP file, which cannot come through a pipe; name it")
    if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ValueError("it is UTF-16, as PowerShell's > writes; save the file as UTF-8")
    line = line.removeprefix(BOM_UTF8)  # of an editor, or of files that were joined
    try:
        read = _decoder.decode(line)
        if read.message or not read.files:
            check_text(read.message)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    except UnicodeError:
        raise ValueError("it is not UTF-8") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except MessageTooLong:
        raise ValueError(f"message has more than {MESSAGE_LIMIT} characters") from None
    except PayloadInvalid:
        raise ValueError("message has nothing that can be shown") from None
    check_name(read.user)
    check_time(read.time)
    if read.edited is not None:
        check_time(read.edited)
    files = {file.id: file.described for file in read.files}
    return Archived(
        *(read.client_id, read.room, read.user_id, read.user, read.ip, _text(read), read.time),
        *(read.reply_to, tuple(read.mentions)),
        old_id=read.id if isinstance(read.id, int) and abs(read.id) < _MOST else None,
        edited=read.edited,
        reactions=_reactions(read) if read.reactions else (),
        pinned=read.pinned,
        counts=tuple(read.poll.counts) if read.poll else (),
        described=files,
    )


def without_files(archived: Archived) -> Archived:
    """The message where the files are not there: one without a word says what they were called."""
    if not archived.described:
        return archived
    names = ", ".join(file.name for file in archived.described.values())
    return replace(archived, message=archived.message or names, described={})


def lines(source: IO[bytes]) -> Iterator[bytes]:
    """The lines; of one past the limit only so much that it still is past it."""
    while line := source.readline(LINE_LIMIT + 1):
        yield line


def _text(read: _Line) -> str:
    """What the message says: of a poll, what is asked."""
    if read.poll is None:
        return read.message
    try:
        text = poll_text(read.poll.question, read.poll.options)
    except PollUnusable:
        raise ValueError("poll has a question or options that cannot be asked") from None
    if len(read.poll.counts) != len(read.poll.options):
        raise ValueError("poll has not as many counts as options")
    return text


def _reactions(read: _Line) -> tuple[Reaction, ...]:
    if len(read.reactions) > KINDS:
        raise ValueError(f"reactions has more than {KINDS} kinds")
    found = []
    for text, reaction in read.reactions.items():
        try:
            emoji = clean(text)
        except PayloadInvalid:
            raise ValueError("reactions has one that is no emoji") from None
        for each in reaction.users:
            check_name(each.user)
        users = tuple((each.id, each.user) for each in reaction.users)
        found.append(Reaction(emoji, len(users), users))
    return tuple(found)
