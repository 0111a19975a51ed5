"""Consent that is taken back: the call that says so is not kept, but that it was said is, of whoever had agreed."""

from collections.abc import Iterable
from typing import Any

from customers.consent import holds
from customers.models import Identity, Purpose
from customers.models.identity import Kind
from integrations.adapters.trackers import consents
from integrations.adapters.trackers.batch import CONSENT, Json, check_shape
from integrations.adapters.trackers.calls import browser_id
from integrations.models import Connector


def refusals(connector: Connector, withheld: Iterable[Any], shared: Json) -> list[Json]:
    """One call for each browser that agreed before and refuses now. Of a browser that nobody knows, nothing is kept."""
    said: dict[str, Json] = {}
    for call in withheld:
        try:
            check_shape(call)
        except ValueError:
            continue  # nothing of it can be believed, and none of it is kept
        context = {**shared, **(call.get("context") or {})}
        visitor = call.get("anonymousId")
        if isinstance(visitor, str) and visitor and consents.told(connector, context).get(Purpose.ANALYTICS) is False:
            said[browser_id(connector, visitor)] = {
                "type": CONSENT,
                "anonymousId": visitor,
                "timestamp": call.get("timestamp"),
                "context": {"consent": context["consent"]},
            }
    if not said:
        return []
    known = Identity.objects.filter(kind=Kind.VISITOR, value__in=list(said)).values_list("pk", "value")
    values = dict(known)
    agreed = {pk for (pk, purpose), granted in holds(values).items() if purpose == Purpose.ANALYTICS and granted}
    return [said[values[pk]] for pk in sorted(agreed)]
