"""The chat itself: who is here and what was said.

It knows no sockets, no Flask and no files: besides the standard library it uses ``errors`` and
precis-i18n, a pure library. What it needs of the world stands in :mod:`lanchat.chat.ports`;
everything here can be tried in a Python shell.
"""
