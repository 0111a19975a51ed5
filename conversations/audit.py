"""Writes down every change of how the desk is set up, in the transaction that makes it."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models, transaction

from conversations.models import AuditEntry

if TYPE_CHECKING:
    from deskapp.models import User

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]

MASKED = "•••"
LONGEST = 4000  # characters of one value
# Fields that hold a secret, or that change by themselves.
SECRET = frozenset({"password", "sealed"})
UNTOLD = frozenset({"last_login", "last_in_at", "last_out_at", "checked_at", "cursor", "presence", "granted"})


def state_of(thing: models.Model) -> dict[str, Plain]:
    """Its own fields and its many-to-many ones, as plain values. Ask before and after a change."""
    found: dict[str, Plain] = {}
    for field in thing._meta.concrete_fields:
        if field.primary_key or field.name in UNTOLD:
            continue
        value = getattr(thing, field.attname)
        if field.name in SECRET:
            found[field.name] = MASKED if value else ""
        elif isinstance(field, models.ForeignKey) and value is not None:
            found[field.name] = str(getattr(thing, field.name))[:200]  # its name tells more than its number
        else:
            found[field.name] = _plain(value)
    if thing.pk is not None:
        for many in thing._meta.many_to_many:
            found[many.name] = [str(each) for each in getattr(thing, many.name).order_by("pk")]
    return found


def record(
    by: "User | None",
    thing: models.Model,
    *,
    before: Mapping[str, Plain] | None = None,
    after: Mapping[str, Plain] | None = None,
    note: str = "",
    label: str = "",
) -> AuditEntry | None:
    """`before` None: it is new; `after` None: it is gone; both {}: something was done that `note` says. Where nothing
    differs, nothing is written. `label` stands for the thing's name where that must not be kept."""
    verb = _verb(before, after, note)
    old, new = dict(before or {}), dict(after or {})
    names = [name for name in {**old, **new} if old.get(name) != new.get(name) or name not in old or name not in new]
    if verb == AuditEntry.Verb.CHANGED and not names:
        return None
    return AuditEntry.objects.create(
        by=by,
        by_name=by.name[:120] if by else "",
        verb=verb,
        kind=str(thing._meta.model_name),
        object_id=str(thing.pk or ""),
        label=(label or str(thing))[:200],
        before={name: old[name] for name in names if name in old},
        after={name: new[name] for name in names if name in new},
        note=note[:400],
    )


@contextmanager
def watched(by: "User | None", thing: models.Model, *, note: str = "") -> Iterator[None]:
    """What is done to `thing` within is written down with it, or not done at all; it may be made or deleted there."""
    with transaction.atomic():
        former = type(thing)._base_manager.get(pk=thing.pk) if thing.pk else None
        was, secrets = (state_of(former), _secrets(former)) if former else (None, {})
        key, label = thing.pk, str(thing) if thing.pk else ""
        yield
        row = type(thing)._base_manager.filter(pk=thing.pk or key).first()
        if row is not None:
            now = state_of(row)
            if was is not None and (anew := _set_anew(secrets, _secrets(row))):
                was, now = {**was, "secrets": ""}, {**now, "secrets": anew}
            record(by, row, before=was, after=now, note=note)
        elif was is not None:
            entry = record(by, thing, before=was, after=None, note=note)
            if entry is not None:
                AuditEntry.objects.filter(pk=entry.pk).update(object_id=str(key), label=label[:200])


def _secrets(thing: models.Model) -> dict[str, object]:
    """By their names, only to be compared: the password's hash, and what a connector keeps sealed."""
    kept = getattr(thing, "secrets", None)
    named = {name: getattr(thing, name) for name in ("password",) if hasattr(thing, name)}
    return {**named, **(kept if isinstance(kept, Mapping) else {})}


def _set_anew(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """The names of secrets that took another's place; what is masked looks the same before and after."""
    return ", ".join(name for name in sorted(after) if before.get(name) and before[name] != after[name])


def _verb(before: Mapping[str, Plain] | None, after: Mapping[str, Plain] | None, note: str) -> str:
    if before is None:
        return AuditEntry.Verb.MADE
    if after is None:
        return AuditEntry.Verb.REMOVED
    return AuditEntry.Verb.CHANGED if before or after or not note else AuditEntry.Verb.DID


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, bytes | memoryview):  # a picture: whether it is another one, not what it is
        return hashlib.sha256(value).hexdigest()[:12] if value else ""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    return str(value)[:LONGEST]
