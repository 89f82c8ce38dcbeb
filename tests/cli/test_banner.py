from __future__ import annotations

import io
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lanchat.cli.banner import Banner
from lanchat.config import ServeConfig, default_log_file
from lanchat.i18n import LANGUAGES, translate
from lanchat.net.addresses import Address
from lanchat.net.network import Network
from lanchat.terminal import ColorChoice, console
from tests.world.screen import Terminal

WIFI = Address(ip_address("192.168.1.20"), "wlan0", "lan", "")
LINK = "http://192.168.1.20:8765/host#0123"
CABLE = Address(ip_address("10.0.0.9"), "eth0", "lan", "")


def banner(
    *addresses: Address,
    port: int = 8765,
    asked: int | None = None,
    lang: str = "en",
    width: int = 80,
    **settings: Any,
) -> tuple[str, str]:
    """What a terminal of that width shows, and what a pipe gets."""
    config = ServeConfig(**{"port": asked, "data_dir": Path("/srv/chat"), **settings})
    network = Network(config.host, port, find=lambda _interface: addresses)
    fancy, plain = io.StringIO(), io.StringIO()
    made = Banner(config, network, lang, host_link=LINK)
    made.show(Console(file=fancy, force_terminal=True, width=width, color_system=None))
    made.show_plain(Console(file=plain, width=width))
    return fancy.getvalue(), plain.getvalue()


def test_the_address_stands_alone_on_its_line() -> None:
    """A triple click selects the address and nothing else."""
    fancy, _ = banner(WIFI)
    assert "http://192.168.1.20:8765" in [line.strip() for line in fancy.splitlines()]


def test_nothing_to_copy_is_wrapped() -> None:
    """On a narrow terminal addresses, paths and commands stay whole."""
    folder = Path("/srv") / ("long-folder-name-" * 6)
    fancy, plain = banner(WIFI, width=20, data_dir=folder, log_file=folder / "log")
    for form in (fancy, plain):
        assert "http://192.168.1.20:8765" in form
        assert f"lanchat log tail -f {folder / 'log'}" in form


