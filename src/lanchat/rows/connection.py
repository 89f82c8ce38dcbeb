"""What statements are given to: a connection to either database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class NewerSchemaError(Exception):
    """The database was made by a newer lanchat; ``version`` is its number of steps."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class Cursor(Protocol):
    """What a statement has found, or how many rows it has changed."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Reader(Protocol):
    """What can be asked."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...


class Connection(Reader, Protocol):
    """What can be written to, within a transaction that others wait for."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor: ...

    def each(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> list[list[Any]]:
        """All that the statement finds for each of these, as if they were asked one by one."""

    def position(self) -> int:
        """The newest position that was taken."""

    def take_position(self) -> int:
        """The next position, for what is no message."""

    def insert(self, values: Sequence[str]) -> int | None:
        """Store a message at the next position; returns that, its id.

        ``values`` are a draft's ``messages.fields``. None where its author has sent it before, be
        the row gone by now.
        """

    def load(self, rows: Sequence[Sequence[Any]]) -> None:
        """Store many messages at positions of their own, behind all that were taken.

        Each is its position, a draft's ``messages.fields``, when it was edited and whom it
        mentions.
        """

    def changing(self, ids: Sequence[int]) -> AbstractContextManager[None]:
        """Within it, the words of messages with these ids change, or their rows go."""


class Database(Protocol):
    """Where connections come from. Raises StoreUnavailable, and whatever a call raises."""

    def call(self, call: Callable[[Connection], T]) -> T:
        """The result of what is asked: one look at what was committed."""

    def change(self, call: Callable[[Connection], T]) -> T:
        """The result of what is done: it is stored whole or not at all."""

    def unhurried(self, call: Callable[[Connection], T]) -> T:
        """The same for what may be known a little later, as nothing depends on it.

        No commit to disk is waited for: a power cut may take along what was done last.
        """
