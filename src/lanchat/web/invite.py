"""Inviting others: the QR code of the address, and a page that a whole room can read.

Both are for those who are in: an invitation brings the access code along.
"""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from lanchat import qr
from lanchat.chat.hub import Hub
from lanchat.chat.model import Guest
from lanchat.config import ServeConfig
from lanchat.web import client, session


class InvitePages:
    """The views, with what they need; ``register`` puts them into an application."""

    def __init__(self, config: ServeConfig, hub: Hub, network: client.Network) -> None:
        self._config = config
        self._hub = hub
        self._network = network

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/invite", "invite", self.invite)
        app.add_url_rule("/invite.svg", "invite_code", self.invite_code)

    def invite(self) -> Response | str:
        """A page for a projector: QR code, address, access code and how many are here."""
        guest = self._guest()
        if guest is None:
            return flask.redirect(flask.url_for("login"), 303)
        config = client.configuration(self._config, self._network, guest)
        return flask.render_template("projector.html", config=config)

    def invite_code(self) -> Response:
        """The QR code of the invitation that holds at this moment."""
        if self._guest() is None:
            flask.abort(403)
        url = client.lan_url(self._config, self._network)
        response = Response(qr.picture(self._config.invitation(url)), mimetype="image/svg+xml")
        response.headers["Cache-Control"] = "no-store"
        return response

    def _guest(self) -> Guest | None:
        guest = session.guest()
        return guest if guest and self._hub.may_enter(guest, session.visitor()) else None
