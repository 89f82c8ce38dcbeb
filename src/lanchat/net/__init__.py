"""This machine on its network: the addresses it can be reached by."""
