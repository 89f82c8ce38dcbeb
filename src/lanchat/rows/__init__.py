"""What is stored, as rows: statements and rules that SQLite and PostgreSQL have in common.

Statements are written in what both understand. Only these are SQLite's, and a connection to
PostgreSQL puts them in its own words: ``?`` for a value, ``INDEXED BY`` where SQLite would choose
the wrong index, and ``(SELECT value FROM json_each(?))`` for a list of numbers. What differs
otherwise is a method of :class:`~lanchat.rows.connection.Connection`.
"""
