"""Who is this request or socket? The signed cookie and the connection tell, nothing else."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import flask

from lanchat import i18n
from lanchat.chat.model import Guest, Origin

LANGUAGE_COOKIE = "lanchat_lang"
MAX_AGENT = 500


def guest() -> Guest | None:
    """The person whom the request's session cookie names."""
    user_id, name = flask.session.get("id"), flask.session.get("name")
    if isinstance(user_id, str) and isinstance(name, str):
        return Guest(user_id, name)
    return None


def begin(guest: Guest) -> None:
    """Let the answer's cookie name this person."""
    flask.session.clear()
    flask.session.permanent = True
    flask.session["id"] = guest.id
    flask.session["name"] = guest.name


def renew() -> None:
    """Let the cookie last from now on."""
    flask.session.modified = True


def end() -> None:
    """Let the answer clear the cookie."""
    flask.session.clear()


def origin() -> Origin:
    """Where the request comes from. An IPv4 client of an IPv6 socket has an IPv4 address."""
    address = flask.request.remote_addr or ""
    try:
        ip = ip_address(address)
    except ValueError:
        return Origin(address[:64], _agent())
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return Origin(str(ip), _agent())


def language(default: str | None) -> str:
    """The visitor's language: their choice, then their browser's, then the default."""
    request = flask.request
    return i18n.pick(
        request.headers.get("Accept-Language"),
        preferred=request.cookies.get(LANGUAGE_COOKIE),
        default=default or i18n.LANGUAGES[0],
    )


def _agent() -> str:
    return flask.request.headers.get("User-Agent", "")[:MAX_AGENT]
