"""People come through nginx."""

from __future__ import annotations

import json
import re
import sys
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from requests.adapters import HTTPAdapter

from lanchat.chat.model import SLICE_LIMIT
from tests.world.sender import Sender

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the site is for nginx on Unix")


class From(HTTPAdapter):
    """Requests that come from another of this machine's loopback addresses."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **settings)


def page_config(page: str) -> dict[str, Any]:
    """The configuration that a chat page carries."""
    found = re.search(r'id="lanchat-config">(.*?)</script>', page)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


def log_of(server: Any) -> list[dict[str, Any]]:
    """The records of the connection log."""
    return [json.loads(line) for line in server.log_file.read_text().splitlines()]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_people_talk_through_nginx(ana, bia, transport):
    """The WebSocket's upgrade passes, and so does polling."""
    ana.connect([transport])
    ana.join()
    bia.join()
    ana.say("through nginx")
    bia.hears("add_chat_message", message="through nginx")
    assert ana.socket.transport() == transport


def test_a_connection_starts_by_polling_and_is_upgraded(ana, until):
    """What a browser's client does: HTTP first, then a WebSocket."""
    ana.connect(["polling", "websocket"])
    until(lambda: ana.socket.transport() == "websocket", "the upgrade")
    assert ana.join()["ok"]


def test_the_page_connects_to_where_nginx_is(ana, server):
    """Neither lanchat's own port nor its LAN address leads through the proxy."""
    config = page_config(ana.get("/chat").text)
    assert config["serverUrl"] == server.url
    assert config["lanUrl"] == server.url


def test_visitors_come_by_the_name_that_is_allowed(ana, server):
    """The page follows the name which the browser asked nginx for."""
    page = ana.get("/", headers={"Host": "chat.example.org"})
    assert page.status_code == 200
    assert ana.get("/", headers={"Host": "other.example.org"}).status_code == 403


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_the_log_shows_where_a_visitor_comes_from(person_factory, server, until):
    """Not nginx's address, and not what the visitor claims in a header."""
    ana = person_factory()
    ana.http.mount("http://", From("127.0.0.9"))
    ana.http.headers["X-Forwarded-For"] = "10.9.9.9"
    ana.log_in("Ana")
    ana.connect(["polling"])
    ana.join()
    joins = until(lambda: [r for r in log_of(server) if r["event"] == "join"], "the log's line")
    assert joins[0]["ip"] == "127.0.0.9"


def test_a_page_of_another_site_opens_no_socket(ana, server):
    """The guard sees the browser's Origin through nginx, too."""
    ana.http.headers["Origin"] = "http://evil.example"
    answer = ana.get("/socket.io/?EIO=4&transport=polling")
    assert answer.status_code == 403


def test_an_https_site_in_front_is_told_by_its_scheme(ana, behind_nginx):
    """What nginx says of the outside decides how the page connects."""
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "chat.example.org"}
    cookies = ana.http.cookies.get_dict()
    page = requests.get(f"{behind_nginx.url}/chat", headers=headers, cookies=cookies, timeout=10)
    assert page_config(page.text)["serverUrl"] == "https://chat.example.org"


def test_the_largest_piece_of_a_file_passes(ana):
    """What nginx takes by itself is less."""
    sender = Sender(ana)
    path = sender.begin(SLICE_LIMIT).headers["Location"]
    assert sender.write(path, 0, bytes(SLICE_LIMIT)).headers["Upload-Offset"] == str(SLICE_LIMIT)


PREFIX = "/room12"
below_a_path = pytest.mark.parametrize("prefix", [PREFIX])


def addresses(page: requests.Response) -> list[str]:
    """Where a page leads and what it loads."""
    found = re.findall(r'(?:href|src|action)="([^"#?][^"]*)"', page.text)
    return [urljoin(page.url, address) for address in found]


@below_a_path
def test_nothing_leads_out_of_the_path(person_factory, server):
    """Login, its redirects, both pages, all their files and the cookies stay below it."""
    ana = person_factory()
    login = ana.get("/")
    led = ana.log_in("Ana")
    assert led.headers["Location"] == f"{PREFIX}/chat"
    assert ana.get("/").headers["Location"] == f"{PREFIX}/chat"
    assert ana.get("/chat?lang=en").headers["Location"] == f"{PREFIX}/chat"
    assert {cookie.path for cookie in ana.http.cookies} == {PREFIX}
    pages = [login, ana.get("/chat"), ana.get("/invite"), ana.get("/host")]
    found = [address for page in pages for address in addresses(page)]
    assert len(found) > 20
    for address in set(found):
        assert address.startswith(f"{server.url}/"), address
        other = {"/logout": 405, "/inspect/class": 403}  # a POST alone, and hosts alone
        expected = other.get(address.removeprefix(server.url), 200)
        assert ana.http.get(address).status_code == expected, address
    assert ana.http.get(f"{server.url}/invite.svg").status_code == 200
    assert ana.log_out().headers["Location"] == f"{PREFIX}/"


@below_a_path
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_page_below_a_path_knows_where_its_sockets_are(ana, server, transport):
    """The server's origin and the path of Socket.IO there; others are invited to the path."""
    config = page_config(ana.get("/chat").text)
    assert config["serverUrl"] + config["socketPath"] == f"{server.url}/socket.io"
    assert config["lanUrl"] == f"{server.url}/"
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in ana.http.cookies)
    ana.socket.connect(
        config["serverUrl"],
        headers={"Cookie": cookies},
        transports=[transport],
        socketio_path=config["socketPath"],
    )
    assert ana.socket.transport() == transport
