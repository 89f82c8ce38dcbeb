"""The chat itself: who is here and what was said.

It knows no sockets, no Flask and no files. What it needs of the world stands in
:mod:`lanchat.chat.ports`; everything here can be tried in a Python shell.
"""
