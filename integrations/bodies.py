"""The bytes of what came in. Large ones go into the database and come out of it in slices: Django's own way makes hex
text of them, and holds them in memory several times over."""

import json
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, models
from django.db.models.query_utils import DeferredAttribute

if TYPE_CHECKING:
    from integrations.models import RawEvent

LARGE = 1_000_000
SLICE = 1_000_000

_READ = """
select substring(body from place for %s) from integrations_rawevent, generate_series(1, octet_length(body), %s) as place
where id = %s order by place
"""
_KEEP = """
copy integrations_rawevent (connector_id, external_id, kind, headers, state, tries, error, body)
from stdin (format binary)
"""
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # of the binary format, and no flags


def is_large(body: bytes | memoryview) -> bool:
    return len(body) > LARGE


class _Sliced(DeferredAttribute):
    """Asks for the bytes that were left in the database."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        name = self.field.attname
        if instance is not None and name not in instance.__dict__ and (body := _read(instance.pk)):
            instance.__dict__[name] = body
        return super().__get__(instance, cls)


class BodyField(models.BinaryField):
    """Deferred where they are large, whatever asks for the row."""

    descriptor_class = _Sliced

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options  # which is all that it is to the database

    def select_format(self, compiler: object, sql: str, params: Any) -> tuple[str, Any]:
        """Of a large one, PostgreSQL looks at nothing but its length."""
        return f"case when octet_length({sql}) <= {LARGE} then {sql} end", (*params, *params)

    def from_db_value(self, value: bytes | None, expression: object, connection: object) -> Any:
        return models.DEFERRED if value is None else value


class RawEventQuerySet(models.QuerySet):  # of RawEvent
    def create(self, **fields: Any) -> Any:
        """And with it get_or_create."""
        if not is_large(fields.get("body", b"")):
            return super().create(**fields)
        raw = cast("RawEvent", self.model(**fields))
        _keep(raw)
        raw.pk, raw.received_at = self.values_list("pk", "received_at").get(
            connector=raw.connector_id, external_id=raw.external_id
        )
        raw._state.adding, raw._state.db = False, self.db
        return raw


def _read(pk: int) -> bytes:
    """b"" for what is not there, too. The buffer gives away its bytes without a copy."""
    read = BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        for (part,) in cursor.stream(_READ, [SLICE, SLICE, pk]):
            read.write(part)
    return read.getvalue()


def _keep(raw: "RawEvent") -> None:
    texts = [each.encode() for each in (raw.external_id, raw.kind)]
    headers = b"\1" + json.dumps(raw.headers).encode()  # jsonb, version 1
    number, tries = pack("!q", raw.connector_id), pack("!h", raw.tries)
    fields = (number, *texts, headers, raw.state.encode(), tries, raw.error.encode(), raw.body)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_KEEP) as copy:
        copy.write(_SIGNATURE + pack("!h", len(fields)))
        for field in fields:
            copy.write(pack("!i", len(field)))
            copy.write(field)  # which psycopg sends in slices
        copy.write(pack("!h", -1))
