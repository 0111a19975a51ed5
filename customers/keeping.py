"""How long this room's rows are kept: visits, events, carts, and the keys that tell events apart."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import partitions
from customers.models import Cart, Event, EventKey, Visit
from customers.retention import Kind

AT_ONCE = 1000


def _events(before: datetime) -> int:
    return Event.objects.filter(occurred_at__lt=partitions.start_of_month(before)).count()


def _drop_events(before: datetime) -> int:
    """Whole months, as tables: what a month of them costs does not grow with its rows."""
    rows = _events(before)
    if rows:
        partitions.drop_before(partitions.start_of_month(before).date())
    return rows - _events(before)


def _visits(before: datetime) -> int:
    return Visit.objects.filter(ended_at__lt=before).count()


def _drop_visits(before: datetime) -> int:
    """With the page views that are folded into them; what was bought or put in the cart meanwhile stays."""
    found = list(Visit.objects.filter(ended_at__lt=before).order_by("ended_at").values_list("pk", flat=True)[:AT_ONCE])
    Event.objects.filter(visit__in=found, is_folded=True).delete()
    return Visit.objects.filter(pk__in=found).delete()[1].get("customers.Visit", 0)


def _carts(before: datetime) -> int:
    return _old_carts(before).count()


def _old_carts(before: datetime) -> QuerySet[Cart]:
    return Cart.objects.filter(changed_at__lt=before).exclude(status=Cart.Status.ORDERED)


def _drop_carts(before: datetime) -> int:
    found = list(_old_carts(before).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return Cart.objects.filter(pk__in=found).delete()[0]


def _keys(before: datetime) -> int:
    return EventKey.objects.filter(received_at__lt=before).count()


def _drop_keys(before: datetime) -> int:
    old = EventKey.objects.filter(received_at__lt=before).order_by("received_at")
    return EventKey.objects.filter(pk__in=list(old.values_list("pk", flat=True)[: AT_ONCE * 10])).delete()[0]


KINDS = (
    Kind(
        "events",
        _("Everything else that customers did"),
        _("Whole months of the timeline beside messages: steps of orders too. The orders themselves stay."),
        days=1095,
        is_on=False,
        count=_events,
        drop=_drop_events,
    ),
    Kind(
        "visits",
        _("Visits to the site"),
        _("Every visit with its page views. What was put in the cart or bought stays."),
        days=395,
        is_on=True,
        count=_visits,
        drop=_drop_visits,
    ),
    Kind(
        "carts",
        _("Carts never ordered"),
        _("Carts without an order, from their last change on."),
        days=180,
        is_on=True,
        count=_carts,
        drop=_drop_carts,
    ),
    Kind(
        "keys",
        _("Names of events"),
        _("What tells us that an event came before. A tracker that repeats one after this time adds it again."),
        days=90,
        is_on=True,
        count=_keys,
        drop=_drop_keys,
    ),
)
