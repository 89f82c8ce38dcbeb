"""Firefox without a driver: Selenium's commands, said in the protocol that Firefox itself speaks.

Every other browser comes with a program that turns WebDriver's HTTP into its own language. That of
Firefox, geckodriver, is no package of Debian, PyPI or npm, which have installers that download it.
But Firefox's own language, Marionette, has the same commands by other names, as JSON over TCP:
https://firefox-source-docs.mozilla.org/testing/marionette
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection

from tests.world.deadline import DEADLINE

NAMES = {
    Command.NEW_SESSION: "NewSession",
    Command.GET: "Navigate",
    Command.REFRESH: "Refresh",
    Command.GET_CURRENT_URL: "GetCurrentURL",
    Command.SET_TIMEOUTS: "SetTimeouts",
    Command.SET_WINDOW_RECT: "SetWindowRect",
    Command.DELETE_ALL_COOKIES: "DeleteAllCookies",
    Command.GET_ALL_COOKIES: "GetCookies",
    Command.FIND_ELEMENT: "FindElement",
    Command.FIND_ELEMENTS: "FindElements",
    Command.CLICK_ELEMENT: "ElementClick",
    Command.CLEAR_ELEMENT: "ElementClear",
    Command.SEND_KEYS_TO_ELEMENT: "ElementSendKeys",
    Command.GET_ELEMENT_TEXT: "GetElementText",
    Command.GET_ELEMENT_PROPERTY: "GetElementProperty",
    Command.W3C_GET_ACTIVE_ELEMENT: "GetActiveElement",
    Command.W3C_EXECUTE_SCRIPT: "ExecuteScript",
    Command.W3C_ACTIONS: "PerformActions",
    Command.W3C_CLEAR_ACTIONS: "ReleaseActions",
    Command.SCREENSHOT: "TakeScreenshot",
}


class Marionette(RemoteConnection):
    """What a driver says goes to the Firefox that listens on this port."""

    def __init__(self, port: int) -> None:
        super().__init__(client_config=ClientConfig(f"http://127.0.0.1:{port}"))
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self._stream = self._socket.makefile("rb")
        self._last = 0
        self._receive()  # it says what it is

    def execute(self, command: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Say a command of Selenium's and return the answer as a driver would give it."""
        if command == Command.QUIT:  # as a driver does, end the browser with the session
            self._ask("Marionette:Quit", {"flags": ["eForceQuit"]})
            return {"value": None}
        wanted = {key: value for key, value in params.items() if key != "sessionId"}
        if command == Command.NEW_SESSION:
            wanted = wanted["capabilities"].get("alwaysMatch", {})
        if command == Command.SCREENSHOT:
            wanted["full"] = False
        error, result = self._ask(f"WebDriver:{NAMES[command]}", wanted)
        if error is not None:
            return {"status": 500, "value": json.dumps({"value": error})}
        plain = isinstance(result, dict) and "value" in result
        return {"value": result["value"] if plain else result}

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

    def _ask(self, name: str, params: Mapping[str, Any]) -> tuple[Any, Any]:
        self._last += 1
        data = json.dumps([0, self._last, name, params]).encode()
        self._socket.sendall(b"%d:%b" % (len(data), data))
        _, _, error, result = self._receive()
        return error, result

    def _receive(self) -> Any:
        length = b""
        while (digit := self._stream.read(1)) != b":":
            if digit == b"":
                raise ConnectionError("Firefox has gone")
            length += digit
        return json.loads(self._stream.read(int(length)))
