"""Every error that lanchat raises on purpose, in one tree.

    LanchatError
    ├── SettingRefused        a setting that cannot be used
    ├── ConfigFileRefused     a file of settings, or one that it holds
    ├── NoHome                whoever runs it has no folder of their own
    ├── CannotStart           the server cannot begin its work
    │   ├── ExtraMissing
    │   ├── PortTaken
    │   ├── NoFreePort
    │   ├── AddressNotHere
    │   ├── AnotherCode       servers that are one chat let people in by different codes
    │   ├── LogInUse          another server writes into the connection log
    │   ├── NotALog           something else is in the file of the connection log
    │   ├── DataUnusable      the data directory, or a file in it
    │   │   └── DataInUse     another server has it
    │   └── DatabaseUnusable  the database that several servers share
    │       └── DatabaseInUse servers have it, which one alone may have for this
    ├── NoMessages            there is no message database to read
    ├── NoTables              there are no messages in the database that servers would share
    ├── NoSuchRoom            a room of which an export is wanted is not there
    ├── LineRefused           a line of an archive is no message
    ├── ArchiveRefused        an archive of a room is none, or damaged
    ├── BackupRefused         a backup is none, or damaged
    ├── FolderInUse           a backup would replace what is there
    ├── OutputExists          a file that would be written is there already
    ├── OutputUnwritable      what was asked for finds no room or no way there
    ├── LogMissing            there is no connection log to read yet
    ├── LogUnreadable         there is one, and it cannot be read
    ├── NoDiscovery           rooms on the network cannot be looked for
    ├── NoRoomFound           nobody on the network has announced one
    ├── StoreUnavailable      a message could not be written or read just now
    ├── FrameTooLarge         a client's WebSocket message goes beyond the limit
    ├── CutOff                a body ends before its end, or is not what was announced
    ├── NotRunning            there is no server here that could be asked
    ├── CommandFailed         a command to the room that it did not carry out
    └── Refusal               something a guest asked for is not to be had
        ├── Unauthorized
        ├── NotJoined
        ├── PayloadInvalid
        ├── MessageTooLong
        ├── TooFast
        │   └── TooMuchAtOnce
        ├── TooManyConnections
        ├── TooManyTransfers
        ├── TooSlow
        ├── WrongCode
        ├── TooManyTries
        ├── NameUnusable
        ├── NameTaken
        ├── Banned
        ├── CookiesRefused
        ├── RoomLocked
        ├── Muted
        ├── ReadOnly
        ├── SlowMode
        ├── Forbidden
        ├── TooLate
        ├── UnknownMessage
        ├── UnknownRoom
        ├── NotAMember
        ├── RoomClosed
        ├── TooManyRooms
        ├── PollUnusable
        ├── PollClosed
        ├── RoomNameUnusable
        ├── UnknownPerson
        ├── TooManyReactions
        ├── FilesOff
        ├── TooLarge
        ├── QuotaReached
        ├── DiskFull
        ├── WrongOffset
        ├── BeingWritten
        ├── WrongChecksum
        ├── UnknownFile
        └── CommandUnusable

An error carries what happened as attributes. The edge turns it into one line and an exit
code (``cli``), or into an error answer in the guest's language (``web``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from shlex import quote


class LanchatError(Exception):
    """The root: catching it catches everything that lanchat raises on purpose."""


class SettingRefused(LanchatError):
    """A setting has a value that cannot be used; ``hint`` says what can.

    ``where`` is the option or the variable that it came from, as far as that is known.
    """

    def __init__(self, setting: str, value: object, hint: str, where: str = "") -> None:
        super().__init__(f"{where or setting} cannot be {value!r}: {hint}")
        self.setting = setting
        self.value = value
        self.hint = hint


class ConfigFileRefused(LanchatError):
    """The file of settings at ``path``, or something in it, cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class NoHome(LanchatError):
    """The user who runs it has no home folder, where ``what`` would be."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this user has no home folder for {what}; name it, or set HOME")
        self.what = what


class CannotStart(LanchatError):
    """The server cannot begin its work."""


class ExtraMissing(CannotStart):
    """What was asked for needs a package that is not installed."""

    def __init__(self, option: str, package: str) -> None:
        # The package by its own name: on the public index `lanchat` is somebody else's.
        super().__init__(
            f"{option} needs the package {package}: pipx inject lanchat {quote(package)}, "
            f"or where pip installed lanchat: pip install {quote(package)}"
        )
        self.option = option
        self.package = package


class PortTaken(CannotStart):
    """Another program listens on the port, and shares it with nobody, or not with us.

    ``holder`` is which one, as far as that can be seen.
    """

    def __init__(self, port: int, *, shared: bool = False, holder: object = None) -> None:
        one = holder or ("a program that does not share it" if shared else "another program")
        hint = "stop that program, or choose another port with --port (0 for any free one)"
        if shared:
            hint = (
                "start every lanchat of this port with --reuse-port, as the same user, or choose "
                "another --port"
            )
        super().__init__(f"port {port} is taken by {one}; {hint}")
        self.port = port
        self.shared = shared


class NoFreePort(CannotStart):
    """Other programs listen on every port from ``first`` to ``last``."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(
            f"none of the ports {first} to {last} is free; stop a program that has one of them, "
            "or choose another port with --port (0 for any free one)"
        )
        self.first = first
        self.last = last


