"""/metrics: what Prometheus asks for, counted when it asks, so every web process gives the same answer."""

import hmac
import ipaddress
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from redis import Redis

from conversations.live import sockets
from conversations.models import Conversation, Delivery
from conversations.reports.tallies import rolling, streams
from integrations.inbound import refused
from integrations.models import Connector, RawEvent

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Desk:
    """The collector: one family for each figure."""

    def collect(self) -> Iterator[Metric]:
        yield _queues()
        yield _one("inbound_lag_seconds", "Age of the oldest event that is kept but not processed", _inbound_lag())
        aside = RawEvent.objects.filter(state=RawEvent.State.ASIDE).count()
        yield _one("raw_events_aside", "Events that were set aside", aside)
        yield _deliveries()
        yield _one("sockets", "Open sockets of agents", sockets.count())
        yield _one("conversations_open", "Open conversations", Conversation.objects.open().count())
        yield _mailboxes()
        behind = rolling.behind(streams.EVERY, timezone.now()).total_seconds()
        yield _one("reports_not_added_up_seconds", "Since what reports read was added up, at least every hour", behind)
        yield _withheld()
        yield _refused()


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_ask(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Desk())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)


def may_ask(request: HttpRequest) -> bool:
    """With METRICS_TOKEN, who bears it; without, who sits on this machine and did not come through a proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"throughline_{name}", words, value=value)


def _by(name: str, words: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"throughline_{name}", words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _queues() -> GaugeMetricFamily:
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=2)
    length: Callable[[str], object] = redis.llen
    lengths = {queue: float(str(length(queue))) for queue in settings.QUEUES}
    redis.close()
    return _by("queue_length", "Tasks that wait", "queue", lengths)


def _inbound_lag() -> float:
    kept = RawEvent.objects.filter(state=RawEvent.State.KEPT).order_by("id")
    oldest = kept.values_list("received_at", flat=True).first()
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


def _deliveries() -> GaugeMetricFamily:
    counted = dict(Delivery.objects.values_list("status").annotate(Count("pk")))
    states = {str(state): float(counted.get(state, 0)) for state in Delivery.Status.values}
    return _by("deliveries", "Deliveries by state", "state", states)


def _mailboxes() -> GaugeMetricFamily:
    now = timezone.now()
    checked = Connector.objects.filter(is_active=True, checked_at__isnull=False).values_list("pk", "checked_at")
    ages = {str(pk): max(0.0, (now - at).total_seconds()) for pk, at in checked if at}
    return _by("connector_checked_seconds", "Since a connector was last looked after", "connector", ages)


def _withheld() -> GaugeMetricFamily:
    counted = Connector.objects.filter(cursor__has_key="withheld").values_list("pk", "cursor")
    totals = {str(pk): float(cursor["withheld"]) for pk, cursor in counted}
    return _by("events_withheld", "Calls not kept for want of consent, so far", "connector", totals)


def _refused() -> CounterMetricFamily:
    words = "Webhooks that were not genuine, and not kept, since Redis was emptied last"
    family = CounterMetricFamily("throughline_webhooks_refused", words, labels=["reason"])
    for reason, count in refused.counted().items():
        family.add_metric([reason], count)
    return family
