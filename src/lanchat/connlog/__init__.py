"""The connection log: who came and who went, one JSON line an event."""
