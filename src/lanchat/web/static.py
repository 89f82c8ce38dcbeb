"""The package's own files for browsers, answered from memory before Flask is asked.

    /static/js/chat.js              asked about each time (ETag), as docs/protocol.md promises
    /static/1f0c…/js/chat.js        kept for ever: the prefix changes with any of the files

A relative import of a script or style sheet inherits the prefix, and so does all below it:
whoever has been here loads nothing again until there is another version. Only what was found in
the folder at the start is known, so no path leads out of it, and a file that is changed later,
by an upgrade below a running server for example, does not get mixed with those before.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.http import parse_accept_header, parse_etags

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/static/"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""By suffix, and not by what the system says: on Windows any program may have told it otherwise."""

_NO_DOCUMENTS = (".css", ".js")
"""What a page has loaded obeys the page's policy; only a document has one of its own."""

_POLICY = "Content-Security-Policy"

_WORTHWHILE = 0.9
"""Compressed content is sent where it has at most this part of the size."""

_FOREVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


class Variant(NamedTuple):
    """A file as one kind of browser gets it."""

    body: bytes
    etag: str
    headers: list[tuple[str, str]]


class StaticFile:
    """A file's content, plain and compressed, with headers for either, once somebody wants it."""

    def __init__(self, name: str, content: bytes, headers: Iterable[tuple[str, str]]) -> None:
        self.content = content
        kind = ("Content-Type", _TYPES[posixpath.splitext(name)[1]])
        own = (each for each in headers if each[0] != _POLICY or not name.endswith(_NO_DOCUMENTS))
        self._headers = [*own, kind, ("Vary", "Accept-Encoding")]

    @cached_property
    def _plain(self) -> Variant:
        return self._variant(self.content)

    @cached_property
    def _gzip(self) -> Variant:
        # Without a time in it, so that the same content has the same bytes on every start.
        compressed = gzip.compress(self.content, mtime=0)
        if len(compressed) > len(self.content) * _WORTHWHILE:
            return self._plain
        return self._variant(compressed, ("Content-Encoding", "gzip"))

    def variant(self, accept_encoding: str) -> Variant:
        """What to send for this header of the request."""
        return self._gzip if takes_gzip(accept_encoding) else self._plain

    def _variant(self, body: bytes, *more: tuple[str, str]) -> Variant:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        length = ("Content-Length", str(len(body)))
        return Variant(body, etag, [*self._headers, *more, ("ETag", etag), length])


class StaticFiles:
    """WSGI middleware that answers for the files below ``folder``; the rest is ``app``'s.

    ``headers`` go with every file. Every file needs a suffix whose type is known.
    """

    def __init__(
        self, app: WSGIApplication, folder: Path, headers: Iterable[tuple[str, str]]
    ) -> None:
        self._app = app
        shared = list(headers)
        found = sorted(_read(folder))
        self._files = {name: StaticFile(name, content, shared) for name, content in found}
        self._version = _version(self._files)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        file, cache_control = self._find(environ["PATH_INFO"])
        if file is None:
            return self._app(environ, start_response)
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            allowed = [("Allow", "GET, HEAD"), ("Content-Length", "0")]
            start_response("405 Method Not Allowed", allowed)
            return []
        body, etag, headers = file.variant(environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers = [*headers, ("Cache-Control", cache_control)]
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and parse_etags(known).contains_weak(etag.strip('"')):
            kept = [header for header in headers if not header[0].startswith("Content-")]
            start_response("304 Not Modified", kept)
            return []
        start_response("200 OK", headers)
        return [] if method == "HEAD" else [body]

    def url(self, name: str) -> str:
        """Where a file such as ``css/chat.css`` may be had for ever. Raises KeyError."""
        if name not in self._files:
            raise KeyError(name)
        return f"{PREFIX}{self._version}/{name}"

    def _find(self, path: str) -> tuple[StaticFile | None, str]:
        if not path.startswith(PREFIX):
            return None, ""
        name = path[len(PREFIX) :]
        version, _, rest = name.partition("/")
        if version == self._version:
            return self._files.get(rest), _FOREVER
        return self._files.get(name), _ASK_EACH_TIME


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.suffix in _TYPES and path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _version(files: Mapping[str, StaticFile]) -> str:
    """A name for all the files as they are."""
    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{name}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    return digest.hexdigest()[:16]


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a browser takes it; they send a few headers, but millions of times."""
    return parse_accept_header(accept_encoding).quality("gzip") > 0
