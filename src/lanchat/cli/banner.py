"""What `lanchat serve` says when it is ready: where to chat, and how to look after it."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress

from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from lanchat import qr
from lanchat.config import DEFAULT_PORT, ServeConfig, default_log_file
from lanchat.database_url import without_password
from lanchat.errors import NoHome
from lanchat.i18n import translate
from lanchat.net.network import Network
from lanchat.terminal import ACCENT, printable

_ADDRESS = f"bold {ACCENT}"
_REMARK = "yellow"


class Banner:
    """The banner of one server in one language; ``lang`` is one of i18n.LANGUAGES.

    ``host_link`` is for who runs it alone, ``authority`` (DER) for guests to install.
    ``show_qr`` None shows the QR code where it can be scanned without scrolling.
    """

    def __init__(
        self,
        config: ServeConfig,
        network: Network,
        lang: str,
        *,
        host_link: str,
        authority: bytes | None = None,
        show_qr: bool | None = None,
    ) -> None:
        self._config = config
        self._network = network
        self._lang = lang
        self._host_link = host_link
        self._authority = authority
        self._show_qr = show_qr

    def show(self, console: Console) -> None:
        """For a person in front of a terminal."""
        title: list[Text | Rule] = [Text(), _rule(console, printable(self._config.name))]
        title += [Text()]
        self._show(console, [*title, *self._address()], [*self._below(console)])

    def show_plain(self, console: Console) -> None:
        """For a journal or a pipe: a line each, the first one with the address to share.

        The styles show where somebody has asked for colours, as a terminal alone has them else.
        """
        self._show_line(console, self._say("listening"), self._invite_url())
        for remark in self._remarks():
            _unbroken(console, Text(remark, _REMARK))
        room = (self._say("room"), printable(self._config.name))
        for label, value in [room, *self._facts()]:
            _unbroken(console, Text.assemble((f"{label}:", "dim"), " ", value))
        for line in self._code(console) if self._show_qr else []:
            _unbroken(console, line)

    def show_move(self, console: Console) -> None:
        """The computer is in another network now: the new address, as the banner shows it."""
        moved = [Text(), Text(f"  {self._say('moved')}", _REMARK), Text()]
        self._show(console, [*moved, *self._address()], [])

    def show_plain_move(self, console: Console) -> None:
        """The same for a journal or a pipe."""
        self._show_line(console, self._say("new_address"), self._invite_url())

    def show_name(self, console: Console) -> None:
        """The name that is easier to type, once it is known to be free."""
        self._show_line(console, self._say("also"), self._network.name_url or "")

    def show_doctor(self, console: Console) -> None:
        """Where to find help, while nobody comes."""
        command = self._command("doctor", "--log-file ")
        _unbroken(console, Text(self._say("nobody", command=command), "dim"))

    def _show(
        self, console: Console, above: Sequence[Text | Rule], below: Sequence[Text | Rule]
    ) -> None:
        wanted = self._show_qr
        if wanted is None:
            wanted = self._scannable(console, len(above) + len(below))
        for line in [*above, *(self._code(console) if wanted else []), *below]:
            _unbroken(console, line)

    def _show_line(self, console: Console, label: str, url: str) -> None:
        _unbroken(console, Text.assemble((f"{label}:", "dim"), " ", (url, _ADDRESS)))

    def _address(self) -> Iterator[Text]:
        yield Text(f"  {self._invitation()}")
        yield Text()
        # Alone on its line and outside of every box: a triple click selects it and nothing else.
        yield Text(f"      {self._invite_url()}", _ADDRESS)
        yield Text()

    def _below(self, console: Console) -> Iterator[Text | Rule]:
        for remark in self._remarks():
            yield Text(f"  {remark}", _REMARK)
            yield Text()
        facts = list(self._facts())
        width = max(cell_len(label) for label, _ in facts)
        shown = ""
        for label, value in facts:
            column = "" if label == shown else label
            padding = " " * (width - cell_len(column))
            yield Text.assemble("  ", (column, "dim"), padding, "  ", value)
            shown = label
        yield Text()
        yield _rule(console)

    def _scannable(self, console: Console, others: int) -> bool:
        """Whether the QR code can be read at once, in its own colours, beside ``others`` lines."""
        if not self._network.shared or console.options.ascii_only or console.color_system is None:
            return False
        code = self._code(console)
        # One line is the cursor's.
        high_enough = others + len(code) < console.height
        return high_enough and max(line.cell_len for line in code) < console.width

    def _code(self, console: Console) -> list[Text]:
        """The QR code and the empty line below it, or why there is none."""
        if console.options.ascii_only:
            return [Text(f"  {self._say('no_qr')}", _REMARK), Text()]
        colors = console.color_system is not None
        lines = qr.lines(self._invite_url(), colors=colors)
        return [*(Text.assemble("  ", line) for line in lines), Text()]

    def _invitation(self) -> str:
        return self._say("share" if self._network.shared else "share_alone")

    def _invite_url(self) -> str:
        return self._config.invitation(self._network.share_url)

    def _remarks(self) -> Iterator[str]:
        if not self._network.shared:
            chosen = self._network.share_url == self._network.local_url and self._config.host
            yield self._say("loopback" if chosen else "no_network")
        if self._config.port is None and self._network.port != DEFAULT_PORT:
            yield self._say("port_moved", wanted=DEFAULT_PORT, port=self._network.port)

    def _facts(self) -> Iterator[tuple[str, str]]:
        config, network = self._config, self._network
        if config.access_code is not None:
            yield self._say("code"), printable(config.access_code)
        for url in network.other_urls:
            here = f"  {self._say('here')}" if url == network.local_url else ""
            yield self._say("also"), url + here
        yield self._say("host_link"), self._host_link
        if self._authority is not None:
            yield self._say("authority"), f"{network.share_url}/lanchat-ca.crt"
            # As phones and browsers show it; whole, it would not fit into 80 columns.
            digest = hashlib.sha256(self._authority).digest()
            for half in (digest[:16], digest[16:]):
                yield "SHA-256", half.hex(":").upper()
        if config.database is not None:
            yield self._say("messages"), printable(without_password(config.database))
        elif config.keep_history:
            yield self._say("messages"), printable(str(config.data_dir))
        else:
            yield self._say("messages"), self._say("memory")
        yield self._say("log"), printable(str(config.log_file))
        yield self._say("read_log"), self._command("log tail -f")
        yield self._say("stop"), "Ctrl+C"

    def _command(self, words: str, option: str = "") -> str:
        """A command that reads the log, which it finds by itself where that lies as usual."""
        log_file = self._config.log_file
        with suppress(NoHome):
            if log_file == default_log_file():
                return f"lanchat {words}"
        return f"lanchat {words} {option}{printable(shlex.quote(str(log_file)))}"

    def _say(self, key: str, **params: object) -> str:
        return translate(self._lang, f"banner.{key}", **params)


def _rule(console: Console, title: str = "") -> Rule:
    characters = "-" if console.options.ascii_only else "─"
    return Rule(Text(title, style="bold"), align="left", style=ACCENT, characters=characters)


def _unbroken(console: Console, line: Text | Rule) -> None:
    # A wrapped or cropped address or path cannot be copied.
    console.print(line, no_wrap=True, overflow="ignore", crop=False)
