"""Keeps computed profiles and segments up to date, and shows them on open pages: within a second of what changed them.

A message costs the way in nothing: the newest are found by their ids, which only grow, every second, and at once where
somebody looks at their customer (conversations.live.push).
"""

from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from conversations import recounting
from conversations.live.customers import push_customer
from conversations.models import Message
from customers import profile, segments
from customers.models import Segment

FAR = 20  # rounds of profile.AT_ONCE; the rest waits for the next time
LATE = 500  # ids: a message may be seen so much later than others of higher ids, whose transactions were shorter
LOST = timedelta(minutes=2)  # how far to look back when the cache was emptied
_SEEN = "profiles:messages"


def refresh() -> int:
    """Computes what changed, and says how many profiles that was."""
    profile.heard()
    with transaction.atomic():
        profile.mark(_wrote_lately())  # computed right here: no other task need come
    done = 0
    for _round in range(FAR):
        ids = profile.refresh()
        if not ids:
            break
        segments.place(ids)
        recounting.of_customers(ids)
        push_customer(ids)  # what was told when the facts came in was told before their figures were known
        done += len(ids)
    return done


def _wrote_lately() -> list[int]:
    """Customers of whom a message came that was not seen here before."""
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    seen: set[int] | None = cache.get(_SEEN)
    if seen and max(seen) == newest:
        return []
    rows = Message.objects.filter(kind__in=[Message.Kind.INBOUND, Message.Kind.CALL]).order_by()
    rows = rows.filter(pk__gt=max(seen) - LATE) if seen else rows.filter(created_at__gte=timezone.now() - LOST)
    found = dict(rows.values_list("pk", "conversation__customer"))
    new = {pk: customer for pk, customer in found.items() if pk not in (seen or set())}
    cache.set(_SEEN, {pk for pk in found if pk > newest - LATE} | {newest}, None)
    return list(new.values())


def fill_segments() -> int:
    """Every segment anew; one whose conditions cannot be asked any more stays as it was."""
    done = 0
    for segment in Segment.objects.order_by("pk"):
        try:
            segments.fill(segment)
        except segments.BadConditionsError:
            continue
        done += 1
    return done
