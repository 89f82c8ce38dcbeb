"""A certificate authority of one computer, and the certificates that it makes for its addresses.

Whoever installs the authority trusts it until it ends. So it is bound by name constraints: it can
vouch for addresses of local networks, for .local names, and for what this computer was called
when it was made, but for no site on the internet, whoever gets hold of its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3_650
LEAF_DAYS = 397
"""Some devices take nothing that lasts for more than 398 days."""

NEAR_END = timedelta(days=30)

_EARLIER = timedelta(days=1)
"""Certificates begin a little before now, as the clocks of guests may be late."""

_LOCAL_NAMES = ("local", "localhost")
_LOCAL_NETWORKS = ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")
_LONGEST_NAME = 30

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Authority:
    """Its certificate and the key that signs."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def permits(self, host: str) -> bool:
        """Whether it may vouch for the address or name."""
        name = general_name(host)
        limits = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        return any(_lies_in(name, limit) for limit in limits.permitted_subtrees or ())

    def issue(self, hosts: Iterable[str], now: datetime) -> bytes:
        """A certificate for the hosts that it permits, and its key: PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [name for host in sorted(hosts) if (name := general_name(host)) is not None]
        issuer = self.certificate
        start = now - _EARLIER
        end = min(start + timedelta(days=LEAF_DAYS), issuer.not_valid_after_utc)
        made = (
            _builder(_subject("lanchat"), issuer.subject, key, start, end)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, SHA256())
        )
        return to_pem(made, key)


def found(hosts: Iterable[str], networks: Iterable[Network], name: str, now: datetime) -> Authority:
    """A new authority for the networks, local names and these hosts; ``name`` says whose it is."""
    key = ec.generate_private_key(ec.SECP256R1())
    # The day tells it from an earlier one: a device may have both.
    title = f"lanchat on {name[:_LONGEST_NAME]}, {now:%Y-%m-%d %H:%M}"
    subject = _subject(title)
    certificate = (
        _builder(subject, subject, key, now - _EARLIER, now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(
            x509.NameConstraints(_limits(hosts, networks), excluded_subtrees=None), critical=True
        )
        .sign(key, SHA256())
    )
    return Authority(certificate, key)


def from_pem(pem: bytes) -> Authority:
    """An authority that was kept. Raises ValueError."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of this kind")  # noqa: TRY004 (it is the file's content)
    return Authority(x509.load_pem_x509_certificate(pem), key)


def to_pem(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Certificate and key, to be kept in one file."""
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM) + secret


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """The addresses and names that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(str(name.value).lower() for name in found.value)


def ends_soon(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether it is over in a month, or does not hold yet: a clock may have been set back."""
    holds = certificate.not_valid_before_utc <= now
    return not holds or certificate.not_valid_after_utc - now < NEAR_END


def general_name(host: str) -> x509.IPAddress | x509.DNSName | None:
    """The host as a certificate writes it; None where it is neither an address nor a name."""
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        name = host.lower().rstrip(".")
        return x509.DNSName(name) if _HOST_NAME.fullmatch(name) else None


def _lies_in(name: x509.GeneralName | None, limit: x509.GeneralName) -> bool:
    if isinstance(name, x509.IPAddress) and isinstance(limit, x509.IPAddress):
        ip, network = name.value, limit.value
        return (
            isinstance(ip, (IPv4Address, IPv6Address))
            and isinstance(network, (IPv4Network, IPv6Network))
            and ip in network
        )
    if isinstance(name, x509.DNSName) and isinstance(limit, x509.DNSName):
        return f".{name.value}".endswith(f".{limit.value}")
    return False


def _limits(hosts: Iterable[str], networks: Iterable[Network]) -> Sequence[x509.GeneralName]:
    local = [ip_network(text) for text in _LOCAL_NETWORKS]
    inside = list(dict.fromkeys([*networks, *local]))
    names = list(_LOCAL_NAMES)
    for host in sorted(hosts):
        name = general_name(host)
        if isinstance(name, x509.IPAddress):
            ip = name.value
            if isinstance(ip, (IPv4Address, IPv6Address)) and not any(ip in one for one in inside):
                inside.append(ip_network(ip))
        elif name is not None and not name.value.endswith(".local") and name.value not in names:
            names.append(name.value)
    return [*map(x509.DNSName, names), *map(x509.IPAddress, inside)]


def _subject(title: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "lanchat"),
            x509.NameAttribute(NameOID.COMMON_NAME, title),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
