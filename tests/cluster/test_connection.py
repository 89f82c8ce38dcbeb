"""Statements in PostgreSQL's words."""

import pytest

from lanchat.cluster.connection import translated
from lanchat.rows import message_rows, pins, references

WORDS = [
    ("SELECT 1 WHERE a = ? AND b = ?", b"SELECT 1 WHERE a = %s AND b = %s"),
    ("SELECT 5 % 2", b"SELECT 5 %% 2"),
    ("FROM message INDEXED BY message_room WHERE room = ?", b"FROM message WHERE room = %s"),
    (
        "id IN (SELECT value FROM json_each(?))",
        b"id IN (SELECT json_array_elements_text(%s::json)::bigint)",
    ),
]


@pytest.mark.parametrize(("sqlite", "postgres"), WORDS)
def test_what_is_sqlites_is_put_in_other_words(sqlite, postgres):
    """Nothing else is touched."""
    assert translated(sqlite) == postgres


@pytest.mark.parametrize("sql", [message_rows.SELECT, pins._PINNED, references._QUOTED])
def test_nothing_of_sqlite_is_left(sql):
    """In what is asked most."""
    for word in (b"INDEXED", b"json_each", b"?", b"ifnull", b"iif"):
        assert word not in translated(sql)
