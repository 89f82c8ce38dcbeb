"""Messages as files, and files as messages."""
