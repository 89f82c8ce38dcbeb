"""Files that are whole, and of which there are rows alone: who needs their bytes uploads them."""

from __future__ import annotations

from lanchat.chat.model import Attachment
from lanchat.rows.connection import Connection, Database

PICTURE = Attachment("picture", "photo.jpg", "image/jpeg", 1_000, 800, 600, thumb=True)


def put_file(
    database: Database, file_id: str = "picture", user_id: str = "1", name: str = PICTURE.name
) -> Attachment:
    """A picture that somebody has sent, and no message names yet."""
    file = PICTURE._replace(id=file_id, name=name)

    def put(connection: Connection) -> None:
        connection.executemany(
            "INSERT INTO content VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
            [("large", 1_000), ("small", 9)],
        )
        connection.execute(
            "INSERT INTO file (id, sha256, name, type, size, width, height, user_id, device,"
            " created) VALUES (?, 'large', ?, ?, ?, ?, ?, ?, '', 0)",
            (file_id, *file[1:6], user_id),
        )
        connection.execute("UPDATE file SET thumb_sha256 = 'small' WHERE id = ?", (file_id,))

    database.change(put)
    return file


def uses(database: Database) -> dict[str, int]:
    """How many files there are of each content."""
    query = "SELECT sha256, uses FROM content"
    return dict(database.call(lambda connection: connection.execute(query).fetchall()))