class AddressNotHere(CannotStart):
    """The address or port to listen on cannot be bound for another reason than being taken."""

    def __init__(
        self,
        host: str,
        port: int,
        reason: str,
        hint: str = "leave --host out to listen on every address of this machine",
    ) -> None:
        super().__init__(f"cannot listen on {host} port {port}: {reason}; {hint}")
        self.host = host
        self.port = port
        self.reason = reason
        self.hint = hint


class DataUnusable(CannotStart):
    """The data directory, a file in it or the folder of files cannot be used.

    ``hint`` says what to do.
    """

    def __init__(self, path: Path, reason: str, hint: str) -> None:
        super().__init__(f"{path}: {reason}; {hint}")
        self.path = path
        self.reason = reason
        self.hint = hint


class DataInUse(DataUnusable):
    """Another server has the data directory.

    ``pid`` is its process and ``parent`` the one that started it, as far as it has told.
    """

    def __init__(self, path: Path, pid: int | None, parent: int | None, since: str | None) -> None:
        who = "" if pid is None else f" (process {pid}, since {since})"
        super().__init__(
            path,
            f"is in use by another lanchat{who}",
            "stop that one, or choose another --data-dir",
        )
        self.pid = pid
        self.parent = parent
        self.since = since


class DatabaseUnusable(CannotStart):
    """The database that several servers share cannot be used; ``hint`` says what to do."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"the database cannot be used: {reason}; {hint}")
        self.reason = reason
        self.hint = hint


class DatabaseInUse(DatabaseUnusable):
    """Servers have the database, which one alone may have for this; each with when it came."""

    def __init__(self, servers: Sequence[tuple[str, datetime | None]]) -> None:
        known = [
            name if since is None else f"{name} since {since.astimezone():%Y-%m-%d %H:%M:%S}"
            for name, since in servers
        ]
        super().__init__(
            f"it is in use by {' and '.join(known) or 'a server that begins'}",
            "stop every server of it, then try again; one that was killed is out of it in 5 s",
        )
        self.servers = tuple(servers)


class AnotherCode(CannotStart):
    """Servers that are one chat let people in by different access codes."""

    def __init__(self) -> None:
        super().__init__(
            "a server of this chat that runs already has another --access-code, or none: people "
            "would be let in and shown out in turns; give all the same, or stop all others first"
        )


class LogInUse(CannotStart):
    """Another server writes into the connection log at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: another lanchat writes down there who comes and goes; choose another "
            "--log-file, or leave it out: a --data-dir of its own has a log of its own"
        )
        self.path = path


