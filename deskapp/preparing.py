"""Statements that are asked again and again are read and planned by PostgreSQL once a connection, not each time.

Django puts values into the text of a statement, so PostgreSQL takes it for a new one, and most of what it costs is to
understand it. Here a text that a process has used often is tried with its values apart from it. One that PostgreSQL
does not understand so is asked as before, for ever: it is tried behind a savepoint, so nothing is lost by that. One
that begins with a comment is planned by its values each time.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import psycopg
from django.conf import settings
from psycopg import ClientCursor, errors, pq
from psycopg._preparing import Prepare
from psycopg._queries import PostgresClientQuery, PostgresQuery
from psycopg.rows import TupleRow

AFTER = 20  # times that a process has used it
MOST = 200  # statements of a process: each connection keeps a plan of each
LONGEST = 20_000  # signs; what is longer is seldom said twice
MOST_VALUES = 150
KINDS = ("select", "insert", "update", "delete", "with")
SAVEPOINT = "preparing"

_Shape = tuple[str, tuple[object, ...]]

_is_on = False
_used: dict[_Shape, int] = {}
_good: set[_Shape] = set()
_bad: set[_Shape] = set()


def begin() -> None:
    """For a process that lives long and changes no table."""
    global _is_on
    _is_on = settings.DATABASE_PREPARES


class PreparingCursor(ClientCursor[TupleRow]):
    """For `OPTIONS`, as `cursor_factory`: what Django has there, but for `callproc`."""

    _is_apart = False

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        shape = shape_of(query, params) if _is_on else None
        if shape is None:
            super().execute(query, params, **options)
        elif shape in _good:
            self._again(query, params)
        elif _is_to_try(shape):
            self._try(shape, query, params)
        else:
            super().execute(query, params, **options)
        return self

    def _again(self, query: str, params: Any) -> None:
        try:
            self._apart(query, params)
        except errors.FeatureNotSupported:  # a column's type was changed since; a rollback forgets all plans, too
            if not self._conn.autocommit:
                raise
            self._conn._prepared.clear()
            super().execute(query, params)

    def _try(self, shape: _Shape, query: str, params: Any) -> None:
        is_within = not self._conn.autocommit
        if is_within:
            self._say(f"SAVEPOINT {SAVEPOINT}")
        try:
            self._apart(query, params)
        except psycopg.Error:
            if self._conn.info.transaction_status == pq.TransactionStatus.UNKNOWN:
                raise  # the connection is gone
            if is_within:
                self._say(f"ROLLBACK TO SAVEPOINT {SAVEPOINT}")
            _bad.add(shape)
            super().execute(query, params)  # where the fault is another one, it is raised here
        else:
            _good.add(shape)
        if is_within:
            self._say(f"RELEASE SAVEPOINT {SAVEPOINT}")

    def _say(self, statement: str) -> None:
        with ClientCursor(self._conn) as cursor:
            cursor.execute(statement)

    def _apart(self, query: str, params: Any) -> None:
        """With the values apart from the text. Client-side cursors have the threshold of None, as Django set it."""
        self._is_apart, self._query_cls = True, PostgresQuery  # type: ignore[assignment]  # as psycopg.Cursor
        self._conn.prepare_threshold, self._conn.prepared_max = 0, MOST
        try:
            super().execute(query, params, prepare=True)
        finally:
            self._conn.prepare_threshold = None
            self._is_apart, self._query_cls = False, PostgresClientQuery

    def _execute_send(self, query: PostgresQuery, **options: Any) -> None:
        if self._is_apart:
            psycopg.Cursor._execute_send(self, query, **options)
        else:
            super()._execute_send(query, **options)

    def _get_prepared(self, pgq: PostgresQuery, prepare: bool | None = None) -> tuple[Prepare, bytes]:
        if self._is_apart:
            return psycopg.Cursor._get_prepared(self, pgq, prepare)
        return super()._get_prepared(pgq, prepare)


def shape_of(query: object, params: object) -> _Shape | None:
    """The text and the types of its values; None where it is none that is worth it."""
    if not isinstance(query, str) or len(query) > LONGEST or not query.lstrip()[:6].lower().startswith(KINDS):
        return None
    values: Sequence[object]
    if isinstance(params, Mapping):
        values = list(params.values())
    else:
        values = params if isinstance(params, list | tuple) else ()
    if len(values) > MOST_VALUES:
        return None
    return query, tuple(map(_type_of, values))


def _type_of(value: object) -> object:
    return (list, *sorted({type(each).__name__ for each in value})) if isinstance(value, list | tuple) else type(value)


def _is_to_try(shape: _Shape) -> bool:
    if shape in _bad or len(_good) >= MOST:
        return False
    if len(_used) > 20 * MOST:
        _used.clear()
    _used[shape] = times = _used.get(shape, 0) + 1
    return times > AFTER
