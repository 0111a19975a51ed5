"""What lists and rules keep of a customer: told when they ask for it, forgotten with them, dropped when it is old."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from conversations.models import Occasion, OutreachRecord

_TOLD = ("rule__name", "at", "is_held_out", "medium", "language", "message")
_ON_LISTS = ("kind", "at", "since", "value", "currency", "about")


def told(customers: Iterable[int]) -> list[dict[str, object]]:
    """What rules did, and on which lists they stand."""
    keys = list(customers)
    did = OutreachRecord.objects.filter(customer__in=keys).order_by("pk").values(*_TOLD)
    stands = Occasion.objects.filter(customer__in=keys).order_by("pk").values(*_ON_LISTS)
    return [dict(row) for row in (*did, *stands)]


def forget(customers: Iterable[int]) -> None:
    """Lists name what they bought. That a rule came to them, and when, stays as a figure: it holds keys alone."""
    Occasion.objects.filter(customer__in=list(customers)).delete()


def old(before: datetime) -> QuerySet[OutreachRecord]:
    """Whose days are over, too: a goal is at most 90 days away."""
    return OutreachRecord.objects.filter(at__lt=before, until__lt=before)


def drop(before: datetime, most: int) -> int:
    keys = list(old(before).order_by("pk").values_list("pk", flat=True)[:most])
    return OutreachRecord.objects.filter(pk__in=keys).delete()[0]
