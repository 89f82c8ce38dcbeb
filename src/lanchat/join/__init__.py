"""The chat in a terminal: somebody joins as in a browser, by the same protocol."""
