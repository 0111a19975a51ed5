"""Queries that Django writes once a process: of a large one the writing costs more than PostgreSQL's answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
Keys = int | list[int]

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


class _Kept:
    """A query, with blanks 0, 1 … where its values are put in: keys, or several where it takes an array. It must depend
    on nothing else."""

    def __init__(self, write: Callable[[], QuerySet]) -> None:
        self.write = write
        self.written: tuple[SQLCompiler, str, Sequence[object]] | None = None

    def _fetch(self, values: Sequence[Keys]) -> "tuple[SQLCompiler, list[Sequence[Any]]]":
        compiler, sql, params = self._written()
        by_blank = {blank(number): value for number, value in enumerate(values)}
        put: list[Any] = [by_blank.get(param, param) if isinstance(param, int) else param for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, put)
            return compiler, cursor.fetchall()

    def _written(self) -> "tuple[SQLCompiler, str, Sequence[object]]":
        """At the first time it is asked: a lock is written only within a transaction."""
        if self.written is None:
            compiler = self.write().query.get_compiler(DEFAULT_DB_ALIAS)
            sql, params = compiler.as_sql()
            self.written = compiler, sql, params
        return self.written


class Rows(_Kept, Generic[M]):
    """Instances, with what `select_related` and `annotate` bring."""

    def __init__(self, write: "Callable[[], QuerySet[M]]") -> None:
        super().__init__(write)

    def find(self, *values: Keys) -> list[M]:
        compiler, found = self._fetch(values)
        return list(_instances(compiler, found)) if found else []

    def first(self, *values: Keys) -> M | None:
        return next(iter(self.find(*values)), None)


class Tuples(_Kept):
    """What `values_list` brings, of columns in the order in which they are asked for."""

    def find(self, *values: Keys) -> list[tuple[Any, ...]]:
        compiler, found = self._fetch(values)
        return [tuple(row) for row in compiler.results_iter([found])] if found else []


def _instances(compiler: "SQLCompiler", rows: list[Sequence[Any]]) -> "Iterator[Any]":
    """As django.db.models.query.ModelIterable makes them."""
    told = compiler.klass_info
    first, last = told["select_fields"][0], told["select_fields"][-1] + 1
    names = [each[0].target.attname for each in compiler.select[first:last]]
    beside = get_related_populators(told, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of Django 6
    for row in compiler.results_iter([rows]):
        instance = told["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for each in beside:
            each.populate(row, instance)
        for name, place in (compiler.annotation_col_map or {}).items():
            setattr(instance, name, row[place])
        yield instance


def restored(model: type[M], columns: Mapping[str, object]) -> M:
    """The instance with these columns, such as JSON brought them; it asks for the others where they are used."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return model.from_db(DEFAULT_DB_ALIAS, names, [columns[name] for name in names])  # it goes by the model's order


def has_asked(instance: Model, name: str, model: type[Model], rows: Iterable[Model]) -> None:
    """Gives `instance` what its `name`.all() would answer, as prefetch_related does."""
    answered = model._default_manager.none()
    answered._result_cache = list(rows)
    vars(instance).setdefault("_prefetched_objects_cache", {})[name] = answered
