"""The tables of how order is kept: the room's rules, hosts, bans and mutes.

They are few, so they are written whole.
"""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from lanchat.chat.order import Ban, Mute, Rules, State
from lanchat.store.connection import transaction


def save(connection: sqlite3.Connection, state: State) -> None:
    """Write down how order is kept from now on."""
    rules = state.rules
    with transaction(connection):
        connection.execute(
            "UPDATE rules SET topic = ?, locked = ?, readonly = ?, slow = ?",
            (rules.topic, rules.locked, rules.readonly, rules.slow),
        )
        connection.execute("DELETE FROM host")
        connection.executemany(
            "INSERT INTO host (user_id) VALUES (?)", [(each,) for each in sorted(state.hosts)]
        )
        connection.execute("DELETE FROM ban")
        connection.executemany(
            "INSERT INTO ban (user, device, address, until, by) VALUES (?, ?, ?, ?, ?)",
            map(astuple, state.bans),
        )
        connection.execute("DELETE FROM mute")
        connection.executemany(
            "INSERT INTO mute (user_id, user, device, until) VALUES (?, ?, ?, ?)",
            map(astuple, state.mutes),
        )


def load(connection: sqlite3.Connection) -> State:
    """How order was kept when it was last written down."""
    topic, locked, readonly, slow = connection.execute(
        "SELECT topic, locked, readonly, slow FROM rules"
    ).fetchone()
    bans = connection.execute("SELECT user, device, address, until, by FROM ban ORDER BY rowid")
    mutes = connection.execute("SELECT user_id, user, device, until FROM mute ORDER BY rowid")
    return State(
        rules=Rules(topic, bool(locked), bool(readonly), slow),
        hosts=frozenset(user_id for (user_id,) in connection.execute("SELECT user_id FROM host")),
        bans=tuple(Ban(*row) for row in bans),
        mutes=tuple(Mute(*row) for row in mutes),
    )
