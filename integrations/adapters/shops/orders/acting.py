"""Asks the shop behind our own webhook to act on an order: a signed call to its address, answered with the order."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from django.utils.translation import gettext as _

from customers.facts import Fact
from customers.models import Order
from customers.money import plainly
from integrations.adapters import signed
from integrations.adapters.base import UncertainError
from integrations.adapters.shops.base import Act
from integrations.adapters.shops.calling import call
from integrations.adapters.shops.orders import schema
from integrations.adapters.shops.orders.facts import facts_of
from integrations.models import Connector


def act(connector: Connector, order: Order, act: Act) -> Iterable[Fact]:
    body = json.dumps(
        {**_asked(act, order.currency), "order": {"id": order.external_id, "number": order.number}}
    ).encode()
    headers = signed.signed(connector.secrets.get("signing_secret", ""), body)
    answer = call(
        "POST",
        str(connector.settings["act_url"]),
        headers={**headers, "Content-Type": "application/json"},
        data=body,
        changes=True,
    )
    items = answer.json.get("items") if isinstance(answer.json, dict) else None
    if not isinstance(items, list):
        raise UncertainError(_("The shop did it, but did not say how the order stands now."))
    try:
        return [fact for found in items for fact in facts_of(connector, schema.read(found))]
    except ValueError as error:
        words = f"The shop did it, but what it said of the order cannot be read: {error}"
        raise UncertainError(words) from error


def _asked(act: Act, currency: str) -> dict[str, object]:
    said = asdict(act)
    return {**said, "amount": None if act.amount is None else plainly(act.amount, currency), "what": str(act.what)}
