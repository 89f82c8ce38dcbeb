"""An archive as one page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from html import escape
from urllib.parse import quote

from lanchat.archive.message_formats import minute, said, visible
from lanchat.archive.room_titles import Rooms
from lanchat.chat.model import Attachment, Message
from lanchat.i18n import count, translate
from lanchat.sizes import rough_size

_HEAD = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{
  color-scheme: light dark;
  --ground: #f6f7f6; --ink: #17201d; --soft: #525c58; --line: #e1e5e3; --accent: #0b7566;
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --ground: #0e1211; --ink: #e6ecea; --soft: #9daaa5; --line: #313a37; --accent: #5fd3bd;
  }}
}}
body {{
  margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 46rem;
  background: var(--ground); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}}
h1 {{ margin: 0; font-size: 1.5rem; }}
h1 + p, time {{ color: var(--soft); font-size: 0.8125rem; }}
h1 + p {{ margin: 0.25rem 0 0; }}
ul {{ margin: 1rem 0 0; padding-inline-start: 1.25rem; }}
li {{ overflow-wrap: anywhere; }}
h2 {{
  position: sticky; top: 0; z-index: 1; margin: 2rem 0 1rem; padding: 0.5rem 0;
  background: var(--ground); border-bottom: 1px solid var(--line); font-size: 1rem;
}}
article {{
  margin: 0 0 0.875rem;
  content-visibility: auto; contain-intrinsic-size: auto 3rem;
}}
article p {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }}
blockquote {{
  margin: 0.125rem 0; padding-inline-start: 0.5rem; border-inline-start: 2px solid var(--line);
  overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-size: 0.875rem;
}}
blockquote a {{ color: var(--soft); text-decoration: none; }}
small {{ color: var(--soft); }}
img {{
  box-sizing: border-box; width: auto; height: auto; max-width: 100%; max-height: 16rem;
  border: 1px solid var(--line); border-radius: 0.5rem;
}}
article a {{ color: var(--accent); overflow-wrap: anywhere; }}
b {{ color: var(--accent); margin-inline-end: 0.25rem; overflow-wrap: anywhere; }}
@media print {{ h2 {{ position: static; }} article {{ content-visibility: visible; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{summary}</p>
{rooms}<main>
"""

_MESSAGE = (
    '<article id="message-{id}"><bdi><b>{user}</b></bdi> <time datetime="{iso}">{time}</time>'
    "{room}{edited}\n{quote}{text}{files}{reactions}</article>\n"
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_PAGES = (
    *(".html", ".htm", ".xhtml", ".xht", ".shtml", ".mht", ".mhtml", ".hta"),
    *(".svg", ".svgz", ".xml", ".xsl"),
)

_FOOT = "</main>\n</body>\n</html>\n"


class Page:
    """HTML in one of i18n.LANGUAGES; a day has a heading, in ``zone`` (None: this machine's).

    ``with_files`` says that these lie beside it, as ``room_zip.py`` puts them there.
    """

    def __init__(
        self,
        zone: tzinfo | None,
        lang: str,
        total: int,
        now: datetime,
        *,
        rooms: Rooms | None = None,
        with_files: bool = False,
    ) -> None:
        self._zone = zone
        self._lang = lang
        self._total = total
        self._now = now
        self._rooms = rooms or Rooms()
        self._day = ""
        self._file = _linked if with_files else _named
        self._policy = f"{_POLICY}; img-src 'self' file:" if with_files else _POLICY

    def head(self) -> str:
        now = f"{self._now:%Y-%m-%d %H:%M}"
        summary = count(self._lang, "export.summary", self._total, time=now)
        title = translate(self._lang, "export.title")
        return _HEAD.format(
            lang=self._lang,
            title=title,
            summary=summary,
            policy=self._policy,
            rooms=_note(self._rooms) + _list(self._rooms),
        )

    def body(self, messages: Iterable[Message]) -> str:
        return "".join(map(self._entry, messages))

    def foot(self) -> str:
        return _FOOT

    def _entry(self, message: Message) -> str:
        shown, apart = minute(message.time[:16], self._zone)
        day, time = shown.split(" ")
        heading = "" if day == self._day else f"<h2>{day}</h2>\n"
        self._day = day
        return heading + _MESSAGE.format(
            id=message.id,
            user=escape(visible(message.user)),
            edited=self._edited(message),
            quote=_quote(message),
            iso=message.time,
            time=time + apart,
            room=_where(self._rooms.title(message.room)),
            text=_text(said(message)),
            files="".join(map(self._file, message.files or ())),
            reactions=_reactions(message),
        )

    def _edited(self, message: Message) -> str:
        return f" <small>{translate(self._lang, 'export.edited')}</small>" if message.edited else ""


def _note(rooms: Rooms) -> str:
    return f"<p><small>{escape(rooms.note)}</small></p>\n" if rooms.note else ""


def _list(rooms: Rooms) -> str:
    """A line for each room: what it is about, and who was in it."""
    if not rooms.there:
        return ""
    lines = []
    for room, members in rooms.there:
        title, names = rooms.title(room.id), ", ".join(user.name for user in members)
        more = [room.topic, names if room.kind != "direct" else ""]
        about = escape(visible(" · ".join(filter(None, more))))
        lines.append(f"<li><bdi>{escape(visible(title))}</bdi> <small>{about}</small></li>\n")
    return f"<ul>\n{''.join(lines)}</ul>\n"


def _where(title: str) -> str:
    """The room of a message, where it is not the main one."""
    return f" <small><bdi>{escape(visible(title))}</bdi></small>" if title else ""


def _text(text: str) -> str:
    """A paragraph with what was said, if anything was."""
    return f'<p dir="auto">{escape(visible(text))}</p>' if text else ""


def _named(file: Attachment) -> str:
    """A line that says what was sent."""
    name, size = escape(visible(file.name)), rough_size(file.size)
    return f"\n<p><bdi>{name}</bdi> <small>{size}</small></p>"


def _linked(file: Attachment) -> str:
    """The same, which leads to the file, with its small picture if there is one.

    What could run as a page of this computer is not led to.
    """
    if file.name.lower().endswith(_PAGES):
        return _named(file)
    name, size = escape(visible(file.name)), rough_size(file.size)
    link = f'<a href="files/{file.id}/{quote(file.name)}">'
    if not file.thumb:
        return f"\n<p>{link}<bdi>{name}</bdi></a> <small>{size}</small></p>"
    sides = f' width="{file.width}" height="{file.height}"' if file.width and file.height else ""
    picture = (
        f'<img src="thumbs/{file.id}" alt="{name}" title="{name}, {size}" loading="lazy"{sides}>'
    )
    return f"\n<p>{link}{picture}</a></p>"


def _quote(message: Message) -> str:
    """A line of what it answers, which leads there."""
    quoted = message.quoted
    if quoted is None:
        return ""
    words = quoted.message or ", ".join(file.name for file in quoted.files or ())
    text = escape(visible(f"{quoted.user}: {words}" if words else "…"))
    return f'<blockquote dir="auto"><a href="#message-{quoted.id}">{text}</a></blockquote>\n'


def _reactions(message: Message) -> str:
    """A line with the emoji and how many chose it, who when one points there."""
    if not message.reactions:
        return ""
    shown = []
    for emoji, total, users in message.reactions:
        names = escape(visible(", ".join(name for _, name in users)))
        shown.append(f'<span title="{names}">{emoji} {total}</span>')
    return f"\n<p>{' '.join(shown)}</p>"
