"""Encryption: an authority and certificates of our own, or those that the host brings."""
