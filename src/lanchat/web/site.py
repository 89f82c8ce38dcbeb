"""What all pages and sockets of one server have in common, and what pages tell their scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import flask

import lanchat
from lanchat import phrases
from lanchat.chat.file_port import Files
from lanchat.chat.hub import Hub
from lanchat.chat.model import MESSAGE_LIMIT, Origin, User
from lanchat.chat.ports import Audit
from lanchat.chat.reading import Reading
from lanchat.chat.search import Searching
from lanchat.config import ServeConfig
from lanchat.errors import Forbidden, Refusal
from lanchat.web import outgoing, session
from lanchat.web.access_code import AccessCode
from lanchat.web.connections import Connections
from lanchat.web.history_budget import HistoryBudget
from lanchat.web.limits import Limits, Logins
from lanchat.web.tokens import Tokens
from lanchat.web.transfers import Transfers


class Network(Protocol):
    """This machine on its network, as :class:`lanchat.net.network.Network` knows it."""

    @property
    def share_url(self) -> str: ...

    @property
    def local_url(self) -> str: ...

    def own_hosts(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Site:
    """One server's web: ``access`` is its access code, ``host_link`` the host link's secret.

    Without ``files`` nobody can send any. ``authority`` is the one that guests can install, as
    DER, where a certificate of ours encrypts the site.
    """

    config: ServeConfig
    hub: Hub
    reading: Reading
    searching: Searching
    audit: Audit
    network: Network
    limits: Limits
    logins: Logins
    history: HistoryBudget
    access: AccessCode
    host_link: AccessCode
    connections: Connections
    tokens: Tokens
    transfers: Transfers
    files: Files | None = None
    authority: bytes | None = None

    def language(self) -> str:
        """The language of the request's person."""
        return session.language(self.config.lang)

    def why(self, refusal: Refusal) -> str:
        """What the request's person is told of a refusal."""
        return phrases.why(refusal, self.language())

    def user(self) -> User | None:
        """The request's person by their present name, if they may be in the chat."""
        return self.admitted(session.user(), session.visitor())

    def admitted(self, user: User | None, origin: Origin) -> User | None:
        """Whom a cookie lets in, by their present name, if they may be in the chat."""
        if user is None or not self.hub.identities.may_enter(user, origin):
            return None
        return self.hub.identities.current(user)

    def speaker(self) -> User | None:
        """The same, or the program whose token the request brings; then its cookie counts nothing.

        Raises Unauthorized, TooFast, or Forbidden for a program that may not write.
        """
        bot = self.tokens.of_request()
        if bot is None:
            return self.user()
        if not bot.writes:
            raise Forbidden("token")
        return User(bot.id, bot.name)

    def check_room_for(self, user: User | None) -> None:
        """Look whether a request's person can connect. Raises TooManyConnections.

        Who is connected already, perhaps for the last moment before a reload, is let in.
        """
        if user is None or not self.connections.has(user):
            self.connections.check_room(session.visitor())

    def lan_url(self) -> str:
        """The address to share with others, as far as a request can tell."""
        # Behind a proxy only the proxy's own address leads here. Below a prefix it ends with a
        # slash, without which not every proxy passes it on.
        if not self.config.trust_proxy:
            return self.network.share_url
        prefix = flask.request.script_root
        return f"{_own_url()}{prefix}/" if prefix else _own_url()

    def configuration(self, user: User) -> dict[str, object]:
        """The page's configuration of docs/protocol.md, for the request's person, without words."""
        lang, lan_url = self.language(), self.lan_url()
        return {
            "serverUrl": _own_url(),
            "socketPath": f"{flask.request.script_root}/socket.io",
            "transports": ["websocket", "polling"] if self.config.polls else ["websocket"],
            **outgoing.invitation(lan_url, self.config.invitation(lan_url)),
            "room": self.config.name,
            "user": {"id": user.id, "name": user.name},
            "lang": lang,
            "limits": {
                "message": MESSAGE_LIMIT,
                "rate": self.config.rate,
                "edit": self.config.edit_time,
                "file": self.files.max_size if self.files is not None else 0,
            },
            "version": lanchat.__version__,
        }


def host_link(config: ServeConfig, network: Network, secret: str) -> str:
    """Who opens this in a browser is host there; the secret is where no request carries it."""
    # A proxy's own address is not known here: the host's own computer goes around it.
    url = network.local_url if config.trust_proxy else network.share_url
    return f"{url}/host#{secret}"


def _own_url() -> str:
    return flask.request.host_url.rstrip("/")
