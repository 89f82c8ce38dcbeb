"""The way in: a login by name as in a browser, and a connection of Socket.IO by its cookie."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import socketio
import websocket  # noqa: F401 (what socketio would miss only when it connects)

from lanchat.asking import trusting
from lanchat.errors import CommandFailed, LanchatError
from lanchat.net.room_address import room_address
from lanchat.sending import Sender

_SECONDS = 15.0
_ALERT = re.compile(r'role="alert">(.*?)</', re.DOTALL)


class NotLetIn(LanchatError):
    """The room does not let this person in, and says why."""


class Away(LanchatError):
    """There is no answer just now; it is worth trying again."""


class Door:
    """One room, by its address; ``hear`` is called with each event, in their order."""

    def __init__(self, url: str, hear: Callable[[str, Any], None]) -> None:
        self.url = room_address("URL", url)
        self._prefix = urlsplit(self.url).path.strip("/")
        self._hear = hear
        self._http = requests.Session()
        # In a LAN a proxy of the way to the internet leads nowhere; requests would also take
        # certificates from there, which REQUESTS_CA_BUNDLE names.
        self._http.trust_env = False
        self._http.headers["Accept-Language"] = "en"
        self._socket: socketio.Client | None = None
        self._ca: Path | None = None

    def trust(self, pem: Path) -> None:
        """Believe the authority in this file, beside no other."""
        self._ca = pem
        self._http.verify = str(pem)

    def log_in(self, name: str, code: str | None) -> None:
        """Take a name. Raises NotLetIn, Away, or CommandFailed where no lanchat answers."""
        form = {"username": name, **({"code": code} if code else {})}
        answer = self._ask("POST", "/", form)
        if answer.status_code == requests.codes.see_other:
            return
        if location := answer.headers.get("Location"):
            raise CommandFailed(f"this room is at another address: {location}")
        found = _ALERT.search(answer.text)
        if found is None:
            raise CommandFailed(f"this is no lanchat: it answers {answer.status_code}")
        raise NotLetIn(html.unescape(" ".join(found[1].split())))

    def log_out(self) -> None:
        """Leave for good: the name is free at once."""
        self._ask("POST", "/logout", {})

    def connect(self) -> None:
        """Open a connection. Raises Away, or NotLetIn where the login holds no more."""
        self.close()
        socket = socketio.Client(http_session=self._http, reconnection=False)
        socket.on("*", self._hear)
        socket.on("disconnect", lambda *_: self._ended(socket))
        # Before Python 3.13 a TLS socket breaks where one thread reads and another one writes.
        polls = self.url.startswith("https") and sys.version_info < (3, 13)
        path = f"{self._prefix}/socket.io".lstrip("/")
        try:
            socket.connect(
                self.url,
                transports=["polling"] if polls else ["websocket"],
                socketio_path=path,
                wait_timeout=_SECONDS,
            )
        except socketio.exceptions.ConnectionError as error:
            if "unauthorized" in str(error):
                raise NotLetIn("the login holds no more") from None
            raise Away(str(error)) from None
        self._socket = socket

    def send(self, event: str, payload: Any, answered: Callable[[Any], None]) -> None:
        """Send an event; ``answered`` is called with the acknowledgement, if it comes.

        Raises Away.
        """
        if self._socket is None:
            raise Away("there is no connection")
        try:
            self._socket.emit(event, payload, callback=answered)
        except (socketio.exceptions.SocketIOError, OSError) as error:
            raise Away(str(error)) from None

    def upload(self, path: Path) -> str:
        """Send a file; its id from then on. Raises CommandFailed or OSError."""
        cookies = "; ".join(f"{one.name}={one.value}" for one in self._http.cookies)
        context = trusting(self._ca) if self._ca is not None else None
        return Sender(self.url, {"Cookie": cookies}, context).upload(path)

    def close(self) -> None:
        """End the connection."""
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.disconnect()

    def _ended(self, socket: socketio.Client) -> None:
        if socket is self._socket:
            self._socket = None
            self._hear("disconnect", None)

    def _ask(self, method: str, path: str, form: dict[str, str]) -> requests.Response:
        try:
            return self._http.request(
                *(method, self.url + path), data=form, allow_redirects=False, timeout=_SECONDS
            )
        except requests.exceptions.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise CommandFailed(f"{self.url} does not speak https; try http") from error
            hint = f"name the room's authority ({self.url}/lanchat-ca.crt) with --ca"
            raise CommandFailed(
                f"{self.url} has no certificate that can be trusted; {hint},"
                " or use an address that it is for"
            ) from error
        except requests.RequestException as error:
            raise Away(f"{self.url} gives no answer") from error
