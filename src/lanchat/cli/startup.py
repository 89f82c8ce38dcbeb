"""What whoever starts a server gets to see: log lines, the banner, risks, a browser, a reminder."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from lanchat.cli.banner import Banner
from lanchat.cli.program import typed
from lanchat.config import ServeConfig, spared
from lanchat.doctor.guests import read_diary
from lanchat.i18n import from_locale
from lanchat.net.addresses import Address
from lanchat.net.network import ANY_ADDRESS, Network
from lanchat.terminal import ColorChoice, console, is_screen, printable

if TYPE_CHECKING:
    from lanchat.server import Server

_log = logging.getLogger(__name__)

STOCK_LOG = "lanchat.live.stack.stock"
"""The logger of the libraries below lanchat: each packet, for those who want everything."""

LEVELS = (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)
"""From ``-q``, by way of no option, to ``-v`` and ``-vv``."""

REMINDER_DELAY = 60.0
"""Seconds that guests have to type the address."""


class OneLine(logging.Formatter):
    """``lanchat: warning: what happened``; a traceback follows only where everything is wanted.

    What comes from guests cannot paint the terminal, nor pass for a second line.
    """

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__()
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        line = f"lanchat: {record.levelname.lower()}: {printable(typed(record.getMessage()))}"
        if not record.exc_info:
            return line
        error = record.exc_info[1]
        line += f": {type(error).__name__}: {printable(str(error))}"
        return f"{line}\n{self.formatException(record.exc_info)}" if self._tracebacks else line


def set_up_logging(*, quiet: bool, verbose: int) -> None:
    """Let the ``logging`` module write to stderr as much as ``-q`` and ``-v`` ask for."""
    level = LEVELS[0] if quiet else LEVELS[min(1 + verbose, len(LEVELS) - 1)]
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(tracebacks=level == logging.DEBUG))
    logging.basicConfig(level=level, handlers=[handler])
    if level == logging.DEBUG:
        logging.getLogger(STOCK_LOG).setLevel(level)


def show_banner(server: Server, color: ColorChoice, show_qr: bool | None) -> None:
    """Show where to chat: now, and by a line more for each thing that changes later."""
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


def remind(
    network: Network, log_file: Path, say: Callable[[], None], delay: float = REMINDER_DELAY
) -> threading.Timer:
    """Say it once, after the delay, where the log knows of nobody from another device by then."""

    def look() -> None:
        diary = read_diary(log_file, network.own_hosts())
        if network.shared and not diary.unreadable and diary.visitor is None:
            say()

    timer = threading.Timer(delay, look)
    timer.daemon = True
    timer.start()
    return timer


def risks(
    config: ServeConfig, addresses: Sequence[Address], secrets: Path | None = None
) -> Iterator[str]:
    """What whoever starts this server should know.

    ``addresses`` are all that this machine has; the data directory is there already. ``secrets``
    is the file of settings, where there are secrets in it.
    """
    if hasattr(os, "geteuid"):  # Windows has other users and other permissions
        if os.geteuid() == 0:
            yield (
                "lanchat runs as root: a hole in it would open all of this computer, "
                "and the rights of an ordinary user are enough"
            )
        if config.data_dir.stat().st_mode & stat.S_IWOTH:
            yield (
                "everybody with an account on this computer can change the messages; "
                f"forbid it with: chmod o-w {config.data_dir}"
            )
        if secrets is not None and secrets.stat().st_mode & stat.S_IROTH:
            yield (
                "everybody with an account on this computer can read the secrets in "
                f"{secrets}; forbid it with: chmod o-r {secrets}"
            )
    if config.files and config.database is not None and config.files_dir is None:
        yield (
            "nobody can send files: with --database they need a folder that all servers share; "
            "name it with --files-dir"
        )
    if config.takes_files:
        total, _, free = shutil.disk_usage(config.files_dir or config.data_dir)
        if free < spared(total):
            option = "--data-dir" if config.files_dir is None else "--files-dir"
            yield (
                f"nobody can send files: {free / 10**9:.1f} GB of the disk are free, and the last "
                f"{spared(total) / 10**9:.1f} GB are for messages; another {option} may have more"
            )
    public = [str(address.ip) for address in addresses if _is_public(address, config.host)]
    if public and config.access_code is None:
        yield (
            f"{public[0]} is a public address: unless a firewall keeps the internet out, anybody "
            "can join; --access-code asks guests for a code"
        )


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
        _log.warning("no browser could be started for %s", url)


def _is_public(address: Address, host: str | None) -> bool:
    """Whether the server listens on the address, and the internet may reach it there."""
    everywhere = host in ANY_ADDRESS and (host != "0.0.0.0" or address.ip.version == 4)  # noqa: PLR2004
    return address.kind == "public" and (everywhere or str(address.ip) == host)
