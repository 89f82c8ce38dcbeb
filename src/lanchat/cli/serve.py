"""``lanchat serve``: its options, and what happens in which order."""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

# Nothing heavy up here: `serve` patches the standard library for gevent before that.
from lanchat.cli.commands import Command
from lanchat.cli.config_file import file_of, file_with_secrets, naming_sources
from lanchat.cli.options import (
    color_option,
    config_option,
    data_dir_option,
    database_option,
    duration,
    log_file_option,
    option,
    size,
)
from lanchat.cli.serve_config import config_from
from lanchat.config import DEFAULT_PORT, ServeConfig
from lanchat.errors import PortTaken
from lanchat.i18n import LANGUAGES

if TYPE_CHECKING:
    from lanchat.terminal import ColorChoice

_log = logging.getLogger(__name__)

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


GROUPS = {
    "Room": ["name", "lang", "history", "grace", "edit_time", "rooms", "private"],
    "Address": [
        *("host", "port", "reuse_port", "interface", "advertise", "mdns_name", "no_mdns"),
        *("allow_hosts", "trust_proxy", "sticky"),
    ],
    "Safety": [
        *("access_code", "access_code_file", "tls", "tls_cert", "tls_key"),
        *("rate", "max_per_ip", "max_clients", "no_inspect"),
    ],
    "Storage": [
        *("data_dir", "log_file", "database", "no_history", "retention", "retention_messages"),
        *("files_dir", "max_file_size", "file_quota", "file_quota_person", "no_files"),
    ],
    "Programs": [
        *("metrics", "metrics_token", "metrics_token_file"),
        *("hooks", "hook_secret", "hook_secret_file"),
    ],
    "Output": ["trace", "show_qr", "open_browser", "quiet", "verbose", "color"],
}
"""What the options stand under in the help; those that are left stand at its end."""


@click.command(
    cls=Command,
    groups=GROUPS,
    retired={"-o": "--open"},
    examples=[
        ('lanchat serve --name "Room 12" --access-code auto', "Let those in who know the code"),
        ("lanchat serve --retention 30d --max-file-size 20MB", "Keep a month, and small files"),
        ("lanchat serve --port 9000 --data-dir room13", "A second room on this computer"),
    ],
    epilog="Each option can be set by its variable or in a file of settings, too: `lanchat config"
    " show` has what holds, and `lanchat help` all commands.",
)
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
@database_option
@option(
    "--files-dir",
    type=FOLDER,
    show_default="in --data-dir; with --database there are none",
    help="With --database, keep pictures and files in this folder, which all servers share.",
)
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
    help="Let browsers address this server by this name, too, without http:// and port; can be "
    "given several times.",
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
    "--reuse-port",
    is_flag=True,
    help="Let further processes with the same --database listen on the same port (Linux).",
)
@option(
    "--sticky",
    is_flag=True,
    help="With --database, take clients without WebSocket, too: only where the proxy leads each "
    "of them to the same server every time.",
)
@option(
    "--grace",
    type=float,
    default=10,
    metavar="SECONDS",
    help="How long a reload or a sleeping phone may be away before it counts as having left.",
)
@option(
    "--edit-time",
    type=float,
    default=900,
    metavar="SECONDS",
    help="How long people may edit what they have said; 0 lets nobody edit.",
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
    help="How many messages a second one person may send, and four times as many at once; six "
    "times as many may come from one address, twenty times in all; 0 sets no limit.",
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
    "--max-file-size",
    type=size,
    default="100 MB",
    metavar="SIZE",
    help="How large a picture or file may be: 500KB, 100MB, 1.5GB.",
)
@option(
    "--file-quota",
    type=size,
    default="2 GB",
    metavar="SIZE",
    help="How much room all files together may have.",
)
@option(
    "--file-quota-person",
    type=size,
    default="500 MB",
    metavar="SIZE",
    help="How much one person may send within a day.",
)
@option("--no-files", is_flag=True, help="Let nobody send pictures or files.")
@option(
    "--rooms",
    type=click.Choice(["hosts", "all"]),
    metavar="[hosts|all]",
    default="hosts",
    help="Who may open further rooms beside the one that everybody is in.",
)
@option(
    "--private",
    type=click.Choice(["off", "hosts", "all"]),
    metavar="[off|hosts|all]",
    default="hosts",
    help="Between whom there are private rooms for two: hosts and anybody, or all; hosts can say "
    "otherwise by /private. With off there are none.",
)
@option(
    "--no-inspect",
    is_flag=True,
    help="Let nobody look at the frames of their own connections, as people who learn about "
    "networks do.",
)
@option(
    "--trace",
    type=FILE,
    show_default="none",
    help="Write the frames of connections that hosts open into this file for Wireshark, while they "
    "go on, up to 100 MB.",
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
@option("--metrics-token-file", type=FILE, help="Read the token from this file's first line.")
@option(
    "--hook",
    "hooks",
    metavar="URL",
    multiple=True,
    show_default="none",
    help="Tell the program at this address, and no other, what is said in the main room; may be "
    "given more than once, and takes a secret to sign it.",
)
@option(
    "--hook-secret",
    metavar="SECRET",
    secret=True,
    show_default="none",
    help="What it is signed with: docs/programs.md says how.",
)
@option("--hook-secret-file", type=FILE, help="Read the secret from this file's first line.")
@option(
    "--qr/--no-qr",
    "show_qr",
    default=None,
    show_default="where the terminal has room for it",
    help="Show the address as a QR code, too, for the cameras of phones.",
)
@option("--open", "open_browser", is_flag=True, help="Open the chat in your browser.")
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

    # What a start makes stays: to look for garbage in it again and again takes a tenth of the time.
    gc.disable()
    _patch()

    from lanchat.cli import startup
    from lanchat.doctor.port_check import find_holder
    from lanchat.net.addresses import find_addresses
    from lanchat.server import Server
    from lanchat.terminal import is_screen

    startup.set_up_logging(quiet=quiet, verbose=verbose)
    if file := file_of(context):
        _log.info("settings are read from %s", file)
    try:
        with naming_sources(context):
            server = Server(config)
    except PortTaken as taken:
        raise PortTaken(taken.port, shared=taken.shared, holder=find_holder(taken.port)) from None
    if not quiet:
        startup.show_banner(server, color, show_qr)
    for risk in startup.risks(config, find_addresses(), file_with_secrets(context)):
        _log.warning("%s", risk)
    if open_browser:
        startup.open_in_browser(config.invitation(server.network.local_url))
    # Nor is it looked for there later, and in what comes after 10,000 new objects instead of 700: a
    # tenth of the processor time of those who come in.
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()
    server.run()
    if is_screen(stderr=True):
        click.echo(err=True)  # it shows ^C on this line


def _patch() -> None:
    """Let gevent take the place of what blocks.

    That is before anything is imported that uses sockets, threads or locks.
    """
    from importlib import metadata

    from gevent import monkey

    # For each module gevent looks for plugins, and reads about all installed packages for that: two
    # dozen times, as long as Flask takes. It is answered out of what was read once.
    read = metadata.entry_points
    metadata.entry_points = read().select
    try:
        monkey.patch_all()
    finally:
        metadata.entry_points = read


def config_from_environment() -> ServeConfig:
    """The settings of ``LANCHAT_*``, where another program's server runs lanchat.

    Raises SettingRefused, ConfigFileRefused, or click.UsageError for a value of the wrong type.
    """
    with serve.make_context("lanchat serve", []) as context:
        return config_from(context, banner=False)
