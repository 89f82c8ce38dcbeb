"""One machine's memory: messages, settings and reserved names in SQLite."""
