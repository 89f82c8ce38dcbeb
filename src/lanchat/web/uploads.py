"""Files on their way in, by tus 1.0.0 (https://tus.io), and the small pictures beside them.

An upload is begun, written in pieces of at most SLICE_LIMIT bytes, and asked for how far it is
where a piece got lost. No piece is held here: it is read as it comes and handed on to the disk.
"""

from __future__ import annotations

import time
from functools import wraps

import flask
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from lanchat.chat.file_names import safe_name
from lanchat.chat.file_port import Files
from lanchat.chat.model import SLICE_LIMIT, THUMB_LIMIT, FileDraft, Upload, User
from lanchat.errors import FilesOff, PayloadInvalid, TooLarge, Unauthorized
from lanchat.web import session
from lanchat.web.picture_sides import is_thumb
from lanchat.web.refusals import View, answered
from lanchat.web.site import Site
from lanchat.web.tus import (
    CHECKSUMS,
    EXTENSIONS,
    PIECE_TYPE,
    VERSION,
    checksum,
    dimension,
    metadata,
    number,
)


class Uploads:
    """The views; ``register`` puts them into an application."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._limits = site.limits

    def register(self, app: flask.Flask) -> None:
        def add(address: str, name: str, view: View, *methods: str) -> None:
            app.add_url_rule(address, name, view, methods=methods, provide_automatic_options=False)

        one = "/files/<upload_id>"
        add("/files", "uploads", self._tus(self.options), "OPTIONS")
        add(one, "upload_options", self._tus(self.options), "OPTIONS")
        add("/files", "begin_upload", self._tus(self.begin), "POST")
        add(one, "upload", self._tus(self.offset), "HEAD")
        add(one, "write_upload", self._tus(self.write), "PATCH")
        add(one, "remove_upload", self._tus(self.remove), "DELETE")
        add(one, "overridden_upload", self._tus(self.overridden), "POST")
        add(f"{one}/thumb", "put_thumb", answered(self._site, self.put_thumb), "PUT")

    def options(self, upload_id: str = "") -> Response:  # noqa: ARG002 (the same for all)
        """What this server can do."""
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(self._files().max_size),
            "Tus-Checksum-Algorithm": CHECKSUMS,
        }
        return Response(status=204, headers=headers)

    def begin(self) -> Response:
        """Begin an upload; the answer's ``Location`` is its address."""
        user, files, origin = self._writer(), self._files(), session.visitor()
        headers = flask.request.headers
        told = metadata(headers.get("Upload-Metadata", ""))
        draft = FileDraft(
            number(headers.get("Upload-Length")),
            safe_name(told.get("name") or told.get("filename")),
            dimension(told.get("width")),
            dimension(told.get("height")),
        )
        self._limits.upload(origin.device or user.id, origin.ip)
        upload = files.begin(user, origin, draft)
        response = Response(status=201, headers=_progress(upload))
        response.headers["Location"] = f"{flask.request.script_root}/files/{upload.id}"
        return response

    def offset(self, upload_id: str) -> Response:
        """How far an upload is."""
        upload = self._files().offset(self._person(), upload_id)
        headers = {**_progress(upload), "Upload-Length": str(upload.length)}
        return Response(status=200, headers={**headers, "Cache-Control": "no-store"})

    def write(self, upload_id: str) -> Response:
        """Put the body, as it comes, behind what is there."""
        user, files, request = self._writer(), self._files(), flask.request
        if request.mimetype != PIECE_TYPE:
            return Response(status=415, headers={"Accept": PIECE_TYPE})
        if (request.content_length or 0) > SLICE_LIMIT:
            raise TooLarge(SLICE_LIMIT, "slice")
        offset = number(request.headers.get("Upload-Offset"))
        check = checksum(request.headers.get("Upload-Checksum"))
        read = request.environ["wsgi.input"].read
        origin = session.visitor()
        person = origin.device or user.id
        with self._site.transfers.place(person, origin.ip, request.content_length):
            upload = files.write(user, upload_id, offset, read, check)
        return Response(status=204, headers=_progress(upload))

    def remove(self, upload_id: str) -> Response:
        """Give an upload up, or a file that no message names."""
        self._files().remove(self._person(), upload_id)
        return Response(status=204)

    def overridden(self, upload_id: str) -> Response:
        """For clients that know no methods but GET and POST."""
        method = flask.request.headers.get("X-HTTP-Method-Override", "")
        views = {"PATCH": self.write, "DELETE": self.remove}
        return views[method](upload_id) if method in views else Response(status=405)

    def put_thumb(self, upload_id: str) -> Response:
        """Give a file a small picture."""
        user, files = self._writer(), self._files()
        if (flask.request.content_length or 0) > THUMB_LIMIT:
            raise TooLarge(THUMB_LIMIT, "thumb")
        picture = flask.request.environ["wsgi.input"].read(THUMB_LIMIT + 1)
        if len(picture) <= THUMB_LIMIT and not is_thumb(picture):
            raise PayloadInvalid
        files.put_thumb(user, upload_id, picture)
        return Response(status=204)

    def _files(self) -> Files:
        if self._site.files is None:
            raise FilesOff
        return self._site.files

    def _person(self) -> User:
        user = self._site.speaker()
        if user is None:
            raise Unauthorized
        return user

    def _writer(self) -> User:
        """The request's person, who may send files."""
        user = self._person()
        self._site.hub.posting.check_sending(user, session.visitor())
        return user

    def _tus(self, view: View) -> View:
        """The view for a client that speaks our version of tus, and an answer in it."""
        answer = answered(self._site, view)

        @wraps(view)
        def checked(**arguments: str) -> Response:
            asked = flask.request.headers.get("Tus-Resumable")
            if asked != VERSION and flask.request.method != "OPTIONS":
                response = Response(status=412, headers={"Tus-Version": VERSION})
            else:
                response = answer(**arguments)
            response.headers["Tus-Resumable"] = VERSION
            return response

        return checked


def _progress(upload: Upload) -> dict[str, str]:
    """The headers that tell how far it is, and until when it waits."""
    headers = {"Upload-Offset": str(upload.offset)}
    if upload.seconds is not None:
        headers["Upload-Expires"] = http_date(time.time() + upload.seconds)
    return headers