@pytest.mark.parametrize("lang", LANGUAGES)
def test_says_what_a_host_needs_in_their_language(lang: str) -> None:
    """Both forms name the room, addresses and folders, and say how to read the log and stop."""
    for form in banner(WIFI, CABLE, lang=lang, name="Turma 7B", log_file=default_log_file()):
        assert "Turma 7B" in form
        assert "http://10.0.0.9:8765" in form
        assert "http://localhost:8765" in form
        assert str(Path("/srv/chat")) in form
        assert str(default_log_file()) in form
        assert re.search(rf"{translate(lang, 'banner.stop')}:? +Ctrl\+C", form)
        assert re.search(r"lanchat log tail -f$", form, re.MULTILINE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_program_finds_the_port_in_the_first_line(lang: str) -> None:
    """The plain form begins with the address, whatever the language."""
    first = banner(WIFI, port=9000, lang=lang)[1].splitlines()[0]
    assert re.search(r": http://[^\s]+:(\d+)$", first).group(1) == "9000"  # type: ignore[union-attr]


def test_the_plain_form_has_no_decoration() -> None:
    """A journal gets no boxes, no colour and no empty lines."""
    _, plain = banner(WIFI, CABLE)
    assert plain.isascii()
    assert "\x1b" not in plain
    assert all(": " in line for line in plain.splitlines())


def test_the_plain_form_has_colours_where_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`--color always` holds in a pipe, too, and changes no word."""
    network = Network(None, 8766, find=lambda _interface: [WIFI])
    made = Banner(ServeConfig(data_dir=Path("/srv/chat")), network, "en", host_link=LINK)
    shown = {}
    choices: tuple[ColorChoice, ...] = ("always", "never")
    for choice in choices:
        pipe = io.StringIO()
        monkeypatch.setattr("sys.stderr", pipe)
        made.show_plain(console(choice, stderr=True))
        shown[choice] = pipe.getvalue()
    assert "\x1b[1;36mhttp://192.168.1.20:8766\x1b[0m\n" in shown["always"]
    assert all("\x1b[" in line for line in shown["always"].splitlines())
    assert re.sub(r"\x1b\[[\d;]*m", "", shown["always"]) == shown["never"]


def test_no_network_gives_localhost() -> None:
    """Without a network the banner says so and what to open here."""
    for form in banner():
        assert "No network was found" in form
        assert "http://localhost:8765" in form


def test_loopback_as_host_is_no_missing_network() -> None:
    """Who listens on 127.0.0.1 wanted it that way."""
    for form in banner(WIFI, host="127.0.0.1"):
        assert "--host" in form
        assert "No network" not in form


def test_says_that_the_port_moved_on() -> None:
    """Another port than people know is explained, unless it was asked for."""
    assert all("Port 8765 is in use" in form for form in banner(WIFI, port=8766))


def test_a_port_that_was_asked_for_is_not_explained() -> None:
    """Who chose the port knows about it."""
    assert not any("in use" in form for form in banner(WIFI, port=8766, asked=8766))


def test_history_in_memory() -> None:
    """Whoever keeps nothing on disk is told so, and is shown no folder."""
    for form in banner(WIFI, keep_history=False):
        assert "in memory only" in form
        assert str(Path("/srv/chat")) not in form


def test_the_access_code_is_shown_and_goes_along() -> None:
    """Who is told the address alone can be told the code; who gets the link needs neither."""
    for form in banner(WIFI, access_code="Sésamo 7B"):
        assert "http://192.168.1.20:8765/#code=S%C3%A9samo%207B" in form
        assert re.search(r"Access code:? +Sésamo 7B$", form, re.MULTILINE)


def test_paths_cannot_paint_the_terminal() -> None:
    """A folder with an escape sequence in its name is shown with an escape."""
    for form in banner(WIFI, data_dir=Path("/srv/\x1b[31mred")):
        assert r"/srv/\x1b[31mred" in form


def test_a_room_name_is_no_markup() -> None:
    """Square brackets in a name stay what they are."""
    assert all("[bold]7B" in form for form in banner(WIFI, name="[bold]7B"))


def on_screen(
    height: int = 40,
    *addresses: Address,
    width: int = 80,
    show_qr: bool | None = None,
    lang: str = "en",
) -> Terminal:
    """The banner on a screen of that size."""
    config = ServeConfig(data_dir=Path("/srv/chat"), log_file=Path("/srv/log"))
    network = Network(None, 8765, find=lambda _interface: addresses)
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=True, color_system="256", width=width, height=height
    )
    Banner(config, network, lang, host_link=LINK, show_qr=show_qr).show(console)
    terminal = Terminal(width, height)
    terminal.feed(file.getvalue().replace("\n", "\r\n").encode())
    return terminal


def test_a_phone_scans_the_banner() -> None:
    """Where there is room the address is a QR code, too; nothing has scrolled away."""
    terminal = on_screen(32, WIFI)
    assert terminal.scan() == ["http://192.168.1.20:8765"]
    assert "lanchat ──" in terminal.text()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_phone_scans_a_terminal_of_the_usual_size(lang: str) -> None:
    """The code stands beside the address, which is whole; nothing has scrolled away."""
    terminal = on_screen(24, WIFI, lang=lang)
    assert terminal.scan() == ["http://192.168.1.20:8765"]
    lines = terminal.text().splitlines()
    assert lines[0].startswith("lanchat ──")
    for part in (
        "  http://192.168.1.20:8765 ",
        LINK,
        "http://localhost:8765",
        "Ctrl+C",
        "/srv/log",
    ):
        assert any(part in f"{line} " for line in lines), part


@pytest.mark.parametrize(("height", "width"), [(18, 80), (24, 50), (40, 30)])
def test_half_a_code_is_none(height: int, width: int) -> None:
    """On a small screen no code is shown, since half of one would only be in the way."""
    text = on_screen(height, WIFI, width=width).text()
    assert "▀" not in text
    assert "QR" in text
    assert "http://192.168.1.20:8765" in text


def test_the_code_can_be_wanted_or_not() -> None:
    """`--qr` shows it where one has to scroll, `--no-qr` nowhere."""
    assert "▀" in on_screen(18, WIFI, show_qr=True).text()
    assert "▀" not in on_screen(40, WIFI, show_qr=False).text()


def test_no_code_for_this_computer_alone() -> None:
    """What no phone can open needs no camera."""
    assert "▀" not in on_screen().text()


def test_another_network_is_shown_like_the_first() -> None:
    """On a terminal the new address comes with its QR code; in a pipe it is one line."""
    config = ServeConfig(data_dir=Path("/srv/chat"))
    made = Banner(
        config, Network(None, 8765, find=lambda _interface: [CABLE]), "en", host_link=LINK
    )
    fancy, plain = io.StringIO(), io.StringIO()
    made.show_move(Console(file=fancy, force_terminal=True, color_system="256", height=24))
    made.show_plain_move(Console(file=plain))
    terminal = Terminal(80, 24)
    terminal.feed(fancy.getvalue().replace("\n", "\r\n").encode())
    assert terminal.scan() == ["http://10.0.0.9:8765"]
    assert plain.getvalue() == "New address: http://10.0.0.9:8765\n"
