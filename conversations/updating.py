"""Several rows changed by one statement, each to values of its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from django.db.models import Model


def update_each(rows: "Sequence[Model]", fields: Sequence[str]) -> None:
    """As `bulk_update`, which makes an expression of every value and reads a statement that grows with them: ten times
    as long for fifty rows. Not for fields that are arrays."""
    if not rows:
        return
    meta = rows[0]._meta
    columns = [each for each in meta.concrete_fields if each.primary_key or each.name in fields]
    columns.sort(key=lambda each: not each.primary_key)
    values = [[each.get_db_prep_save(getattr(row, each.attname), connection) for row in rows] for each in columns]
    arrays = ", ".join(f"%s::{each.db_type(connection)}[]" for each in columns)
    names = [connection.ops.quote_name(each.column or "") for each in columns]
    sets = ", ".join(f"{name} = new.{name}" for name in names[1:])
    table = connection.ops.quote_name(meta.db_table)
    told = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} r set {sets} from unnest({arrays}) new ({told}) where r.{names[0]} = new.{names[0]}",  # noqa: S608
            values,
        )
