from collections.abc import Callable

import pytest

from lanchat.connlog.filter import Filter, parse_network
from lanchat.connlog.record import decode


@pytest.mark.parametrize(
    ("wanted", "ip", "matches"),
    [
        ("192.168.1.33", "192.168.1.33", True),
        ("192.168.1.3", "192.168.1.33", False),
        ("192.168.1.0/24", "192.168.1.33", True),
        ("192.168.1.33", "::ffff:192.168.1.33", True),
        ("FE80:0::1", "fe80::1%eth0", True),
        ("192.168.1.33", "fe80::1", False),
        ("0.0.0.0/0", "", False),
    ],
)
def test_ip(wanted: str, ip: str, matches: bool, joined: Callable[..., bytes]) -> None:
    """An address matches however it is written, and a network all in it."""
    record = decode(joined("Ana", ip=ip))
    assert Filter(network=parse_network(wanted)).matches(record) is matches


def test_user_is_part_of_a_name(joined: Callable[..., bytes]) -> None:
    """Capitals make no difference, in any alphabet."""
    record = decode(joined("Ana STRASSE Ágata"))
    assert Filter(user="straße").matches(record)
    assert Filter(user="áGATA").matches(record)
    assert not Filter(user="Bia").matches(record)


def test_an_unknown_event_is_ignored(joined: Callable[..., bytes]) -> None:
    """A later version may write events that this one does not know."""
    assert not Filter().matches(decode(joined("Ana").replace(b"join", b"wave")))
