"""Pages and socket events: untrusted input in, calls to the hub out."""
