"""What pages need for files: a port as in ``ports.py``, of which the hub knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from lanchat.chat.model import Attachment, Checksum, FileDraft, Origin, Upload, User


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that is whole, opened for reading; whoever asked for it closes it.

    ``sha256`` names what is in it, ``size`` is how long that is: for the small picture of a file,
    of that. ``user_id`` is who has sent it; ``room`` is where a message has named it, None before.
    """

    attachment: Attachment
    sha256: str
    size: int
    user_id: str
    room: str | None
    content: BinaryIO


class Files(Protocol):
    """Files as they come in, piece by piece, and those that are whole.

    An upload becomes the file of the same id. It is its sender's alone until a message names it
    (``Draft``); what is deleted with messages goes by itself. Everything here may wait for the
    disk, and may raise StoreUnavailable.
    """

    max_size: int
    """Bytes of one file, at most."""

    def begin(self, user: User, origin: Origin, draft: FileDraft) -> Upload:
        """A new upload. Raises TooLarge, QuotaReached, DiskFull or TooFast."""

    def offset(self, user: User, upload_id: str) -> Upload:
        """How far an upload or file of the person is. Raises UnknownFile, as all that follows.

        Raises BeingWritten where all is there, and somebody is about to make a file of it.
        """

    def write(
        self,
        user: User,
        upload_id: str,
        offset: int,
        read: Callable[[int], bytes],
        checksum: Checksum | None = None,
    ) -> Upload:
        """Put what can be read behind what is there; what is returned is on disk.

        ``read`` gives at most so many bytes, none at the end. With a checksum nothing is kept of
        what does not come to it; without one, where ``read`` raises, what had come before.
        Raises WrongOffset, BeingWritten, TooLarge, WrongChecksum, DiskFull, or what ``read`` does.
        """

    def put_thumb(self, user: User, file_id: str, picture: bytes) -> None:
        """Give a file of the person a small picture, until a message names it.

        Raises TooLarge, QuotaReached or DiskFull.
        """

    def remove(self, user: User, upload_id: str) -> None:
        """Give up an upload of the person, or a file that no message names."""

    def open(self, file_id: str) -> OpenedFile:
        """A file that a message names which is there, or that waits for one."""

    def open_thumb(self, file_id: str) -> OpenedFile:
        """The small picture of the same."""
