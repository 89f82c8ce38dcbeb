"""Other programs are told what is said, at the addresses that the operator names."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from lanchat.chat.changes import Draft
from lanchat.chat.feeds import Feeds
from lanchat.chat.model import LOBBY
from lanchat.chat.reading import Reading
from lanchat.config import ServeConfig
from lanchat.errors import SettingRefused
from lanchat.hooks import Hooks, Source
from lanchat.rows.reading import StoredHistory
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from tests.world.deadline import wait_for

PAGE = (Path(__file__).parents[1] / "docs" / "programs.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```python\n(import hashlib.*?)```", PAGE, re.DOTALL)

SECRET = "a-secret-of-the-operator"


class Listener:
    """A program that is told; it answers with ``status``, which a test can change."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.requests.append((dict(self.headers), body))
                self.send_response(listener.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 (the same: nobody is to come by a redirect)

            def log_message(self, *_: Any) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/chat?key=1"
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def told(self) -> list[str]:
        """The messages, each as often as it was told."""
        return [
            each["message"] for _, body in self.requests for each in json.loads(body)["messages"]
        ]


@pytest.fixture
def listener():
    """One that takes everything."""
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def server(server_factory, listener):
    """A server that tells it."""
    return server_factory("--grace", "0.5", "--hook", listener.url, "--hook-secret", SECRET)


def test_what_is_said_is_told(server, listener, ana):
    """Signed, and again where it was not taken: in its order, and nothing is left out."""
    ana.join()
    ana.say("one")
    wait_for(lambda: listener.told() == ["one"], "the first message")
    headers, body = listener.requests[0]
    documented: dict[str, Any] = {}
    exec(EXAMPLE, documented)  # noqa: S102 (what docs/programs.md says)
    assert documented["is_from_lanchat"](SECRET, headers["X-Lanchat-Signature"], body)
    assert not documented["is_from_lanchat"](SECRET, headers["X-Lanchat-Signature"], body + b" ")
    assert not documented["is_from_lanchat"]("another", headers["X-Lanchat-Signature"], body)
    listener.status = 307
    ana.say("two")
    wait_for(lambda: listener.told() == ["one", "two"], "the second message")
    listener.status = 200
    ana.say("three")
    wait_for(lambda: listener.told()[-2:] == ["two", "three"], "what was not taken, and the rest")
    assert set(listener.told()) == {"one", "two", "three"}
    assert "takes nothing, and is tried again: it answers 307" in server.output()
    assert SECRET not in server.output()


def test_what_is_never_taken_is_left_out(listener, monkeypatch, caplog):
    """The log says so, and what is said later is told; nobody has waited."""
    monkeypatch.setattr("lanchat.hooks.GIVE_UP", 0.0)
    database = Database(None)
    log = SqliteEventLog(database)
    feeds = Feeds(log)
    listener.status = 500

    def say(text: str) -> None:
        log.append(Draft(text, LOBBY, "1", "Ana", "", text, "2026-11-23T12:00:00.000Z")).result(9)

    hooks = Hooks(
        [listener.url], SECRET, Source(Reading(StoredHistory(database)), feeds, log.epoch)
    )
    wait_for(lambda: feeds._waiters, "the worker")
    say("one")
    wait_for(lambda: "is left out" in caplog.text, "the end of patience")
    listener.status = 200
    say("two")
    wait_for(lambda: "two" in listener.told(), "what was said later")
    assert listener.told() == ["one", "two"]
    hooks.close()
    feeds.close()
    log.close()
    database.close()


@pytest.mark.parametrize(
    ("hooks", "secret"),
    [
        (("ftp://127.0.0.1/",), SECRET),
        (("chat.example.org",), SECRET),
        (("http://user:pass@127.0.0.1/",), SECRET),
        (("http://127.0.0.1:x/",), SECRET),
        (("http://127.0.0.1/",), None),
        (("http://127.0.0.1/",), "short"),
        ((), SECRET),
    ],
)
def test_settings_that_cannot_be_used_are_refused(hooks, secret):
    """An address that is none, or a secret that is missing; neither is shown."""
    with pytest.raises(SettingRefused) as refused:
        ServeConfig(hooks=hooks, hook_secret=secret)
    assert "pass" not in str(refused.value)
    assert SECRET not in str(refused.value)
