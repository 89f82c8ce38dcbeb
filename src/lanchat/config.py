"""The settings of a server: one frozen object, filled at the CLI's edge and passed down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from platformdirs import user_config_path, user_data_path, user_log_path

from lanchat.errors import SettingRefused

DEFAULT_PORT = 8765
PORTS_TO_TRY = 20
HIGHEST_PORT = 65_535
MAX_HISTORY = 10_000
MAX_GRACE = 3_600.0
MAX_RATE = 1_000
MAX_RETENTION = 100 * 365 * 86_400.0
MAX_CONNECTIONS = 1_000_000
NAME_LIMIT = 60
CODE_LIMIT = 128
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,128}")
MDNS_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,60}(?<!-)")


def default_data_dir() -> Path:
    """Where messages and the session secret lie unless told otherwise."""
    return user_data_path("lanchat", appauthor=False)


def default_log_file() -> Path:
    """Where the connection log lies unless told otherwise."""
    return user_log_path("lanchat", appauthor=False) / "connections.log"


def default_config_file() -> Path:
    """Where settings are looked for unless a file is named."""
    return user_config_path("lanchat", appauthor=False) / "config.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServeConfig:
    """What `lanchat serve` was asked for.

    ``host`` None is every interface; ``port`` None is 8765 or the next free one, 0 any free
    one; ``retention`` (seconds) and ``retention_messages`` None keep messages for ever; ``lang``
    None follows the visitor; ``mdns_name`` None announces nothing; ``grace`` is in seconds;
    ``rate`` is in messages a second; ``max_per_ip`` and ``max_clients`` count connections; 0 is
    no limit for each of the three; ``tls`` without ``tls_cert`` is a certificate of our own, and
    ``tls_key`` None lies in the file of ``tls_cert``; without a ``metrics_token`` this computer
    alone is told the ``metrics``.
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
    rate: int = 5
    max_per_ip: int = 50
    max_clients: int = 1_000
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

    def __post_init__(self) -> None:
        if self.tls_key is not None and self.tls_cert is None:
            hint = "give the certificate that it belongs to, too: --tls-cert"
            raise SettingRefused("tls-key", str(self.tls_key), hint)
        if self.encrypted and self.trust_proxy:
            raise SettingRefused("tls", "on", "with --trust-proxy it is the proxy that encrypts")
        if self.port is not None and not 0 <= self.port <= HIGHEST_PORT:
            raise SettingRefused("port", self.port, f"a port lies between 0 and {HIGHEST_PORT}")
        if not 0 <= self.history <= MAX_HISTORY:
            raise SettingRefused("history", self.history, f"choose 0 to {MAX_HISTORY} messages")
        if self.retention is not None and not 1 <= self.retention <= MAX_RETENTION:
            raise SettingRefused("retention", self.retention, "choose 1 second to 100 years")
        if self.retention_messages is not None and self.retention_messages < 1:
            hint = "choose at least 1 message; --no-history keeps nothing on disk"
            raise SettingRefused("retention-messages", self.retention_messages, hint)
        if not 0 <= self.grace <= MAX_GRACE:
            raise SettingRefused("grace", self.grace, f"choose 0 to {MAX_GRACE:.0f} seconds")
        if not 0 <= self.rate <= MAX_RATE:
            raise SettingRefused("rate", self.rate, f"choose 0 to {MAX_RATE} messages a second")
        for option, limit in (("max-per-ip", self.max_per_ip), ("max-clients", self.max_clients)):
            if not 0 <= limit <= MAX_CONNECTIONS:
                hint = f"choose 0 to {MAX_CONNECTIONS} connections"
                raise SettingRefused(option, limit, hint)
        if not self.name.strip() or len(self.name) > NAME_LIMIT or not self.name.isprintable():
            hint = f"choose 1 to {NAME_LIMIT} printable characters"
            raise SettingRefused("name", self.name, hint)
        if self.mdns_name is not None and not MDNS_NAME.fullmatch(self.mdns_name):
            hint = "choose up to 60 of the letters a to z, digits and hyphens, without .local"
            raise SettingRefused("mdns-name", self.mdns_name, hint)
        self._check_secrets()

    def _check_secrets(self) -> None:
        code = self.access_code
        if code is not None and (
            not code.strip() or len(code) > CODE_LIMIT or not code.isprintable()
        ):
            hint = f"choose 1 to {CODE_LIMIT} printable characters"
            raise SettingRefused("access-code", code, hint)
        if self.metrics_token is not None and not TOKEN.fullmatch(self.metrics_token):
            hint = "choose 16 to 128 letters, digits and any of . _ ~ + / = -"
            raise SettingRefused("metrics-token", "that", hint)
        if self.metrics_token is not None and not self.metrics:
            raise SettingRefused("metrics-token", "alone", "it is for --metrics; give that, too")

    @property
    def encrypted(self) -> bool:
        """Whether guests connect by https."""
        return self.tls or self.tls_cert is not None

    def invitation(self, url: str) -> str:
        """The address to share: the access code goes along where no request ever carries it."""
        if self.access_code is None:
            return url
        return f"{url}/#code={quote(self.access_code, safe='')}"