class NotALog(CannotStart):
    """The file at ``path`` holds something else than a connection log."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: is no connection log, and was not touched; choose another --log-file"
        )
        self.path = path


class NoMessages(LanchatError):
    """There is no message database at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"no messages: looked for {path}; name the folder that `lanchat serve` shows as "
            "Messages with --data-dir"
        )
        self.path = path


class NoTables(LanchatError):
    """There are no messages in the database that servers would share."""

    def __init__(self) -> None:
        super().__init__(
            "no messages: no server has used this database yet; name the one that `lanchat serve` "
            "has with --database"
        )


class NoSuchRoom(LanchatError):
    """There is no room of this id or name; these are the ``names`` of those that there are."""

    _SHOWN = 10

    def __init__(self, wanted: str, names: Sequence[str]) -> None:
        shown = ", ".join(map(repr, names[: self._SHOWN]))
        more = ", …" * (len(names) > self._SHOWN)
        super().__init__(f"no room is called {wanted!r}; there are {shown}{more}")
        self.wanted = wanted


class LineRefused(LanchatError):
    """Line ``number`` of the archive ``source`` is no message; none of it was imported."""

    def __init__(self, source: str, number: int, reason: str) -> None:
        super().__init__(f"{source}, line {number}: {reason}; nothing was imported")
        self.source = source
        self.number = number
        self.reason = reason


class ArchiveRefused(LanchatError):
    """The archive ``source`` cannot be imported; none of it was."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}; nothing was imported")
        self.source = source
        self.reason = reason


class BackupRefused(LanchatError):
    """The backup at ``path`` cannot be restored, and nothing was changed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; nothing was restored")
        self.path = path
        self.reason = reason


class FolderInUse(LanchatError):
    """There are messages in the folder already, and nobody has said that they may be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: there are messages already; --force replaces them, --data-dir names another"
        )
        self.path = path


class OutputExists(LanchatError):
    """There is a file at ``path`` already, and nobody has said that it may be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already; --force replaces it, or name another")
        self.path = path


class OutputUnwritable(LanchatError):
    """What was asked for cannot be written to ``path``, ``-`` being standard output."""

    def __init__(self, path: Path, reason: str) -> None:
        where = "to standard output" if str(path) == "-" else str(path)
        super().__init__(f"cannot write {where}: {reason}")
        self.path = path
        self.reason = reason


class LogMissing(LanchatError):
    """There is no connection log at ``path`` yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"no log yet: looked for {path}; `lanchat serve` writes it, "
            "and `lanchat log tail -f` waits for it"
        )
        self.path = path


class LogUnreadable(LanchatError):
    """The connection log at ``path`` cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read the log {path}: {reason}")
        self.path = path
        self.reason = reason


class NoDiscovery(LanchatError):
    """Rooms on the network cannot be looked for."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot look for rooms: {reason}")
        self.reason = reason


class NoRoomFound(LanchatError):
    """Nobody on the network has announced a room within ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"no room was found within {seconds:g} s; some networks keep such questions from "
            "getting through: ask the host for the address"
        )
        self.seconds = seconds


class NotRunning(LanchatError):
    """There is no server with the data directory ``path`` that could be asked."""

    def __init__(self, path: Path, hint: str = "name its folder with --data-dir") -> None:
        super().__init__(f"no lanchat is running here with this data dir: {path}; {hint}")
        self.path = path


class CommandFailed(LanchatError):
    """The room did not carry a command out, and says why."""


class StoreUnavailable(LanchatError):
    """A message could not be written or read just now: trying again later can help."""

    code = "unavailable"


