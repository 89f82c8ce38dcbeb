"""The tables of reports (see ``store/report_schema.py``), as a step of ``schema.py``."""

from __future__ import annotations

REPORTS = """
CREATE TABLE report (
    message_id bigint PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    room       text COLLATE "C" NOT NULL,
    user_id    text COLLATE "C" NOT NULL,
    "user"     text NOT NULL,
    time       text COLLATE "C" NOT NULL
);
CREATE TABLE reported (
    report  bigint NOT NULL REFERENCES report (message_id) ON DELETE CASCADE,
    id      bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    "user"  text NOT NULL,
    message text NOT NULL,
    time    text NOT NULL,
    files   text NOT NULL,
    PRIMARY KEY (report, id)
);
CREATE INDEX reported_user ON reported (user_id);

CREATE FUNCTION report_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM report WHERE message_id = new.id;
    RETURN NULL;
END $$;
CREATE TRIGGER report_deletion AFTER UPDATE OF deleted_at ON message
    FOR EACH ROW WHEN (new.deleted_at IS NOT NULL) EXECUTE FUNCTION report_deletion();
"""
