"""What programs can do, as a document of OpenAPI 3.1: for tools that make clients, or try them."""

from __future__ import annotations

from typing import Any

import lanchat
from lanchat.chat.model import FILES_LIMIT, MENTIONS_LIMIT, MESSAGE_LIMIT
from lanchat.web.streams import LINES

Schema = dict[str, Any]

_POSITION: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53}
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_ID: Schema = {"type": "string", "pattern": "^[!-~]{1,64}$"}


def document(root: str) -> Schema:
    """The document; ``root`` is the path below which a proxy has the server."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "lanchat",
            "version": lanchat.__version__,
            "description": "What programs say and read in a room. `lanchat token new NAME` makes "
            "the token that they bring along.",
        },
        "servers": [{"url": root or "/"}],
        "security": [{"token": []}],
        "paths": {
            "/api/messages": {"post": _POST, "get": _GET},
            "/hooks/{token}": {"post": _HOOK},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR, "Message": _MESSAGE, "Posted": _POSTED, "News": _NEWS},
        },
    }


def _object(required: str, properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _refusals(*statuses: int) -> Schema:
    return {
        str(status): {
            "description": _REFUSALS[status],
            "content": {"application/json": {"schema": _ref("Error")}},
        }
        for status in (400, 401, 403, 404, 429, 503, *statuses)
    }


_REFUSALS = {
    400: "What was sent is not what is written here.",
    401: "There is no token, or none that is known.",
    403: "The token is for something else, or nobody may write just now, or not this program.",
    404: "There is no such room for this program, or not what is answered.",
    413: "The text is too long.",
    429: "Too much at once; `Retry-After` says when to try again.",
    503: "Nothing can be stored or read just now; try again with the same key.",
}

_ERROR = _object(
    "error",
    {
        "error": _object(
            "code message", {"code": _TEXT, "message": _TEXT, "retry_after": {"type": "integer"}}
        )
    },
)

_MESSAGE = _object(
    "id seq room user_id user message time",
    {
        "id": _POSITION,
        "seq": {**_POSITION, "description": "The position of its last change."},
        "room": _TEXT,
        "user_id": _TEXT,
        "user": _TEXT,
        "message": _TEXT,
        "time": _TIME,
        "client_id": _TEXT,
        "ip": _TEXT,
        "bot": {"type": "boolean", "description": "Whether a program has said it."},
        "deleted": {"type": "boolean", "description": "Then `message` is empty."},
        "edited": _TIME,
        "reply_to": _POSITION,
        "files": {"type": "array", "items": {"type": "object"}},
    },
)

_POSTED = _object(
    "id seq time room client_id",
    {"id": _POSITION, "seq": _POSITION, "time": _TIME, "room": _TEXT, "client_id": _TEXT},
)

_NEWS = _object(
    "messages seq epoch more",
    {
        "messages": {"type": "array", "items": _ref("Message")},
        "seq": {**_POSITION, "description": "What `after` is to be next."},
        "epoch": _TEXT,
        "more": {"type": "boolean", "description": "Whether there is more after `seq`."},
        "anew": {"type": "boolean", "description": "Forget what you know: it is another history."},
        "cleared": {**_POSITION, "description": "Everything up to this id is gone."},
    },
)

_SAID = {
    "type": "object",
    "properties": {
        "message": {"type": "string", "maxLength": MESSAGE_LIMIT},
        "room": {"type": "string", "description": "The token's own, if anything."},
        "client_id": {"type": "string", "maxLength": 200},
        "reply_to": _POSITION,
        "mentions": {"type": "array", "items": _ID, "maxItems": MENTIONS_LIMIT},
        "files": {"type": "array", "items": _ID, "maxItems": FILES_LIMIT},
    },
}

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "Sent twice, the message is said once.",
}

_POST = {
    "operationId": "post",
    "summary": "Say something",
    "parameters": [_KEY],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _SAID}, "text/plain": {"schema": _TEXT}},
    },
    "responses": {
        "201": {
            "description": "It is stored, and everybody is told.",
            "content": {"application/json": {"schema": _ref("Posted")}},
        },
        **_refusals(413),
    },
}

_GET = {
    "operationId": "read",
    "summary": "Read what was said, or wait for it",
    "description": f"With `Accept: {LINES}` the answer goes on for ever, a message a line.",
    "parameters": [
        {
            "name": "after",
            "in": "query",
            "schema": _POSITION,
            "description": "What was posted or changed since this position, oldest first; "
            "without it the newest messages.",
        },
        {"name": "epoch", "in": "query", "schema": {"type": "string", "pattern": "^[ -~]{0,64}$"}},
        {
            "name": "wait",
            "in": "query",
            "schema": {"type": "number", "minimum": 0, "maximum": 60},
            "description": "So many seconds at most, where there is nothing new.",
        },
        {
            "name": "limit",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": 200},
        },
    ],
    "responses": {
        "200": {
            "description": "What there is.",
            "content": {
                "application/json": {"schema": _ref("News")},
                LINES: {"schema": {"type": "string"}},
            },
        },
        **_refusals(),
    },
}

_HOOK = {
    "operationId": "hook",
    "summary": "Say something, as one says it to Slack",
    "security": [],
    "parameters": [{"name": "token", "in": "path", "required": True, "schema": _TEXT}, _KEY],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _object("text", {"text": _TEXT})}},
    },
    "responses": {
        "200": {"description": "It is stored.", "content": {"text/plain": {"schema": _TEXT}}},
        **_refusals(413),
    },
}
