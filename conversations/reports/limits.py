"""From where on an alert calls: what an admin said, else what is sensible for most desks."""

from collections.abc import Mapping

from conversations.models import AlertKind, AlertLimit

DEFAULTS: Mapping[str, int] = {
    AlertKind.LATE: 0,
    AlertKind.FULL: 100,
    AlertKind.NOBODY: 1,
    AlertKind.WAITING: 25,
    AlertKind.OLDEST: 240,
    AlertKind.RUSH: 200,
    AlertKind.SERVICE: 80,
    AlertKind.LEFT: 10,
    AlertKind.RATED: 2,
}


def every() -> list[AlertLimit]:
    """One of each kind, in the order of the form; those that nobody touched are not stored."""
    said = {row.kind: row for row in AlertLimit.objects.all()}
    return [said.get(kind) or AlertLimit(kind=kind, limit=limit) for kind, limit in DEFAULTS.items()]


def in_force() -> dict[str, int]:
    """Of the alerts that are on."""
    return {row.kind: row.limit for row in every() if row.is_on}
