"""``lanchat serve``: its options, and what happens in which order."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

# Nothing heavy up here: `serve` patches the standard library for gevent before that.
from lanchat.cli.access_code import settle
from lanchat.cli.config_file import file_of, file_with_secrets
from lanchat.cli.options import (
    color_option,
    config_option,
    data_dir_option,
    full_path,
    log_file_option,
    option,
)
from lanchat.cli.secret import secret
from lanchat.cli.times import duration
from lanchat.config import DEFAULT_PORT, ServeConfig
from lanchat.errors import ConfigFileRefused, SettingRefused
from lanchat.i18n import LANGUAGES, from_locale

if TYPE_CHECKING:
    from rich.console import Console

    from lanchat.server import Server
    from lanchat.terminal import ColorChoice

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@config_option
@option(
    "--host",
    metavar="ADDRESS",
    show_default="all addresses, IPv4 and IPv6",
    help="Listen on this address only; 127.0.0.1 keeps the chat on this computer.",
)
@option(
    "--port",
    "-p",
    type=int,
    metavar="PORT",
    show_default=f"{DEFAULT_PORT}, or the next free one",
    help="Listen on this port; 0 takes any free one.",
)
@option("--name", default="lanchat", help="What the room is called, in the pages and here.")
@data_dir_option
@log_file_option
@option(
    "--history",
    type=int,
    default=200,
    metavar="N",
    help="How many of the newest messages somebody sees on arrival.",
)
@option(
    "--no-history",
    is_flag=True,
    help="Keep messages in memory only: they are gone when the server stops.",
)
@option(
    "--retention",
    type=duration,
    metavar="TIME",
    show_default="kept for ever",
    help="Delete messages once they are older than this: 12h, 30d, 2w.",
)
@option(
    "--retention-messages",
    type=int,
    metavar="N",
    show_default="all",
    help="Keep only so many of the newest messages, and delete the others.",
)
@option(
    "--lang",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    metavar=f"[{'|'.join(LANGUAGES)}]",
    show_default="that of each browser, and of this terminal",
    help="Show everything in this language.",
)
@option(
    "--interface",
    metavar="NAME",
    show_default="found by itself",
    help="Share the address of this network interface, such as wlan0 or Wi-Fi.",
)
@option(
    "--advertise",
    metavar="ADDRESS",
    show_default="found by itself",
    help="Share this address or host name instead of the one that is found.",
)
@option(
    "--mdns-name",
    metavar="NAME",
    default="lanchat",
    help="Be NAME.local, too, on devices that understand it; NAME-2.local where that is taken.",
)
@option("--no-mdns", is_flag=True, help="Have no .local name, and be in no `lanchat discover`.")
@option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="Let browsers address this server by this name, too; can be given several times.",
)
@option(
    "--trust-proxy",
    is_flag=True,
    help="Believe a proxy's X-Forwarded-* headers: only where nobody can get around the proxy.",
)
@option(
    "--tls",
    is_flag=True,
    help="Encrypt, with a certificate that lanchat makes and guests' devices have to be told of.",
)
@option(
    "--tls-cert",
    type=FILE,
    show_default="made by lanchat",
    help="Encrypt with the certificate in this file (PEM).",
)
@option(
    "--tls-key",
    type=FILE,
    show_default="in the certificate's file",
    help="The key of that certificate (PEM).",
)
@option(
    "--grace",
    type=float,
    default=10,
    metavar="SECONDS",
    help="How long a reload or a sleeping phone may be away before it counts as having left.",
)
@option(
    "--access-code",
    metavar="CODE",
    secret=True,
    show_default="everybody may come in",
    help="Let only people in who know this code; auto makes one and shows it.",
)
@option(
    "--access-code-file",
    type=FILE,
    help="Read the access code from this file's first line, where no list of programs shows it.",
)
@option(
    "--rate",
    type=int,
    default=5,
    metavar="N",
    help="How many messages a second one person may send, and four times as many at once; "
    "0 sets no limit.",
)
@option(
    "--max-per-ip",
    type=int,
    default=50,
    metavar="N",
    help="How many connections may come from one address; 0 sets no limit.",
)
@option(
    "--max-clients",
    type=int,
    default=1000,
    metavar="N",
    help="How many connections there may be in all; 0 sets no limit.",
)
@option(
    "--metrics",
    is_flag=True,
    help="Tell Prometheus figures at /metrics: programs on this computer, unless there is a token.",
)
@option(
    "--metrics-token",
    metavar="TOKEN",
    secret=True,
    show_default="none",
    help="Tell them to whoever sends this bearer token, and to nobody else.",
)
@option(
    "--metrics-token-file",
    type=FILE,
    help="Read the token from this file's first line.",
)
@option(
    "--qr/--no-qr",
    "show_qr",
    default=None,
    show_default="where the terminal has room for it",
    help="Show the address as a QR code, too, for the cameras of phones.",
)
@option("--open", "-o", "open_browser", is_flag=True, help="Open the chat in your browser.")
@option("--quiet", "-q", is_flag=True, help="Show errors only, and no banner.")
@option(
    "--verbose",
    "-v",
    count=True,
    show_default=False,
    help="Show more of what happens; -vv shows everything.",
)
@color_option
@click.pass_context
def serve(
    context: click.Context,
    /,
    *,
    show_qr: bool | None,
    open_browser: bool,
    quiet: bool,
    verbose: int,
    color: ColorChoice,
    **_settings: Any,
) -> None:
    """Start the chat for everybody on your network.

    Guests open the address that appears here in any browser; they install nothing.
    """
    config = config_from(context, banner=not quiet)

    # Before anything that uses sockets, threads or locks is imported.
    from gevent import monkey

    monkey.patch_all()

    from lanchat.cli.diagnostics import set_up_logging
    from lanchat.cli.precautions import risks
    from lanchat.net.addresses import find_addresses
    from lanchat.server import Server

    set_up_logging(quiet=quiet, verbose=verbose)
    if file := file_of(context):
        logging.getLogger(__name__).info("settings are read from %s", file)
    server = Server(config)
    if not quiet:
        _show_banner(server, color, show_qr)
    for risk in risks(config, find_addresses(), file_with_secrets(context)):
        logging.getLogger(__name__).warning("%s", risk)
    if open_browser:
        open_in_browser(config.invitation(server.network.local_url))
    server.run()


def config_from(context: click.Context, *, banner: bool = True) -> ServeConfig:
    """The settings in the options' values; what was not given keeps ServeConfig's default.

    Without a ``banner`` nobody would see a generated access code. Raises SettingRefused, or
    ConfigFileRefused for what the file of settings says.
    """
    params = context.params
    known = {field.name for field in fields(ServeConfig)}
    given = {name: value for name, value in params.items() if name in known and value is not None}
    for name, value in given.items():
        if isinstance(value, Path):
            given[name] = full_path(value)
    if params["no_mdns"]:
        given["mdns_name"] = None
    try:
        given["access_code"] = settle(secret(context, "access-code"), banner=banner)
        given["metrics_token"] = secret(context, "metrics-token")
        return ServeConfig(**given, keep_history=not params["no_history"])
    except SettingRefused as refused:
        file = file_of(context)
        name = refused.setting.replace("-", "_")
        if file is None or context.get_parameter_source(name) is not ParameterSource.DEFAULT_MAP:
            raise
        raise ConfigFileRefused(file, str(refused)) from None


def config_from_environment() -> ServeConfig:
    """The settings of ``LANCHAT_*``, where another program's server runs lanchat.

    Raises SettingRefused, ConfigFileRefused, or click.UsageError for a value of the wrong type.
    """
    with serve.make_context("lanchat serve", []) as context:
        return config_from(context, banner=False)


def open_in_browser(url: str) -> threading.Thread:
    """Open the address in the browser of whoever started the server, without waiting for it."""
    thread = threading.Thread(target=_open, args=[url], daemon=True)
    thread.start()
    return thread


def _open(url: str) -> None:
    # In a process of its own: some browsers block whoever calls them, or talk to the terminal.
    # `python -m webbrowser` would not tell whether it worked.
    program = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
    command = [sys.executable, "-c", program, url]
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        logging.getLogger(__name__).warning("no browser could be started for %s", url)


def _show_banner(server: Server, color: ColorChoice, show_qr: bool | None) -> None:
    """Now, and a line more for each thing that changes later."""
    from lanchat.cli.banner import Banner
    from lanchat.cli.reminder import remind
    from lanchat.terminal import console, is_screen

    config, network = server.config, server.network
    banner = Banner(
        config,
        network,
        config.lang or from_locale(os.environ),
        host_link=server.host_link,
        authority=server.authority,
        show_qr=show_qr,
    )
    screen = console(color, stderr=True)
    watched = is_screen(stderr=True)

    def show(part: Callable[[Console], None]) -> None:
        # A terminal that is gone is no reason not to serve.
        with suppress(OSError, ValueError):
            part(screen)

    show(banner.show if watched else banner.show_plain)
    network.on_name(lambda: show(banner.show_name))
    if not config.trust_proxy:  # the proxy is where it was
        network.on_change(lambda: show(banner.show_move if watched else banner.show_plain_move))
        remind(network, config.log_file, lambda: show(banner.show_doctor))
