from __future__ import annotations

from pathlib import Path

import pytest

from lanchat.config import ServeConfig, plain_host
from lanchat.errors import SettingRefused


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("192.168.1.5", "192.168.1.5"),
        ("[FD00::0:5]", "fd00::5"),
        ("fe80::1%eth0", "fe80::1"),
        ("Chat.Example", "chat.example"),
        ("praça.example", "xn--praa-2oa.example"),
    ],
)
def test_writes_a_host_as_browsers_do(text: str, host: str) -> None:
    """Addresses are canonical, names are lower case and ASCII."""
    assert plain_host("advertise", text) == host


@pytest.mark.parametrize(
    "text",
    ["", "http://a", "a:80", "192.168.1.300", "0.0.0.0", "a b", "-a", "a..b", "a/b", "x" * 64],
)
def test_refuses_what_is_no_host(text: str) -> None:
    """What a browser could not open is refused when the server starts."""
    with pytest.raises(SettingRefused, match="IP address or a host name"):
        plain_host("advertise", text)


@pytest.mark.parametrize(
    "text",
    [
        "http://x:8765/",
        "x:8765",
        "x/",
        "*.example",
        "*",
        "",
        "a b",
        "a,b",
        "user@x",
        "[::1]:80",
        "::",
    ],
)
def test_an_allowed_host_is_a_host_alone(text: str) -> None:
    """No browser's Host would ever be what is no name: it is refused and not kept in silence."""
    with pytest.raises(SettingRefused, match=r"allow-host .* without http:// and port"):
        ServeConfig(allow_hosts=("fine.example", text))


def test_an_allowed_host_is_written_as_browsers_do() -> None:
    """Whatever alphabet or case it was typed in."""
    config = ServeConfig(allow_hosts=("Praça.example.", "[FD00::0:5]", "192.168.1.5"))
    assert config.allow_hosts == ("xn--praa-2oa.example", "fd00::5", "192.168.1.5")


@pytest.mark.parametrize(
    ("path", "inspect", "why"),
    [("trace", False, "with --no-inspect"), ("-", True, "the name of a file")],
)
def test_a_trace_that_cannot_be_is_refused(path: str, inspect: bool, why: str) -> None:
    with pytest.raises(SettingRefused, match=f"trace .*{why}"):
        ServeConfig(trace=Path(path), inspect=inspect)
