"""What connectors did hour by hour: counted by a task every few minutes, in a few statements for all of them."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Min, Model, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import DeliveryAttempt
from integrations.models import BrainCall, HealthSample, RawEvent

KEPT_FOR = timedelta(days=90)
HOUR = timedelta(hours=1)
UNANSWERED = timedelta(minutes=5)  # longer than any bot's patience

_CAME = """
insert into integrations_healthsample as sample (connector_id, hour, came, processed, aside, went, failed, lag)
select connector_id, date_trunc('hour', received_at), count(*), count(*) filter (where state in ('done', 'ignored')),
  count(*) filter (where state = 'aside'), 0, 0,
  greatest(0, percentile_cont(0.95) within group (order by extract(epoch from done_at - received_at)))
from integrations_rawevent where id >= %s and received_at >= %s group by 1, 2
on conflict (connector_id, hour) do update set came = excluded.came, processed = excluded.processed,
  aside = excluded.aside, lag = excluded.lag
"""
_WENT = """
insert into integrations_healthsample as sample (connector_id, hour, came, processed, aside, went, failed, lag)
select connector.id, date_trunc('hour', attempt.started_at), 0, 0, 0, count(*),
  count(*) filter (where attempt.outcome not in ('', 'sent')), 0
from conversations_deliveryattempt attempt
  join conversations_delivery delivery on delivery.id = attempt.delivery_id
  join integrations_connector connector on connector.channel_id = delivery.channel_id
where attempt.id >= %s and attempt.started_at >= %s group by 1, 2
on conflict (connector_id, hour) do update set went = excluded.went, failed = excluded.failed
"""
_ASKED = """
insert into integrations_healthsample as sample (connector_id, hour, came, processed, aside, went, failed, lag)
select connector_id, date_trunc('hour', asked_at), 0, 0, 0, count(*), count(*) filter (where error <> ''), 0
from integrations_braincall where id >= %s and asked_at >= %s group by 1, 2
on conflict (connector_id, hour) do update set went = excluded.went, failed = excluded.failed
"""


def measure(now: datetime | None = None) -> None:
    """The hour that runs and the one before it, counted anew: twice in a row gives the same."""
    now = now or timezone.now()
    since = now.replace(minute=0, second=0, microsecond=0) - HOUR
    _give_up(since, now)
    with connection.cursor() as cursor:
        cursor.execute(_CAME, [first_since(RawEvent, "received_at", since), since])
        cursor.execute(_WENT, [first_since(DeliveryAttempt, "started_at", since), since])
        cursor.execute(_ASKED, [first_since(BrainCall, "asked_at", since), since])
    BrainCall.objects.filter(asked_at__lt=now - KEPT_FOR).delete()
    HealthSample.objects.filter(hour__lt=now - KEPT_FOR).delete()


def _give_up(since: datetime, now: datetime) -> None:
    """Brains that promised to answer later, and did not: the turn has handed over long ago."""
    recent = BrainCall.objects.filter(pk__gte=first_since(BrainCall, "asked_at", since), ended_at=None)
    recent.filter(asked_at__lt=now - UNANSWERED).update(ended_at=now, error=_("It never answered."))


def first_since(model: type[Model], field: str, at: datetime) -> int:
    """The key of the first row that is not older than `at`, where rows are made in the order of their keys: found in
    some twenty looks at the key's own index, so that no other is wanted for it. Some may be a little older."""
    rows = model._default_manager.all()
    ends = rows.aggregate(low=Min("pk"), high=Max("pk"))
    low, high = ends["low"] or 0, (ends["high"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = rows.filter(pk__gte=middle).order_by("pk").values_list("pk", field).first()
        if found and found[1] < at:
            low = found[0] + 1
        else:
            high = middle
    return low


def last_day(connectors: list[int], now: datetime) -> dict[int, dict[str, int]]:
    """By connector: came, aside, went and failed of the last 24 hours, in one query."""
    rows = HealthSample.objects.filter(connector__in=connectors, hour__gt=now - 24 * HOUR)
    names = ("came", "aside", "went", "failed")
    sums = rows.values_list("connector").annotate(*(Sum(name) for name in names))
    return {pk: {name: count or 0 for name, count in zip(names, counts, strict=True)} for pk, *counts in sums}


def history(connector_id: int, now: datetime, *, hours: int = 48) -> list[HealthSample]:
    """Hour by hour, the oldest first; one that has no row did nothing."""
    this = now.replace(minute=0, second=0, microsecond=0)
    wanted = [this - HOUR * back for back in range(hours - 1, -1, -1)]
    found = {row.hour: row for row in HealthSample.objects.filter(connector=connector_id, hour__gte=wanted[0])}
    return [found.get(hour) or HealthSample(connector_id=connector_id, hour=hour) for hour in wanted]