class FrameTooLarge(LanchatError):
    """A client's WebSocket message announces more than ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit // 1024} KiB")
        self.limit = limit


class CutOff(LanchatError):
    """A body has ended before its end, or is not what was announced: nobody waits for an answer."""


class Refusal(LanchatError):
    """Something a guest asked for is not to be had.

    ``code`` is the error code of docs/protocol.md; ``params`` fill the placeholders of the
    catalogue's text ``error.<code>``, or ``error.<code>.<reason>`` where there are several, in
    the guest's language. ``retry_after`` says in how many seconds it is worth trying again.
    """

    code = "invalid"
    reason = ""
    retry_after: int | None = None

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params = params

    @property
    def text_key(self) -> str:
        """The key of the text that says it."""
        return f"error.{self.code}.{self.reason}" if self.reason else f"error.{self.code}"


class Unauthorized(Refusal):
    """There is no valid session behind the request, or with ``token`` as ``reason`` no token."""

    code = "unauthorized"

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class NotJoined(Refusal):
    """The connection speaks before its ``new_host``."""

    code = "not_joined"


class PayloadInvalid(Refusal):
    """A payload has the wrong shape or holds text that cannot be shown.

    With ``query`` as ``reason`` a token stands in an address, where others may see it.
    """

    code = "invalid"

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class MessageTooLong(Refusal):
    """A message has more than ``limit`` characters."""

    code = "too_long"


class TooFast(Refusal):
    """Somebody says too much at once; ``retry_after`` is in seconds."""

    code = "too_fast"
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__(seconds=retry_after)
        self.retry_after = retry_after


class TooMuchAtOnce(TooFast):
    """All people together, or all behind one address, say too much: this one is not at fault."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.reason = "together"


class TooManyConnections(Refusal):
    """The server has as many connections as it may, in all or from one address."""

    code = "too_many_connections"


class TooManyTransfers(Refusal):
    """So many files are on their way, for this person or for all, that one more has to wait."""

    code = "too_many_transfers"
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__(seconds=retry_after)
        self.retry_after = retry_after


class TooSlow(Refusal):
    """A body comes more slowly than anybody waits for, or not at all."""

    code = "too_slow"


class WrongCode(Refusal):
    """The access code is missing or not the right one."""

    code = "wrong_code"


class TooManyTries(Refusal):
    """Too many wrong access codes came from one address; ``retry_after`` is in seconds."""

    code = "too_many_tries"
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__(minutes=ceil(retry_after / 60))
        self.retry_after = retry_after


class NameUnusable(Refusal):
    """A name that nobody may have.

    ``reason`` is empty, long, control, character, mixed, reserved or symbols.
    """

    code = "name_unusable"

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(**params)
        self.reason = reason


class NameTaken(Refusal):
    """Somebody present has the name or one that looks like it; ``suggestion`` is free."""

    code = "name_taken"

    def __init__(self, name: str, suggestion: str) -> None:
        super().__init__(name=name, suggestion=suggestion)
        self.name = name
        self.suggestion = suggestion


class Banned(Refusal):
    """The host keeps this person out; ``until`` is in seconds since the epoch, None for ever.

    ``reason`` tells whether it is the person who is known (``person``) or the name alone
    (``name``), which may be anybody's; with ``_forever`` where it does not end.
    """

    code = "banned"

    def __init__(self, reason: str, until: float | None) -> None:
        super().__init__(**({} if until is None else {"until": until}))
        self.reason = reason if until is not None else f"{reason}_forever"
        self.until = until


class CookiesRefused(Refusal):
    """The browser did not keep the cookie of the login page, so nobody could be known by one."""

    code = "cookies_refused"


class RoomLocked(Refusal):
    """The host lets nobody new in."""

    code = "locked"


class Muted(Refusal):
    """The host has muted the person, for ``retry_after`` seconds or for ever (None)."""

    code = "muted"

    def __init__(self, retry_after: int | None) -> None:
        super().__init__(**({} if retry_after is None else {"minutes": ceil(retry_after / 60)}))
        self.reason = "forever" if retry_after is None else "time"
        self.retry_after = retry_after


class ReadOnly(Refusal):
    """Only hosts may write."""

    code = "read_only"


class SlowMode(Refusal):
    """Everybody has to wait between two messages; ``retry_after`` is in seconds."""

    code = "slow_mode"
    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__(seconds=retry_after)
        self.retry_after = retry_after


