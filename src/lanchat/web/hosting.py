"""The host link: whoever opens it in a browser is host there.

Its secret stands behind the ``#``, which no request, log or Referer carries. The page's script
takes it out of the address and posts it.
"""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from lanchat import i18n
from lanchat.chat.hub import Hub
from lanchat.chat.ports import ConnectionLog
from lanchat.config import ServeConfig
from lanchat.errors import TooManyTries, WrongCode
from lanchat.web import answers, session
from lanchat.web.access import AccessCode


class HostPages:
    """The views, with what they need; ``secret`` is compared and limited as an access code is."""

    def __init__(
        self, config: ServeConfig, hub: Hub, secret: AccessCode, log: ConnectionLog
    ) -> None:
        self._config = config
        self._hub = hub
        self._secret = secret
        self._log = log

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/host", "host", self.page, methods=["GET"])
        app.add_url_rule("/host", "become_host", self.become_host, methods=["POST"])

    def page(self) -> str:
        """A page that posts the secret which stands behind the # of its address."""
        return flask.render_template("host.html")

    def become_host(self) -> Response:
        """Make a host of the request's person, or of whoever logs in next in this browser.

        Answers 204, or 403 and 429 with the reason as plain text.
        """
        origin = session.visitor()
        try:
            self._secret.check(flask.request.form.get("secret", ""), origin.ip)
        except (WrongCode, TooManyTries) as refusal:
            self._log.login_refused("", origin, "host_link")
            return self._refuse(refusal)
        guest = session.guest()
        if guest is not None and self._hub.may_enter(guest, origin):
            self._hub.moderator.welcome_host(guest)
        else:
            session.welcome_host()
        return Response(status=204)

    def _refuse(self, refusal: WrongCode | TooManyTries) -> Response:
        lang = session.language(self._config.lang)
        if isinstance(refusal, TooManyTries):
            response = Response(answers.why(refusal, lang), 429)
            response.headers["Retry-After"] = str(refusal.retry_after)
            return response
        return Response(i18n.translate(lang, "error.wrong_link"), 403)
