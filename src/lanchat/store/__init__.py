"""Messages and seats on disk."""
