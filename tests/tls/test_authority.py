from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509

from lanchat.net.addresses import LAN_RANGES
from lanchat.tls.authority import (
    LEAF_DAYS,
    Authority,
    ends_soon,
    found,
    from_pem,
    general_name,
    names_of,
    to_pem,
)

NOW = datetime.now(timezone.utc).replace(microsecond=0)
HOSTS = {"192.168.1.20", "fd00::5", "laptop", "lanchat.local", "localhost", "8.8.8.8"}


@pytest.fixture(scope="module")
def authority() -> Authority:
    """One that was made on a computer with these addresses and names."""
    return found(HOSTS, LAN_RANGES, "laptop", NOW)


@pytest.fixture
def show(authority: Authority, tmp_path: Path) -> Callable[..., tuple[ssl.SSLContext, Path]]:
    """A server's context with a certificate for these hosts, and the file that guests trust."""

    def make(*hosts: str) -> tuple[ssl.SSLContext, Path]:
        leaf, trusted = tmp_path / "leaf", tmp_path / "trusted"
        leaf.write_bytes(authority.issue(hosts, NOW))
        trusted.write_bytes(to_pem(authority.certificate, authority.key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf)
        return context, trusted

    return make


@pytest.mark.parametrize("host", sorted(HOSTS))
def test_clients_believe_it(
    show: Callable[..., tuple[ssl.SSLContext, Path]],
    shake_hands: Callable[[ssl.SSLContext, Path, str], None],
    host: str,
) -> None:
    """For each address and name that it is for."""
    shake_hands(*show(*HOSTS), host)


def test_clients_do_not_believe_it_elsewhere(
    show: Callable[..., tuple[ssl.SSLContext, Path]],
    shake_hands: Callable[[ssl.SSLContext, Path, str], None],
) -> None:
    """Another address has another certificate."""
    with pytest.raises(ssl.SSLCertVerificationError, match="192"):
        shake_hands(*show("192.168.1.20", "localhost"), "192.168.1.21")


@pytest.mark.parametrize("host", ["example.org", "1.2.3.4", "notlocal"])
def test_nobody_believes_it_about_the_internet(
    show: Callable[..., tuple[ssl.SSLContext, Path]],
    shake_hands: Callable[[ssl.SSLContext, Path, str], None],
    host: str,
) -> None:
    """Not even where somebody has stolen its key and signs what they like."""
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(*show(host), host)


def test_it_knows_its_own_bounds(authority: Authority) -> None:
    """What it could not vouch for would spoil a certificate, and is left out."""
    assert all(map(authority.permits, [*HOSTS, "10.9.8.7", "other.local", "fe80::1"]))
    assert not any(map(authority.permits, ["9.9.9.9", "example.org", "mylocal", "", "2a00::1"]))


def test_a_certificate_is_short_lived(authority: Authority) -> None:
    """Some devices refuse what lasts longer; clocks may be a day late."""
    leaf = x509.load_pem_x509_certificate(authority.issue(HOSTS, NOW))
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=LEAF_DAYS)
    assert leaf.not_valid_before_utc < NOW
    assert names_of(leaf) == HOSTS


def test_a_certificate_ends_with_its_authority(authority: Authority) -> None:
    """Later it would prove nothing."""
    late = authority.certificate.not_valid_after_utc - timedelta(days=40)
    leaf = x509.load_pem_x509_certificate(authority.issue(HOSTS, late))
    assert leaf.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_what_ends_soon(authority: Authority) -> None:
    """Neither what is nearly over, nor what does not hold yet, does."""
    leaf = x509.load_pem_x509_certificate(authority.issue(HOSTS, NOW))
    assert not ends_soon(leaf, NOW)
    assert ends_soon(leaf, NOW + timedelta(days=LEAF_DAYS - 20))
    assert ends_soon(leaf, NOW - timedelta(days=2))


def test_it_is_kept(authority: Authority) -> None:
    """In one file, with its key."""
    kept = from_pem(to_pem(authority.certificate, authority.key))
    assert kept.certificate == authority.certificate
    with pytest.raises(ValueError, match="PEM"):
        from_pem(b"no such thing")


@pytest.mark.parametrize("text", ["", "two words", "-x", "a..b", "praça", "x" * 64])
def test_what_no_certificate_can_name(text: str) -> None:
    """A computer may be called anything."""
    assert general_name(text) is None
