"""Queries that Django writes once a process: of a large one the writing costs more than PostgreSQL's answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet, TextField
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=Model)

_FIRST = 918_273_645_000  # no row has such an id: where it stands in a query, a value is put in later


def blank(number: int) -> int:
    """Stands for an id when the query is written; a query may have several, told apart by their numbers."""
    return _FIRST + number


@dataclass(frozen=True)
class Prepared:
    sql: str
    params: tuple[str | int, ...]

    def as_json(self, names: Iterable[str], values: Mapping[int, int]) -> RawSQL:
        """Its one row as an object with these names, with `values` in the place of the blanks: a column for others."""
        params = [values.get(param, param) if isinstance(param, int) else param for param in self.params]
        row = f"select row_to_json(row)::text from ({self.sql}) as row ({', '.join(names)})"  # noqa: S608  Django's own
        return RawSQL(row, params, output_field=TextField())  # noqa: S611


def prepare(rows: QuerySet) -> Prepared:
    """Keep what this gives; it must depend on nothing but its blanks."""
    sql, params = rows.query.sql_with_params()
    return Prepared(sql, cast("tuple[str | int, ...]", tuple(params)))


def restored(model: type[M], columns: Mapping[str, object]) -> M:
    """The instance with these columns, such as JSON brought them; it asks for the others where they are used."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return model.from_db(DEFAULT_DB_ALIAS, names, [columns[name] for name in names])  # it goes by the model's order


def has_asked(instance: Model, name: str, model: type[Model], rows: Iterable[Model]) -> None:
    """Gives `instance` what its `name`.all() would answer, as prefetch_related does."""
    answered = model._default_manager.none()
    answered._result_cache = list(rows)
    vars(instance).setdefault("_prefetched_objects_cache", {})[name] = answered
