"""The settings of a server: one frozen object, filled at the CLI's edge and passed down."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from platformdirs import user_config_path, user_data_path, user_log_path

from lanchat import database_url
from lanchat.errors import NoHome, SettingRefused

DEFAULT_PORT = 8765
PORTS_TO_TRY = 20
NAME_LIMIT = 60
CODE_LIMIT = 128
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,128}")
MDNS_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,60}(?<!-)")
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*\.?")
RANGES: dict[str, tuple[float, float, str]] = {
    "port": (0, 65_535, "a port lies between 0 and 65535"),
    "history": (0, 10_000, "choose 0 to 10000 messages"),
    "retention": (1, 100 * 365 * 86_400, "choose 1 second to 100 years"),
    "retention_messages": (
        1,
        math.inf,
        "choose at least 1 message; --no-history keeps nothing on disk",
    ),
    "grace": (0, 3_600, "choose 0 to 3600 seconds"),
    "rate": (0, 1_000, "choose 0 to 1000 messages a second"),
    "edit_time": (0, 365 * 86_400, "choose 0 seconds to one year"),
    "max_per_ip": (0, 1_000_000, "choose 0 to 1000000 connections"),
    "max_clients": (0, 1_000_000, "choose 0 to 1000000 connections"),
    "max_file_size": (1, 10**12, "choose 1B to 1TB; --no-files takes none"),
    "file_quota": (1, 10**15, "choose 1B to 1000TB; --no-files takes none"),
    "file_quota_person": (1, 10**15, "choose 1B to 1000TB; --no-files takes none"),
}
"""By field: the least value, the highest one, and what to say of all others."""

_SPARED = 500_000_000
_SPARED_SHARE = 20
"""Of a disk so many bytes, and the twentieth part of it, are for messages alone."""


def default_data_dir() -> Path:
    """Where messages and the session secret lie unless told otherwise. Raises NoHome."""
    return _usual(user_data_path, "--data-dir")


def default_log_file(data_dir: Path | None = None) -> Path:
    """Where the connection log lies unless told otherwise. Raises NoHome.

    A data directory of its own has it, so that two rooms on one computer do not share one.
    """
    if data_dir is not None and not _is_usual(data_dir):
        return data_dir / "connections.log"
    return _usual(user_log_path, "--log-file") / "connections.log"


def default_config_file() -> Path:
    """Where settings are looked for unless a file is named. Raises NoHome."""
    return _usual(user_config_path, "--config") / "config.toml"


def _is_usual(data_dir: Path) -> bool:
    try:
        return data_dir == default_data_dir()
    except NoHome:
        return False


def _usual(folder: Callable[..., Path], what: str) -> Path:
    try:
        path = folder("lanchat", appauthor=False)
    except RuntimeError:  # neither HOME nor an entry among the system's users
        raise NoHome(what) from None
    if not path.is_absolute():
        raise NoHome(what)
    return path


def spared(total: int) -> int:
    """How many bytes of a disk of so many are for messages alone: files leave them free."""
    return max(_SPARED, total // _SPARED_SHARE)


def full_path(path: Path, folder: Path | None = None) -> Path:
    """The path from the root on; a relative one begins in the ``folder``, or where we are.

    A leading ``~``, which no shell has seen, is the home folder. Raises NoHome.
    """
    try:
        path = path.expanduser()
    except RuntimeError:
        if path.parts[0] == "~":
            raise NoHome(str(path)) from None
        # Nobody here has that name: the ~ is part of it.
    return (path if folder is None else folder / path).absolute()


@dataclass(frozen=True, kw_only=True, slots=True)
class ServeConfig:
    """What `lanchat serve` was asked for.

    ``host`` None is every interface; ``port`` None is 8765 or the next free one, 0 any free
    one; ``allow_hosts`` become what browsers write; ``retention`` (seconds) and
    ``retention_messages`` None keep messages for ever; ``lang`` None follows the visitor;
    ``mdns_name`` None announces nothing; ``grace`` and ``edit_time`` are in seconds; ``rate`` is
    in messages a second; ``max_per_ip`` and ``max_clients`` count connections; 0 is no limit for
    each of the three; ``max_file_size``, ``file_quota`` (all files together) and
    ``file_quota_person`` (what one person sends within a day) are in bytes; ``tls`` without
    ``tls_cert`` is a certificate of our own, and ``tls_key`` None lies in the file of
    ``tls_cert``; without a ``metrics_token`` this computer alone is told the ``metrics``;
    ``hooks`` are addresses that are told what is said, signed by ``hook_secret``;
    ``database`` None keeps messages in ``data_dir``, else it is the address of the one that several
    servers share, and ``files_dir`` the folder that they need for files; ``reuse_port`` lets
    several of them listen on one port, and ``sticky`` says that whatever is in front of them leads
    a client to the same one each time; ``rooms`` is who may open some, ``private`` between whom
    there are some for two; ``inspect`` lets people look at the bytes of their own connections,
    and ``trace`` is a file that has those of hosts.
    Raises SettingRefused.
    """

    host: str | None = None
    port: int | None = None
    name: str = "lanchat"
    data_dir: Path = field(default_factory=default_data_dir)
    log_file: Path = field(default_factory=default_log_file)
    history: int = 200
    keep_history: bool = True
    retention: float | None = None
    retention_messages: int | None = None
    grace: float = 10.0
    edit_time: float = 900.0
    rate: int = 5
    max_per_ip: int = 50
    max_clients: int = 1_000
    files: bool = True
    max_file_size: int = 100_000_000
    file_quota: int = 2_000_000_000
    file_quota_person: int = 500_000_000
    rooms: Literal["hosts", "all"] = "hosts"
    private: Literal["off", "hosts", "all"] = "hosts"
    inspect: bool = True
    trace: Path | None = None
    access_code: str | None = field(default=None, repr=False)
    lang: str | None = None
    interface: str | None = None
    advertise: str | None = None
    mdns_name: str | None = "lanchat"
    allow_hosts: tuple[str, ...] = ()
    trust_proxy: bool = False
    tls: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    metrics: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    hooks: tuple[str, ...] = field(default=(), repr=False)
    hook_secret: str | None = field(default=None, repr=False)
    database: str | None = field(default=None, repr=False)
    files_dir: Path | None = None
    reuse_port: bool = False
    sticky: bool = False

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_names()
        self._check_secrets()
        self._check_hooks()
        self._check_encryption()
        self._check_database()
        self._check_trace()

    def _check_numbers(self) -> None:
        for name, (least, most, hint) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise SettingRefused(name.replace("_", "-"), value, hint)

    def _check_names(self) -> None:
        if not _is_shown(self.name, NAME_LIMIT):
            hint = f"choose 1 to {NAME_LIMIT} printable characters"
            raise SettingRefused("name", self.name, hint)
        if self.mdns_name is not None and not MDNS_NAME.fullmatch(self.mdns_name):
            hint = "choose up to 60 of the letters a to z, digits and hyphens, without .local"
            raise SettingRefused("mdns-name", self.mdns_name, hint)
        allowed = tuple(plain_host("allow-host", host).rstrip(".") for host in self.allow_hosts)
        object.__setattr__(self, "allow_hosts", allowed)

    def _check_secrets(self) -> None:
        if self.access_code is not None and not _is_shown(self.access_code, CODE_LIMIT):
            hint = f"choose 1 to {CODE_LIMIT} printable characters"
            raise SettingRefused("access-code", self.access_code, hint)
        if self.metrics_token is not None and not TOKEN.fullmatch(self.metrics_token):
            hint = "choose 16 to 128 letters, digits and any of . _ ~ + / = -"
            raise SettingRefused("metrics-token", "that", hint)
        if self.metrics_token is not None and not self.metrics:
            raise SettingRefused("metrics-token", "alone", "it is for --metrics; give that, too")

    def _check_hooks(self) -> None:
        for url in self.hooks:
            if not _is_http(url):
                # It is not shown: many such addresses hold a secret.
                hint = "give a whole address such as https://ci.example.org/chat"
                raise SettingRefused("hook", "that", hint)
        if self.hooks and not TOKEN.fullmatch(self.hook_secret or ""):
            hint = "with --hook choose 16 to 128 letters, digits and any of . _ ~ + / = -"
            raise SettingRefused("hook-secret", "that" if self.hook_secret else "none", hint)
        if self.hook_secret is not None and not self.hooks:
            raise SettingRefused("hook-secret", "alone", "it is for --hook; give that, too")

    def _check_encryption(self) -> None:
        if self.tls_key is not None and self.tls_cert is None:
            hint = "give the certificate that it belongs to, too: --tls-cert"
            raise SettingRefused("tls-key", str(self.tls_key), hint)
        if self.encrypted and self.trust_proxy:
            raise SettingRefused("tls", "on", "with --trust-proxy it is the proxy that encrypts")

    def _check_database(self) -> None:
        if self.database is None:
            for name, what in (
                ("reuse-port", "several processes are one chat by a database that they share"),
                ("sticky", "one server knows all its clients"),
            ):
                if getattr(self, name.replace("-", "_")):
                    raise SettingRefused(name, "on", f"{what}; it is for --database")
            if self.files_dir is not None:
                hint = "it is for --database; without one, files are kept in --data-dir"
                raise SettingRefused("files-dir", str(self.files_dir), hint)
            return
        database_url.check("database", self.database)
        if not self.keep_history:
            hint = "with --database messages are kept there; leave one of the two out"
            raise SettingRefused("no-history", "on", hint)
        if self.reuse_port and sys.platform != "linux":
            hint = "Linux alone shares a port's connections out; give each process its own --port"
            raise SettingRefused("reuse-port", "on", hint)

    def _check_trace(self) -> None:
        if self.trace is not None and not self.inspect:
            hint = "with --no-inspect nobody's connections are looked at; leave one of the two out"
            raise SettingRefused("trace", str(self.trace), hint)
        if str(self.trace) == "-":
            hint = "what is printed is for people; give the name of a file"
            raise SettingRefused("trace", "-", hint)

    @property
    def takes_files(self) -> bool:
        """Whether people can send files: they need a folder that all servers have."""
        has_folder = self.database is None or self.files_dir is not None
        return self.files and self.keep_history and has_folder

    @property
    def polls(self) -> bool:
        """Whether clients may poll: each request of one has to reach the same server."""
        return self.database is None or self.sticky

    @property
    def encrypted(self) -> bool:
        """Whether guests connect by https."""
        return self.tls or self.tls_cert is not None

    def invitation(self, url: str) -> str:
        """The address to share: the access code goes along where no request ever carries it."""
        if self.access_code is None:
            return url
        return f"{url.rstrip('/')}/#code={quote(self.access_code, safe='')}"


def plain_host(setting: str, text: str) -> str:
    """An IP address or host name, as browsers write it in an origin but without brackets.

    Raises SettingRefused, naming the setting.
    """
    hint = "give an IP address or a host name, without http:// and port"
    try:
        ip = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        pass
    else:
        if ip.is_unspecified:
            raise SettingRefused(setting, text, hint)
        return str(ip)
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise SettingRefused(setting, text, hint) from None
    # A name that ends in a number is read as an IPv4 address by browsers, and a wrong one.
    if not HOST_NAME.fullmatch(name) or name.rstrip(".").rpartition(".")[2].isdigit():
        raise SettingRefused(setting, text, hint)
    return name


def _is_http(url: str) -> bool:
    """Whether it is an address that can be asked for, without a user's name in it."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        return False
    return known and bool(parts.hostname) and "@" not in parts.netloc and url.isascii()


def _is_shown(text: str, limit: int) -> bool:
    """Whether people can read and type all of the text."""
    return bool(text.strip()) and len(text) <= limit and text.isprintable()
