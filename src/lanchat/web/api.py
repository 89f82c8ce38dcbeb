"""What programs do over HTTP: they say something, read it, wait for it, or have it line by line.

They are held to what holds for people: the same rates, the same rules, the same order.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

import flask
import msgspec
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from lanchat.chat.events import MessagePosted
from lanchat.chat.model import MESSAGE_LIMIT, Cursor
from lanchat.chat.room_settings import Bot
from lanchat.errors import MessageTooLong, PayloadInvalid, UnknownRoom
from lanchat.web import outgoing, session
from lanchat.web.incoming import KEY_LIMIT, ApiMessage, AskMessages
from lanchat.web.refusals import answered
from lanchat.web.site import Site
from lanchat.web.slack import slack_text
from lanchat.web.streams import LINES, Streams, told

BODY_LIMIT = 64 << 10
r"""Bytes of a request: 4,000 characters, of which JSON writes some as ``\ud83e\udd8a``."""

_Payload = TypeVar("_Payload", bound=msgspec.Struct)


class Api:
    """The views of programs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._hub = site.hub
        self._streams = Streams(site)
        self.post = answered(site, self._post, "messages")
        self.read = answered(site, self._read, "reading")
        self.hook = answered(site, self._hook, "messages")

    def document(self) -> Response:
        """The description of all this, in OpenAPI."""
        from lanchat.web.openapi import document

        return flask.json.jsonify(document(flask.request.script_root))

    def _post(self) -> Response:
        bot = self._site.tokens.required()
        said = self._said()
        if said.room not in {None, bot.room}:
            raise UnknownRoom
        message = self._say(bot, said).message
        answer = {name: getattr(message, name) for name in ("id", "seq", "time", "room")}
        return _as_json({**answer, "client_id": message.client_id}, 201)

    def _read(self) -> Response:
        bot = self._site.tokens.required()
        origin = session.origin(flask.request.environ)
        self._site.limits.event(bot.id, origin.ip)
        asked = _parsed(flask.request.args.to_dict(), AskMessages)
        self._hub.bots.check_reading(bot)
        epoch = asked.epoch or self._hub.epoch
        cursor = None if asked.after is None else Cursor(asked.after, epoch)
        if flask.request.accept_mimetypes.best == LINES:
            return self._streams.open(bot, cursor)
        wait = 0 if cursor is None else asked.wait
        feed = self._streams.wait(bot, cursor, asked.limit, wait)
        messages = [outgoing.message(each) for each in feed.messages]
        answer = {"messages": messages, "more": feed.more, **told(feed, self._hub.epoch)}
        return _as_json(answer, 200)

    def _hook(self, token: str) -> Response:
        bot = self._site.tokens.bot(token)
        body = _body()
        if flask.request.mimetype == "application/x-www-form-urlencoded" and (
            payload := flask.request.form.get("payload")
        ):
            body = payload.encode()
        text = slack_text(_decoded(body))
        if len(text) > MESSAGE_LIMIT:  # who speaks to Slack does not know of a shorter limit
            text = f"{text[: MESSAGE_LIMIT - 1]}…"
        self._say(bot, ApiMessage(message=text))
        return Response("ok\n", mimetype="text/plain")

    def _say(self, bot: Bot, said: ApiMessage) -> MessagePosted:
        """What was stored of it; waits for that."""
        origin = session.origin(flask.request.environ)
        self._site.limits.event(bot.id, origin.ip)
        self._site.limits.message(bot.id, origin.ip)
        key = said.client_id or flask.request.headers.get("Idempotency-Key", "")
        if len(key) > KEY_LIMIT:
            raise PayloadInvalid
        posted = self._hub.bots.post(
            *(bot, origin, said.message, _client_id(key)),
            *(said.reply_to, said.mentions, said.files),
        )
        return posted.result()

    def _said(self) -> ApiMessage:
        body = _body()
        if flask.request.is_json:
            return _parsed(_decoded(body), ApiMessage)
        try:
            return ApiMessage(message=body.decode().rstrip("\r\n"))
        except UnicodeDecodeError:
            raise PayloadInvalid from None


def _client_id(key: str) -> str:
    """What makes a retried message the same message: a UUID, made of any other key."""
    if not key:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(key))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, key))


def _body() -> bytes:
    flask.request.max_content_length = BODY_LIMIT
    try:
        return flask.request.get_data()
    except RequestEntityTooLarge:
        raise MessageTooLong(limit=MESSAGE_LIMIT) from None


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # a number of 5,000 digits, too
        raise PayloadInvalid from None


def _parsed(value: Any, kind: type[_Payload]) -> _Payload:
    try:
        return msgspec.convert(value, kind, strict=kind is not AskMessages)
    except (msgspec.ValidationError, ValueError):
        raise PayloadInvalid from None


def _as_json(answer: Mapping[str, Any], status: int) -> Response:
    response = flask.json.jsonify(answer)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
