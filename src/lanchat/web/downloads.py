"""Files on their way out: whole or a section of them, and the small pictures beside them.

    /files/<id>/<name>      the name is for people; the id alone finds the file
    /files/<id>/thumb       the small picture

Whoever is in may have what a message names; what none names is its sender's. Nothing that a browser
could run is shown, and what is shown is in a sandbox: a file comes from our own address, and would
else speak as its reader.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import ExitStack
from typing import BinaryIO
from urllib.parse import quote

import flask
from werkzeug.http import parse_range_header
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from lanchat.chat.file_port import Files, OpenedFile
from lanchat.chat.model import User
from lanchat.chat.room_settings import Bot
from lanchat.errors import FilesOff, Unauthorized, UnknownFile
from lanchat.web import session
from lanchat.web.file_types import INLINE, type_of
from lanchat.web.refusals import answered
from lanchat.web.site import Site

Reader = Bot | User

_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Browsers lay out a picture or a text that stands alone by styles of their own in it."""

_MEDIA_POLICY = (
    "sandbox allow-same-origin; default-src 'none'; media-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'"
)
"""A film that stands alone is asked for once more, which a page of no origin may not."""

_KEPT = "private, max-age=86400, immutable"
"""What is in a file never changes. A day, so that what a host deletes is not shown for ever."""

_ASK_EACH_TIME = "private, no-cache"

_PIECE = 256 << 10

_THUMB_HEAD = 32

_ATTR_CHAR = "!#$&+-.^_`|~"
"""What RFC 8187 leaves as it is, besides letters and digits."""


class Downloads:
    """The views; ``register`` puts them into an application."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/files/<file_id>/<name>", "file", answered(self._site, self.file))
        app.add_url_rule("/files/<file_id>/thumb", "thumb", answered(self._site, self.thumb))

    def file(self, file_id: str, name: str) -> Response:  # noqa: ARG002  for people
        """The file, or the section of it that is asked for."""
        user = self._reader()
        opened = self._files().open(file_id)
        return self._send(user, opened, opened.attachment.type, opened.attachment.name)

    def thumb(self, file_id: str) -> Response:
        """The small picture; a file of that name has the same address."""
        user = self._reader()
        try:
            opened = self._files().open_thumb(file_id)
        except UnknownFile:
            return self._called_thumb(user, file_id)
        kind = type_of(opened.content.read(_THUMB_HEAD))
        return self._send(user, opened, kind, opened.attachment.name)

    def _called_thumb(self, user: Reader, file_id: str) -> Response:
        opened = self._files().open(file_id)
        if opened.attachment.name != "thumb":
            opened.content.close()
            raise UnknownFile
        return self._send(user, opened, opened.attachment.type, opened.attachment.name)

    def _files(self) -> Files:
        if self._site.files is None:
            raise FilesOff
        return self._site.files

    def _reader(self) -> Reader:
        reader = self._site.tokens.of_request() or self._site.user()
        if reader is None:
            raise Unauthorized
        return reader

    def _send(self, user: Reader, opened: OpenedFile, kind: str, name: str) -> Response:
        with ExitStack() as undo:
            undo.callback(opened.content.close)
            self._check_reader(user, opened)
            response = Response(headers=_headers(kind, name))
            response.set_etag(opened.sha256)
            section = _section(response, opened.size)
            if section is not None and flask.request.method == "GET":
                self._give(user, opened.content, response, section)
                undo.pop_all()
        return response

    def _check_reader(self, user: Reader, opened: OpenedFile) -> None:
        """Look whether the person may have it. Raises UnknownFile."""
        is_read = opened.room is not None and self._site.hub.rooms.may_read(user.id, opened.room)
        if isinstance(user, Bot):
            is_read = is_read and user.reads and opened.room == user.room
        if not is_read and opened.user_id != user.id:
            raise UnknownFile

    def _give(self, user: Reader, content: BinaryIO, response: Response, section: range) -> None:
        """Let the section be the answer's body, once there is a place for it."""
        origin = session.visitor()
        person = origin.device or user.id
        give_back = self._site.transfers.take(person, origin.ip, len(section))
        content.seek(section.start)
        held = _Held(content, give_back)
        response.response = wrap_file(flask.request.environ, held, _PIECE)  # type: ignore[arg-type]
        response.direct_passthrough = True


class _Held:
    """A file that is read, and a place that is given back when it is closed."""

    def __init__(self, content: BinaryIO, give_back: Callable[[], None]) -> None:
        self.read = content.read
        self.seek = content.seek
        self.tell = content.tell
        self.fileno = content.fileno
        self._content = content
        self._give_back = give_back

    def close(self) -> None:
        if not self._content.closed:
            self._give_back()
        self._content.close()


def _headers(kind: str, name: str) -> dict[str, str]:
    """How a browser has to treat a file of this type."""
    is_shown = kind in INLINE
    is_media = kind.startswith(("audio/", "video/"))
    return {
        "Content-Type": "text/plain; charset=utf-8" if kind == "text/plain" else kind,
        "Content-Disposition": disposition("inline" if is_shown else "attachment", name),
        "Content-Security-Policy": _MEDIA_POLICY if is_shown and is_media else _POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": _KEPT if is_shown else _ASK_EACH_TIME,
        "Accept-Ranges": "bytes",
    }


def disposition(way: str, name: str) -> str:
    """The header Content-Disposition (RFC 6266): the name for old programs, and as it is."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # Some programs take a % for the beginning of an escape here, and others no \\.
    simple = "".join(
        "_" if char in '%"\\' or not char.isprintable() else char for char in ascii_only
    )
    exact = quote(name, safe=_ATTR_CHAR)
    return f"{way}; filename=\"{simple.strip() or 'file'}\"; filename*=UTF-8''{exact}"


def _section(response: Response, size: int) -> range | None:
    """What is to be sent of so many bytes, None for nothing; the response says so.

    Of several sections at once all of it is sent, as HTTP allows.
    """
    request, etag = flask.request, response.get_etag()[0]
    if request.if_none_match.contains_weak(str(etag)):
        response.status_code = 304
        return None
    section = _asked(size, str(etag))
    if section is None:
        response.content_length = size
        return range(size)
    if not section:
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        return None
    response.status_code = 206
    response.content_length = len(section)
    response.headers["Content-Range"] = f"bytes {section.start}-{section.stop - 1}/{size}"
    return section


def _asked(size: int, etag: str) -> range | None:
    """The one section that is asked for, empty where it lies behind the end; None for all."""
    request = flask.request
    asked = parse_range_header(request.headers.get("Range"))
    condition = request.if_range
    is_other = condition.date is not None or condition.etag not in {None, etag}
    if not size or asked is None or asked.units != "bytes" or is_other or request.method != "GET":
        return None
    if len(asked.ranges) != 1:
        return None
    begin, end = asked.ranges[0]
    if begin < 0:
        begin = max(0, size + begin)
    return range(begin, max(begin, size if end is None else min(end, size)))
