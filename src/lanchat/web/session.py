"""Who is this request or socket? The signed cookie and the connection tell, nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

import flask

from lanchat import i18n
from lanchat.chat.model import Origin, User

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LANGUAGE_COOKIE = "lanchat_lang"
MAX_AGENT = 500
MAX_ADDRESS = 64
DOOR = "LANCHAT_DOOR"
"""The application's setting that every session has to remember: what its access code makes."""

HOST_LINK = "LANCHAT_HOST_LINK"
"""The setting that a session remembers once the host link was opened: what its secret makes."""

OF_THE_BROWSER = ("device", "been")
"""What a session knows of the browser and not of a person: it outlives them."""


def user() -> User | None:
    """The person whom the request's session cookie lets in."""
    return known_user() if flask.session.get("door") == flask.current_app.config[DOOR] else None


def known_user() -> User | None:
    """The person whom the session cookie names, even if the access code is a new one by now."""
    return named_by(flask.session)


def named_by(held: Mapping[str, Any]) -> User | None:
    """The same of what a cookie holds."""
    user_id, name = held.get("id"), held.get("name")
    if isinstance(user_id, str) and isinstance(name, str):
        return User(user_id, name)
    return None


def is_host() -> bool:
    """Whether the host link was opened in this browser, for whoever logs in next."""
    return bool(flask.session.get("host") == flask.current_app.config[HOST_LINK])


def welcome_host() -> None:
    """Let the answer's cookie remember that the host link was opened."""
    flask.session.permanent = True
    flask.session["host"] = flask.current_app.config[HOST_LINK]


def begin(user: User) -> None:
    """Let the answer's cookie name this person."""
    end()
    flask.session.permanent = True
    flask.session["id"] = user.id
    flask.session["name"] = user.name
    flask.session["been"] = True
    flask.session["door"] = flask.current_app.config[DOOR]


def renew(user: User) -> None:
    """Let the cookie last from now on, with the name that the person has by now."""
    know_device()
    flask.session["name"] = user.name
    flask.session.modified = True


def end() -> None:
    """Let the answer's cookie name nobody; what it still knows is which browser this is."""
    been = known_browser() is not None
    know_device()
    device = flask.session["device"]
    flask.session.clear()
    flask.session.permanent = True
    flask.session["device"] = device
    if been:
        flask.session["been"] = True


def known_browser() -> str | None:
    """The browser's id, if somebody has been in with it, by this access code or another one."""
    device = flask.session.get("device")
    been = flask.session.get("been") is True or known_user() is not None
    return device if been and isinstance(device, str) else None


def know_device() -> None:
    """Let the request's ``visitor`` have a device, also where its cookie is the first one."""
    if not isinstance(flask.session.get("device"), str):
        flask.session.permanent = True
        flask.session["device"] = uuid.uuid4().hex


def has_cookie() -> bool:
    """Whether the request brings a cookie of ours along, whatever it holds."""
    return flask.current_app.config["SESSION_COOKIE_NAME"] in flask.request.cookies


def visitor() -> Origin:
    """Where the request comes from, and from which browser as far as its cookie knows."""
    device = flask.session.get("device")
    whence = origin(flask.request.environ)
    return replace(whence, device=device) if isinstance(device, str) else whence


def origin(environ: WSGIEnvironment) -> Origin:
    """Where a request comes from. An IPv4 client of an IPv6 socket has an IPv4 address."""
    agent = environ.get("HTTP_USER_AGENT", "")[:MAX_AGENT]
    address = environ.get("REMOTE_ADDR", "")
    try:
        ip = ip_address(address)
    except ValueError:
        return Origin(address[:MAX_ADDRESS], agent)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return Origin(str(ip), agent)


def language(chosen_by_host: str | None) -> str:
    """The visitor's language: their own choice, the host's ``--lang``, or their browser's."""
    own_choice = flask.request.cookies.get(LANGUAGE_COOKIE)
    return preferred(own_choice, flask.request.headers.get("Accept-Language"), chosen_by_host)


def preferred(own_choice: str | None, accepted: str | None, chosen_by_host: str | None) -> str:
    """The same by the cookie and the header that say so."""
    return i18n.pick(accepted, own_choice if own_choice in i18n.LANGUAGES else chosen_by_host)
