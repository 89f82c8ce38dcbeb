"""What PostgreSQL's own library says of a connection that fails, and what is made of it."""

from __future__ import annotations

import psycopg
import pytest

from lanchat.cluster.unusable import unusable

_THERE = 'connection to server at "192.0.2.20", port 5432 failed: '
_WRONG = f'{_THERE}FATAL:  password authentication failed for user "chat"'


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        (f"connection failed: {_WRONG}\n{_WRONG}", _WRONG, "~/.pgpass"),
        (
            f"connection failed: {_THERE}Connection refused\n\tIs the server running on that host?",
            f"{_THERE}Connection refused",
            "see to it that it runs",
        ),
        (
            (
                "connection failed: the last one\nMultiple connection attempts failed. "
                "All failures were:\n"
                f"- host: 'a', port: '1', hostaddr: '192.0.2.20': connection failed: {_WRONG}\n"
                "- host: 'b', port: '1', hostaddr: '192.0.2.21': connection timeout expired"
            ),
            f"{_WRONG}; connection timeout expired",
            "~/.pgpass",
        ),
        (
            f"connection failed: {_THERE}FATAL:  sorry, too many clients already",
            f"{_THERE}FATAL:  sorry, too many clients already",
            "allow more connections",
        ),
        (
            f'connection failed: {_THERE}FATAL:  no pg_hba.conf entry for host "192.0.2.11"',
            f'{_THERE}FATAL:  no pg_hba.conf entry for host "192.0.2.11"',
            "let this computer in",
        ),
        (
            (
                f'connection failed: {_THERE}root certificate file "/root.crt" does not exist\n'
                "Either provide the file, or change sslmode."
            ),
            f'{_THERE}root certificate file "/root.crt" does not exist',
            "sslrootcert=FILE",
        ),
        ("", "OperationalError", "see to it that it runs"),
    ],
)
def test_each_trouble_is_told_once_with_what_to_do(text: str, reason: str, hint: str) -> None:
    """The library tells it for each attempt, with advice that is about itself."""
    told = unusable(psycopg.OperationalError(text))
    assert told.reason == " ".join(reason.split())
    assert hint in told.hint
