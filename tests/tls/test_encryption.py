from __future__ import annotations

import ssl
import stat
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from lanchat.errors import DataUnusable, SettingRefused
from lanchat.net.addresses import LAN_RANGES
from lanchat.tls.authority import found, to_pem
from lanchat.tls.encryption import GivenEncryption, OwnEncryption

Handshake = Callable[[ssl.SSLContext, Path, str], None]
NOW = datetime.now(timezone.utc)


class Machine:
    """A computer whose addresses and clock a test can change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tls"
        self.trusted = self.folder / "authority.pem"
        self.leaf = self.folder / "server.pem"
        self.hosts = {"192.168.1.20", "localhost"}
        self.now = NOW

    def start(self) -> OwnEncryption:
        """As a server does when it starts."""
        return OwnEncryption(self.folder, lambda: self.hosts, LAN_RANGES, clock=lambda: self.now)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Where no server has been before."""
    return Machine(tmp_path)


def test_a_new_address_is_in_the_certificate_at_once(
    machine: Machine, shake_hands: Handshake
) -> None:
    """In the same context, which connections that come later use."""
    encryption = machine.start()
    machine.hosts = {"10.0.0.9", "localhost"}
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(encryption.context, machine.trusted, "10.0.0.9")
    encryption.refresh()
    shake_hands(encryption.context, machine.trusted, "10.0.0.9")


def test_nothing_is_renewed_without_need(machine: Machine) -> None:
    """A browser that was told to believe this very certificate goes on."""
    encryption = machine.start()
    before = machine.leaf.read_bytes()
    machine.hosts = {"localhost"}
    encryption.refresh()
    machine.start()
    assert machine.leaf.read_bytes() == before


def test_it_is_renewed_before_it_ends(machine: Machine) -> None:
    """Also in a server that runs for a year; the authority stays."""
    encryption = machine.start()
    kept, leaf = machine.trusted.read_bytes(), machine.leaf.read_bytes()
    machine.now += timedelta(days=380)
    encryption.refresh()
    assert machine.leaf.read_bytes() != leaf
    assert machine.start().authority == encryption.authority
    assert machine.trusted.read_bytes() == kept


