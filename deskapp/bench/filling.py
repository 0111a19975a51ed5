"""Rows by the million, made by the server itself: what is not said of a column is its field's default."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, Field, Model, TextField
from psycopg.sql import Literal


def fill(model: type[Model], source: str, columns: Mapping[str, str]) -> int:
    """One row for each of `source`, which is what follows "from"; `columns` are SQL over it. How many those were."""
    table, names, values = model._meta.db_table, list[str](), list[str]()
    for field in model._meta.concrete_fields:
        said = columns.get(str(field.column)) or _default(field)
        if said:
            names.append(f'"{field.column}"')
            values.append(said)
    unknown = {f'"{column}"' for column in columns} - set(names)
    if unknown:
        raise KeyError(f"{table} has no {', '.join(sorted(unknown))}")
    with connection.cursor() as cursor:
        cursor.execute(f'insert into "{table}" ({", ".join(names)}) select {", ".join(values)} from {source}')  # noqa: S608
        return cursor.rowcount


def _default(field: "Field") -> str:
    """As SQL; "" where the server itself knows what stands there."""
    if field.null or field.primary_key or field.generated or (field.has_db_default() and not field.has_default()):
        return ""
    value = field.get_default()
    if value is None and isinstance(field, CharField | TextField):
        value = ""
    if value is None and isinstance(field, ArrayField):
        value = []
    literal = Literal(field.get_db_prep_save(value, connection)).as_string(connection.connection)
    return f"{literal}::{field.db_type(connection)}"


def chance(of: int, salt: int, n: str = "n") -> str:
    """SQL of a number below `of` that looks like chance, and is the same for the same n."""
    return f"mod(abs(hashint8({n} * 64 + {salt})::bigint), {of})"


def one_of(words: Sequence[str], salt: int, n: str = "n") -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(array[{listed}])[1 + {chance(len(words), salt, n)}]"


@contextmanager
def unchecked() -> Iterator[None]:
    """Spares a look-up of foreign keys, and triggers, for each row: they are made right. For a superuser."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("set session_replication_role = origin")
