"""Lets one of several processes do something, or a few, by a lock of the database's session: it ends with a process
that dies."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import Error, connection


@contextmanager
def only_one(kind: int, number: int = 0) -> Iterator[bool]:
    """Whether it is ours. `kind` and `number` are the two keys of the advisory lock."""
    with one_of(kind, [number]) as is_ours:
        yield is_ours


@contextmanager
def one_of(kind: int, numbers: Sequence[int]) -> Iterator[bool]:
    """Whether one of them is ours: of so many, as many processes may go on at once."""
    held = next((number for number in numbers if _ask("try_advisory_lock", kind, number)), None)
    try:
        yield held is not None
    finally:
        if held is not None:
            _let_go(kind, held)


def _ask(what: str, kind: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_{what}(%s, %s)", [kind, number])
        (answer,) = cursor.fetchone()
    return bool(answer)


def _let_go(kind: int, number: int) -> None:
    try:
        _ask("advisory_unlock", kind, number)
    except Error:  # the connection broke, and the lock went with it
        if not connection.in_atomic_block:
            connection.close()
