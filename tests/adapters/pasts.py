"""What a provider has of a period, counted and read again, for the tests."""

from datetime import timedelta

from django.utils import timezone

from integrations.adapters import adapter_named
from integrations.inbound import listening
from integrations.inbound.arrival import News
from tests.adapters.phoning import work_off


def period():
    return timezone.now() - timedelta(days=7), timezone.now() + timedelta(minutes=1)


def counted(connector, *within):
    """[(there, here), …] of each kind of thing."""
    found = adapter_named(connector.adapter).reconcile(connector, *(within or period()))
    return [(each.there, each.here) for each in found]


def read_again(connector, *within):
    """Each page by a call of its own, as after a break; gives how many there were."""
    cursor, count = {}, 0
    while cursor is not None:
        page = next(adapter_named(connector.adapter).pages(connector, cursor, *(within or period())))
        listening.take(connector, News(page.arrivals))
        cursor, count = page.cursor, count + 1
    work_off()
    return count
