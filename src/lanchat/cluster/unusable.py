"""What keeps a server from its database, in a line that says what can be done about it."""

from __future__ import annotations

import re

import psycopg
from psycopg import errors

from lanchat.errors import DatabaseUnusable

MAKE = "createdb --owner=USER --encoding=UTF8 --template=template0 NAME"
"""The command that makes a database for lanchat."""

_REACH = "see to it that it runs and can be reached from here"

_FOREIGN = (
    errors.DuplicateTable,
    errors.DuplicateObject,
    errors.DuplicateFunction,
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.WrongObjectType,
)
"""What it says of the tables of another program."""

_BY_KIND: tuple[tuple[tuple[type[psycopg.Error], ...], str], ...] = (
    ((errors.InsufficientPrivilege,), "let the user make tables there, as the owner may"),
    (
        (errors.InvalidSchemaName,),
        "let the user make tables in a schema that its search_path names",
    ),
    ((errors.ReadOnlySqlTransaction,), "name the server that takes changes, not a standby of it"),
    (_FOREIGN, "something else has its tables there; make a database for lanchat alone"),
)

# Who cannot even connect is told so in words alone.
_BY_WORDS = (
    (
        r"password authentication failed|no password supplied",
        (
            "write user and password into the address (with characters such as / : @ % as "
            "%2F %3A %40 %25), or into ~/.pgpass"
        ),
    ),
    (r'role ".*" does not exist', "make the user: createuser --pwprompt USER"),
    (r'database ".*" does not exist', f"make it: {MAKE}"),
    (
        r"too many connections|too many clients|connection slots",
        "allow more connections there: each server has up to ten",
    ),
    (r"no pg_hba\.conf entry", "let this computer in there, in its pg_hba.conf"),
    (
        r"not in hot standby mode|session is read-only|server is in hot standby mode",
        "name the server that takes changes, not a standby of it",
    ),
    (
        r"certificate",
        "name the file of the authority in the address: sslmode=verify-full&sslrootcert=FILE",
    ),
    (r"SSL|sslmode", "see whether the server encrypts, and sslmode in the address"),
    (r"definition of service|service file|port number|resolve|translate", "look at the address"),
)


def unusable(error: Exception) -> DatabaseUnusable:
    """What keeps a server from its work, and what can be done about it."""
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        # libpq would show what it has not understood, which may be of the password.
        return DatabaseUnusable(
            "its address cannot be read",
            "see how the words behind ? are written, and write % and ? in a password as %25 and "
            "%3F",
        )
    reason = reason_of(error)
    return DatabaseUnusable(reason, _hint(error, reason))


def _hint(error: Exception, reason: str) -> str:
    for kinds, hint in _BY_KIND:
        if isinstance(error, kinds):
            return hint
    for words, hint in _BY_WORDS:
        if re.search(words, reason):
            return hint
    return _REACH


def reason_of(error: Exception) -> str:
    """What PostgreSQL says, once: what it was asked, and advice of its own, are left out."""
    if isinstance(error, psycopg.Error) and (said := error.diag.message_primary):
        return said
    lines: dict[str, None] = {}
    text = re.sub(r"(?m)^(\t|Either ).*\n?", "", str(error))
    # Of several servers, each one is told of at the end.
    for line in text.rpartition("All failures were:")[2].splitlines():
        told = re.sub(r"^- host: .*?hostaddr: \S+ |connection (failed|is bad): ", "", line.strip())
        lines[re.sub(r"\s+", " ", re.sub(r"^connection (failed|is bad): ", "", told))] = None
    return "; ".join(filter(None, lines)) or type(error).__name__
