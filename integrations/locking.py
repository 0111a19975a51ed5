"""Lets one of several processes do something, by a lock of the database's session: it ends with a process that dies."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection


@contextmanager
def only_one(kind: int, number: int = 0) -> Iterator[bool]:
    """Whether it is ours. `kind` and `number` are the two keys of the advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [kind, number])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            _let_go(kind, number)


def _let_go(kind: int, number: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, %s)", [kind, number])
    except Error:  # the connection broke, and the lock went with it
        return
