"""What the scripts of a page are told about the server, the person and the room."""

from __future__ import annotations

from typing import Protocol

import flask

import lanchat
from lanchat import i18n
from lanchat.chat.model import MESSAGE_LIMIT, Guest
from lanchat.config import ServeConfig
from lanchat.web import answers, session


class Network(Protocol):
    """This machine on its network, as :class:`lanchat.net.network.Network` knows it."""

    @property
    def share_url(self) -> str: ...

    @property
    def local_url(self) -> str: ...

    def own_hosts(self) -> frozenset[str]: ...


def invitation(config: ServeConfig, lan_url: str) -> dict[str, str]:
    """Where others can join: the plain address, and the one that brings the access code."""
    return {"lanUrl": lan_url, "inviteUrl": config.invitation(lan_url)}


def lan_url(config: ServeConfig, network: Network) -> str:
    """The address to share with others, as far as a request can tell."""
    # Behind a proxy only the proxy's own address leads here.
    return _own_url() if config.trust_proxy else network.share_url


def host_link(config: ServeConfig, network: Network, secret: str) -> str:
    """Who opens this in a browser is host there; the secret is where no request carries it."""
    # A proxy's own address is not known here: the host's own computer goes around it.
    url = network.local_url if config.trust_proxy else network.share_url
    return f"{url}/host#{secret}"


def configuration(config: ServeConfig, network: Network, guest: Guest) -> dict[str, object]:
    """The page's configuration of docs/protocol.md, for the request's person."""
    lang = session.language(config.lang)
    return {
        "serverUrl": _own_url(),
        **invitation(config, lan_url(config, network)),
        "room": config.name,
        "user": {"id": guest.id, "name": guest.name},
        "lang": lang,
        "strings": i18n.strings(lang, "client."),
        "commands": answers.offered(lang),
        "limits": {"message": MESSAGE_LIMIT, "rate": config.rate},
        "version": lanchat.__version__,
    }


def _own_url() -> str:
    return flask.request.host_url.rstrip("/")
