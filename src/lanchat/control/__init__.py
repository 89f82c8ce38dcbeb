"""Keeping order from a terminal on the server's own computer, and not through the network."""