class Forbidden(Refusal):
    """Something is the host's alone; with ``own`` as ``reason``, its author's.

    With ``private`` it is a word in private, which not all may have, with ``private_off`` nobody;
    with ``room`` nobody may do it in such a room; with ``reported`` it is a message that hosts are
    to deal with; with ``poll`` it is a poll, which is not edited; with ``token`` it is nothing for
    this program.
    """

    code = "forbidden"

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class TooLate(Refusal):
    """A message may not be edited any more; with ``off`` as ``reason``, none may."""

    code = "too_late"

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class UnknownMessage(Refusal):
    """There is no message with this id, or none any more, or none that the person may see."""

    code = "unknown_message"


class UnknownRoom(Refusal):
    """There is no room with this id, or none that the person is in."""

    code = "unknown_room"


class NotAMember(Refusal):
    """Something is for those alone who are in the room."""

    code = "not_a_member"


class RoomClosed(Refusal):
    """The room was closed: what was said there can be read."""

    code = "room_closed"


class TooManyRooms(Refusal):
    """There are ``limit`` rooms already that the person has opened, or with them alone."""

    code = "too_many_rooms"

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)
        self.limit = limit


class RoomNameUnusable(Refusal):
    """A room cannot be called so: nothing is to be seen, or more than ``limit`` characters are.

    With ``taken`` as ``reason`` another one is called so.
    """

    code = "room_name"

    def __init__(self, limit: int, reason: str = "") -> None:
        super().__init__(limit=limit)
        self.reason = reason


class UnknownPerson(Refusal):
    """There is nobody with this id, or not any more."""

    code = "unknown_person"


class PollUnusable(Refusal):
    """This cannot be asked; ``reason`` is empty, long, options or twice."""

    code = "poll"

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(**params)
        self.reason = reason


class PollClosed(Refusal):
    """Nobody can vote any more, or never could: a poll that was closed."""

    code = "poll_closed"


class TooManyReactions(Refusal):
    """A message has ``limit`` different reactions already, and this one is another."""

    code = "too_many_reactions"


class FilesOff(Refusal):
    """No files are taken in this room, or by this server."""

    code = "files_off"


class TooLarge(Refusal):
    """A file, or a piece of one, has more than ``limit`` bytes.

    ``reason`` is empty, ``slice``, or ``thumb`` for the small picture that stands for a large one.
    """

    code = "too_large"

    def __init__(self, limit: int, reason: str = "") -> None:
        super().__init__(size=limit)
        self.limit = limit
        self.reason = reason


class QuotaReached(Refusal):
    """Files have all the room that they may, of ``limit`` bytes.

    With ``person`` as ``reason`` it is one person's of a day, else that of all together; with
    ``files`` the person has sent as many within a day as one may, which is ``limit``.
    """

    code = "quota"

    def __init__(self, limit: int, reason: str = "") -> None:
        super().__init__(**{"count" if reason == "files" else "size": limit})
        self.limit = limit
        self.reason = reason


class DiskFull(Refusal):
    """The disk has no room for files; what is left of it is for messages."""

    code = "disk_full"


class WrongOffset(Refusal):
    """A piece of a file does not begin where the upload is, which is at ``offset``."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class BeingWritten(Refusal):
    """Another request is writing to the same upload."""

    code = "being_written"
    retry_after = 1


class WrongChecksum(Refusal):
    """A piece of a file is not what was sent: nothing of it was kept."""

    code = "wrong_checksum"


class UnknownFile(Refusal):
    """There is no file with this id, or none any more, or none that the person may use."""

    code = "unknown_file"


class CommandUnusable(Refusal):
    """A command that cannot be carried out.

    ``reason`` is unknown, usage, nobody, not_banned, not_muted, is_host, not_host, no_message,
    nothing_said, nothing_to_pin, not_pinned, long, no_groups, no_group, too_many_groups,
    in_no_group, named_twice, no_room, main_room, no_private, no_poll, is_bot, no_bot or
    too_many_bots.
    """

    code = "command"

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(**params)
        self.reason = reason