def test_an_authority_that_ends_is_followed_by_another(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    """Guests have to install it, so it is said."""
    before = machine.start().authority
    machine.now += timedelta(days=3_640)
    assert machine.start().authority != before
    assert "install again" in caplog.text


def test_an_authority_outlives_a_clock_that_was_ahead(
    machine: Machine, shake_hands: Handshake
) -> None:
    """A start in the wrong year makes another one, and the next start has the first one back."""
    machine.start()
    installed = machine.trusted.read_bytes()
    machine.now = NOW + timedelta(days=9_000)
    machine.start()
    assert machine.trusted.read_bytes() != installed
    machine.now = NOW + timedelta(days=1)
    encryption = machine.start()
    assert machine.trusted.read_bytes() == installed
    shake_hands(encryption.context, machine.trusted, "localhost")


def test_an_authority_outlives_a_clock_that_is_behind(
    machine: Machine, shake_hands: Handshake, caplog: pytest.LogCaptureFixture
) -> None:
    """A computer without a battery starts years ago: what it shows holds for guests now."""
    machine.start()
    installed = machine.trusted.read_bytes()
    machine.now = NOW - timedelta(days=9_000)
    machine.hosts = {"10.0.0.9"}
    encryption = machine.start()
    assert machine.trusted.read_bytes() == installed
    assert "is the clock right" in caplog.text
    shake_hands(encryption.context, machine.trusted, "10.0.0.9")
    leaf = machine.leaf.read_bytes()
    encryption.refresh()
    assert machine.leaf.read_bytes() == leaf


def test_what_the_authority_may_not_say_is_left_out(
    machine: Machine, shake_hands: Handshake, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once, and the certificate goes on being good for the rest."""
    encryption = machine.start()
    machine.hosts = {"9.9.9.9", "192.168.1.20", "no such name"}
    encryption.refresh()
    encryption.refresh()
    shake_hands(encryption.context, machine.trusted, "192.168.1.20")
    assert [record.args[0] for record in caplog.records if record.args] == ["9.9.9.9"]  # type: ignore[index]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_keys_are_their_owners_alone(machine: Machine) -> None:
    """Whoever has the key can be the room, and with the authority's, any local address."""
    machine.start()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in machine.folder.iterdir()}
    assert modes == {"authority.pem": 0o600, "server.pem": 0o600}
    assert stat.S_IMODE(machine.folder.stat().st_mode) == 0o700


def test_a_damaged_authority_is_not_replaced(machine: Machine) -> None:
    """Whoever has installed it would wonder; the host decides."""
    machine.start()
    machine.trusted.write_text("damaged")
    with pytest.raises(DataUnusable, match="delete it"):
        machine.start()


def test_a_damaged_certificate_is_made_anew(machine: Machine, shake_hands: Handshake) -> None:
    """Nobody has to know it."""
    machine.start()
    machine.leaf.write_text("damaged")
    shake_hands(machine.start().context, machine.trusted, "192.168.1.20")


class Given:
    """Files as another authority hands them out."""

    def __init__(self, folder: Path) -> None:
        self.authority = found({"chat.example"}, LAN_RANGES, "school", NOW)
        self.trusted, self.both = folder / "trusted.pem", folder / "both.pem"
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.trusted.write_bytes(to_pem(self.authority.certificate, self.authority.key))
        self.write(NOW)

    def write(self, when: datetime) -> None:
        """Write what was issued then, for chat.example."""
        pem = self.authority.issue({"chat.example", "localhost"}, when)
        end = pem.index(b"-----BEGIN PRIVATE")
        self.both.write_bytes(pem)
        self.cert.write_bytes(pem[:end])
        self.key.write_bytes(pem[end:])


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """A certificate that is good today."""
    return Given(tmp_path)


def test_a_given_certificate(given: Given, shake_hands: Handshake) -> None:
    """With the key in a file of its own, or in the same one."""
    for files in [(given.cert, given.key), (given.both, None)]:
        encryption = GivenEncryption(*files)
        shake_hands(encryption.context, given.trusted, "chat.example")
        assert encryption.authority is None


def test_a_renewed_file_is_read_again(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    """While the server runs; one that does not do is a warning, and the old one stays."""
    encryption = GivenEncryption(given.both, None)
    given.both.write_text("half written")
    encryption.refresh()
    assert "no certificate in it" in caplog.text
    given.write(NOW + timedelta(hours=1))
    caplog.clear()
    encryption.refresh()
    assert caplog.text == ""


def damage(given: Given, what: str) -> tuple[Path, Path | None]:
    """The files, with something wrong."""
    if what == "missing":
        given.cert.unlink()
    elif what == "ended":
        given.write(NOW - timedelta(days=500))
    elif what == "future":
        given.write(NOW + timedelta(days=5))
    elif what == "text":
        given.cert.write_text("hello")
    elif what == "other key":
        key = given.key.read_bytes()
        given.write(NOW)
        given.key.write_bytes(key)
    elif what == "no key":
        return given.cert, None
    return given.cert, given.key


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("missing", "tls-cert .*No such file"),
        ("ended", "tls-cert .*it ended on"),
        ("future", "tls-cert .*is the clock right"),
        ("text", "tls-cert .*no certificate"),
        ("other key", "tls-key .*not the key of"),
        ("no key", "tls-cert .*no key in it"),
    ],
)
def test_what_cannot_be_used_is_said_at_the_start(given: Given, what: str, words: str) -> None:
    """Which file, and why."""
    files: Any = damage(given, what)
    with pytest.raises(SettingRefused, match=words):
        GivenEncryption(*files)


def test_a_key_with_a_password_is_refused(given: Given) -> None:
    """Nobody would sit there to type it."""
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    key = load_pem_private_key(given.key.read_bytes(), None)
    given.key.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    with pytest.raises(SettingRefused, match="without a password"):
        GivenEncryption(given.cert, given.key)
