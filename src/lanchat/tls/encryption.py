"""The certificate that a running server shows, kept up to date.

The same context serves all connections: what is loaded into it later holds for those that begin
after that.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from lanchat.config import ServeConfig
from lanchat.errors import DataUnusable, SettingRefused
from lanchat.private import write_private
from lanchat.tls import authority
from lanchat.tls.authority import Authority, Network

_log = logging.getLogger(__name__)


class Encryption(Protocol):
    """What a server needs of either kind."""

    context: ssl.SSLContext
    authority: bytes | None
    """The authority that guests can install, as DER, where there is one of ours."""

    def refresh(self) -> None:
        """Show another certificate where this one does not do any more."""


def make_encryption(
    config: ServeConfig, hosts: Callable[[], Collection[str]], networks: Iterable[Network]
) -> Encryption:
    """As the settings ask for. Raises SettingRefused or DataUnusable."""
    if config.tls_cert is not None:
        return GivenEncryption(config.tls_cert, config.tls_key)
    return OwnEncryption(config.data_dir / "tls", hosts, networks)


class OwnEncryption:
    """An authority of our own in ``folder``, and certificates by it for the ``hosts``.

    ``networks`` are those that a new authority may vouch for. Raises DataUnusable.
    """

    def __init__(
        self,
        folder: Path,
        hosts: Callable[[], Collection[str]],
        networks: Iterable[Network],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.context = _context()
        self._hosts = hosts
        self._clock = clock
        self._left_out: set[str] = set()
        self._file = folder / "server.pem"
        kept = folder / "authority.pem"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._authority = _kept_authority(kept, clock()) or _new_authority(
                kept, hosts(), networks, clock()
            )
            self._certificate = _kept_certificate(self._file, self._authority)
            self.refresh()
            self.context.load_cert_chain(self._file)
        except (OSError, ValueError) as error:
            raise DataUnusable(
                folder,
                f"holds no certificate that can be used ({error})",
                "delete it: everything is made anew, and guests install the new authority",
            ) from error
        self.authority: bytes | None = self._authority.certificate.public_bytes(Encoding.DER)

    def refresh(self) -> None:
        """Issue another certificate where an address is missing, or it nears its end."""
        hosts = {host for host in self._hosts() if authority.general_name(host) is not None}
        permitted = {host for host in hosts if self._authority.permits(host)}
        self._complain(hosts - permitted)
        # A clock that is far behind must not make one that has ended for everybody else.
        now = max(self._clock(), self._authority.certificate.not_valid_before_utc)
        shown = self._certificate
        if (
            shown is not None
            and permitted <= authority.names_of(shown)
            and not authority.ends_soon(shown, now)
        ):
            return
        pem = self._authority.issue(permitted, now)
        write_private(self._file, pem)
        self._certificate = x509.load_pem_x509_certificate(pem)
        self.context.load_cert_chain(self._file)

    def _complain(self, hosts: set[str]) -> None:
        for host in sorted(hosts - self._left_out):
            _log.warning(
                "the certificate cannot be for %s, which was not there when its authority was "
                "made; to make a new one, which guests install again, delete %s and start again",
                host,
                self._file.parent,
            )
        self._left_out |= hosts


class GivenEncryption:
    """The host's own certificate and key; ``key`` None is in the same file.

    Files that are replaced later are read again. Raises SettingRefused.
    """

    authority: bytes | None = None

    def __init__(self, certificate: Path, key: Path | None) -> None:
        self.context = _context()
        self._files = (certificate, key)
        self._load()
        self._state = self._look()
        self._complaint = ""

    def refresh(self) -> None:
        """Load what has been renewed on disk, as soon as it can be used."""
        state = self._look()
        if state == self._state:
            return
        try:
            self._load()
        except SettingRefused as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                _log.warning("the renewed certificate is not used: %s", error)
        else:
            self._state, self._complaint = state, ""

    def _load(self) -> None:
        path = self._files[0]
        try:
            certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
        except OSError as error:
            raise _refused("tls-cert", path, error.strerror or str(error)) from error
        except ValueError as error:
            raise _refused("tls-cert", path, "there is no certificate in it (PEM)") from error
        now = datetime.now(timezone.utc)
        if certificate.not_valid_after_utc <= now:
            ended = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
            raise _refused("tls-cert", path, f"it ended on {ended}; renew it")
        if certificate.not_valid_before_utc > now:
            begins = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
            raise _refused("tls-cert", path, f"it begins on {begins}; is the clock right?")
        # First into a context of its own: half of a pair would spoil the one in use.
        for context in (_context(), self.context):
            self._load_into(context)

    def _load_into(self, context: ssl.SSLContext) -> None:
        path, key = self._files
        setting = "tls-key" if key is not None else "tls-cert"
        try:
            # A password would be asked for on the terminal, in front of nobody.
            context.load_cert_chain(path, key, password="")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise _refused(setting, key or path, "it is not the key of --tls-cert") from error
            raise _refused(
                setting, key or path, "there is no key in it that can be read without a password"
            ) from error
        except OSError as error:
            raise _refused(setting, key or path, error.strerror or str(error)) from error

    def _look(self) -> list[tuple[int, int]]:
        """What changes with the files."""
        try:
            found = [path.stat() for path in self._files if path is not None]
        except OSError:
            return []
        return [(each.st_mtime_ns, each.st_ino) for each in found]


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


def _kept_authority(path: Path, now: datetime) -> Authority | None:
    """The one that guests have installed: it is never lost to a clock that was wrong for a while.

    One that seems to end is kept beside the new one. Where that one does not hold yet, the clock
    was ahead, and the earlier one is back; where there is no earlier one, the clock is behind.
    """
    earlier = path.with_name("earlier.pem")
    kept = _read_authority(path)
    if kept is None or not authority.ends_soon(kept.certificate, now):
        return kept
    if kept.certificate.not_valid_before_utc > now:
        before = _read_authority(earlier)
        if before is None or authority.ends_soon(before.certificate, now):
            _log.warning("the authority begins later than now: is the clock right?")
            return kept
        _log.warning("the authority was made while the clock was ahead: the one before it is back")
        write_private(path, authority.to_pem(before.certificate, before.key))
        return before
    _log.warning("the authority nears its end: there is a new one, which guests install again")
    path.replace(earlier)
    return None


def _read_authority(path: Path) -> Authority | None:
    try:
        return authority.from_pem(path.read_bytes())
    except FileNotFoundError:
        return None


def _new_authority(
    path: Path, hosts: Iterable[str], networks: Iterable[Network], now: datetime
) -> Authority:
    made = authority.found(hosts, networks, socket.gethostname(), now)
    write_private(path, authority.to_pem(made.certificate, made.key))
    return made


def _kept_certificate(path: Path, by: Authority) -> x509.Certificate | None:
    """The one of the last run, unless another authority or nobody has made it."""
    try:
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        kept.verify_directly_issued_by(by.certificate)
    except Exception:  # noqa: BLE001 (whatever is wrong with it: another one is made)
        return None
    return kept


def _refused(setting: str, path: Path, why: str) -> SettingRefused:
    return SettingRefused(setting, str(path), why)
