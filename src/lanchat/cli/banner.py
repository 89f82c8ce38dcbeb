"""What `lanchat serve` says when it is ready: where to chat, and how to look after it."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from lanchat import qr
from lanchat.cli.program import program
from lanchat.config import DEFAULT_PORT, ServeConfig, default_log_file
from lanchat.database_url import without_password
from lanchat.errors import NoHome
from lanchat.i18n import translate
from lanchat.net.network import Network
from lanchat.terminal import ACCENT, printable

_ADDRESS = f"bold {ACCENT}"
_REMARK = "yellow"
_GAP = "  "
_INDENT = " " * 6


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
        rule = _rule(console, printable(self._config.name))
        above: list[Text | Rule] = [Text(), rule, Text(), *self._address()]
        below = [*self._below(console)]
        beside: list[Text | Rule] = [rule, *self._beside(console), _rule(console)]
        url = f"{_INDENT}{self._invite_url()}"
        whole = any(line.plain.startswith(url) for line in beside if isinstance(line, Text))
        if self._wants_code(console, above, below) or not (whole and self._fits(console, beside)):
            self._show(console, above, below)
        else:
            _print(console, beside)

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
        code: list[Text] = []
        if self._wants_code(console, above, below):
            code = self._code(console)
        elif self._show_qr is None and self._can_show(console):
            code = [Text(f"  {self._say('qr')}", "dim"), Text()]
        _print(console, [*above, *code, *below])

    def _beside(self, console: Console) -> Iterator[Text]:
        """The code with what fits beside it, then the other facts: as low as can be."""
        code = self._code(console)[:-1]
        room = console.width - code[0].cell_len - len(_GAP)
        left = [*self._address()]
        for remark in self._remarks():
            left += [Text(f"  {remark}", _REMARK), Text()]
        left = [line for text in left for line in _folded(console, text, room)]
        facts = self._columns()
        short = [fact for fact in facts if fact.cell_len <= room and fact.plain[2] != " "]
        short = [fact for fact in short if not _goes_on(facts, fact)][: len(code) - len(left)]
        for text, line in zip_longest([*left, *short], code):
            beside = text or Text()
            gap = " " * (room - beside.cell_len) + _GAP
            yield beside if line is None else Text.assemble(beside, gap, line)
        yield from (fact for fact in facts if fact not in short)

    def _show_line(self, console: Console, label: str, url: str) -> None:
        _unbroken(console, Text.assemble((f"{label}:", "dim"), " ", (url, _ADDRESS)))

    def _address(self) -> Iterator[Text]:
        yield Text(f"  {self._invitation()}")
        yield Text()
        # Alone on its line and outside of every box: a triple click selects it and nothing else.
        yield Text(f"{_INDENT}{self._invite_url()}", _ADDRESS)
        yield Text()

    def _below(self, console: Console) -> Iterator[Text | Rule]:
        for remark in self._remarks():
            yield Text(f"  {remark}", _REMARK)
            yield Text()
        yield from self._columns()
        yield Text()
        yield _rule(console)

    def _columns(self) -> list[Text]:
        """The facts, one below the other."""
        facts = list(self._facts())
        width = max(cell_len(label) for label, _ in facts)
        lines, shown = [], ""
        for label, value in facts:
            column = "" if label == shown else label
            padding = " " * (width - cell_len(column))
            lines.append(Text.assemble("  ", (column, "dim"), padding, "  ", value))
            shown = label
        return lines

    def _wants_code(
        self, console: Console, above: Sequence[Text | Rule], below: Sequence[Text | Rule]
    ) -> bool:
        """Whether a QR code comes between them: as asked for, or where it is seen at once."""
        if self._show_qr is not None:
            return self._show_qr
        return self._fits(console, [*above, *self._code(console), *below])

    def _fits(self, console: Console, lines: Sequence[Text | Rule]) -> bool:
        """Whether the lines with the QR code are seen at once, the code in its own colours."""
        if self._show_qr is not None or not self._can_show(console):
            return False
        # One line is the cursor's; a code that is cut cannot be read.
        wide = max(line.cell_len for line in self._code(console))
        return len(lines) < console.height and wide < console.width

    def _can_show(self, console: Console) -> bool:
        """Whether a code is of use, and has its colours."""
        has_colors = not console.options.ascii_only and console.color_system is not None
        return self._network.shared and has_colors

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
                return f"{program()} {words}"
        return f"{program()} {words} {option}{printable(shlex.quote(str(log_file)))}"

    def _say(self, key: str, **params: object) -> str:
        return translate(self._lang, f"banner.{key}", **params)


def _folded(console: Console, text: Text, width: int) -> Iterator[Text]:
    """The text, between its words where it is too wide."""
    if text.cell_len <= width:
        yield text
        return
    for line in Text(text.plain.strip(), text.style).wrap(console, width - 2):
        yield Text.assemble("  ", line)


def _goes_on(facts: Sequence[Text], fact: Text) -> bool:
    """Whether the line after it has no label of its own, as with a second address."""
    after = facts[facts.index(fact) + 1 :][:1]
    return any(line.plain.startswith("   ") for line in after)


def _print(console: Console, lines: Sequence[Text | Rule]) -> None:
    for line in lines:
        _unbroken(console, line)


def _rule(console: Console, title: str = "") -> Rule:
    characters = "-" if console.options.ascii_only else "─"
    return Rule(Text(title, style="bold"), align="left", style=ACCENT, characters=characters)


def _unbroken(console: Console, line: Text | Rule) -> None:
    # A wrapped or cropped address or path cannot be copied.
    console.print(line, no_wrap=True, overflow="ignore", crop=False)
