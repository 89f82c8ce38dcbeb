"""An encrypted room in a real browser that trusts its certificate."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserType, expect

from tests.world.server import ServerProcess

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--tls")


@pytest.fixture
def trusting(
    server: ServerProcess, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    """A browser that believes the server's key, as one that has installed its authority does."""
    leaf = (server.data_dir / "tls" / "server.pem").read_bytes()
    key = x509.load_pem_x509_certificate(leaf).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    trusted = base64.b64encode(hashlib.sha256(der).digest()).decode()
    arguments = [
        *browser_type_launch_args["args"],
        f"--ignore-certificate-errors-spki-list={trusted}",
    ]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


def test_the_whole_conversation_is_encrypted(trusting: Browser, server: ServerProcess) -> None:
    """Typed without https, from the login to the WebSocket; the page may use what needs it."""
    page = trusting.new_page(locale="en-GB")
    sockets: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened.url))
    page.goto(server.url.replace("https", "http"))
    assert page.url == f"{server.url}/"
    page.fill("#username", "Ana")
    page.press("#username", "Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    page.fill("#message", "Oi!")
    page.press("#message", "Enter")
    expect(page.locator(".message__text")).to_have_text(["Oi!"])
    expect(page.locator(".message__pending")).to_have_count(0)
    assert [url.partition(":")[0] for url in sockets] == ["wss"]
    assert page.evaluate("window.isSecureContext && Boolean(navigator.clipboard)")
