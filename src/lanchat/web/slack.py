"""What is written for Slack, as plain text: many programs can speak to nothing else.

{"text": "Build <https://ci.example/7|7> is done", "attachments": [{"title": …, "text": …}]}

Of the rest, which says how it looks, nothing is kept.
"""

from __future__ import annotations

import re
from typing import Any

from lanchat.errors import PayloadInvalid

_LINK = re.compile(r"<((?:https?|mailto)[^|<>\s]*)(?:\|([^<>\n]*))?>")
"""Neither part reaches beyond the next ``<``: else each one would be tried up to the end."""

_ESCAPED = ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")
"""All that Slack escapes, in the order in which it is undone."""

_PARTS = ("pretext", "title", "title_link", "text")


def slack_text(payload: Any) -> str:
    """The words of a message. Raises PayloadInvalid where there are none."""
    if not isinstance(payload, dict):
        raise PayloadInvalid
    words = [payload.get("text")]
    attachments = payload.get("attachments")
    for each in attachments if isinstance(attachments, list) else ():
        if isinstance(each, dict):
            parts = [each.get(part) for part in _PARTS if each.get(part)]
            words += parts or [each.get("fallback")]
    said = [_plain(each) for each in words if isinstance(each, str) and each.strip()]
    if not said:
        raise PayloadInvalid
    return "\n".join(said)


def _plain(text: str) -> str:
    text = _LINK.sub(_link, text)
    for written, meant in _ESCAPED:
        text = text.replace(written, meant)
    return text.strip("\r\n")


def _link(found: re.Match[str]) -> str:
    url, label = found[1], found[2]
    return url if not label or label == url else f"{label} ({url})"
