"""The table of bots (see ``store/bot_schema.py``), as a step of ``schema.py``."""

from __future__ import annotations

BOT_SCHEMA = """
CREATE TABLE bot (
    rowid   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL,
    "user"  text NOT NULL,
    digest  text COLLATE "C" NOT NULL,
    room    text COLLATE "C" NOT NULL,
    reads   boolean NOT NULL,
    writes  boolean NOT NULL,
    made    double precision NOT NULL
);
"""
