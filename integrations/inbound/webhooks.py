"""Inbound 1: a provider calls; what it brings is kept before it is answered.

Three answers: 200 it is kept, 400 it is not genuine, 500 try again.
"""

from collections.abc import Iterable
from typing import Protocol

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integrations.adapters import adapter_named
from integrations.adapters.base import NotGenuineError, check_address
from integrations.adapters.media.heard import LARGEST
from integrations.inbound.arrival import Arrival
from integrations.inbound.mailbox import keep_each
from integrations.inbound.refused import count
from integrations.inbound.whose import connector_of
from integrations.models import Connector
from integrations.queueing import queue_events

log = structlog.get_logger(__name__)


class Hears(Protocol):
    """What an adapter has whose provider calls us. One whose provider first asks by GET whether the address is ours
    has `challenge(connector, request) -> HttpResponse | None`, too: what it wants to hear, None for no such question.
    One whose provider wants more than an empty 200 has `answered(arrivals) -> HttpResponse`; one that asks what to do
    with a call has `answer(connector, request, kind) -> HttpResponse`, the same for the same webhook."""

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        """What the call brings. Raises NotGenuineError where its address or signature is wrong; a genuine call that
        cannot be read is an arrival too, and is set aside when it is processed."""
        ...


@csrf_exempt
@require_http_methods(["POST", "HEAD", "GET"])
def hook(request: HttpRequest, connector_id: int, secret: str, kind: str = "") -> HttpResponse:
    """`kind` is the provider's second address where it has two: "tracking" beside a mail service's inbound one."""
    if request.method == "HEAD":  # some services look whether somebody is there
        return HttpResponse()
    try:
        if request.method == "GET":
            return _challenged(request, connector_id, secret)
        connector, arrivals = _hear(request, connector_id, secret, kind)
    except NotGenuineError as error:
        log.warning("webhook is not genuine", connector=connector_id, error=str(error), reason=error.reason)
        count(error.reason)
        return HttpResponse(status=error.status)
    for connector_id in keep_each([(arrival.whose or connector, arrival) for arrival in arrivals]):
        queue_events(connector_id)
    return _answered(connector, request, kind, arrivals)


def _answered(connector: Connector, request: HttpRequest, kind: str, arrivals: list[Arrival]) -> HttpResponse:
    answer: HttpResponse | None = None
    adapter = adapter_named(connector.adapter)
    if hasattr(adapter, "answered"):
        answer = adapter.answered(arrivals)
    elif hasattr(adapter, "answer"):
        answer = adapter.answer(connector, request, kind)
    return answer or HttpResponse()


def _challenged(request: HttpRequest, connector_id: int, secret: str) -> HttpResponse:
    connector = connector_of(connector_id)
    check_address(connector, secret)
    adapter = adapter_named(connector.adapter)
    answer: HttpResponse | None = adapter.challenge(connector, request) if hasattr(adapter, "challenge") else None
    if answer is None:
        raise NotGenuineError("It asks nothing that this address answers.", reason="address")
    return answer


def _hear(request: HttpRequest, connector_id: int, secret: str, kind: str) -> tuple[Connector, list[Arrival]]:
    """An unknown connector is answered like a wrong secret: nobody learns which there are."""
    connector = connector_of(connector_id)
    adapter = adapter_named(connector.adapter)
    if not hasattr(adapter, "hear"):
        raise NotGenuineError("No such address.", reason="address")
    hears: Hears = adapter  # type: ignore[assignment]  # as the line above has asked
    return connector, list(hears.hear(connector, request, secret=secret, kind=kind))


def largest_of(connector_id: int) -> int:
    """Bytes that may be read of a call, before it is known whether it is genuine: what its adapter says of itself, or
    what every provider of messages stays below."""
    return int(getattr(adapter_named(connector_of(connector_id).adapter), "largest", LARGEST))
