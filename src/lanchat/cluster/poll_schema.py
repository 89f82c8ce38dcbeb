"""The step of the database's schema that brings polls (see ``store/poll_schema.py``)."""

from __future__ import annotations

POLL_SCHEMA = """
ALTER TABLE message ADD COLUMN poll text;
CREATE INDEX message_poll ON message (room, id) WHERE poll IS NOT NULL;
CREATE TABLE vote (
    message_id bigint NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    user_id    text COLLATE "C" NOT NULL,
    device     text COLLATE "C" NOT NULL,
    choice     integer NOT NULL,
    PRIMARY KEY (message_id, user_id)
);
CREATE INDEX vote_device ON vote (message_id, device) WHERE device <> '';
CREATE INDEX vote_user ON vote (user_id);

CREATE FUNCTION message_poll_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM vote WHERE message_id = new.id;
    new.poll := NULL;
    RETURN new;
END $$;
CREATE TRIGGER message_poll_deletion BEFORE UPDATE OF deleted_at ON message
    FOR EACH ROW WHEN (new.deleted_at IS NOT NULL AND old.poll IS NOT NULL)
    EXECUTE FUNCTION message_poll_deletion();
"""
